"""The fit of the waiting tables, on numbers small enough to see the answer."""

import numpy as np
import pytest

from turnwise_training.actions import CONTINUE_LISTENING, CONTINUE_SPEAKING, START_SPEAKING
from turnwise_training.fit_policy import (
    KNOTS,
    WAITS_MS,
    Points,
    Table,
    cut_off_rate,
    fit,
    fixed,
    fixed_wait,
    pauses_ms,
    points_of,
    survival,
)

LASTS = survival(np.random.default_rng(0).exponential(500, 5000))


def made_up(seed: int) -> Points:
    """Finished points are mostly probable ends, unfinished ones mostly not."""
    chance = np.random.default_rng(seed)
    finished = np.arange(2000) % 2 == 0
    return Points(np.where(finished, chance.beta(5, 1, 2000), chance.beta(1, 3, 2000)), finished)


def unit(role: str, start: float, end: float) -> dict:
    return {"role": role, "start": start, "end": end}


def test_pauses_are_those_of_a_speaker_who_goes_on():
    times = [("A", 0, 1), ("A", 1.5, 2), ("B", 2.2, 3), ("A", 3.5, 4), ("A", 4, 5), ("A", 30, 31)]
    units = [unit(*each) for each in times]
    assert list(pauses_ms(units)) == [pytest.approx(500)]  # not B's, not the one of 0 ms, not the one of 25 s


def test_overlapped_speech_has_no_pauses():
    assert list(pauses_ms([unit("B", 0, 9), unit("A", 1, 2), unit("A", 3, 4)])) == []
    assert list(pauses_ms([{"role": "A", "start": None, "end": None}])) == []


def test_survival_falls_from_one():
    assert LASTS[0] == 1 and np.all(np.diff(LASTS) <= 0)


def test_cut_off_rate_is_the_share_of_longer_pauses():
    lasts = survival(np.array([100.0, 300.0]))
    points = Points(np.array([0.5, 0.5]), np.array([False, True]))
    assert cut_off_rate(points, Table(np.full(len(KNOTS), 200.0)), lasts) == pytest.approx(0.5)


@pytest.mark.parametrize("budget", [0.02, 0.05, 0.1])
def test_the_fit_keeps_its_budget_and_beats_a_fixed_threshold(budget: float):
    points = made_up(0)
    table = fit(points, LASTS, budget)
    assert np.all(np.diff(table.waits_ms) <= 0) and set(table.waits_ms) <= set(WAITS_MS)
    assert cut_off_rate(points, table, LASTS) <= budget
    ends = points.completion[points.finished]
    assert table.wait_ms(ends).mean() < fixed(ends, fixed_wait(points, LASTS, budget)).mean()
    assert cut_off_rate(made_up(1), table, LASTS) == pytest.approx(budget, abs=0.02)


def test_a_smaller_budget_waits_longer():
    points = made_up(0)
    patient, eager = (fit(points, LASTS, budget).wait_ms(points.completion).mean() for budget in (0.02, 0.1))
    assert patient > eager


def test_points_are_those_of_a_silent_agent():
    logits = np.array([[2.0, 0, 9, 9], [0, 2, 0, 0], [0, 0, 0, 9]])
    points = points_of(logits, [START_SPEAKING, CONTINUE_LISTENING, CONTINUE_SPEAKING], 2.0)
    assert points.completion == pytest.approx([1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))])
    assert list(points.finished) == [True, False]
