"""How much is dictated and asked for: fixtures/prompts.json holds the rest to packages/core."""

import pytest

from turnwise_training.asked_length import asked_length
from turnwise_training.dictation import dictated_count


@pytest.mark.parametrize(
    ("spoken", "count"),
    [
        ("um six six two oh four one eight", " : seven"),
        ("okay it's k for kilo seven m two p", " : five"),
        ("i need my glasses right zero three eight eight one", " : five"),
        ("yeah lee l double e", " : three"),
        ("kmb forty", " : five"),
        ("b as in bravo d like dog four one", " : four"),
        ("1116*", " : four"),
        ("sw1a 2aa", " : seven"),
        ("one two three four five six seven eight nine one two three four", " : thirteen"),
        ("twenty two", ""),
        ("it was the old one", ""),
        ("two hundred and five one two", ""),
        ("zero seven seven double zero thanks", ""),
        ("double", ""),
        ("", ""),
    ],
)
def test_dictated_count(spoken: str, count: str):
    assert dictated_count(spoken) == count


def test_of_one_where_it_is_known_how_many_are_asked_for():
    assert dictated_count("four one", 4) == " : two of four"
    assert dictated_count("four one seven two", 22) == " : four of twenty two"
    assert dictated_count("four one is all", 4) == ""
    assert dictated_count("four", 4) == " : one of four"
    assert dictated_count("the first one", 4) == dictated_count("oh", 4) == dictated_count("plan b", 4) == ""


@pytest.mark.parametrize(
    ("said", "length"),
    [
        ("Your six-digit code, please?", 6),
        ("what are the last 4 digits and when does it expire", 4),
        ("It's two letters, a dash and then six digits.", 8),
        ("Two more digits, please.", 2),
        ("twenty-two characters", 22),
        ("ten characters, two letters and eight digits", 10),
        ("You gave me ten digits. And the reference, six characters?", 6),
        ("Six or seven digits?", None),
        ("I only got nine digits.", None),
        ("a letter", None),
        ("6-8 characters", None),
        ("I have five digits so far", None),
        ("4 1 7 last digit", None),
        ("41 digits", None),
        ("", None),
    ],
)
def test_asked_length(said: str, length: int | None):
    assert asked_length(said) == length
