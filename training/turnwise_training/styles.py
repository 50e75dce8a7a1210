"""How a recogniser would have written the same words: case, punctuation, digits."""

import random
from dataclasses import dataclass

from .plain_words import EDGE_PUNCTUATION, bare_words
from .spoken_words import DIGIT_WORDS, DIGITS, spoken_number

WORD_DIGITS = {word: str(digit) for digit, word in enumerate(DIGIT_WORDS) if digit > 1}
"""Without "one" and "zero", which are seldom digits in running speech."""


@dataclass(frozen=True)
class Style:
    lower: bool = False
    punctuation: bool = True
    digits: str = "as written"
    """"as written", "spoken" (4 becomes four) or "written" (four becomes 4)."""

    def word(self, word: str) -> str:
        """One word in this style; may be empty or several words."""
        if not self.punctuation:
            word = " ".join(bare_words(word))
        bare = word.strip(EDGE_PUNCTUATION)
        if self.digits == "spoken" and DIGITS.fullmatch(bare):
            word = word.replace(bare, spoken_number(bare))
        elif self.digits == "written" and bare.lower() in WORD_DIGITS:
            word = word.replace(bare, WORD_DIGITS[bare.lower()])
        return word.lower() if self.lower else word


AS_WRITTEN = Style()


def sample_agent_style(chance: random.Random, as_written: float) -> Style:
    """The agent's text is known exactly, but some users store it as it was recognised."""
    if chance.random() < as_written:
        return AS_WRITTEN
    return Style(lower=chance.random() < 0.5, punctuation=False)
