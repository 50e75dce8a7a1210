"""The loss of labelled points, and what each action weighs in it."""

from collections import Counter

import torch
from torch import Tensor
from torch.nn import functional

from .actions import ACTIONS, START_SPEAKING
from .tree import PromptTree, TreeBatch

AMONG_PEOPLE = 2.0
"""What a point of talk among people weighs: there are few beside those of the actions."""


EXCLUDED = -1e4
"""The logit of an action that cannot be right: finite, since its logarithm is multiplied by 0."""


def cross_entropy(logits: Tensor, actions: Tensor, teacher: Tensor | None) -> Tensor:
    """[points], of logits [points, n] and actions [points]; half of a target is the teacher's [points, n]."""
    target = functional.one_hot(actions, logits.shape[1]).float()
    if teacher is not None:
        target = (target + teacher.softmax(-1)) / 2
    return functional.cross_entropy(logits, target, reduction="none")


def loss_of(
    outputs: Tensor,
    batch: TreeBatch,
    action_weights: Tensor,
    silent_loss: float,
    teacher: Tensor | None = None,
) -> Tensor:
    """Sum over the points, of outputs and the teacher's, each [points, 5]; divided by their number by the
    caller."""
    excluded = torch.zeros_like(outputs[:, :-1], dtype=torch.bool)  # [points, 4]
    excluded[:, :2] = batch.pair_only[:, None]

    def possible(answers: Tensor) -> Tensor:
        return answers[:, :-1].masked_fill(excluded, EXCLUDED)

    taught = None if teacher is None else possible(teacher)
    weights = action_weights[batch.action] * ~batch.among_people
    total = cross_entropy(possible(outputs), batch.action, taught) @ weights
    interrupted = batch.silent_action >= 0
    if interrupted.any():
        taught = None if teacher is None else teacher[interrupted, :2]
        pair = cross_entropy(outputs[interrupted, :2], batch.silent_action[interrupted], taught)
        total = total + silent_loss * pair.sum()
    people = batch.among_people
    if people.any():
        spoke_next = (batch.action == ACTIONS.index(START_SPEAKING)).float()[people]
        if teacher is not None:
            spoke_next = (spoke_next + teacher[people, -1].sigmoid()) / 2
        among = functional.binary_cross_entropy_with_logits(outputs[people, -1], spoke_next, reduction="sum")
        total = total + AMONG_PEOPLE * among
    return total


SPOKEN_OVER = (0.3, 0.2)
"""The say of start_listening and of continue_speaking: with the same for each, interruptions were missed more
often than backchannels (held-out conversations)."""


def balance(trees: list[PromptTree]) -> Tensor:
    """Weights of the actions, from a sample of trees: half the say for a silent agent's two, SPOKEN_OVER for
    the others.

    Start_speaking and continue_listening keep their natural proportion: with the same say for each, pauses
    were taken for ends more often than ends for pauses (development set).
    """
    counts = Counter(point.action for tree in trees for point in tree.points if not point.among_people)
    assert set(counts) == set(range(len(ACTIONS))), f"actions missing from the sample: {counts}"
    total, silent = sum(counts.values()), counts[0] + counts[1]
    spoken_over = [share * total / counts[action] for share, action in zip(SPOKEN_OVER, (2, 3), strict=True)]
    return torch.tensor([total / (2 * silent), total / (2 * silent), *spoken_over])
