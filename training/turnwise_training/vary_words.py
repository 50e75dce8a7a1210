"""Other words for the same labels: fresh digits, a filler before the rest."""

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from .actions import CONTINUE_LISTENING, CONTINUE_SPEAKING
from .corpus import Conversation, Point, Turn, Utterance
from .plain_words import EDGE_PUNCTUATION
from .spoken_words import DIGIT_WORDS

RUN_WORDS = frozenset((*DIGIT_WORDS, "oh", "double", "triple"))
SHORTEST_RUN = 3
"""Words: fewer digits in a row may be a count ("the last four", "two or three")."""
YEAR = re.compile(r"(?:19|20)\d\d")
FILLERS = ("um", "uh", "er", "erm", "so", "well", "uh so", "okay um", "oh")
SOUNDS = ("um", "uh", "oh")
"""What may stand before a backchannel."""


def redraw_digits(conversation: Conversation, chance: random.Random) -> Conversation:
    """Swaps the digits of dictated numbers, alike in the whole conversation, so that no number is learned.

    Where somebody counts nothing is swapped: "one two three" is open because four comes next.
    """
    texts = [turn.text for turn in conversation.turns]
    texts += [utterance.text for utterance in conversation.utterances()]
    if any(counts(text.split()) for text in texts):
        return conversation
    drawn = draw_digits(texts, chance)

    def redraw(text: str) -> str:
        words = text.split()
        return " ".join(
            swap(word, drawn) if number else word for word, number in zip(words, dictated(words), strict=True)
        )

    def said(utterance: Utterance) -> Utterance:
        return replace(utterance, text=redraw(utterance.text))

    def turn(turn: Turn) -> Turn:
        return replace(
            turn,
            text=redraw(turn.text),
            utterance=turn.utterance and said(turn.utterance),
            alternatives=tuple(said(utterance) for utterance in turn.alternatives),
            overlaps=tuple(replace(overlap, utterance=said(overlap.utterance)) for overlap in turn.overlaps),
        )

    return replace(conversation, turns=[turn(each) for each in conversation.turns])


def draw_digits(texts: Iterable[str], chance: random.Random) -> list[int]:
    """What stands for each digit. Zero stays, which is also "oh", and so does a digit that is said outside
    dictated numbers too: it may be one of theirs ("it's three, not two")."""
    kept: set[int] = {0}
    for text in texts:
        words = text.split()
        for word, number in zip(words, dictated(words), strict=True):
            if not number:
                kept |= digits_in(word)
    others = [digit for digit in range(10) if digit not in kept]
    drawn = list(range(10))
    for digit, other in zip(others, chance.sample(others, len(others)), strict=True):
        drawn[digit] = other
    return drawn


def digits_in(word: str) -> set[int]:
    parts = re.findall(r"[a-z]+|[0-9]", word.lower())  # of "forty-five" too
    return {digit for part in parts if (digit := value(part)) is not None}


def counts(words: list[str]) -> bool:
    """Whether three neighbours go up or down by one."""
    values = [value(word) for word in words]
    steps = [None if old is None or new is None else new - old for old, new in pairwise(values)]
    return any(step == following and step in (1, -1) for step, following in pairwise(steps))


def value(word: str) -> int | None:
    bare = word.strip(EDGE_PUNCTUATION).lower()
    if bare in DIGIT_WORDS:
        return DIGIT_WORDS.index(bare)
    if bare == "oh":
        return 0
    return int(bare) if re.fullmatch(r"\d", bare) else None


def dictated(words: list[str]) -> list[bool]:
    """Which words are digits of a long number, or such a number; a year is none."""
    runs = in_runs([is_digit(word) for word in words])
    return [run or is_number(word) for word, run in zip(words, runs, strict=True)]


def is_number(word: str) -> bool:
    written = re.search(r"\d.*\d.*\d", word)
    return bool(written) and not YEAR.fullmatch(word.strip(EDGE_PUNCTUATION))


def is_digit(word: str) -> bool:
    bare = word.strip(EDGE_PUNCTUATION).lower()
    return bare in RUN_WORDS or bool(re.fullmatch(r"\d", bare))


def is_character(word: str) -> bool:
    """A digit, or a letter of something spelled."""
    return is_digit(word) or len(word.strip(EDGE_PUNCTUATION)) == 1


def in_runs(flags: list[bool], shortest: int = SHORTEST_RUN) -> list[bool]:
    """Which of the flags stand in a row of at least `shortest`."""
    found = [False] * len(flags)
    start = 0
    for index in range(len(flags) + 1):
        if index < len(flags) and flags[index]:
            continue
        if index - start >= shortest:
            found[start:index] = [True] * (index - start)
        start = index + 1
    return found


def swap(word: str, drawn: list[int]) -> str:
    bare = word.strip(EDGE_PUNCTUATION)
    if bare.lower() in DIGIT_WORDS:
        other = DIGIT_WORDS[drawn[DIGIT_WORDS.index(bare.lower())]]
        return word.replace(bare, other.capitalize() if bare[0].isupper() else other)
    return "".join(str(drawn[int(letter)]) if letter in "0123456789" else letter for letter in word)


def with_filler(utterance: Utterance, chance: random.Random) -> Utterance:
    """The same after a filler; what it means for the turn does not change."""
    backchannel = utterance.points[-1].action == CONTINUE_SPEAKING
    first = utterance.text.split()[0]
    digit = is_digit(first) or digits_in(first)  # "oh seven" would be two of them
    fits = [filler for filler in (SOUNDS if backchannel else FILLERS) if filler != "oh" or not digit]
    filler = chance.choice(fits)
    shift = len(filler.split())
    points = tuple(replace(point, words=point.words + shift) for point in utterance.points)
    return Utterance(f"{filler} {utterance.text}", points)


def open_characters(utterance: Utterance, shortest: int = 5) -> list[Point]:
    """Boundaries inside a dictated number or a spelled word that nobody marked: more is to come.

    The last boundary of each run is left out: what was asked for may be complete there.
    """
    flags = in_runs([is_character(word) for word in utterance.text.split()], shortest)
    marked = [point.words for point in utterance.points]
    found = []
    for count in range(1, len(flags)):
        inside = flags[count - 1] and flags[count]
        if inside and count not in marked and not any(abs(count - other) < 2 for other in marked):
            found.append(Point(count, CONTINUE_LISTENING))
    return found
