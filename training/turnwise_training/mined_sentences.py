"""Turns of meetings without times, in the form of the authored conversations. Licences: training/README.md.

Where a sentence ends and another speaks next, the turn was over; where the same speaker goes on, it was not.
That teaches the yield output, as the units of meetings with times do (`mined_talk.py`).
"""

import random
import re
from itertools import groupby, pairwise
from pathlib import Path

from .actions import CONTINUE_LISTENING, START_SPEAKING
from .corpus import Conversation, Point
from .mined_pauses import agent, user
from .mined_sources import read

SOURCE = "ami_qmsum"
MARK = re.compile(r"\{\w+\}")  # {vocalsound}, {disfmarker}, {gap}
SENTENCE_END = re.compile(r"[.?!]$")
LISTENED = re.compile(
    r"(ah|alright|aye|cool|exactly|fine|good|great|h?mm|huh|mm-hmm|nice|oh|ok(ay)?|really|right|sure|uh-huh"
    r"|yeah|yep|yes)[.,!]*",
    re.IGNORECASE,
)
LISTENED_WORDS = 3
"""The longest reaction that leaves another's turn whole."""
SHORT_TURNS = 0.5
"""The share of the turns of one sentence that is kept: with all of them 54% of the points would be yields,
where units with times have 45."""


def sentences_among_people(folder: Path, count: int, chance: random.Random) -> list[Conversation]:
    """A whole turn after another's, a point at the end of each of its sentences."""
    found = []
    for row in read(folder / f"{SOURCE}.jsonl.gz"):
        for place, (before, own) in enumerate(pairwise(turns_of(row["turns"]))):
            heard = user(own, sentence_ends(own))
            points = len(heard.utterance.points) if heard.utterance else 0
            if points > 1 or (points == 1 and chance.random() < SHORT_TURNS):
                found.append(Conversation(f"{row['id']} {place}", SOURCE, place, [agent(before), heard]))
    return chance.sample(found, min(count, len(found)))


def turns_of(said: list[dict]) -> list[list[str]]:
    """The words of one speaker until another takes over; whoever only shows that they listen does not."""
    kept: list[tuple[str, list[str]]] = []
    for turn in said:
        words = words_of(turn["text"])
        if words and not (kept and only_listens(words, kept[-1][1])):
            kept.append((turn["role"], words))
    grouped = groupby(kept, key=lambda turn: turn[0])
    return [[word for _, words in turns for word in words] for _, turns in grouped]


def words_of(text: str) -> list[str]:
    """Punctuation on its word, as it is written elsewhere."""
    return re.sub(r"\s+([.,?!])", r"\1", MARK.sub(" ", text)).lstrip(" .,?!").split()


def only_listens(words: list[str], before: list[str]) -> bool:
    """To a question the same words are an answer."""
    listened = len(words) <= LISTENED_WORDS and all(LISTENED.fullmatch(word) for word in words)
    return listened and not before[-1].endswith("?")


def sentence_ends(words: list[str]) -> list[Point]:
    """The last word yields, if it ends a sentence; after the sentences before it the speaker went on."""
    return [
        Point(count, START_SPEAKING if count == len(words) else CONTINUE_LISTENING, among_people=True)
        for count, word in enumerate(words, 1)
        if SENTENCE_END.search(word)
    ]
