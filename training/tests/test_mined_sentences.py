"""Turns of meetings without times, a point at the end of each sentence."""

import random
from pathlib import Path

from meeting_files import write

from turnwise_training.actions import CONTINUE_LISTENING, START_SPEAKING
from turnwise_training.mined_sentences import sentences_among_people, turns_of


def turn(role: str, text: str) -> dict:
    return {"role": role, "text": text}


def test_a_point_at_the_end_of_each_sentence(tmp_path: Path):
    turns = [
        turn("A", "So what did you {vocalsound} find ?"),
        turn("B", "The case is too thick . We could ,"),
        turn("C", "Mm-hmm ."),  # listens, and takes nothing over
        turn("B", "um , make it thinner . {disfmarker}"),
        turn("A", "How much ?"),
        turn("B", "Yeah ."),  # an answer
    ]
    write(tmp_path, "ami_qmsum", [{"id": "one", "turns": turns}])
    found = sentences_among_people(tmp_path, 100, random.Random(0))
    [told] = [conversation for conversation in found if len(conversation.turns[1].text.split()) > 2]
    context, heard = told.turns
    assert (context.role, context.text) == ("assistant", "So what did you find?")
    assert heard.text == "The case is too thick. We could, um, make it thinner."
    assert heard.utterance and all(point.among_people for point in heard.utterance.points)
    labels = [(point.words, point.action) for point in heard.utterance.points]
    assert labels == [(5, CONTINUE_LISTENING), (11, START_SPEAKING)]


def test_a_reaction_leaves_the_turn_whole_and_an_answer_does_not():
    said = [turn("A", "It is red ."), turn("B", "Okay great ."), turn("A", "Is it ?"), turn("B", "Right .")]
    assert turns_of(said) == [["It", "is", "red.", "Is", "it?"], ["Right."]]
    longer = [turn("A", "It is red ."), turn("B", "Okay right yeah sure ."), turn("A", "Good .")]
    assert turns_of(longer) == [["It", "is", "red."], ["Okay", "right", "yeah", "sure."]]


def test_half_of_the_turns_of_one_sentence_are_kept(tmp_path: Path):
    turns = [turn("AB"[count % 2], f"That is number {count} .") for count in range(1001)]
    write(tmp_path, "ami_qmsum", [{"id": "one", "turns": turns}])
    found = sentences_among_people(tmp_path, 2000, random.Random(0))
    assert 430 < len(found) < 570
    assert len(sentences_among_people(tmp_path, 7, random.Random(0))) == 7
