"""A user's words as every recogniser can write them.

TypeScript does exactly the same (packages/core/src/plainWords.ts); fixtures/prompts.json holds both to it.
"""

from .styles import EDGE_PUNCTUATION

DASHES = str.maketrans("—–", "  ")


def plain_words(text: str) -> str:
    """Lower case, words apart by one space, no punctuation at the ends of words. What is nothing but
    punctuation stays as it is."""
    words = (word.strip(EDGE_PUNCTUATION) for word in text.lower().translate(DASHES).split())
    return " ".join(word for word in words if word) or text
