"""What each action weighs in the loss, and which trees share a forward pass."""

import pytest

from turnwise_training.actions import (
    ACTIONS,
    CONTINUE_LISTENING,
    CONTINUE_SPEAKING,
    START_LISTENING,
    START_SPEAKING,
)
from turnwise_training.loss import balance
from turnwise_training.train import pack
from turnwise_training.tree import LabelledToken, PromptTree


def tree(*actions: str, among_people: bool = False, tokens: int = 1) -> PromptTree:
    """Of so many tokens, with points of these actions."""
    made = PromptTree(tokens=[0] * tokens)
    made.points += [LabelledToken(0, ACTIONS.index(each), among_people=among_people) for each in actions]
    return made


SPOKEN = (START_LISTENING, CONTINUE_SPEAKING)


def test_who_is_spoken_over_has_half_the_say_three_to_two():
    sample = [
        tree(START_SPEAKING, START_SPEAKING, CONTINUE_LISTENING),
        tree(
            CONTINUE_LISTENING, *[CONTINUE_LISTENING] * 2, *SPOKEN, START_LISTENING, *[CONTINUE_SPEAKING] * 4
        ),
        tree(*[START_SPEAKING] * 7, among_people=True),  # not of these actions
    ]
    counts = {START_SPEAKING: 2, CONTINUE_LISTENING: 4, START_LISTENING: 2, CONTINUE_SPEAKING: 5}
    weights: dict[str, float] = dict(zip(ACTIONS, balance(sample).tolist(), strict=True))
    say = {action: weights[action] * count / 13 for action, count in counts.items()}
    assert weights[START_SPEAKING] == weights[CONTINUE_LISTENING]  # in their natural proportion
    assert say[START_SPEAKING] + say[CONTINUE_LISTENING] == pytest.approx(0.5)
    assert say[START_LISTENING] == pytest.approx(0.3)
    assert say[CONTINUE_SPEAKING] == pytest.approx(0.2)


def test_an_action_that_is_missing_is_told():
    with pytest.raises(AssertionError, match="actions missing from the sample"):
        balance([tree(START_SPEAKING, CONTINUE_LISTENING, START_LISTENING)])


@pytest.mark.parametrize(
    ("sizes", "groups"),
    [
        ([], []),
        ([4, 6, 1], [[4, 6], [1]]),  # as many as may be are not too many
        ([4, 7, 3], [[4], [7, 3]]),
        ([2, 30, 2, 2], [[2], [30], [2, 2]]),  # what is too long stands alone
        ([30], [[30]]),
    ],
)
def test_trees_are_packed_in_their_order(sizes: list[int], groups: list[list[int]]):
    packed = pack([tree(tokens=size) for size in sizes], 10)
    assert [[len(each.tokens) for each in group] for group in packed] == groups
