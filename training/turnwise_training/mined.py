"""Conversations mined from public corpora, in the form of the authored ones. Licences: training/README.md.

- single requests and task dialogue: the end of a user turn is complete; word prefixes are incomplete
  unless the untouched base finds them complete (`completeness.py`);
- chat: the same, of typed talk about films, sport and music;
- meetings: real backchannels during another's unit, real interruptions, abandoned units and held floors;
- talk, units (turns, unit by unit) and clauses: `mined_talk.py`; pauses: `mined_pauses.py`; sentences:
  `mined_sentences.py`.
"""

import random
import re
from collections.abc import Sequence
from pathlib import Path

from .actions import CONTINUE_LISTENING, CONTINUE_SPEAKING, START_LISTENING, START_SPEAKING
from .completeness import Completeness
from .corpus import Conversation, Overlap, Point, Turn, Utterance
from .mined_pauses import pauses
from .mined_sentences import sentences_among_people
from .mined_sources import MEETINGS, read, spoken, teaches, usable
from .mined_talk import clauses, punctuated, talk, turns_among_people

SINGLE = ("clinc150", "banking77", "hwu64", "slurp", "snips", "restaurant8k", "nlupp", "disfl_qa")
CHAT = ("self_dialogue", "topical_chat")
DIALOGUE = ("sgd", "star", "taskmaster3", "taskmaster4", "smcalflow2_valid", "dstc10_t2_val")
SHARES = {
    "single": 0.2,
    "dialogue": 0.1,
    "chat": 0.1,
    "clauses": 0.1,
    "meetings": 0.1,
    "talk": 0.2,
    "units": 0.2,
    "pauses": 0.4,
    "sentences": 0.3,
}
"""Of the number asked for, by kind; with all of them it is more than that."""
INCOMPLETE_BELOW = 0.04
"""A prefix is incomplete if the base's probability of an end there is below this."""


def user_utterance(
    text: str, completeness: Completeness, chance: random.Random, prefixes: int, incomplete_below: float
) -> Utterance:
    """The whole text complete, up to `prefixes` of its word prefixes incomplete."""
    words = text.split()
    ends = completeness.at_words(text)  # probability of an end after each word
    open_at = [count for count in range(1, len(words)) if ends[count - 1] < incomplete_below]
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


def meetings(folder: Path, chance: random.Random) -> list[Conversation]:
    """One labelled point each. A mark ends a finished unit and no broken one: where an agent's words stand as
    they are written, `examples.cut_is_visible` counts on that."""
    found = []
    for row in read(folder / f"{MEETINGS}.jsonl.gz"):
        if not teaches(row["id"]):
            continue
        units = row["turns"]
        for index, unit in enumerate(units):
            tags = " ".join(unit["tags"])
            near = [other for other in units[max(0, index - 4) : index] if other["role"] != unit["role"]]
            if not near or not near[-1].get("end"):
                continue
            other = near[-1]
            said = punctuated(other, False, chance).split()
            if not usable(spoken(unit["text"])) or len(said) < 5:
                continue
            words = punctuated(unit, False, chance)
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
    for conversation in meetings(folder, chance):
        action = conversation.utterances()[0].points[-1].action
        by_action.setdefault(action, []).append(conversation)
    found = []
    for action in (CONTINUE_SPEAKING, START_LISTENING, CONTINUE_LISTENING):
        rows = by_action[action]
        found += chance.sample(rows, min(len(rows), count // 3))
    return found


def sample_chat(folder: Path, count: int, chance: random.Random) -> list[tuple[str, list[dict]]]:
    """(source, one turn, in half of them with the one before)."""
    found = []
    for source in CHAT:
        rows = [row for row in read(folder / f"{source}.jsonl.gz") if len(row["turns"]) > 1]
        for row in chance.sample(rows, min(len(rows), count // len(CHAT))):
            end = chance.randrange(1, len(row["turns"]))
            before, last = row["turns"][end - 1 : end + 1]
            if usable(last["text"]) and usable(before["text"]):
                turns = [{**before, "role": "assistant"}, {**last, "role": "user"}]
                found.append((source, turns[chance.randrange(2) :]))
    return found


def mine(
    folder: Path, count: int, kinds: Sequence[str], seed: int, incomplete_below: float = INCOMPLETE_BELOW
) -> list[Conversation]:
    """Of each kind named at most `count` times its share, so in all it may be more than `count`; the same for
    the same seed and the same files."""
    assert set(kinds) <= set(SHARES), f"kinds of mined conversations are {', '.join(SHARES)}, not {kinds}"
    chance = {kind: random.Random(f"mine-{kind}-{seed}") for kind in SHARES}
    wanted = {kind: round(count * share) if kind in kinds else 0 for kind, share in SHARES.items()}
    found = []
    if wanted["meetings"]:
        found += balanced_meetings(folder, wanted["meetings"], chance["meetings"])
    if wanted["talk"]:
        found += talk(folder, wanted["talk"], chance["talk"])
    if wanted["units"]:
        found += turns_among_people(folder, wanted["units"], chance["units"])
    if wanted["pauses"]:
        found += pauses(folder, wanted["pauses"], chance["pauses"])
    if wanted["sentences"]:
        found += sentences_among_people(folder, wanted["sentences"], chance["sentences"])
    if wanted["clauses"]:
        found += clauses(folder, wanted["clauses"], chance["clauses"])
    sampled: list[tuple[str, list[dict]]] = []
    if wanted["single"]:
        singles = sample_single(folder, wanted["single"], chance["single"])
        sampled += [(source, [{"role": "user", "text": text}]) for source, text in singles]
    if wanted["dialogue"]:
        sampled += sample_dialogue(folder, wanted["dialogue"], chance["dialogue"])
    if wanted["chat"]:
        sampled += sample_chat(folder, wanted["chat"], chance["chat"])
    completeness = Completeness.of(
        [turn["text"] for _, turns in sampled for turn in turns if turn["role"] == "user"]
    )
    prefixes = random.Random(f"mine-prefixes-{seed}")
    for index, (source, turns) in enumerate(sampled):
        built = [
            user_turn(user_utterance(turn["text"], completeness, prefixes, 3, incomplete_below))
            if turn["role"] == "user"
            else Turn("assistant", " ".join(turn["text"].split()), 0)
            for turn in turns
        ]
        found.append(Conversation(f"{source} {index}", source, index, built))
    return found
