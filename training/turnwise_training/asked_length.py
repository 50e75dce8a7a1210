"""How many letters and digits an agent has asked for.

TypeScript does exactly the same (packages/core/src/askedLength.ts, which says what the rules are for);
fixtures/prompts.json holds both to it.
"""

import re
from collections.abc import Sequence

from .pace import WORD
from .spoken_words import DIGIT_WORDS, TEENS

WORDS_READ = 100
"""The last ones: what is asked for stands at the end."""
LONGEST = 40
UNIT = re.compile("(?:digit|letter|character|number|figure)s?")
NUMBERS = {word: number for number, word in enumerate((*DIGIT_WORDS, *TEENS, "twenty"))} | {"a": 1}
BESIDE_UNIT = re.compile("more|other|remaining|missing|last|final|single|capital|random")
"""May stand between a number and what it counts."""
JOINT = re.compile("and|then|followed|by|plus|with|a|the|dash|hyphen|space|dot|slash|another")
"""Of these consists what stands between the parts of one code."""
NO_LENGTH_AFTER = re.compile("or|to|least|most|than|only|got|heard")
"""A number after one of these is no length, or not the only one."""


def asked_length(said: str) -> int | None:
    """2 to 40 where the last length that an agent's words name is one, the sum of its parts: 6 in "your
    six-digit code", 8 in "it's two letters and then six digits"."""
    words = WORD.findall(said.lower())[-WORDS_READ:]
    length, is_doubtful, end = 0, False, 0
    for place in range(len(words)):
        start = number_before(words, place)
        if start is None:
            continue
        if end == 0 or not all(map(JOINT.fullmatch, words[end:start])):
            length, is_doubtful = 0, False
        length += number_of(words[start])
        is_doubtful |= start > 0 and NO_LENGTH_AFTER.fullmatch(words[start - 1]) is not None
        end = place + 1
    return length if 1 < length <= LONGEST and not is_doubtful else None


def number_before(words: Sequence[str], unit: int) -> int | None:
    """The place of the number that counts the unit at a place; None where it is no unit or is not counted."""
    if not UNIT.fullmatch(words[unit]):
        return None
    start = unit - 2 if unit > 0 and BESIDE_UNIT.fullmatch(words[unit - 1]) else unit - 1
    return start if start >= 0 and number_of(words[start]) > 0 else None


def number_of(word: str) -> int:
    return int(word) if re.fullmatch("[0-9]{1,2}", word) else NUMBERS.get(word, 0)
