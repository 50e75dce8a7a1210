"""Other words, the same labels."""

import random

from turnwise_training.actions import CONTINUE_LISTENING
from turnwise_training.corpus import Conversation, Utterance, parse_corpus
from turnwise_training.vary_words import in_runs, open_characters, redraw_digits, with_filler

TEXT = """
= a card, read out
agent: The last four digits, please. I have four four one two {~ yes} here, since 1985.
user: Two cards. It's four four | one two. / Or 07700 900123.
   or: four four one nine
"""


def parsed() -> Conversation:
    return parse_corpus(TEXT, "test.txt")[0]


def said(conversation: Conversation) -> Utterance:
    utterance = conversation.turns[-1].utterance
    assert utterance is not None
    return utterance


def test_dictated_digits_change_alike_and_counts_stay():
    drawn = redraw_digits(parsed(), random.Random(1))
    before, after = parsed().turns[0].text.split(), drawn.turns[0].text.split()
    changed = [index for index, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    run = slice(before.index("have") + 1, before.index("here,"))
    assert set(changed) <= set(range(run.start, run.stop)) and changed
    assert "four digits," in drawn.turns[0].text and "1985." in after
    assert " ".join(after[run]).capitalize()[1:] in said(drawn).text
    assert said(drawn).text.startswith("Two cards.")
    assert said(drawn).points == said(parsed()).points
    number = said(drawn).text.split()[-1]
    assert len(number) == len("900123.") and number != "900123."


def test_a_filler_moves_every_point():
    plain = said(parsed())
    longer = with_filler(plain, random.Random(0))
    added = len(longer.text.split()) - len(plain.text.split())
    assert added >= 1
    assert [point.words - added for point in longer.points] == [point.words for point in plain.points]
    assert [point.action for point in longer.points] == [point.action for point in plain.points]


def test_inside_a_spelled_word_more_is_to_come():
    utterance = said(parse_corpus("= a name\nuser: it's b r e n n a n\n", "test.txt")[0])
    points = open_characters(utterance)
    assert [point.words for point in points] == [2, 3, 4, 5, 6]  # neither at the end nor beside it
    assert {point.action for point in points} == {CONTINUE_LISTENING}
    assert open_characters(said(parse_corpus("= two\nuser: a b c\n", "test.txt")[0])) == []


def test_runs():
    assert in_runs([True, True, False, True, True, True]) == [False] * 3 + [True] * 3
