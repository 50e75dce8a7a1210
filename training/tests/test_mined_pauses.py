"""Turns of word-timed meetings as labelled points."""

import gzip
import json
import random
from pathlib import Path

import torch

from turnwise_training.actions import CONTINUE_LISTENING, START_SPEAKING
from turnwise_training.corpus import Conversation, Point, Turn, Utterance
from turnwise_training.examples import TreeMaker
from turnwise_training.mined_pauses import pauses
from turnwise_training.mined_sources import is_policy_meeting, is_test_meeting
from turnwise_training.prompt import PromptTokenizer
from turnwise_training.train import loss_of
from turnwise_training.tree import TreeBatch

SAID = [
    ("A", [(0.0, 0.4, "where"), (0.4, 0.6, "is"), (0.6, 1.0, "it")]),
    ("B", [(1.5, 1.9, "on"), (2.0, 2.2, "the"), (3.0, 3.4, "left"), (3.4, 3.6, "side")]),
    ("A", [(4.5, 4.9, "thanks"), (4.9, 5.2, "then")]),
]


def test_a_point_at_each_silence_and_at_the_end(tmp_path: Path):
    names = [f"meeting{number}" for number in range(100)]
    kept = next(name for name in names if not is_test_meeting(name) and not is_policy_meeting(name))
    left_out = [next(filter(is_left_out, names)) for is_left_out in (is_test_meeting, is_policy_meeting)]
    units, words = [], []
    for meeting in (kept, *left_out):
        turns = [
            {"uid": f"{meeting}-{index}", "role": speaker, "speaker": speaker, "tags": ["s"], "text": ""}
            for index, (speaker, _) in enumerate(SAID)
        ]
        units.append({"id": meeting, "turns": turns})
        times = {f"{meeting}-{index}": said for index, (_, said) in enumerate(SAID)}
        words.append({"id": meeting, "words": times})
    for name, rows in (("mrda", units), ("mrda_words", words)):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)

    first, second = sorted(pauses(tmp_path, 10, random.Random(0)), key=lambda conversation: conversation.line)

    assert [(turn.role, turn.text) for turn in first.turns] == [("user", "where is it")]
    assert [(turn.role, turn.text) for turn in second.turns] == [
        ("assistant", "where is it"),
        ("user", "on the left side"),
    ]
    [utterance] = second.utterances()
    assert [(point.words, point.action, point.among_people) for point in utterance.points] == [
        (2, CONTINUE_LISTENING, True),
        (4, START_SPEAKING, True),
    ]
    assert pauses(tmp_path, 2, random.Random(0)) in ([first], [second])


def test_what_people_did_is_a_point_of_its_own_kind(tokenizer: PromptTokenizer):
    utterance = Utterance("give it to", (Point(2, CONTINUE_LISTENING, among_people=True),))
    conversation = Conversation("meeting 0", "mrda", 0, [Turn("user", utterance.text, 0, utterance)])
    for seed in range(20):  # neither fillers nor open words make labels for the actions of it
        [point] = TreeMaker(tokenizer).tree(conversation, random.Random(seed)).points
        assert point.among_people


def test_it_teaches_the_yield_alone():
    outputs = torch.tensor([[1.0, 2.0, 3.0, 4.0, 0.5], [1.0, 2.0, 3.0, 4.0, -2.0]], requires_grad=True)
    none = torch.tensor([-100, -100])
    among_people = torch.tensor([False, True])
    batch = TreeBatch(none, none, [], none, torch.tensor([1, 0]), none, among_people & False, among_people)
    loss = loss_of(outputs, batch, torch.ones(4), 1.0)
    loss.backward()
    assert outputs.grad is not None
    taught = outputs.grad != 0
    assert taught.tolist() == [[True] * 4 + [False], [False] * 4 + [True]]
    assert outputs.grad[1, 4] < 0  # another spoke next: the logit is to rise
