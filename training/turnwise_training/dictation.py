"""How many letters and digits a user dictates.

TypeScript does exactly the same (packages/core/src/dictation.ts, which says what the rules are for);
fixtures/prompts.json holds both to it.
"""

import re
import unicodedata
from collections.abc import Sequence

from .pace import WORD
from .spoken_words import DIGIT_WORDS, TEENS, TENS, spoken_number

FEWEST_COUNTED = 3
"""Fewer are mostly no dictation: "two", "twenty two"."""
WORDS_COUNTED = 100
"""The last ones: of a text longer than a prompt a session keeps only the end."""
DIGITS_OF = dict.fromkeys((*DIGIT_WORDS, "oh", "o", "nought"), 1) | dict.fromkeys((*TEENS, *TENS), 2)
REPEATS = {"double": 2, "triple": 3, "treble": 3}
LETTER_NAMES = frozenset(
    [
        *(
            "alpha",
            "alfa",
            "bravo",
            "charlie",
            "delta",
            "echo",
            "foxtrot",
            "golf",
            "hotel",
            "india",
            "juliet",
        ),
        *(
            "juliett",
            "kilo",
            "lima",
            "mike",
            "november",
            "oscar",
            "papa",
            "quebec",
            "romeo",
            "sierra",
            "tango",
        ),
        *("uniform", "victor", "whiskey", "whisky", "yankee", "zulu", "zed", "zee"),
    ]
)
CONSONANTS = re.compile("[b-df-hj-np-tv-xz]{2,4}")
"""Letters that a recogniser writes as one word; "mm" and "hmm" are none."""
LARGE = frozenset(("hundred", "thousand", "million", "hundreds", "thousands", "millions"))
ORDINAL_ENDS = ("st", "nd", "rd", "th")


def dictated_count(spoken: str, asked: int | None = None) -> str:
    """What is added to a user's words, as `spoken_words` writes them, where they end in the dictation of
    three letters or digits or more: a colon and how many there are so far, " : four" after "six six two oh".
    Where the agent has `asked` for a number of them, it is counted from the first on and both numbers stand
    there, " : four of six".

    A small model cannot count, and an agent often says how many it wants.
    """
    words = WORD.findall(spoken)[-WORDS_COUNTED:]
    if not words or not ends_in_dictation(words) or LARGE.intersection(words):
        return ""
    count = count_characters(words)
    if count < (FEWEST_COUNTED if asked is None else fewest_of(words[-1])):
        return ""
    return f" : {spoken_number(str(count))}" + ("" if asked is None else f" of {spoken_number(str(asked))}")


def fewest_of(last: str) -> int:
    """Of those that were asked for: alone, "the first one", "oh" and "plan b" are words."""
    return 2 if last in ("one", "oh", "o") or is_letter(last) else 1


def count_characters(words: Sequence[str]) -> int:
    """Certain ones: of words beside letters and digits only those that cannot be spoken."""
    said = without_explanations(words)
    return count_digits(said) + sum(letters_at(said, index) for index in range(len(said)))


def ends_in_dictation(words: Sequence[str]) -> bool:
    said = without_explanations(words)
    if said[-1] in ("a", "i"):
        return len(said) > 1 and is_characters(said[-2])
    return is_characters(said[-1])


def count_digits(words: Sequence[str]) -> int:
    count = 0
    for before, word in zip(("", *words), words, strict=False):
        is_unit_of_tens = before in TENS and word in DIGIT_WORDS[1:]
        if not is_unit_of_tens:
            count += digits_of(word) * REPEATS.get(before, 1)
    return count


def digits_of(word: str) -> int:
    return len(word) if all(map(is_number, word)) else DIGITS_OF.get(word, 0)


def letters_at(words: Sequence[str], index: int) -> int:
    word = words[index]
    if digits_of(word) > 0:
        return 0
    before, after = (words[place] if 0 <= place < len(words) else "" for place in (index - 1, index + 1))
    is_among = any(is_characters(beside) and beside not in ("a", "i") for beside in (before, after))
    return size_of(word, is_among) * REPEATS.get(before, 1)


def size_of(word: str, is_among_characters: bool) -> int:
    if word in LETTER_NAMES:
        return 1
    if any(map(is_number, word)):
        return 0 if is_ordinal(word) else sum(is_letter(sign) or is_number(sign) for sign in word)
    if is_letter(word):
        return int(is_among_characters or word not in ("a", "i"))
    is_written = is_among_characters and CONSONANTS.fullmatch(word) and word not in ("mm", "hmm")
    return len(word) if is_written else 0


def is_characters(word: str) -> bool:
    is_dictated = digits_of(word) > 0 or word in REPEATS or is_letter(word)
    return bool(word) and (is_dictated or (any(map(is_number, word)) and not is_ordinal(word)))


def is_ordinal(word: str) -> bool:
    return word.endswith(ORDINAL_ENDS) and word[:-2].isascii() and word[:-2].isdigit()


def without_explanations(words: Sequence[str]) -> list[str]:
    said, index = [], 0
    while index < len(words):
        said.append(words[index])
        index += 1 + (explanation_after(words, index) if is_letter(words[index]) else 0)
    return said


def explanation_after(words: Sequence[str], index: int) -> int:
    """How many words explain the letter before them."""
    letter, first, second = (*words[index : index + 3], "", "")[:3]
    if (first, second) == ("as", "in"):
        return 3
    is_explained = first in ("as", "for", "like") and len(second) > 1
    return 2 if is_explained and second.startswith(letter) else 0


def is_letter(sign: str) -> bool:
    return len(sign) == 1 and unicodedata.category(sign)[0] == "L"


def is_number(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "N"
