"""A user's words as they are spoken, so that the answer cannot depend on how a recogniser writes them.

TypeScript does exactly the same (packages/core/src/spokenWords.ts); fixtures/prompts.json holds both to it.
"""

import re

from .plain_words import plain_words

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
    *("sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
DIGITS = re.compile(r"[0-9]+")
HYPHENATED = re.compile(f"({'|'.join(TENS)})-({'|'.join(DIGIT_WORDS[1:])})")
SAME_LETTERS = str.maketrans("ς’", "σ'")
"""Final sigma, which `str.lower` makes of Σ by what stands around it, and the typographic apostrophe."""


def spoken_words(text: str) -> str:
    """`plain_words` in lower case, numbers in words: "At 412." becomes "at four one two"."""
    plain = plain_words(text).lower().translate(SAME_LETTERS)
    return " ".join(spoken_word(word) for word in plain.split(" "))


def spoken_word(word: str) -> str:
    """A number as `spoken_number` reads it, "twenty-two" without its hyphen; any other word as it is."""
    if DIGITS.fullmatch(word):
        return spoken_number(word)
    return word.replace("-", " ") if HYPHENATED.fullmatch(word) else word


def spoken_number(digits: str) -> str:
    """From 10 to 99 as a count is read, "22" as "twenty two"; any other digit by digit."""
    if len(digits) != 2 or digits[0] == "0":
        return " ".join(DIGIT_WORDS[int(digit)] for digit in digits)
    tens, units = map(int, digits)
    if tens == 1:
        return TEENS[units]
    return f"{TENS[tens - 2]} {DIGIT_WORDS[units]}" if units else TENS[tens - 2]
