"""Units of a meeting as labelled points, and clauses that come first."""

import random
from pathlib import Path

from meeting_files import ONE_OF_EACH, write

from turnwise_training.actions import CONTINUE_LISTENING, CONTINUE_SPEAKING, START_LISTENING, START_SPEAKING
from turnwise_training.mined import meetings
from turnwise_training.mined_talk import clauses, stretches, talk, turns_among_people


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


def test_the_yield_is_asked_about_the_whole_turn(tmp_path: Path):
    own = [
        unit("A", "the fourth is free .", "s"),
        unit("B", "uhhuh .", "b"),  # interrupts no turn
        unit("A", "<laugh> .", "%"),  # no word, and no point
        unit("A", "so we could ==", "s", "%--"),
        unit("B", "<laugh> .", "s"),  # somebody else's, but no context
        unit("A", "we could meet then .", "s"),
        unit("B", "it is a monday .", "s"),
    ]
    units = [unit("B", "which day ?", "qw"), *own]
    write(tmp_path, "mrda", [{"id": name, "turns": units} for name in ONE_OF_EACH])
    found = turns_among_people(tmp_path, 100, random.Random(0))
    told = {}
    for conversation in found:
        context, heard = conversation.turns
        assert heard.utterance and all(point.among_people for point in heard.utterance.points)
        told[context.text, heard.text] = [(p.words, p.action) for p in heard.utterance.points]
    assert told == {
        ("Which day?", "The fourth is free. So we could"): [(4, CONTINUE_LISTENING), (7, START_SPEAKING)],
        ("We could meet then.", "It is a monday."): [(4, START_SPEAKING)],
    }
    assert len(found) == 2  # the other meetings are left to the benchmark and to the policies


def test_interruptions_are_of_meetings_that_teach(tmp_path: Path):
    broken_off = {**unit("A", "we could meet on the fourth or ==", "s", "%-"), "start": 0.0, "end": 3.0}
    over_it = {**unit("B", "is the fourth a monday ?", "qy"), "start": 2.0, "end": 4.0}
    write(tmp_path, "mrda", [{"id": name, "turns": [broken_off, over_it]} for name in ONE_OF_EACH])
    [conversation] = meetings(tmp_path, random.Random(0))
    [utterance] = conversation.utterances()
    assert [point.action for point in utterance.points] == [START_LISTENING]


def test_marks_show_whether_a_unit_is_finished(tmp_path: Path):
    finished = {**unit("A", "we could meet on the fourth .", "s"), "start": 0.0, "end": 3.0}
    broken_off = {**unit("A", "we could meet on the fourth or ==", "s", "%-"), "start": 10.0, "end": 13.0}
    during = {**unit("B", "uhhuh .", "b"), "start": 1.5, "end": 1.8}
    over_it = {**unit("B", "is the fourth a monday ?", "qy"), "start": 12.0, "end": 14.0}
    after_it = {**unit("B", "or we ==", "s", "%--"), "start": 4.0, "end": 5.0}
    units = [finished, during, after_it, broken_off, over_it]
    write(tmp_path, "mrda", [{"id": ONE_OF_EACH[0], "turns": units}])
    backchannel, held, interruption = meetings(tmp_path, random.Random(0))
    said = "We could meet on the fourth."
    [agent] = backchannel.turns
    assert agent.text == said
    assert [(over.words, over.utterance.text) for over in agent.overlaps] == [(3, "Uh-huh.")]
    assert [turn.text for turn in held.turns] == [said, "Or we"]
    cut, heard = interruption.turns
    assert cut.cut_off and cut.text == "We could meet on the fourth or"
    assert heard.text == "Is the fourth a monday?"


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
