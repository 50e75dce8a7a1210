"""What the evaluation's tables count, on rows small enough to count by hand."""

from collections.abc import Sequence

import numpy as np
import pytest

from turnwise_training.actions import (
    ACTIONS,
    CONTINUE_LISTENING,
    CONTINUE_SPEAKING,
    START_LISTENING,
    START_SPEAKING,
)
from turnwise_training.baselines import last_word, majority, ten_words_or_more
from turnwise_training.evaluation_sets import EvaluationSet
from turnwise_training.evaluation_tables import answers, calibration, invariance, length_matched
from turnwise_training.invariance import ALTERATIONS, numerals
from turnwise_training.metrics import (
    accuracy_and_f1,
    class_scores,
    end_of_utterance,
    expected_calibration_error,
    length_matched_weights,
    pair_accuracy,
    reliability,
)
from turnwise_training.prompt import Message
from turnwise_training.report_table import Table, differences
from turnwise_training.spoken_words import spoken_words


def user(text: str) -> list[Message]:
    return [{"role": "user", "content": text}]


def logits_for(actions: Sequence[str]) -> np.ndarray:
    return np.array([[float(action == best) for action in ACTIONS] for best in actions])


def test_end_of_utterance_is_the_published_view():
    assert end_of_utterance(ACTIONS) == [1, 0, 0, 1]


def test_accuracy_and_f1():
    assert accuracy_and_f1([1, 1, 0, 0], [1, 0, 0, 0]) == pytest.approx((75, 100 * (2 / 3 + 4 / 5) / 2))
    assert accuracy_and_f1([1, 0], [1, 1], np.array([3, 1]))[0] == pytest.approx(75)
    # A class that is only answered counts with an F1 of 0.
    assert accuracy_and_f1([0, 0], [0, 2]) == pytest.approx((50, 100 * (2 / 3) / 2))


def test_class_scores():
    expected = [CONTINUE_SPEAKING] * 2 + [START_SPEAKING] * 2
    answered = [CONTINUE_SPEAKING, START_SPEAKING, CONTINUE_SPEAKING, CONTINUE_SPEAKING]
    f1, precision, recall = class_scores(expected, answered, CONTINUE_SPEAKING)
    assert (f1, precision, recall) == pytest.approx((40, 100 / 3, 50))


def test_length_matching_pairs_what_both_sides_have():
    lengths, sides = [3, 3, 3, 3, 5, 7, 7], [1, 0, 0, 0, 1, 0, 1]
    weights = length_matched_weights(lengths, sides)
    assert weights == pytest.approx([1, 1 / 3, 1 / 3, 1 / 3, 0, 1, 1])  # nothing is paired with the 5
    assert weights[np.array(sides) == 0].sum() == weights[np.array(sides) == 1].sum() == pytest.approx(2)


def test_length_alone_says_nothing_once_matched():
    texts = ["a b", "c d", "e f", " ".join("abcdefghijk"), " ".join("lmnopqrstuv")]
    actions = [START_SPEAKING, CONTINUE_LISTENING, CONTINUE_LISTENING, START_SPEAKING, CONTINUE_LISTENING]
    lines = EvaluationSet([user(text) for text in texts], actions)
    row = length_matched(lambda _: logits_for(actions), lines).rows[0]
    assert row[:2] == ("TEN, 5 lines of lengths that both sides have", 2)
    assert row[2] == pytest.approx((100, 100))
    assert isinstance(row[3], tuple) and row[3][0] == pytest.approx(50)  # ten words or more


def test_pair_accuracy_needs_both_rows():
    assert pair_accuracy(["a", "a", None, "b", "b"], [True, True, False, True, False]) == (2, 50)
    with pytest.raises(AssertionError):
        pair_accuracy(["a", None], [True, True])


def test_calibration():
    confidence, right = np.array([0.95, 0.95, 0.55, 1.0]), np.array([True, False, True, True])
    bins = reliability(confidence, right, bins=10)
    assert [(b.points, b.confidence, b.accuracy) for b in bins] == [
        (1, pytest.approx(0.55), 1),
        (3, pytest.approx(2.9 / 3), pytest.approx(2 / 3)),  # 1.0 is in the last bin
    ]
    assert expected_calibration_error(confidence, right, bins=10) == pytest.approx((0.45 + 0.9) / 4)


