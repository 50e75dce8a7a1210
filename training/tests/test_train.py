import json
import sys
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from turnwise_training import action_model, mixture, train
from turnwise_training.actions import ACTIONS, CONTINUE_LISTENING, START_LISTENING, START_SPEAKING
from turnwise_training.fixtures import FIXTURES
from turnwise_training.loss import loss_of
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


CORPUS = """
= a bank, a balance

user: I'd like | my balance
agent: Your balance is forty {~ okay} pounds, and the {! no, the other account} next payment is due on --
user: which payment

= a shop, an order

agent: Where is your order from?
user: from | the shop

= a school, a day off

user: he won't | be in today
"""
HELD_OUT = frozenset(["test: a school, a day off"])
RUN = {
    "layers": 2,
    "frozen_layers": 0,
    "epochs": 2,
    "mined_conversations": 0,
    "batch_conversations": 1,
    "warmup_steps": 1,
    "dropout": 0.5,
    "start_from": str(FIXTURES / "tiny" / "published"),
}


@pytest.mark.parametrize(("bf16_seconds", "gains"), [(0.6, True), (0.7, False)])
def test_bf16_is_taken_where_its_products_are_much_faster(
    bf16_seconds: float, gains: bool, monkeypatch: pytest.MonkeyPatch
):
    measured = iter([[1.1, 1.0, 1.2], [bf16_seconds, 2.0]])  # of fp32, of bf16
    monkeypatch.setattr(action_model.timeit, "repeat", lambda *_, **__: next(measured))
    assert action_model.products_gain_by_bf16() is gains


class Broken(Exception):
    """What ends a run in the middle."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "test.txt").write_text(CORPUS)
    monkeypatch.setattr(mixture, "held_out_titles", lambda: HELD_OUT)
    monkeypatch.setattr(train, "report_choice", lambda *_: {})
    # With bf16 it would compile what is this small.
    monkeypatch.setattr(train, "products_gain_by_bf16", lambda: False)
    return tmp_path


def run_in(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch, **other: object) -> dict[str, Tensor]:
    """Trains, or goes on, in a folder of that name, with a checkpoint at each step. The weights trained."""
    (folder / "run.in.json").write_text(json.dumps(RUN | other))
    asked = ["train", "run.in.json", "--out", name, "--corpus", "corpus", "--data-dir", "none", "--resume"]
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [*asked, "--save-minutes", "0"])
    train.main()
    return torch.load(folder / name / "checkpoint.pt")["trained"]


def break_off(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose last checkpoint is of its first step."""

    def broken(*_: object) -> dict[str, float]:
        raise Broken

    with monkeypatch.context() as inner, pytest.raises(Broken):
        inner.setattr(train, "report_choice", broken)
        run_in(folder, name, monkeypatch)
    assert torch.load(folder / name / "checkpoint.pt")["step"] == 1


@pytest.mark.filterwarnings("ignore:none lacks")
def test_a_resumed_run_ends_as_a_whole_one(folder: Path, monkeypatch: pytest.MonkeyPatch):
    torch.manual_seed(1)
    whole = run_in(folder, "whole", monkeypatch)
    torch.manual_seed(2)  # what was drawn before is of no matter to dropout
    break_off(folder, "broken", monkeypatch)
    resumed = run_in(folder, "broken", monkeypatch)
    assert all(torch.equal(resumed[name], weights) for name, weights in whole.items())
    other = run_in(folder, "other", monkeypatch, seed=2)
    assert not torch.equal(other["head"], whole["head"])


@pytest.mark.filterwarnings("ignore:none lacks")
def test_a_checkpoint_of_another_run_is_not_gone_on_from(folder: Path, monkeypatch: pytest.MonkeyPatch):
    break_off(folder, "broken", monkeypatch)
    written = (folder / "broken" / "run.json").read_text()
    with pytest.raises(ValueError, match="checkpoint in broken is of another run: remove it or choose"):
        run_in(folder, "broken", monkeypatch, seed=2)
    assert (folder / "broken" / "run.json").read_text() == written

    corpus = folder / "corpus" / "test.txt"
    gym = "= a gym\n\nuser: I'd like | to join\n"
    for other in (f"{CORPUS}\n{gym}", CORPUS.replace("= a shop, an order", "= a shop, a return")):
        corpus.write_text(other)
        with pytest.raises(ValueError, match="another run"):
            run_in(folder, "broken", monkeypatch)
    corpus.write_text(CORPUS)
    run_in(folder, "broken", monkeypatch)


def test_a_corpus_without_held_out_conversations_is_refused_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(mixture, "held_out_titles", frozenset)
    with (
        pytest.warns(match="none lacks"),
        pytest.raises(ValueError, match=r"^corpus has no .* to choose by$"),
    ):
        run_in(folder, "run", monkeypatch)
    assert not (folder / "run").exists()
