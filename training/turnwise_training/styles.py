"""How a recogniser would have written the same words: case, punctuation, apostrophes, digits."""

import random
import re
from dataclasses import dataclass

EDGE_PUNCTUATION = '.,?!;:…"“”()'
DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORD_DIGITS = {word: str(digit) for digit, word in enumerate(DIGIT_WORDS) if digit > 1}
"""Without "one" and "zero", which are seldom digits in running speech."""


@dataclass(frozen=True)
class Style:
    lower: bool = False
    punctuation: bool = True
    apostrophes: bool = True
    digits: str = "as written"
    """"as written", "spoken" (4 becomes four) or "written" (four becomes 4)."""

    def word(self, word: str) -> str:
        """One word in this style; may be empty or several words."""
        if not self.punctuation:
            word = word.strip(EDGE_PUNCTUATION).replace("—", " ").replace("–", " ")
        if not self.apostrophes:
            word = word.replace("'", "").replace("’", "")
        bare = word.strip(EDGE_PUNCTUATION)
        if self.digits == "spoken" and re.fullmatch(r"\d{1,8}", bare):
            word = word.replace(bare, " ".join(DIGIT_WORDS[int(digit)] for digit in bare))
        elif self.digits == "written" and bare.lower() in WORD_DIGITS:
            word = word.replace(bare, WORD_DIGITS[bare.lower()])
        return word.lower() if self.lower else word


AS_WRITTEN = Style()


def sample_user_style(chance: random.Random) -> Style:
    """Most live text is lower case without punctuation; some recognisers punctuate everything."""
    digits = chance.choices(["as written", "spoken", "written"], [0.7, 0.18, 0.12])[0]
    kind = chance.choices(["plain", "bare", "punctuated", "cased", "lower"], [0.42, 0.13, 0.27, 0.12, 0.06])[
        0
    ]
    if kind == "plain":
        return Style(lower=True, punctuation=False, digits=digits)
    if kind == "bare":
        return Style(lower=True, punctuation=False, apostrophes=False, digits=digits)
    if kind == "cased":
        return Style(punctuation=False, apostrophes=chance.random() < 0.4, digits=digits)
    if kind == "lower":
        return Style(lower=True, digits=digits)
    return Style(digits=digits)


def sample_agent_style(chance: random.Random, as_written: float) -> Style:
    """The agent's text is known exactly, but some users store it as it was recognised."""
    if chance.random() < as_written:
        return AS_WRITTEN
    return Style(lower=chance.random() < 0.5, punctuation=False)


def sample_ending(word: str, complete: bool, chance: random.Random) -> str:
    """The last word heard, with the end that a punctuating recogniser might give it there.

    After a pause it often puts a full stop that means nothing; a partial transcript has no end yet.
    """
    bare = word.rstrip(".,?!;:…")
    if not bare:
        return word
    if complete:
        return word if chance.random() < 0.7 else bare
    return chance.choices([word, bare, bare + ".", bare + ","], [0.32, 0.32, 0.24, 0.12])[0]
