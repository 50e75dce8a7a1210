"""Turns of word-timed meetings as labelled points."""

import random
from pathlib import Path

import torch
from meeting_files import ONE_OF_EACH, write

from turnwise_training.actions import CONTINUE_LISTENING, START_SPEAKING
from turnwise_training.corpus import Conversation, Point, Turn, Utterance
from turnwise_training.examples import TreeMaker
from turnwise_training.loss import loss_of
from turnwise_training.mined_pauses import pauses
from turnwise_training.prompt import PromptTokenizer
from turnwise_training.tree import TreeBatch

SAID = [
    ("A", [(0.0, 0.4, "where"), (0.4, 0.6, "is"), (0.6, 1.0, "it")]),
    ("B", [(1.5, 1.9, "on"), (2.0, 2.2, "the"), (3.0, 3.4, "left"), (3.4, 3.6, "side")]),
    ("B", [(3.9, 4.1, "of"), (4.1, 4.2, "it")]),
    ("A", [(5.0, 5.4, "thanks"), (5.4, 5.7, "then")]),
]


def write_meetings(folder: Path, said: list, *meetings: str) -> None:
    units, timed = [], []
    for meeting in meetings:
        turns = [
            {"uid": f"{meeting}-{index}", "role": speaker, "speaker": speaker, "tags": ["s"], "text": ""}
            for index, (speaker, _) in enumerate(said)
        ]
        units.append({"id": meeting, "turns": turns})
        times = {f"{meeting}-{index}": words for index, (_, words) in enumerate(said)}
        timed.append({"id": meeting, "words": times})
    write(folder, "mrda", units)
    write(folder, "mrda_words", timed)


def test_each_speaker_hears_the_others_with_a_point_at_each_silence(tmp_path: Path):
    write_meetings(tmp_path, SAID, *ONE_OF_EACH)
    of_a, of_b = sorted(pauses(tmp_path, 10, random.Random(0)), key=lambda window: window.title)

    assert [(turn.role, turn.text) for turn in of_a.turns] == [("user", "where is it")]
    assert [(turn.role, turn.text) for turn in of_b.turns] == [
        ("assistant", "where is it"),
        ("user", "on the left side of it"),
    ]
    [utterance] = of_b.utterances()
    assert [(point.words, point.action, point.among_people) for point in utterance.points] == [
        (2, CONTINUE_LISTENING, True),
        (4, CONTINUE_LISTENING, True),
        (6, START_SPEAKING, True),
    ]
    assert pauses(tmp_path, 1, random.Random(0)) in ([of_a], [of_b])


def test_long_talk_is_cut_into_windows_and_long_turns_lose_their_beginning(tmp_path: Path):
    said, start = [], 0.0
    for index in range(12):
        words = [(start + 0.2 * place, start + 0.2 * place + 0.2, f"w{place}") for place in range(150)]
        said.append(("AB"[index % 2], words))
        start = words[-1][1] + 1.0
    write_meetings(tmp_path, said, ONE_OF_EACH[0])
    found = pauses(tmp_path, 100, random.Random(0))

    assert len(found) > 4
    for window in found:
        *_, last = window.turns
        assert last.role == "user" and last.utterance and last.utterance.points[-1].words == 120
        assert [len(turn.text.split()) for turn in window.turns if turn.role == "assistant"] == [60] * (
            len(window.turns) // 2
        )


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
