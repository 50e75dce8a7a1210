"""Conversations mined from public corpora, in the form of the authored ones. Licences: training/README.md.

- single requests and task dialogue: the end of a user turn is complete; word prefixes are incomplete
  unless the untouched base finds them complete (`completeness.py`);
- meetings: real backchannels during another's unit, real interruptions, abandoned units and held floors.
"""

import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from .actions import CONTINUE_LISTENING, CONTINUE_SPEAKING, START_LISTENING, START_SPEAKING
from .completeness import Completeness
from .corpus import Conversation, Overlap, Point, Turn, Utterance

SINGLE = ("clinc150", "banking77", "hwu64", "slurp", "snips", "restaurant8k", "nlupp", "disfl_qa")
DIALOGUE = ("sgd", "star", "taskmaster3", "taskmaster4", "smcalflow2_valid", "dstc10_t2_val")
MEETINGS = "mrda"
SHARES = {"single": 0.5, "dialogue": 0.25, "meetings": 0.25}
INCOMPLETE_BELOW = 0.04
"""A prefix is incomplete if the base's probability of an end there is below this."""


def kind_of(conversation: Conversation) -> str:
    """A key of SHARES."""
    if conversation.domain == MEETINGS:
        return "meetings"
    return "single" if conversation.domain in SINGLE else "dialogue"


