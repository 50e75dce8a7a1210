"""The sets that models are evaluated on, in one form. Nothing is trained, tuned or selected on them,
except that choices may be made on `development`, `hard` and `held_out`.

training/README.md says where TEN, Switchboard and the development set come from.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from .actions import (
    ACTIONS,
    CONTINUE_LISTENING,
    CONTINUE_SPEAKING,
    SPEAKING_ACTIONS,
    START_LISTENING,
    START_SPEAKING,
)
from .corpus import CORPUS_DIR, read_corpus
from .examples import single_points
from .mixture import is_held_out
from .overlap import BENCHMARK, DATA_FILES, HARD, files_there, words_of
from .prompt import Message
from .timed_points import MESSAGE_WORDS


class EvaluationSet(NamedTuple):
    """One entry a row in each."""

    conversations: list[list[Message]]
    actions: list[str]
    groups: Sequence[str] = ()
    pairs: Sequence[str | None] = ()
    """Two rows of a minimal pair have the same entry: the same final words, different actions."""

    @property
    def speaking(self) -> list[bool]:
        """Whether the agent is speaking: the rows are made so that the action says it."""
        return [action in SPEAKING_ACTIONS for action in self.actions]

    @property
    def final_texts(self) -> list[str]:
        """The user's newest words."""
        return [messages[-1]["content"] for messages in self.conversations]

    def without(self, action: str) -> "EvaluationSet":
        kept = [row for row in zip(self.conversations, self.actions, strict=True) if row[1] != action]
        return EvaluationSet([messages for messages, _ in kept], [action for _, action in kept])


def read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def assert_count(name: str, found: int, expected: int) -> None:
    assert found == expected, f"{name}: {found:,} rows, expected {expected:,}"


def ten(data_dir: Path) -> EvaluationSet:
    """TEN's English lines, finished and unfinished (428), each a user message without context."""
    rows = [row for row in read_jsonl(data_dir / DATA_FILES["ten"]) if row["label"] != "wait"]
    assert_count("TEN", len(rows), 428)
    names = {"finished": START_SPEAKING, "unfinished": CONTINUE_LISTENING}
    conversations = [[{"role": "user", "content": row["text"]}] for row in rows]
    return EvaluationSet(conversations, [names[row["label"]] for row in rows])


CUT_OFF_SENTENCES = (
    "The engineer can be with you on Wednesday between nine and",
    "Before I put you through, I just need to tell you that calls are",
    "Your parcel left the depot this morning, so it should",
    "To reset the router, press the small button on the back and hold it for",
    "We have two rooms free that weekend, one with a view of the",
)
"""What a speaking agent has said so far; ours, in no corpus."""


def ten_wait(data_dir: Path) -> tuple[EvaluationSet, EvaluationSet]:
    """TEN's 100 lines that tell the agent to wait, over each cut-off sentence and to a silent agent."""
    rows = [row for row in read_jsonl(data_dir / DATA_FILES["ten"]) if row["label"] == "wait"]
    assert_count("TEN, wait", len(rows), 100)
    heard = [{"role": "user", "content": row["text"]} for row in rows]
    said = [{"role": "assistant", "content": sentence} for sentence in CUT_OFF_SENTENCES]
    over = [[agent, user] for user in heard for agent in said]
    silent = [[user] for user in heard]
    return (
        EvaluationSet(over, [START_LISTENING] * len(over)),
        EvaluationSet(silent, [CONTINUE_LISTENING] * len(silent)),
    )


SWDA_BACKCHANNELS = frozenset(("b", "bh", "bk", "b^m"))
SWDA_LEFT_OUT = frozenset(("%", "aa"))
SwdaRule = Literal["yields", "complete"]
"""Which utterances are labelled start_speaking; the published labels are not known.

yields: the next utterance that is no backchannel is the other speaker's, or there is none. Who speaks next
depends on the whole turn, so the user's text is all of it so far.
complete: the transcriber closed the sentence: the text ends in ".", "?" or "!". The others break off in a
comma (681 of the 2,688), in a bare word (455) or in "..." (4): the copy has no "-/" marks, and units that
were abandoned for good (tag %) are not among the published ones. The user's text is that sentence, shown
without its last mark: the label could be read from it.
"""


def swda(data_dir: Path, rule: SwdaRule) -> EvaluationSet:
    """Switchboard's test split: 2,688 utterances labelled by the rule and 834 backchannels."""
    rows = [
        labelled
        for dialogue in read_jsonl(data_dir / DATA_FILES["swda"])
        for labelled in label_dialogue(dialogue["turns"], rule)
    ]
    found = EvaluationSet([messages for messages, _ in rows], [action for _, action in rows])
    assert_count("Switchboard", len(found.actions), 3522)
    assert_count("Switchboard, no backchannels", len(found.without(CONTINUE_SPEAKING).actions), 2688)
    return found


