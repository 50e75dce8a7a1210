"""Other words, the same labels."""

import random

from turnwise_training.actions import CONTINUE_LISTENING, CONTINUE_SPEAKING
from turnwise_training.corpus import Conversation, Point, Utterance, parse_corpus
from turnwise_training.spoken_words import DIGIT_WORDS
from turnwise_training.vary_words import in_runs, open_characters, redraw_digits, with_filler

TEXT = """
= a card, read out
agent: The last four digits, please. I have six six one three {~ yes} here, since 2004.
user: Two cards. It's six six | one three. / Or 07700 900163.
   or: six six one nine
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
    assert "four digits," in drawn.turns[0].text and "2004." in after
    assert " ".join(after[run]).capitalize()[1:] in said(drawn).text
    assert said(drawn).text.startswith("Two cards.")
    assert said(drawn).points == said(parsed()).points
    number = said(drawn).text.split()[-1]
    assert len(number) == len("900163.") and number != "900163."


def redrawn(*lines: str) -> set[tuple[str, ...]]:
    """What the turns become, whatever is drawn."""
    conversation = parse_corpus("\n".join(("= a number", *lines)), "test.txt")[0]
    drawn = (redraw_digits(conversation, random.Random(seed)) for seed in range(100))
    return {tuple(turn.text for turn in each.turns) for each in drawn}


def test_who_counts_goes_on_counting():
    asked = "agent: Count to five, please. Is your code still eight eight one six?"
    for said in ("One, two, | three, four, | five.", "5 4 3 2 1", "Yes. Oh, one, | two."):
        assert len(redrawn(asked, f"user: {said}")) == 1
    assert len(redrawn(asked, "user: Yes.")) > 1


def test_a_digit_is_the_same_alone_and_in_a_number():
    for asked, said in redrawn("agent: I have 07700 900682.", "user: yes | oh seven seven | oh oh"):
        _, _, code, number = asked.split()
        seven = DIGIT_WORDS[int(code[1])]
        assert code == f"0{code[1]}{code[1]}00" and number[1:3] == "00"
        assert said == f"yes oh {seven} {seven} oh oh"
    for asked, said in redrawn("agent: Four two eight two.", "user: it's three not two, | or a double eight"):
        first, *rest = asked.split()
        assert rest == ["two", "eight", "two."] and first not in ("Two", "Three", "Eight", "Zero")
        assert said == "it's three not two, or a double eight"
    assert len(redrawn("agent: Four two eight two.", "user: it's three not two")) > 1


def test_a_filler_moves_every_point():
    plain = said(parsed())
    longer = with_filler(plain, random.Random(0))
    added = len(longer.text.split()) - len(plain.text.split())
    assert added >= 1
    assert [point.words - added for point in longer.points] == [point.words for point in plain.points]
    assert [point.action for point in longer.points] == [point.action for point in plain.points]


def test_no_oh_before_a_digit():
    def begins(text: str) -> set[str]:
        words = Utterance(text, (Point(1, CONTINUE_SPEAKING),))
        return {with_filler(words, random.Random(seed)).text.split()[0] for seed in range(100)}

    for text in ("Seven, seven", "7 7", "07700 900", "double seven", "oh seven", "forty-five"):
        assert begins(text) == {"um", "uh"}
    assert begins("right") == {"um", "uh", "oh"}


def test_inside_a_spelled_word_more_is_to_come():
    utterance = said(parse_corpus("= a name\nuser: it's b r e n n a n\n", "test.txt")[0])
    points = open_characters(utterance)
    assert [point.words for point in points] == [2, 3, 4, 5, 6]  # neither at the end nor beside it
    assert {point.action for point in points} == {CONTINUE_LISTENING}
    assert open_characters(said(parse_corpus("= two\nuser: a b c\n", "test.txt")[0])) == []


def test_runs():
    assert in_runs([True, True, False, True, True, True]) == [False] * 3 + [True] * 3
