"""Near-duplicates of evaluation text, so that none is trained on.

Texts are compared in lower case without punctuation by their sets of word 3-grams: near-duplicates share at
least SIMILAR of the 3-grams of both together (Jaccard); equal texts share all. Only what users say counts.
A model is asked while the user speaks, so every beginning of a user's words is a text of its own.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .corpus import Conversation

OWN = Path(__file__).resolve().parents[2] / "packages/bench/benchmark"
BENCHMARK = OWN / "four-class" / "cases.jsonl"
HARD = OWN / "hard" / "cases.jsonl"
DATA_FILES = {"ten": "eval/ten.jsonl", "swda": "eval/swda.jsonl", "dev": "dev/cases.jsonl"}
"""Evaluation sets under the data folder; training/README.md says what they are."""

SIMILAR = 0.7
MIN_WORDS = 4
"""Shorter texts ("yes please", "no that's all") are everyday phrases: a corpus of calls without them would
not be one, and to have seen them gives nothing away, since what was asked decides their label."""
MIN_WORDS_SWDA = 6
"""Switchboard's utterances are small talk: everyday phrases are longer there ("that's a good idea")."""

Shingle = tuple[str, str, str]


def words_of(text: str) -> list[str]:
    """Lower case, without punctuation: "I'd like 2-3." is "id like 2 3" (TEN has no apostrophes)."""
    return re.sub(r"[\W_]+", " ", re.sub(r"['’]", "", text.lower())).split()


def shingles(words: list[str]) -> list[Shingle]:
    """The word 3-grams in order, repeats included."""
    return list(zip(words, words[1:], words[2:], strict=False))


class ShingleIndex:
    """Texts, as lists of words, by the 3-grams that they hold."""

    def __init__(self, texts: Iterable[list[str]]):
        self.sizes: list[int] = []
        """Distinct 3-grams of each text."""
        self.holders: dict[Shingle, list[int]] = defaultdict(list)
        for index, words in enumerate(texts):
            distinct = set(shingles(words))
            self.sizes.append(len(distinct))
            for shingle in distinct:
                self.holders[shingle].append(index)

    def similar(self, words: list[str]) -> dict[int, float]:
        """Jaccard similarity with every text that shares a 3-gram."""
        distinct = set(shingles(words))
        shared = Counter(index for shingle in distinct for index in self.holders.get(shingle, ()))
        return {index: self.jaccard(index, count, len(distinct)) for index, count in shared.items()}

    def similar_beginnings(self, words: list[str], at_least: float) -> dict[int, int]:
        """Texts that a beginning of MIN_WORDS words or more is similar to, with its number of words.

        Similarity grows only at a word that completes a shared 3-gram, so it is looked at there alone.
        """
        found: dict[int, int] = {}
        seen: set[Shingle] = set()
        shared: Counter[int] = Counter()
        for count, shingle in enumerate(shingles(words), 3):
            holders = self.holders.get(shingle, ())
            if shingle not in seen:
                seen.add(shingle)
                shared.update(holders)
            if count >= MIN_WORDS:
                for index in holders:
                    if self.jaccard(index, shared[index], len(seen)) >= at_least:
                        found.setdefault(index, count)
        return found

    def jaccard(self, index: int, shared: int, size: int) -> float:
        return shared / (self.sizes[index] + size - shared)


@dataclass(frozen=True)
class EvaluationText:
    source: str
    text: str


@dataclass(frozen=True)
class NearDuplicate:
    conversation: Conversation
    text: str
    """The beginning of a user's words, normalised."""
    of: EvaluationText


def files_there(data_dir: Path) -> dict[str, Path]:
    """Those of DATA_FILES that are there, by name."""
    return {name: path for name, file in DATA_FILES.items() if (path := data_dir / file).exists()}


def missing_files(data_dir: Path) -> list[str]:
    """The others."""
    there = files_there(data_dir)
    return [file for name, file in DATA_FILES.items() if name not in there]


def evaluation_texts(data_dir: Path) -> list[EvaluationText]:
    """What users say in our own sets and in what is there of DATA_FILES, short texts left out."""
    found: dict[EvaluationText, None] = {}  # in order, without repeats
    for source, path in {"four-class": BENCHMARK, "hard": HARD, **files_there(data_dir)}.items():
        at_least = MIN_WORDS_SWDA if source == "swda" else MIN_WORDS
        for line in path.read_text(encoding="utf-8").splitlines():
            texts = user_texts(json.loads(line))
            found |= {EvaluationText(source, text): None for text in texts if len(words_of(text)) >= at_least}
    return list(found)


def user_texts(row: dict) -> list[str]:
    """Of a row with `messages` (ours, dev), `turns` (Switchboard: both speakers) or `text` (TEN)."""
    if "messages" in row:
        return [message["content"] for message in row["messages"] if message["role"] == "user"]
    return [turn["text"] for turn in row["turns"]] if "turns" in row else [row["text"]]


def near_duplicates(
    conversations: Iterable[Conversation], evaluation: list[EvaluationText]
) -> list[NearDuplicate]:
    """Every near-duplicate of an evaluation text among what users say, alternatives and overlaps included."""
    index = ShingleIndex(words_of(text.text) for text in evaluation)
    found = []
    for conversation in conversations:
        for utterance in conversation.utterances():
            words = words_of(utterance.text)
            for number, count in index.similar_beginnings(words, SIMILAR).items():
                found.append(NearDuplicate(conversation, " ".join(words[:count]), evaluation[number]))
    return found


def without_near_duplicates(
    conversations: list[Conversation], evaluation: list[EvaluationText]
) -> list[Conversation]:
    """Leaves out whole conversations: what follows a removed turn would make no sense."""
    held = {id(duplicate.conversation) for duplicate in near_duplicates(conversations, evaluation)}
    return [conversation for conversation in conversations if id(conversation) not in held]