def read(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def usable(text: str) -> bool:
    return 1 <= len(text.split()) <= 40 and not re.search(r"[|/{}<>\[\]@*_]|https?:", text)


def user_utterance(text: str, completeness: Completeness, chance: random.Random, prefixes: int) -> Utterance:
    """The whole text complete, up to `prefixes` of its word prefixes incomplete."""
    words = text.split()
    ends = completeness.at_words(text)  # probability of an end after each word
    open_at = [count for count in range(1, len(words)) if ends[count - 1] < INCOMPLETE_BELOW]
    chosen = sorted(chance.sample(open_at, min(prefixes, len(open_at))))
    points = [Point(count, CONTINUE_LISTENING) for count in chosen]
    return Utterance(" ".join(words), (*points, Point(len(words), START_SPEAKING)))


def user_turn(utterance: Utterance) -> Turn:
    return Turn("user", utterance.text, 0, utterance)


def sample_single(folder: Path, count: int, chance: random.Random) -> list[tuple[str, str]]:
    """(source, text), the same number from each corpus."""
    found = []
    for source in SINGLE:
        texts = [turn["text"].strip() for row in read(folder / f"{source}.jsonl.gz") for turn in row["turns"]]
        texts = sorted({text for text in texts if usable(text) and len(text.split()) > 1})
        found += [(source, text) for text in chance.sample(texts, min(len(texts), count // len(SINGLE)))]
    return found


def sample_dialogue(folder: Path, count: int, chance: random.Random) -> list[tuple[str, list[dict]]]:
    """(source, two to five turns that end with the user's)."""
    found = []
    for source in DIALOGUE:
        rows = [row for row in read(folder / f"{source}.jsonl.gz") if len(row["turns"]) > 1]
        for row in chance.sample(rows, min(len(rows), count // len(DIALOGUE))):
            turns = [turn for turn in row["turns"] if usable(turn["text"])]
            ends = [index for index, turn in enumerate(turns) if turn["role"] == "user"]
            if ends:
                end = chance.choice(ends) + 1
                found.append((source, alternate(turns[max(0, end - chance.randint(2, 5)) : end])))
    return found


def alternate(turns: list[dict]) -> list[dict]:
    """Keeps the last stretch in which the roles take turns."""
    kept = [turns[-1]]
    for turn in reversed(turns[:-1]):
        if turn["role"] == kept[0]["role"]:
            break
        kept.insert(0, turn)
    return kept


def spoken(text: str) -> str:
    """ICSI transcript to plain words: no marks of breaks, fragments or noise."""
    text = re.sub(
        r"\b(\w)\. (?=\w\. |\w\b)", r"\1 ", text.replace("uhhuh", "uh-huh").replace("mmhmm", "mm-hmm")
    )
    words = [word for word in text.split() if not re.fullmatch(r"==|\?==|[-.,?|@]+|\w*-|@@\S*|[<{].*", word)]
    return " ".join(words)


def meetings(folder: Path) -> list[Conversation]:
    found = []
    for row in read(folder / f"{MEETINGS}.jsonl.gz"):
        units = row["turns"]
        for index, unit in enumerate(units):
            tags = " ".join(unit["tags"])
            near = [other for other in units[max(0, index - 4) : index] if other["role"] != unit["role"]]
            if not near or not near[-1].get("end"):
                continue
            other = near[-1]
            said, words = spoken(other["text"]).split(), spoken(unit["text"])
            if not usable(words) or len(said) < 5:
                continue
            length = other["end"] - other["start"]
            during = (unit["start"] - other["start"]) / max(0.1, length)
            count = round(during * len(said))
            if re.fullmatch(r"b|s\^bk|s\^ba", tags) and 0.25 < during < 0.9 and 3 <= count < len(said):
                said_so_far = Overlap(
                    count, Utterance(words, (Point(len(words.split()), CONTINUE_SPEAKING),))
                )
                turns = [Turn("assistant", " ".join(said), 0, overlaps=(said_so_far,))]
            elif "%-" in " ".join(other["tags"]) and "%--" not in " ".join(other["tags"]) and during < 1.1:
                if tags.startswith(("b", "fh", "z")) or "%" in tags or len(words.split()) < 2:
                    continue
                total = len(words.split())
                heard = Utterance(words, (Point(total, START_LISTENING, START_SPEAKING),))
                turns = [Turn("assistant", " ".join(said), 0, cut_off=True), Turn("user", words, 0, heard)]
            elif ("%--" in tags or tags == "fh") and during > 1.0 and "==" in unit["text"]:
                heard = Utterance(words, (Point(len(words.split()), CONTINUE_LISTENING),))
                turns = [Turn("assistant", " ".join(said), 0), Turn("user", words, 0, heard)]
            else:
                continue
            found.append(Conversation(unit["uid"], MEETINGS, index, turns))
    return found


def balanced_meetings(folder: Path, count: int, chance: random.Random) -> list[Conversation]:
    by_action: dict[str, list[Conversation]] = {}
    for conversation in meetings(folder):
        action = conversation.utterances()[0].points[-1].action
        by_action.setdefault(action, []).append(conversation)
    found = []
    for action in (CONTINUE_SPEAKING, START_LISTENING, CONTINUE_LISTENING):
        rows = by_action[action]
        found += chance.sample(rows, min(len(rows), count // 3))
    return found


def mine(folder: Path, count: int, seed: int) -> list[Conversation]:
    """About `count` conversations; the same for the same seed and the same files."""
    chance = random.Random(f"mine-{seed}")
    singles = sample_single(folder, round(count * SHARES["single"]), chance)
    dialogues = sample_dialogue(folder, round(count * SHARES["dialogue"]), chance)
    texts = [text for _, text in singles]
    texts += [turn["text"] for _, turns in dialogues for turn in turns if turn["role"] == "user"]
    completeness = Completeness.of(texts)
    found = []
    for index, (source, text) in enumerate(singles):
        utterance = user_utterance(text, completeness, chance, 3)
        found.append(Conversation(f"{source} {index}", source, index, [user_turn(utterance)]))
    for index, (source, turns) in enumerate(dialogues):
        built = [
            user_turn(user_utterance(turn["text"], completeness, chance, 3))
            if turn["role"] == "user"
            else Turn("assistant", " ".join(turn["text"].split()), 0)
            for turn in turns
        ]
        found.append(Conversation(f"{source} {index}", source, index, built))
    return found + balanced_meetings(folder, round(count * SHARES["meetings"]), chance)
