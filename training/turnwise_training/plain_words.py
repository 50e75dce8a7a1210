"""A user's words as every recogniser can write them.

TypeScript does exactly the same (packages/core/src/plainWords.ts); fixtures/prompts.json holds both to it.
"""

from .styles import EDGE_PUNCTUATION

DASHES = str.maketrans("—–", "  ")


def plain_words(text: str) -> str:
    """Words apart by one space, without punctuation at their ends. What is nothing but punctuation stays."""
    words = (word.strip(EDGE_PUNCTUATION) for word in text.translate(DASHES).split())
    return " ".join(word for word in words if word) or text
