"""The silences of meetings, on the conversations of packages/bench/src/streaming/meetings.test.ts."""

import os
from pathlib import Path

import numpy as np
import pytest

from turnwise_training.onnx_runner import OnnxRunner
from turnwise_training.pace import Pace
from turnwise_training.timed_points import (
    Silence,
    Word,
    judge,
    one_after_another,
    read_silences,
    recognised,
    sample,
    silences_of,
    stretches_of,
)

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "fixtures" / "tiny" / "fused"
DATA = Path(os.environ.get("TURNWISE_DATA", ROOT.parent / "shared" / "data"))
WORD_SECONDS = 0.3


def silences(*said: tuple[str, float, str] | tuple[str, float, str, str]) -> list[Silence]:
    """Of a made meeting: speaker, beginning in seconds, words without silence between, tag."""
    units, times = [], {}
    for uid, (speaker, start, text, *tags) in enumerate(said):
        units.append({"uid": uid, "speaker": speaker, "tags": tags or ["s"]})
        begins = [start + place * WORD_SECONDS for place in range(len(text.split()))]
        times[uid] = [
            (begin, begin + WORD_SECONDS, word) for begin, word in zip(begins, text.split(), strict=True)
        ]
    return list(silences_of("m", stretches_of(units, times)))


def test_silences_inside_a_turn_are_holds_those_before_an_answer_ends():
    found = silences(
        ("A", 0, "i would"),
        ("B", 0.7, "uh-huh", "b"),
        ("A", 1.2, "like tea"),  # after 0.6 s: what B shows meanwhile does not matter
        ("B", 2.1, "with milk"),  # after 0.3 s
        ("B", 2.8, "right"),  # after 0.1 s: no pause
        ("A", 3.3, "please"),
        ("A", 9.6, "so"),  # after 6 s: something else has begun
    )
    assert [(each.is_end, round(each.silence_ms), each.messages[-1]["content"]) for each in found] == [
        (False, 600, "i would"),
        (True, 300, "i would like tea"),
        (True, 200, "with milk right"),
    ]
    assert found[2].messages == [
        {"role": "assistant", "content": "i would like tea"},
        {"role": "user", "content": "with milk right"},
    ]


def test_held_pauses_and_answered_turns_are_counted_for_each_speaker_before_each_silence():
    found = silences(
        ("A", 0, "i would"),
        ("A", 1.2, "like tea"),  # after 0.6 s
        ("B", 2.1, "with milk"),
        ("A", 3, "please"),
        ("A", 9.3, "no sugar"),  # after 6 s: the turn goes on, but nothing is counted
        ("A", 10.2, "thanks"),  # after 0.3 s: no pause to count
        ("B", 11, "anything else"),
        ("A", 12, "no"),
        ("B", 13, "fine"),
    )
    assert [(each.is_end, round(each.pace.turn_ms), *each.pace[1:]) for each in found] == [
        (False, 600, 0, 0),
        (True, 1800, 1, 0),
        (True, 600, 0, 0),
        (False, 6900, 1, 1),
        (True, 7500, 1, 1),
        (True, 600, 0, 1),
        (True, 300, 1, 2),
    ]


def test_silences_in_which_another_speaks_and_answers_broken_into_are_left_out():
    assert not silences(
        ("A", 0, "one two three four five six"),
        ("B", 0.5, "no"),
        ("B", 2.2, "but what about the"),
        ("A", 2.6, "seven eight nine ten eleven twelve"),
    )


def test_a_prompt_has_the_last_messages_and_their_last_words():
    long = " ".join(["word"] * 70)  # 21 s
    turns = [("AB"[index % 2], 30.0 * index, long) for index in range(6)]
    found = silences(*turns, ("B", 172, "and"))[-1]
    assert not found.is_end
    assert [message["role"] for message in found.messages] == ["assistant", "user"] * 2
    assert [len(message["content"].split()) for message in found.messages] == [60] * 4


def test_words_are_those_of_a_recogniser():
    words = [Word(0, 1, text) for text in ("o_k", "w-", "<laugh>", "v_a_d", "mmhmm", "x_")]
    assert " ".join(recognised(words)) == "okay v a d mm-hmm x"


def test_a_sample_has_as_many_of_each_kind():
    many = [Silence("m", index % 5 == 0, float(index), [], Pace(0, 0, 0)) for index in range(100)]
    few = sample(many, 10)
    assert len(few) == 20 and sum(each.is_end for each in few) == 10
    assert few == sorted(few, key=lambda each: each.silence_ms)
    assert sample(many, None) is many and len(sample(many, 30)) == 50


def test_a_beginning_in_common_is_not_run_again_and_changes_nothing():
    runner = OnnxRunner(TINY / "model.onnx")
    chance = np.random.default_rng(0)
    start = chance.integers(0, 200, 20).tolist()
    prompts = [start[:count] + chance.integers(0, 200, 5).tolist() for count in (20, 0, 12, 20)] + [
        start,
        start,
    ]
    alone = np.concatenate([runner.action_logits([prompt], [0, 1, 2, 3]) for prompt in prompts])
    lengths = []
    run = runner.run
    runner.run = lambda rows, past=None: (lengths.append(len(rows[0])), run(rows, past))[1]
    assert one_after_another(runner, prompts, [0, 1, 2, 3]) == pytest.approx(alone, abs=1e-4)
    assert sum(lengths) < sum(map(len, prompts)) - 40


def test_points_are_what_the_model_says_of_silences():
    points = judge(TINY, silences(("A", 0, "i would"), ("A", 1.2, "like"), ("B", 1.8, "yes sure")), 1)
    assert points.ends.tolist() == [False, True] and points.meetings.tolist() == ["m", "m"]
    assert points.silence_ms == pytest.approx([600, 300])
    assert points.turn_ms == pytest.approx([600, 1500])
    assert points.held.tolist() == [0, 1] and points.answered.tolist() == [0, 0]
    assert np.all((points.completion > 0) & (points.completion < 1))
    assert points.where(points.ends).silence_ms == pytest.approx([300])


@pytest.mark.skipif(
    not DATA.exists(), reason=f"needs {DATA}, or TURNWISE_DATA: training/README.md, Data, says what is in it"
)
def test_the_test_meetings_have_the_silences_that_the_benchmark_counts():
    found = read_silences(DATA / "train", test=True)
    assert (sum(not each.is_end for each in found), sum(each.is_end for each in found)) == (15_921, 3141)
    assert not {each.meeting for each in found} & {each.meeting for each in read_silences(DATA / "train")}
