"""The evaluation sets hold the rows that the published tables count."""

import json
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from turnwise_training.actions import (
    CONTINUE_LISTENING,
    CONTINUE_SPEAKING,
    SPEAKING_ACTIONS,
    START_LISTENING,
    START_SPEAKING,
)
from turnwise_training.corpus import CORPUS_DIR
from turnwise_training.evaluation_sets import (
    CUT_OFF_SENTENCES,
    EvaluationSet,
    SwdaRule,
    all_sets,
    closes_sentence,
    development,
    four_class,
    hard,
    held_out,
    label_dialogue,
    swda,
    ten,
    ten_wait,
    without_end_mark,
)
from turnwise_training.evaluation_tables import all_tables, minimal_pairs
from turnwise_training.overlap import DATA_FILES
from turnwise_training.prompt import Message

DATA = Path(os.environ.get("TURNWISE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))


def needs(name: str) -> pytest.MarkDecorator:
    file = DATA / DATA_FILES[name]
    where = "or TURNWISE_DATA: training/README.md, Data, says what is in it"
    return pytest.mark.skipif(not file.exists(), reason=f"needs {file}, {where}")


DIALOGUE = [
    {"speaker": "A", "tag": "sd", "text": "We drove up to the lake,"},
    {"speaker": "B", "tag": "b", "text": "Uh-huh."},
    {"speaker": "A", "tag": "sd", "text": "and the boat was gone."},
    {"speaker": "B", "tag": "aa", "text": "Right."},
    {"speaker": "B", "tag": "qy", "text": "Did you ask about"},
    {"speaker": "A", "tag": "%", "text": "Well"},
    {"speaker": "A", "tag": "nn", "text": "No."},
]


def labels(rule: SwdaRule) -> list[tuple[str, str]]:
    return [(messages[-1]["content"], action) for messages, action in label_dialogue(DIALOGUE, rule)]


def test_swda_yields_looks_past_backchannels():
    assert labels("yields") == [
        ("We drove up to the lake,", CONTINUE_LISTENING),
        ("Uh-huh.", CONTINUE_SPEAKING),
        ("We drove up to the lake, and the boat was gone.", START_SPEAKING),
        ("Right. Did you ask about", START_SPEAKING),
        ("Well No.", START_SPEAKING),
    ]


def test_swda_yields_shows_the_end_of_a_long_turn():
    turn = {"speaker": "A", "tag": "sd", "text": "word " * 70}
    [(messages, _)] = label_dialogue([turn], "yields")
    assert messages[-1]["content"].split() == ["word"] * 60


def test_swda_complete_looks_at_the_mark_and_hides_it():
    assert labels("complete") == [
        ("We drove up to the lake", CONTINUE_LISTENING),
        ("Uh-huh", CONTINUE_SPEAKING),
        ("and the boat was gone", START_SPEAKING),
        ("Did you ask about", CONTINUE_LISTENING),
        ("No", START_SPEAKING),
    ]


@pytest.mark.parametrize(
    ("rule", "before_the_boat"), [("yields", []), ("complete", ["Uh-huh."])], ids=["the turn", "the unit"]
)
def test_swda_context_is_the_other_speakers_last_utterance(rule: SwdaRule, before_the_boat: list[str]):
    contexts = [[m["content"] for m in messages[:-1]] for messages, _ in label_dialogue(DIALOGUE, rule)]
    assert contexts == [
        [],
        ["We drove up to the lake,"],
        before_the_boat,
        ["and the boat was gone."],
        ["Did you ask about"],
    ]


@pytest.mark.parametrize(
    ("text", "closed"),
    [("Yes.", True), ('"Really?" ', True), ("Yes,", False), ("yes", False), ("I thought...", False)],
)
def test_closes_sentence(text: str, closed: bool):
    assert closes_sentence(text) is closed


def test_without_end_mark():
    assert without_end_mark("Really?") == without_end_mark("Really, ") == "Really"
    assert without_end_mark("...") == "..."


def test_four_class():
    rated = four_class()
    assert Counter(rated.actions)[CONTINUE_SPEAKING] == 79
    assert len(rated.conversations) == len(rated.groups) == len(rated.pairs) == 455
    assert all(
        len(messages) > 1 and messages[-2]["role"] == "assistant"
        for messages, speaking in zip(rated.conversations, rated.speaking, strict=True)
        if speaking
    )


def test_held_out_points_have_all_actions():
    rated = held_out()
    assert len(rated.conversations) == len(rated.actions) > 3000
    assert len(set(rated.actions)) == 4


def test_cut_off_sentences_break_off():
    assert not any(closes_sentence(sentence) for sentence in CUT_OFF_SENTENCES)


@needs("ten")
def test_ten():
    assert Counter(ten(DATA).actions) == {START_SPEAKING: 236, CONTINUE_LISTENING: 192}
    over, silent = ten_wait(DATA)
    assert Counter(over.actions) == {START_LISTENING: 100 * len(CUT_OFF_SENTENCES)}
    assert [len(messages) for messages in silent.conversations] == [1] * 100


@needs("swda")
@pytest.mark.parametrize(("rule", "finished"), [("yields", 996), ("complete", 1547)])
def test_swda(rule: SwdaRule, finished: int):
    counts = {START_SPEAKING: finished, CONTINUE_LISTENING: 2688 - finished, CONTINUE_SPEAKING: 834}
    assert Counter(swda(DATA, rule).actions) == counts


@needs("dev")
def test_development():
    rated = development(DATA)
    assert len(rated.actions) == 200
    assert sum(rated.speaking) == sum(action in SPEAKING_ACTIONS for action in rated.actions) == 80
    assert sum(pair is not None for pair in rated.pairs) == 24


OURS = ["hard", "held-out", "four-class"]
TEN_LABELS = ["finished", "unfinished"] * 214 + ["wait"] * 100
TEN_LINES = [{"label": label, "text": "i would like"} for label in TEN_LABELS]


def data_folder(folder: Path, name: str, rows: list[dict]) -> Path:
    file = folder / DATA_FILES[name]
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return folder


def no_opinion(conversations: Sequence[list[Message]]) -> np.ndarray:
    return np.zeros((len(conversations), 4))


def test_the_sets_are_those_of_the_files_that_are_there(tmp_path: Path):
    assert list(all_sets(tmp_path, CORPUS_DIR)) == OURS
    found = all_sets(data_folder(tmp_path, "ten", TEN_LINES), CORPUS_DIR)
    assert list(found) == ["TEN", "TEN, wait, agent speaking", "TEN, wait, agent silent", *OURS]


def test_tables_are_those_of_the_sets_that_are_there(tmp_path: Path):
    data_folder(tmp_path, "ten", TEN_LINES)
    over, silent = ten_wait(tmp_path)
    lines = {"TEN": ten(tmp_path), "TEN, wait, agent speaking": over, "TEN, wait, agent silent": silent}
    said = [{"role": "user", "content": "uh-huh"}]
    talk = {"SwDA, yields": EvaluationSet([said, said], [CONTINUE_SPEAKING, START_SPEAKING])}
    test = four_class()
    held = EvaluationSet(test.conversations, test.actions)
    ours = {"held-out": held, "hard": hard(), "four-class": test}
    of_lines, of_talk = (
        [table.title for table in all_tables(no_opinion, 1.0, {**sets, **ours})] for sets in (lines, talk)
    )
    waits = "TEN's lines that tell the agent to wait, per cent"
    backchannels = "continue_speaking on Switchboard, per cent"
    assert waits in of_lines and backchannels not in of_lines
    assert backchannels in of_talk and waits not in of_talk


def test_a_pair_of_two_groups_counts_among_all_alone():
    said = [{"role": "user", "content": "uh-huh"}]
    actions = [START_SPEAKING, CONTINUE_LISTENING, START_SPEAKING, CONTINUE_SPEAKING]
    rated = EvaluationSet([said] * 4, actions, ["short", "short", "short", "long"], ["a", "a", "b", "b"])
    table = minimal_pairs(no_opinion, {"set": rated})
    assert [row[:2] for row in table.rows] == [("set, all", 2), ("set, short", 1)]
