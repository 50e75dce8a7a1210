"""Silences of word-timed meetings, in the form of the authored conversations. Licences: training/README.md.

Where a speaker paused and went on, the turn was not over; where another answered, it was. Words alone often
do not tell, and the yield output is to say how often they do not: what it learns here is a probability.
"""

import random
from itertools import pairwise
from pathlib import Path

from .actions import CONTINUE_LISTENING, START_SPEAKING
from .corpus import Conversation, Point, Turn, Utterance
from .mined_sources import MEETINGS, teaches
from .timed_points import Silence, read_silences


def pauses(folder: Path, count: int, chance: random.Random) -> list[Conversation]:
    """Turns with what was said before, a point at each silence in them and at their end.

    Half of them were answered: of most, somebody else's words hide the end. Meetings that policies are fitted
    to are left out.
    """
    turns = turns_of([each for each in read_silences(folder) if teaches(each.meeting)])
    chosen = []
    for is_answered in (True, False):
        indexes = [index for index, turn in enumerate(turns) if turn[-1].is_end == is_answered]
        chosen += chance.sample(indexes, min(count // 2, len(indexes)))
    return [conversation(turns[index], index) for index in chosen]


def turns_of(silences: list[Silence]) -> list[list[Silence]]:
    """Silences of the same turn together."""
    turns = [silences[:1]]
    for before, silence in pairwise(silences):
        if grows(before, silence):
            turns[-1].append(silence)
        else:
            turns.append([silence])
    return turns


def grows(before: Silence, after: Silence) -> bool:
    """Whether it is the same turn, with more words. One that has become too long has lost its beginning."""
    *context, own = before.messages
    *later_context, later = after.messages
    same = before.meeting == after.meeting and context == later_context
    return same and later["content"].startswith(own["content"] + " ")


def conversation(silences: list[Silence], index: int) -> Conversation:
    *before, own = silences[-1].messages
    points = tuple(
        Point(
            len(silence.messages[-1]["content"].split()),
            START_SPEAKING if silence.is_end else CONTINUE_LISTENING,
            among_people=True,
        )
        for silence in silences
    )
    context = [turn(message["role"], message["content"], ()) for message in before]
    found = [*context, turn("user", own["content"], points)]
    return Conversation(f"{silences[0].meeting} {index}", MEETINGS, index, found)


def turn(role: str, text: str, points: tuple[Point, ...]) -> Turn:
    return Turn(role, text, 0, Utterance(text, points) if role == "user" else None)
