import pytest
import torch
from torch import Tensor
from torch.nn import functional

from turnwise_training.actions import ACTIONS, CONTINUE_LISTENING, START_LISTENING, START_SPEAKING
from turnwise_training.train import loss_of
from turnwise_training.tree import TreeBatch

TEACHER = torch.tensor([[1.0, 3.0, -1.0, 0.0, 0.7]])


def a_point(action: str, silent_action: int = -100, pair_only: bool = False, among_people: bool = False):
    none = torch.zeros(1, dtype=torch.long)
    return TreeBatch(
        input_ids=none,
        position_ids=none,
        masks=[],
        index=none,
        action=torch.tensor([ACTIONS.index(action)]),
        silent_action=torch.tensor([silent_action]),
        pair_only=torch.tensor([pair_only]),
        among_people=torch.tensor([among_people]),
    )


def settled(batch: TreeBatch, teacher: Tensor) -> Tensor:
    """The outputs [5] of the least loss."""
    outputs = torch.zeros((1, 5), requires_grad=True)
    optimizer = torch.optim.Adam([outputs], lr=0.05)
    for _ in range(800):
        optimizer.zero_grad()
        loss_of(outputs, batch, torch.ones(4), 0.0, teacher).backward()
        optimizer.step()
    return outputs.detach()[0]


def test_half_of_what_is_taught_is_the_teachers_answer():
    learnt = settled(a_point(START_SPEAKING), TEACHER)
    label = functional.one_hot(torch.tensor(ACTIONS.index(START_SPEAKING)), 4)
    expected = (label + TEACHER[0, :4].softmax(-1)) / 2
    assert learnt[:4].softmax(-1).tolist() == pytest.approx(expected.tolist(), abs=1e-3)
    assert learnt[4] == 0  # the yield is for talk among people


def test_of_a_pair_the_teacher_tells_the_pair():
    outputs = torch.zeros((1, 5), requires_grad=True)
    loss_of(outputs, a_point(START_LISTENING, pair_only=True), torch.ones(4), 0.0, TEACHER).backward()
    assert outputs.grad is not None
    right = (1 + TEACHER[0, 2:4].softmax(-1)[0].item()) / 2
    assert outputs.grad[0].tolist() == pytest.approx([0, 0, 0.5 - right, right - 0.5, 0])


def test_once_the_agent_is_silent_it_tells_the_other_pair():
    batch = a_point(START_LISTENING, silent_action=ACTIONS.index(CONTINUE_LISTENING))
    outputs = torch.zeros((1, 5), requires_grad=True)
    loss_of(outputs, batch, torch.zeros(4), 1.0, TEACHER).backward()
    assert outputs.grad is not None
    waits = (1 + TEACHER[0, :2].softmax(-1)[1].item()) / 2
    assert outputs.grad[0].tolist() == pytest.approx([waits - 0.5, 0.5 - waits, 0, 0, 0])


def test_its_yield_is_half_of_a_yield():
    learnt = settled(a_point(START_SPEAKING, among_people=True), TEACHER)
    assert learnt[4].sigmoid().item() == pytest.approx((1 + TEACHER[0, 4].sigmoid().item()) / 2, abs=1e-3)
