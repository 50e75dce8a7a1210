"""How much is dictated: fixtures/prompts.json holds the rest to packages/core/src/dictation.ts."""

import pytest

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
