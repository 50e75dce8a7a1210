"""Other words for the same labels: fresh digits, a filler before the rest."""

import random
import re
from dataclasses import replace

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
    """Swaps the digits of dictated numbers, alike in the whole conversation, so that no number is learned."""
    drawn = chance.sample(range(10), 10)

    def redraw(text: str) -> str:
        words = text.split()
        dictated = in_runs([is_digit(word) for word in words])
        return " ".join(
            swap(word, drawn) if run or re.search(r"\d.*\d.*\d", word) else word
            for word, run in zip(words, dictated, strict=True)
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
    if YEAR.fullmatch(bare):
        return word
    if bare.lower() in DIGIT_WORDS:
        other = DIGIT_WORDS[drawn[DIGIT_WORDS.index(bare.lower())]]
        return word.replace(bare, other.capitalize() if bare[0].isupper() else other)
    return "".join(str(drawn[int(letter)]) if letter in "0123456789" else letter for letter in word)


def with_filler(utterance: Utterance, chance: random.Random) -> Utterance:
    """The same after a filler; what it means for the turn does not change."""
    backchannel = utterance.points[-1].action == CONTINUE_SPEAKING
    filler = chance.choice(SOUNDS if backchannel else FILLERS)
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
