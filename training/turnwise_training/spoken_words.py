"""A user's words as they are spoken, so that the answer cannot depend on how a recogniser writes them.

TypeScript does exactly the same (packages/core/src/spokenWords.ts); fixtures/prompts.json holds both to it.
"""

import re

from .plain_words import plain_words

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
DIGITS = re.compile(r"[0-9]+")
SAME_LETTERS = str.maketrans("ς’", "σ'")
"""Final sigma, which `str.lower` makes of Σ by what stands around it, and the typographic apostrophe."""


def spoken_words(text: str) -> str:
    """`plain_words` in lower case, with numbers digit by digit: "At 412." becomes "at four one two"."""
    plain = plain_words(text).lower().translate(SAME_LETTERS)
    return " ".join(spoken_digits(word) if DIGITS.fullmatch(word) else word for word in plain.split(" "))


def spoken_digits(digits: str) -> str:
    return " ".join(DIGIT_WORDS[int(digit)] for digit in digits)
