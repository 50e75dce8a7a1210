"""How many letters and digits an agent has asked for.

TypeScript does exactly the same (packages/core/src/askedLength.ts, which says what the rules are for);
fixtures/prompts.json holds both to it.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from .pace import WORD
from .spoken_words import DIGIT_WORDS, TEENS, TENS

WORDS_READ = 100
"""The last ones: what is asked for stands at the end."""
LONGEST = 40
UNIT = re.compile("(digit|letter|character|number|figure)s?")
NUMBERS = (
    {word: number for number, word in enumerate((*DIGIT_WORDS, *TEENS))}
    | {word: 10 * tens for tens, word in enumerate(TENS, 2)}
    | {"a": 1, "another": 1}
)
BESIDE_UNITS = re.compile("more|other|remaining|missing|last|final|single|capital|random")
"""May stand between a number and what it counts."""
JOINT = re.compile("and|then|followed|by|plus|a|the|dash|hyphen|space|dot|slash|another")
"""Of these consists what stands between the parts of one code."""
SHARE = re.compile("first|last|final|next")
"""Before a number that may stand without what it counts: "the last four of your card"."""
OF_ONE_THING = re.compile(
    r"(?:of|on) (?:it|that|(?:your|the|this|its|his|her|their) (?:\S*(?:[^s'’ ]|ss)|\S+['’]s))(?: .*)?"
)
"""What such a share is of: one thing, not "the last four of your orders"."""
ASKED = re.compile("(?:please|again|for me)?(?: please)?")
"""Or what ends the question: "and the last four, please?\""""
OF_WHOLE = re.compile("(?:of|on|from) (?:a|an|your|the|that|this|its|his|her|their)")
"""What comes after these is the whole of which a part was asked for: "the first six of the twelve digits"."""
NO_LENGTH_AFTER = re.compile(
    r"(?:.* )?(?:or|to|least|most|than|only|got|heard|(?:minimum|groups) of|between \S+ and)"
)
"""A number after one of these is no length, or not the only one."""
NO_LENGTH_BEFORE = re.compile("(?:so far|each|or (?:more|fewer|less))(?: .*)?")


class Part(NamedTuple):
    """A number and what it counts, among words."""

    number: int
    unit: str
    start: int
    end: int


def asked_length(said: str) -> int | None:
    """2 to 40 where the last length that an agent's words name is one, the sum of its parts: 6 in "your
    six-digit code", 8 in "it's two letters and then six digits", 4 in "the last four of your card"."""
    words = WORD.findall(said.lower())[-WORDS_READ:]
    parts: list[Part] = []
    for place in range(len(words)):
        part = part_at(words, place)
        if part is None:
            continue
        between = words[parts[-1].end : part.start] if parts else []
        if OF_WHOLE.fullmatch(" ".join(between)):
            continue
        if not all(map(JOINT.fullmatch, between)):
            parts = []
        parts.append(part)
    if any(is_doubtful(words, part) for part in parts):
        return None
    length = sum(part.number for part in parts[1 if is_restated(parts) else 0 :])
    return length if 1 < length <= LONGEST else None


def part_at(words: Sequence[str], place: int) -> Part | None:
    """The part whose unit, or whose number without one, stands at a place; None where there is none."""
    if is_share(words, place):
        return Part(number_of(words[place]), "digit", place, place + 1)
    unit = UNIT.fullmatch(words[place])
    if not unit:
        return None
    is_plural = words[place].endswith("s")
    last = place - 2 if is_plural and place > 0 and BESIDE_UNITS.fullmatch(words[place - 1]) else place - 1
    number = number_of(words[last]) if last >= 0 else 0
    if number == 0:
        return None
    if last > 0 and words[last - 1] in TENS and words[last] in DIGIT_WORDS:
        return Part(NUMBERS[words[last - 1]] + number, unit[1], last - 1, place + 1)
    return Part(number, unit[1], last, place + 1)


def is_share(words: Sequence[str], place: int) -> bool:
    """Whether a number says how much of something is asked for, with no word for letters or digits."""
    if place == 0 or not SHARE.fullmatch(words[place - 1]) or number_of(words[place]) < 2:
        return False
    after = " ".join(words[place + 1 : place + 4])
    return bool(OF_ONE_THING.fullmatch(after)) or bool(ASKED.fullmatch(" ".join(words[place + 1 :])))


def is_doubtful(words: Sequence[str], part: Part) -> bool:
    """Whether it is a range, a bound, a report, or digits read back: "4 1 7 digits"."""
    before = words[part.start - 1] if part.start > 0 else ""
    is_after_number = number_of(before) > 0 and before not in ("a", "another", "one")
    said_before, said_after = " ".join(words[: part.start][-3:]), " ".join(words[part.end : part.end + 2])
    return (
        is_after_number
        or NO_LENGTH_AFTER.fullmatch(said_before) is not None
        or NO_LENGTH_BEFORE.fullmatch(said_after) is not None
    )


def is_restated(parts: Sequence[Part]) -> bool:
    """Whether the first part says what the others do: "nine characters, two letters and seven digits"."""
    if len(parts) < 2 or parts[0].end != parts[1].start:
        return False
    is_same = len(parts) == 2 and parts[0].unit == parts[1].unit
    is_whole = parts[0].number == sum(part.number for part in parts[1:])
    return is_whole and (is_same or parts[0].unit == "character")


def number_of(word: str) -> int:
    return int(word) if re.fullmatch("[0-9]{1,2}", word) else NUMBERS.get(word, 0)
