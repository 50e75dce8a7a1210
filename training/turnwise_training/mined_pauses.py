"""Silences of word-timed meetings, in the form of the authored conversations. Licences: training/README.md.

Where a speaker paused and went on, the turn was not over; where another answered, it was. Words alone often
do not tell, and the model is to say how often they do not: what it learns here is a probability.
"""

import random
import re
from itertools import groupby
from pathlib import Path

from .actions import CONTINUE_LISTENING, START_SPEAKING
from .corpus import Conversation, Point, Turn, Utterance
from .mined_sources import MEETINGS
from .timed_points import MESSAGE_WORDS, Silence, read_silences

PLAIN = re.compile(r"[\w'., ?!-]+")


def pauses(folder: Path, count: int, chance: random.Random) -> list[Conversation]:
    """Turns that another answers, a point at each silence in them and at their end."""
    found = []
    for index, (_, group) in enumerate(groupby(read_silences(folder), key=turn_of)):
        silences = list(group)
        *before, own = silences[-1].messages
        lengths = [len(silence.messages[-1]["content"].split()) for silence in silences]
        # A longer turn has lost its beginning.
        is_whole = lengths == sorted(set(lengths)) and lengths[-1] < MESSAGE_WORDS
        if not silences[-1].is_end or not before or not is_whole or not PLAIN.fullmatch(own["content"]):
            continue
        points = [
            Point(length, START_SPEAKING if silence.is_end else CONTINUE_LISTENING)
            for length, silence in zip(lengths, silences, strict=True)
        ]
        heard = Utterance(own["content"], tuple(points))
        turns = [Turn("assistant", before[-1]["content"], 0), Turn("user", heard.text, 0, heard)]
        found.append(Conversation(f"{silences[0].meeting} {index}", MEETINGS, index, turns))
    return chance.sample(found, min(count, len(found)))


def turn_of(silence: Silence) -> tuple[str, str, str]:
    """The same for all silences of a turn: the meeting, what was said before, how the turn begins."""
    *before, own = silence.messages
    return silence.meeting, " / ".join(message["content"] for message in before), own["content"].split()[0]
