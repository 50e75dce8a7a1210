"""Units of a meeting as labelled points, and clauses that come first."""

import random
from pathlib import Path

from meeting_files import ONE_OF_EACH, write

from turnwise_training.actions import CONTINUE_LISTENING, CONTINUE_SPEAKING, START_LISTENING, START_SPEAKING
from turnwise_training.mined import meetings
from turnwise_training.mined_talk import clauses, stretches, talk


def unit(role: str, text: str, *tags: str) -> dict:
    return {"role": role, "text": text, "tags": list(tags), "uid": text}


UNITS = [
    unit("A", "we could meet on the fourth .", "s"),
    unit("B", "uhhuh .", "b"),
    unit("A", "or we ==", "s", "%--"),
    unit("B", "is the fourth a monday ?", "qy"),
    unit("A", "it is .", "s"),
]


def test_a_unit_follows_anothers_last_one():
    assert list(stretches(UNITS)) == [(0, [1]), (1, [2]), (2, [3]), (3, [4])]


def test_what_a_unit_teaches(tmp_path: Path):
    write(tmp_path, "mrda", [{"id": name, "turns": UNITS} for name in ONE_OF_EACH])
    found = talk(tmp_path, 100, random.Random(0))
    labels = {}
    for conversation in found:
        assert conversation.turns[0].role == "assistant"
        for utterance in conversation.utterances():
            labels[utterance.text] = [point.action for point in utterance.points]
    # "Uh-huh." as the other's last unit is one word, too little to be a context.
    assert labels == {
        "Uh-huh.": [CONTINUE_SPEAKING],
        "Is the fourth a monday?": [START_SPEAKING],
        "It is.": [START_SPEAKING],
    }
    assert len(found) == 3  # the other meetings are left to the benchmark and to the policies


def test_all_units_teach_who_spoke_next(tmp_path: Path):
    write(tmp_path, "mrda", [{"id": name, "turns": UNITS} for name in ONE_OF_EACH])
    found = talk(tmp_path, 100, random.Random(0), among_people=True)
    utterances = [utterance for conversation in found for utterance in conversation.utterances()]
    assert all(point.among_people for utterance in utterances for point in utterance.points)
    labels = {utterance.text: utterance.points[-1].action for utterance in utterances}
    # A backchannel is none, and not enough of a context for the unit that breaks off.
    assert labels == {
        "Is the fourth a monday?": START_SPEAKING,
        "It is.": START_SPEAKING,
    }
    assert len(found) == 2


def test_interruptions_are_of_meetings_that_teach(tmp_path: Path):
    broken_off = {**unit("A", "we could meet on the fourth or ==", "s", "%-"), "start": 0.0, "end": 3.0}
    over_it = {**unit("B", "is the fourth a monday ?", "qy"), "start": 2.0, "end": 4.0}
    write(tmp_path, "mrda", [{"id": name, "turns": [broken_off, over_it]} for name in ONE_OF_EACH])
    [conversation] = meetings(tmp_path)
    [utterance] = conversation.utterances()
    assert [point.action for point in utterance.points] == [START_LISTENING]


def test_a_clause_first_is_open_at_its_comma(tmp_path: Path):
    sentences = [
        "When I got home last night, the door was open.",
        "When do you open, and where are you?",  # a question
        "If so, fine.",  # too short
    ]
    rows = [{"turns": [{"role": "user", "text": text}]} for text in sentences]
    for source in ("self_dialogue", "topical_chat", "casino", "star", "sgd", "taskmaster4"):
        write(tmp_path, source, rows if source == "sgd" else [])
    [conversation] = clauses(tmp_path, 10, random.Random(0))
    [utterance] = conversation.utterances()
    assert [(point.words, point.action) for point in utterance.points] == [
        (6, CONTINUE_LISTENING),
        (10, START_SPEAKING),
    ]
