"""A user's words as every recogniser can punctuate them.

TypeScript does exactly the same (packages/core/src/plainWords.ts); fixtures/prompts.json holds both to it.
"""

EDGE_PUNCTUATION = '.,?!;:…"“”()'
DASHES = str.maketrans("—–", "  ")


def plain_words(text: str) -> str:
    """Words apart by one space, without punctuation at their ends. What is nothing but punctuation stays."""
    return " ".join(bare_words(text)) or text


def bare_words(text: str) -> list[str]:
    words = (word.strip(EDGE_PUNCTUATION) for word in text.translate(DASHES).split())
    return [word for word in words if word]