def label_dialogue(turns: list[dict], rule: SwdaRule) -> list[tuple[list[Message], str]]:
    """Messages and action of every utterance that is published. The other speaker's last utterance is the
    context, which for a backchannel is what it is said over."""
    found = []
    for index, turn in enumerate(turns):
        if turn["tag"] in SWDA_LEFT_OUT:
            continue
        is_backchannel = turn["tag"] in SWDA_BACKCHANNELS
        of_turn = rule == "yields" and not is_backchannel
        # Backchannels interrupt no turn.
        heard = [each for each in turns[:index] if not (of_turn and each["tag"] in SWDA_BACKCHANNELS)]
        others = [place for place, each in enumerate(heard) if each["speaker"] != turn["speaker"]]
        messages = [{"role": "assistant", "content": heard[place]["text"]} for place in others[-1:]]
        if of_turn:
            units = [*heard[others[-1] + 1 if others else 0 :], turn]
            text = " ".join(" ".join(each["text"] for each in units).split()[-MESSAGE_WORDS:])
        else:
            text = turn["text"] if rule == "yields" else without_end_mark(turn["text"])
        messages.append({"role": "user", "content": text})
        if is_backchannel:
            action = CONTINUE_SPEAKING
        else:
            finished = yields(turns, index) if rule == "yields" else closes_sentence(turn["text"])
            action = START_SPEAKING if finished else CONTINUE_LISTENING
        found.append((messages, action))
    return found


def yields(turns: list[dict], index: int) -> bool:
    later = (turn for turn in turns[index + 1 :] if turn["tag"] not in SWDA_BACKCHANNELS)
    following = next(later, None)
    return following is None or following["speaker"] != turns[index]["speaker"]


def closes_sentence(text: str) -> bool:
    text = text.rstrip(" '\"")
    return text.endswith((".", "?", "!")) and not text.endswith("..")


def without_end_mark(text: str) -> str:
    return text.rstrip(" '\".,?!") or text


def development(data_dir: Path) -> EvaluationSet:
    """200 hand-written cases. Its README: twelve pairs share their final words, each of two actions."""
    rows = read_jsonl(data_dir / DATA_FILES["dev"])
    assert_count("development set", len(rows), 200)
    actions_of: dict[str, set[str]] = {}
    finals = [" ".join(words_of(row["messages"][-1]["content"])) for row in rows]
    for final, row in zip(finals, rows, strict=True):
        actions_of.setdefault(final, set()).add(row["action"])
    pairs = [final if len(actions_of[final]) > 1 else None for final in finals]
    assert_count("development set, pairs", len(set(pairs) - {None}), 12)
    return cases(rows, pairs)


def four_class() -> EvaluationSet:
    """Our own test: packages/bench/benchmark/four-class."""
    return own_cases("four-class test", BENCHMARK, rows=455, pairs=47)


def hard() -> EvaluationSet:
    """Hard cases, for choices: packages/bench/benchmark/hard."""
    return own_cases("hard cases", HARD, rows=478, pairs=23)


def own_cases(name: str, path: Path, rows: int, pairs: int) -> EvaluationSet:
    found = read_jsonl(path)
    assert_count(name, len(found), rows)
    pair_of = [row.get("pair") for row in found]
    assert_count(f"{name}, pairs", len(set(pair_of) - {None}), pairs)
    return cases(found, pair_of)


def cases(rows: list[dict], pairs: Sequence[str | None]) -> EvaluationSet:
    actions = [row["action"] for row in rows]
    assert set(actions) <= set(ACTIONS), f"unknown actions: {set(actions) - set(ACTIONS)}"
    return EvaluationSet([row["messages"] for row in rows], actions, [row["group"] for row in rows], pairs)


def held_out(corpus: Path = CORPUS_DIR, limit: int | None = None) -> EvaluationSet:
    """The labelled points of the authored conversations that no run trains on, as plain prompts: all, or so
    many, drawn by chance, which is the same each time."""
    conversations = [conversation for conversation in read_corpus(corpus) if is_held_out(conversation)]
    points = single_points(conversations)
    if limit is not None and limit < len(points):
        points = random.Random(0).sample(points, limit)
    return EvaluationSet([messages for messages, _, _ in points], [action for _, action, _ in points])


def all_sets(data_dir: Path, corpus: Path) -> dict[str, EvaluationSet]:
    """The held-out conversations and the four-class test, and the sets of each data file that is there."""
    there = files_there(data_dir)
    found: dict[str, EvaluationSet] = {}
    if "ten" in there:
        over, silent = ten_wait(data_dir)
        found["TEN"] = ten(data_dir)
        found |= {"TEN, wait, agent speaking": over, "TEN, wait, agent silent": silent}
    if "swda" in there:
        found |= {"SwDA, yields": swda(data_dir, "yields"), "SwDA, complete": swda(data_dir, "complete")}
    if "dev" in there:
        found["dev"] = development(data_dir)
    return {**found, "hard": hard(), "held-out": held_out(corpus), "four-class": four_class()}