def test_calibration_leaves_out_lengths_that_no_utterance_has():
    said = [[{"role": "user", "content": "three words here"}]]
    by_length, _ = calibration(lambda _: np.zeros((1, 4)), 1.0, EvaluationSet(said, [START_SPEAKING]))
    assert [(name, points) for name, points, *_ in by_length.rows] == [("1 or more", 1), ("3–5", 1)]


def test_answers_fit_the_agents_state():
    logits = logits_for([START_SPEAKING, START_SPEAKING]) + np.array([0, 0, 0.1, 0.2])
    assert answers(logits) == [START_SPEAKING] * 2
    assert answers(logits, [False, True]) == [START_SPEAKING, CONTINUE_SPEAKING]


def test_alterations():
    messages = [
        {"role": "assistant", "content": "Your PIN?"},
        {"role": "user", "content": "It's 40, I think - two."},
    ]
    altered = {name: alter(messages)[1]["content"] for name, alter in ALTERATIONS.items()}
    assert altered == {
        "lower case": "it's 40, i think - two.",
        "without punctuation": "It's 40 I think - two",
        "digits as words": "It's forty, I think - two.",
        "words as digits": "It's 40, I think - 2.",
        "numbers as digits": "It's 40, I think - two.",
        "trailing space": "It's 40, I think - two. ",
        'leading filler "um"': "um It's 40, I think - two.",
    }
    assert all(alter(messages)[0] == messages[0] for alter in ALTERATIONS.values())


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Twenty five, or  ninety-nine.", "25, or  99."),
        ("between ten and thirty people", "between 10 and 30 people"),
        ("Fourteen, not forty", "14, not 40"),
        ("twelve times twenty one", "12 times 21"),
    ],
)
def test_numbers_of_two_digits_become_numerals(said: str, written: str):
    assert numerals(said) == written
    agent: Message = {"role": "assistant", "content": said}
    alter = ALTERATIONS["numbers as digits"]
    assert alter([*user(said), agent, *user(said)]) == [*user(said), agent, *user(written)]
    assert spoken_words(written) == spoken_words(said)


@pytest.mark.parametrize(
    "said",
    [
        *("in nineteen sixty two", "Nineteen-eighty.", "nineteen oh five", "twenty twenty"),
        *("four fifty", "8 thirty", "one seventy eight", "a hundred and thirty eight", "two thousand up"),
        *("the twenty third", "twenty-first", "twenty one's", "the forties", "seven", "tender"),
        "a twenty-minute walk",
    ],
)
def test_what_is_more_than_a_number_of_two_digits_stays(said: str):
    assert numerals(said) == said


def test_invariance_counts_the_rows_that_are_altered():
    """A model that listens to whatever has a capital letter, and answers the rest."""

    def run(conversations: Sequence[list[Message]]) -> np.ndarray:
        capital = [
            conversation[-1]["content"] != conversation[-1]["content"].lower()
            for conversation in conversations
        ]
        return logits_for([CONTINUE_LISTENING if found else START_SPEAKING for found in capital])

    texts = ["Yes", "No", "twelve maybe", "fine."]
    rated = EvaluationSet([user(text) for text in texts], [START_SPEAKING] * 3 + [START_LISTENING])
    found = {row[0]: row[1:] for row in invariance(run, {"made up": rated}).rows}
    assert found["made up, lower case"] == (2, 100, 100)
    assert found["made up, without punctuation"] == (1, 0, 0)
    assert found["made up, trailing space"] == (4, 0, 0)
    assert found["made up, numbers as digits"] == (1, 0, 0)
    assert found["made up, digits as words"] == (0, None, None)


def test_baselines():
    assert majority([1, 0, 1]) == [1, 1, 1]
    assert ten_words_or_more(["a b c d e f g h i j", "a"]) == [START_SPEAKING, CONTINUE_LISTENING]
    assert last_word(["It is for the.", "Call me later!", "", "it's because I'm"]) == [
        CONTINUE_LISTENING,
        START_SPEAKING,
        START_SPEAKING,
        CONTINUE_LISTENING,
    ]


def test_differences_compare_accuracy_row_by_row():
    ours = Table("t", ("", "rows", "model", "rule"), [("a", 3, (90.0, 80.0), (50.0, 50.0))], compared=1)
    others = Table("t", ("", "rows", "model", "rule"), [("a", 3, (91.0, 70.0), (50.0, 50.0))], compared=1)
    (table,) = differences([ours], [others])
    assert table.rows == [("a", 3, 90.0, 91.0, -1.0)]
    assert table.markdown().splitlines()[-1] == "| a | 3 | 90.00 | 91.00 | -1.00 |"
