"""Talk between people, mined in the form of the authored conversations. Licences: training/README.md.

- meetings, unit by unit, as Switchboard's dialogue acts are read: a speaker's unit after another's last one,
  if it is clear to an agent;
- meetings, turn by turn: whether a turn is over depends on who speaks next, not only on the words. The yield
  output learns that at the end of each unit, with the turn so far, as a session asks for it;
- sentences with a clause first: what stands before the comma announces more, and sounds whole to a language
  model.
"""

import random
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

from .actions import CONTINUE_LISTENING, CONTINUE_SPEAKING, START_SPEAKING
from .corpus import Conversation, Point, Turn, Utterance
from .mined_pauses import user
from .mined_sources import MEETINGS, read, spoken, teaches, usable

CLAUSE_SOURCES = ("self_dialogue", "topical_chat", "casino", "star", "sgd", "taskmaster4")
CLAUSE_FIRST = re.compile(
    r"(?:(?:well|so|and|yeah|oh|but),? )?"
    r"(?:when(?! (?:do|did|does|is|are|was|were|will|can|could|would|should|have|has)\b)|if|since|after"
    r"|before|while|although|as soon as|once|unless|even though|now that|whenever|until|as long as)\b",
    re.IGNORECASE,
)
BACKCHANNEL = re.compile(r"b\b|s\^bk$")
UNUSED = re.compile(r"%$|z|$|s\^aa")


def talk(folder: Path, count: int, chance: random.Random) -> list[Conversation]:
    """A unit of one speaker, and all that another says until a third unit, as alternatives."""
    found = []
    for row in read(folder / f"{MEETINGS}.jsonl.gz"):
        if not teaches(row["id"]):
            continue
        units = row["turns"]
        for other, own in stretches(units):
            said = punctuated(units[other], False, chance)
            heard = [labelled(units, index, chance) for index in own if is_used(units[index])]
            utterances = [utterance for utterance in heard if utterance]
            if len(said.split()) < 2 or not utterances:
                continue
            first, *rest = utterances
            turns = [Turn("assistant", said, 0), Turn("user", first.text, 0, first, tuple(rest))]
            found.append(Conversation(units[own[0]]["uid"], MEETINGS, own[0], turns))
    return chance.sample(found, min(count, len(found)))


def turns_among_people(folder: Path, count: int, chance: random.Random) -> list[Conversation]:
    """A whole turn after another's last unit, a point at the end of each of its units.

    Backchannels interrupt no turn, as where Switchboard is read (`evaluation_sets.py`).
    """
    found = []
    for row in read(folder / f"{MEETINGS}.jsonl.gz"):
        if not teaches(row["id"]):
            continue
        units = row["turns"]
        said = [index for index, unit in enumerate(units) if not BACKCHANNEL.match(tags_of(unit))]
        turns = [list(own) for _, own in groupby(said, key=lambda index: units[index]["role"])]
        for (*_, other), own in pairwise(turns):
            if not spoken(units[other]["text"]):
                continue
            heard = turn_so_far(units, own, chance)
            if heard.utterance and heard.utterance.points:
                context = Turn("assistant", punctuated(units[other], False, chance), 0)
                found.append(Conversation(units[own[0]]["uid"], MEETINGS, own[0], [context, heard]))
    return chance.sample(found, min(count, len(found)))


def turn_so_far(units: list[dict], own: list[int], chance: random.Random) -> Turn:
    words: list[str] = []
    points: list[Point] = []
    for index in own:
        if spoken(units[index]["text"]):  # a laugh would leave its full stop
            words += punctuated(units[index], False, chance).split()
        if is_used(units[index]):
            action = START_SPEAKING if yields(units, index) else CONTINUE_LISTENING
            points.append(Point(len(words), action, among_people=True))
    return user(words, points)


def stretches(units: list[dict]) -> Iterator[tuple[int, list[int]]]:
    """(another's unit, the indexes of a speaker's units that follow it before anybody else's next)."""
    last: dict[str, int] = {}  # each speaker's last unit
    found: dict[tuple[int, str], list[int]] = {}
    for index, unit in enumerate(units):
        others = [position for role, position in last.items() if role != unit["role"]]
        if others:
            found.setdefault((max(others), unit["role"]), []).append(index)
        last[unit["role"]] = index
    yield from ((other, own) for (other, _), own in found.items())


def is_used(unit: dict) -> bool:
    return not UNUSED.match(tags_of(unit)) and usable(spoken(unit["text"]))


def tags_of(unit: dict) -> str:
    return " ".join(unit["tags"])


def labelled(units: list[dict], index: int, chance: random.Random) -> Utterance | None:
    unit = units[index]
    tags = tags_of(unit)
    broken = "==" in unit["text"] or "%-" in tags or tags.startswith(("fh", "fg", "h"))
    if BACKCHANNEL.match(tags):
        action = CONTINUE_SPEAKING
    elif broken:
        action = CONTINUE_LISTENING
    elif yields(units, index):
        action = START_SPEAKING
    else:  # a whole sentence whose speaker goes on: to an agent rather an end
        return None
    text = punctuated(unit, broken, chance)
    return Utterance(text, (Point(len(text.split()), action),))


def yields(units: list[dict], index: int) -> bool:
    """Whether the next unit that is no backchannel is somebody else's."""
    for later in units[index + 1 : index + 12]:
        if not BACKCHANNEL.match(tags_of(later)):
            return later["role"] != units[index]["role"]
    return True


def punctuated(unit: dict, holds: bool, chance: random.Random) -> str:
    """As a transcriber writes it: a capital, a mark at the end, a comma where the speaker goes on."""
    text = re.sub(r"\bi\b", "I", spoken(unit["text"]))
    text = text[:1].upper() + text[1:]
    if "==" in unit["text"] or "%-" in tags_of(unit):
        return text
    if unit["tags"] and unit["tags"][0].startswith("q"):
        return f"{text}?"
    return f"{text}," if holds and chance.random() < 0.5 else f"{text}."


def clauses(folder: Path, count: int, chance: random.Random) -> list[Conversation]:
    """Sentences with a clause first: open after its comma, complete at the end; some with the line before."""
    found: dict[str, Conversation] = {}
    for source in CLAUSE_SOURCES:
        for row in read(folder / f"{source}.jsonl.gz"):
            for before, turn in zip([None, *row["turns"]], row["turns"], strict=False):
                for sentence in re.split(r"(?<=[.?!])\s+", turn["text"]):
                    words = sentence.split()
                    comma = next((count for count, word in enumerate(words, 1) if word.endswith(",")), 0)
                    if not CLAUSE_FIRST.match(sentence) or comma < 4 or len(words) - comma < 3:
                        continue
                    key = " ".join(words[:5]).lower()
                    if key in found or not usable(sentence) or not sentence.endswith((".", "?", "!")):
                        continue
                    points = (Point(comma, CONTINUE_LISTENING), Point(len(words), START_SPEAKING))
                    utterance = Utterance(" ".join(words), points)
                    turns = [Turn("user", utterance.text, 0, utterance)]
                    if before and usable(before["text"]) and chance.random() < 0.5:
                        turns.insert(0, Turn("assistant", " ".join(before["text"].split()), 0))
                    found[key] = Conversation(key, source, len(found), turns)
    rows = list(found.values())
    return chance.sample(rows, min(count, len(rows)))
