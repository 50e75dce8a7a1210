"""Silences of word-timed meetings, in the form of the authored conversations. Licences: training/README.md.

Where a speaker paused and went on, the turn was not over; where another answered, it was. Words alone often
do not tell, and the yield output is to say how often they do not: what it learns here is a probability.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from .actions import CONTINUE_LISTENING, START_SPEAKING
from .corpus import Conversation, Point, Turn, Utterance
from .mined_sources import MEETINGS, teaches
from .timed_points import MESSAGE_WORDS, Silence, read_stretches, recognised, silences_of, turns_of

WINDOW_WORDS = 200
"""After so many a new window begins. A turn's context is then heard once for several turns, and a point costs
a third of the words that it would cost alone."""
USER_WORDS = 2 * MESSAGE_WORDS


def pauses(folder: Path, count: int, chance: random.Random) -> list[Conversation]:
    """Windows of meetings as one of their speakers heard them, a point at each silence after their words.

    Meetings that policies are fitted to are left out.
    """
    found = []
    for meeting, stretches in read_stretches(folder).items():
        if not teaches(meeting):
            continue
        said = [(stretch.speaker, recognised(stretch.words)) for stretch in stretches]
        # Short holds too: without them a yield would be said to be likelier than it is.
        taught = {silence.place: silence for silence in silences_of(meeting, stretches)}
        for speaker in sorted({speaker for speaker, _ in said}):
            found += windows(heard_by(speaker, said, taught), f"{meeting} {speaker}")
    return chance.sample(found, min(count, len(found)))


def heard_by(
    speaker: str, said: list[tuple[str, list[str]]], taught: dict[int | None, Silence]
) -> list[Turn]:
    """A whole meeting. `said`: speakers and their words, by stretch; `taught`: silences by the stretch that
    they follow."""
    found = []
    for role, places in turns_of(said, speaker):
        words: list[str] = []
        points: list[Point] = []
        for place in places:
            words += said[place][1]
            if role == "user" and (silence := taught.get(place)):
                action = START_SPEAKING if silence.is_end else CONTINUE_LISTENING
                points.append(Point(len(words), action, among_people=True))
        found.append(user(words, points) if role == "user" else agent(words))
    return found


def agent(words: list[str]) -> Turn:
    return Turn("assistant", " ".join(words[-MESSAGE_WORDS:]), 0)


def user(words: list[str], points: list[Point]) -> Turn:
    """With its last words, if there are too many."""
    dropped = max(0, len(words) - USER_WORDS)
    kept = tuple(replace(point, words=point.words - dropped) for point in points if point.words > dropped)
    text = " ".join(words[dropped:])
    return Turn("user", text, 0, Utterance(text, kept))


def windows(turns: list[Turn], name: str) -> Iterator[Conversation]:
    """Neighbouring turns, from another's on where there is one; what no point follows is left out."""
    window: list[Turn] = []
    count = 0
    for place, turn in enumerate(turns, 1):
        window.append(turn)
        count += len(turn.text.split())
        is_full = count >= WINDOW_WORDS and turn.role == "user"
        if is_full or place == len(turns):
            if taught := up_to_the_last_point(window):
                yield Conversation(f"{name} {place}", MEETINGS, place, taught)
            window, count = [], 0


def up_to_the_last_point(turns: list[Turn]) -> list[Turn]:
    ends = [place for place, turn in enumerate(turns, 1) if turn.utterance and turn.utterance.points]
    return turns[: max(ends, default=0)]
