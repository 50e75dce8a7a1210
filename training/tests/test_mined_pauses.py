"""Turns of word-timed meetings as labelled points."""

import gzip
import json
import random
from pathlib import Path

from turnwise_training.actions import CONTINUE_LISTENING, START_SPEAKING
from turnwise_training.mined_pauses import pauses
from turnwise_training.mined_sources import is_test_meeting

SAID = [
    ("A", [(0.0, 0.4, "where"), (0.4, 0.6, "is"), (0.6, 1.0, "it")]),
    ("B", [(1.5, 1.9, "on"), (2.0, 2.2, "the"), (3.0, 3.4, "left"), (3.4, 3.6, "side")]),
    ("A", [(4.5, 4.9, "thanks"), (4.9, 5.2, "then")]),
]


def test_a_point_at_each_silence_and_at_the_end(tmp_path: Path):
    names = [f"meeting{number}" for number in range(100)]
    kept = next(name for name in names if not is_test_meeting(name))
    left_out = next(name for name in names if is_test_meeting(name))
    units, words = [], []
    for meeting in (kept, left_out):
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

    [conversation] = pauses(tmp_path, 10, random.Random(0))

    assert [(turn.role, turn.text) for turn in conversation.turns] == [
        ("assistant", "where is it"),
        ("user", "on the left side"),
    ]
    [utterance] = conversation.utterances()
    assert [(point.words, point.action) for point in utterance.points] == [
        (2, CONTINUE_LISTENING),
        (4, START_SPEAKING),
    ]
