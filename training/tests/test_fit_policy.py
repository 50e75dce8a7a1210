"""The fit of the waiting tables, on numbers small enough to see the answer."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from meeting_files import write

from turnwise_training.fit_policy import (
    BOUNDS,
    PACE,
    POLICY_FILE,
    Preset,
    collect,
    latency_at,
    main,
    policies_in,
    with_tables,
)
from turnwise_training.pace import PaceWeights, log_odds, spoken_ms
from turnwise_training.timed_points import Points
from turnwise_training.waiting_tables import (
    KNOTS,
    LAG_MS,
    NEVER,
    NO_PACE,
    WAITS_MS,
    Bounds,
    FixedThreshold,
    Table,
    TableFit,
    area_under_curve,
    cheapest,
    fit_threshold,
    knots_of,
    measure,
    readable,
    segments_of,
    silence_only,
)

TINY = Path(__file__).resolve().parents[2] / "fixtures" / "tiny" / "fused"


def made_up(seed: int) -> Points:
    """Ends are mostly probable and turns that end short; the less probable an end, the longer a hold."""
    chance = np.random.default_rng(seed)
    ends = np.arange(3000) % 3 == 0
    completion = np.where(ends, chance.beta(5, 1, 3000), chance.beta(1, 3, 3000))
    silence = np.clip(200 + chance.exponential(300 + 600 * (1 - completion)), 200, 5000)
    meetings = np.arange(3000) % 20
    nothing = np.zeros(3000)
    turn_ms = np.where(ends, 1500.0, 12000.0)
    return Points(meetings, ends, silence, completion, nothing + np.nan, turn_ms, nothing, nothing)


def points(*rows: tuple[bool, float, float]) -> Points:
    ends, silence, completion = (np.array(column) for column in zip(*rows, strict=True))
    nothing = np.zeros(len(rows))
    meetings, unknown = np.full(len(rows), "m"), nothing + np.nan
    return Points(meetings, ends, silence, completion, unknown, nothing + 3000, nothing, nothing)


def test_a_hold_is_cut_off_by_a_shorter_wait_and_ends_wait_on_average():
    table = Table(np.array([0.0, 0.5, 1.0]), np.array([1000.0, 400.0, 0.0]))
    each = points(*[(True, 0, completion) for completion in (0, 0.25, 0.5, 1)])
    assert table.wait_ms(each).tolist() == [1000, 700, 400, LAG_MS]
    # Twice the odds, from a turn that is so much shorter; what is certain stays.
    weights = PaceWeights(1.5, 1.2, 0)
    shorter = each._replace(turn_ms=np.full(4, 3300 * 2 ** (-1 / 1.5) - 300))
    assert table._replace(pace=weights).wait_ms(shorter).tolist() == [1000, 520, 267, LAG_MS]
    few = points((False, 700, 0.25), (False, 701, 0.25), (True, 50, 0), (True, 4000, 1))
    assert measure(few, table) == (0.5, 600)
    assert measure(few, FixedThreshold(0.2, 300, 900)) == (1, 600)


def test_area_under_curve_counts_a_tie_as_half():
    few = points((False, 300, 0.2), (False, 300, 0.6), (True, 0, 0.6), (True, 0, 0.1))
    assert area_under_curve(few) == pytest.approx((1.5 + 0) / 4)


def test_knots_lie_where_the_points_do():
    knots = knots_of(made_up(0))
    assert len(knots) == KNOTS and knots[0] == 0 and knots[-1] == 1 and np.all(np.diff(knots) > 0)
    crowded = points(*[(index % 2 == 0, 300, 0.999) for index in range(50)])
    assert knots_of(crowded).tolist() == [0, 0.999, 1]


def test_the_cheapest_table_costs_no_more_than_any_other():
    some = made_up(0)
    knots, price, chance = np.array([0, 0.4, 0.8, 1]), 2e4, np.random.default_rng(1)

    def cost(waits: np.ndarray) -> float:
        found = measure(some, Table(knots, waits))
        return found.latency_ms + price * found.cut_offs

    best = cheapest(list(segments_of(some, knots)), price)
    assert np.all(np.diff(best) <= 0)
    others = [np.sort(chance.choice(WAITS_MS, len(knots)))[::-1] for _ in range(300)]
    near = [np.minimum.accumulate(np.maximum(200, best + chance.integers(-2, 3, 4) * 50)) for _ in range(300)]
    assert cost(best) <= min(map(cost, others + near)) + 2  # ms: waits between the knots are rounded


@pytest.mark.parametrize("budget", [0.02, 0.05, 0.1])
def test_the_fit_keeps_its_budget_and_beats_what_knows_less(budget: float):
    fitted_on, measured_on = made_up(0), made_up(1)
    table = TableFit(fitted_on).within(budget)
    assert np.all(np.diff(table.waits_ms) <= 0) and table.waits_ms[-1] >= LAG_MS
    found = [measure(fitted_on, table)]
    found += [measure(fitted_on, find(fitted_on, budget)) for find in (fit_threshold, silence_only)]
    assert all(each.cut_offs <= budget for each in found)
    assert found[0].latency_ms < found[1].latency_ms < found[2].latency_ms
    assert measure(measured_on, table).cut_offs == pytest.approx(budget, abs=0.02)


def test_the_threshold_is_the_best_of_all_settings():
    few = points(*[(index % 4 == 0, 200 + 37 * index, (7 * index % 20) / 20) for index in range(40)])
    chosen = measure(few, fit_threshold(few, 0.3))
    for threshold in (0.1, 0.3, 0.5, 0.8, NEVER):
        for delay in range(200, 1501, 100):
            for timeout in range(delay, 2001, 100):
                found = measure(few, FixedThreshold(threshold, delay, timeout))
                assert found.cut_offs > 0.3 or found.latency_ms >= chosen.latency_ms - 1e-6


def test_the_pace_is_that_of_typescript():
    # The numbers of packages/core/src/pace.test.ts.
    weights = PaceWeights(1.5, 1, 0.5)
    twice = 3300 * 2 ** (-1 / 1.5) - 300
    paces = [(3000, 0, 0), (3300 * np.e - 300, 21, 2), (3000, 35, 10), (twice, 0, 0), (9e99, 90, 0)]
    turn_ms, held, answered = np.array(paces).T
    unknown, half = np.full(len(paces), np.nan), np.full(len(paces), 0.5)
    found = weights.completion(half, turn_ms, held, answered, unknown)
    assert found.tolist() == pytest.approx([0.5, 1 / (1 + 2 * np.exp(1.5)), 0.5, 2 / 3, 0], abs=1e-9)
    assert NO_PACE.completion(half, turn_ms, held, answered, unknown).tolist() == [0.5] * 5
    for certain in (0.0, 1.0):
        found = weights.completion(half * 2 * certain, turn_ms, held, answered, unknown)
        assert found.tolist() == pytest.approx([certain] * 5)
    odds = np.exp(np.array([-1.6, -0.6, -2.6]))
    nothing = np.zeros(3)
    known = weights.completion(half[:3], nothing + 3000, nothing, nothing, odds / (1 + odds))
    assert known.tolist() == pytest.approx([0.5, 1 / (1 + np.exp(-0.5)), 1 / (1 + np.exp(0.5))])
    assert spoken_ms("o'clock, at a.b@c well") == 6 * 300


@pytest.mark.parametrize(
    "fit", [lambda on, pace: TableFit(on, pace).within(0.02), lambda on, pace: fit_threshold(on, 0.02, pace)]
)
def test_the_pace_helps_where_long_turns_go_on(fit: Callable[[Points, PaceWeights], Table | FixedThreshold]):
    fitted_on, measured_on = made_up(0), made_up(1)
    alone, paced = (measure(measured_on, fit(fitted_on, pace)) for pace in (NO_PACE, PACE))
    assert paced.cut_offs < alone.cut_offs + 0.005
    assert paced.latency_ms < alone.latency_ms


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("turnwise_training.waiting_tables.RESAMPLES", 4)


def test_a_table_keeps_within_bounds():
    bounds = Bounds(((0, 1500), (0.4, 1500), (1, 200)), ((0, 2000), (0.4, 2000), (0.8, 900), (1, 300)))
    for budget in (0.02, 0.3):
        table = TableFit(made_up(0), bounds=bounds).within(budget)
        assert {0.4, 0.8} < set(table.knots) and np.all(np.diff(table.waits_ms) <= 0)
        for completion in np.linspace(0, 1, 101):
            low, high = (np.interp(completion, *np.array(pairs).T) for pairs in bounds)
            assert low - 1 <= np.interp(completion, table.knots, table.waits_ms) <= high + 1


def test_points_that_change_little_are_left_out():
    table = Table(np.array([0, 0.2, 0.4, 0.6, 1]), np.array([904, 500, 510, 495, 496]), PACE)
    short = readable(table)
    assert short.knots.tolist() == [0, 0.2, 1] and short.waits_ms.tolist() == [900, 500, 500]
    assert short.pace == PACE


def test_rules_are_compared_where_they_cut_off_equally_often():
    measured = np.array([[0.12, 800], [0.04, 1600], [0.08, 1000]])
    assert latency_at(0.05, measured) == pytest.approx(1450)
    assert latency_at(0.1, measured) == pytest.approx(900)


def test_policies_are_read_and_written_as_they_stand_in_typescript():
    source = POLICY_FILE.read_text(encoding="utf-8")
    policies = policies_in(source)
    budgets = {"patient": 0.05, "balanced": 0.1, "eager": 0.15, "meeting": 0.1}
    assert {name: preset.budget for name, preset in policies.items()} == budgets
    assert all(policies[name].table.pace == PACE for name in BOUNDS)
    assert all(isinstance(preset, Preset) for preset in policies.values())
    assert with_tables(source, {name: preset.table for name, preset in policies.items()}) in source
    table = Table(np.array([0, 0.25, 1]), np.array([1230, 900, 200]))
    written = with_tables(source, dict.fromkeys(policies, table))
    assert written.count("      [0.25, 900],\n      [1, 200],\n    ],\n    turnLengthWeight") == 4
    assert len(written) < len(source)


def test_it_prints_what_it_measured_and_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    chance = np.random.default_rng(0)
    rows: dict[str, list[dict]] = {"mrda": [], "mrda_words": []}
    for meeting in ("Bed014", "Bed015"):  # policies are fitted to both
        speakers = chance.choice(["A", "B"], 200)
        turns = [{"uid": f"u{uid}", "speaker": who, "tags": ["s"]} for uid, who in enumerate(speakers)]
        starts = np.arange(0, 600, 3) + chance.random(200)
        words = {f"u{uid}": [[start, start + 1, f"word{uid}"]] for uid, start in enumerate(starts)}
        rows["mrda"].append({"id": meeting, "turns": turns})
        rows["mrda_words"].append({"id": meeting, "words": words})
    (tmp_path / "train").mkdir()
    for name, lines in rows.items():
        write(tmp_path / "train", name, lines)
    (tmp_path / "dev").mkdir()
    calls = [
        {"messages": [{"role": "user", "content": "i would like"}], "action": action}
        for action in ("start_speaking", "continue_listening", "start_listening")
    ]
    (tmp_path / "dev" / "cases.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in calls))
    keep = tmp_path / "points"
    asked = ["fit_policy", str(TINY), "--data-dir", str(tmp_path), "--limit", "60", "--keep", str(keep)]
    monkeypatch.setattr(sys, "argv", asked)
    main()
    printed = capsys.readouterr().out
    assert printed.count(", fitted |") == 4 and "export const POLICIES = {" in printed
    kept = dict(np.load(keep))
    assert len(kept["ends"]) == 122 and (kept["meetings"] == "calls").sum() == 2
    main()
    assert capsys.readouterr().out == printed
    # What other weights said is not taken for what these say.
    with keep.open("wb") as file:
        np.savez(file, **{**kept, "asked": "other weights", "completion": kept["completion"] * 0})
    main()
    assert capsys.readouterr().out == printed
    # Nor what these said at another temperature.
    hotter = tmp_path / "hotter"
    shutil.copytree(TINY, hotter)
    facts = json.loads((hotter / "turnwise.json").read_text())
    (hotter / "turnwise.json").write_text(json.dumps({**facts, "calibration": {"temperature": 2}}))
    found = collect(hotter, tmp_path, limit=60, threads=1, keep=keep)
    assert log_odds(found.completion) == pytest.approx(log_odds(kept["completion"]) / 2)


@pytest.mark.parametrize("there", [[], ["train/mrda.jsonl.gz", "train/mrda_words.jsonl.gz"]])
def test_a_missing_file_is_named(tmp_path: Path, there: list[str]):
    (tmp_path / "train").mkdir()
    for file in there:
        (tmp_path / file).touch()
    missing = r"mrda_words\.jsonl\.gz, .*cases\.jsonl" if not there else r"^no [^,]*cases\.jsonl"
    with pytest.raises(FileNotFoundError, match=f"{missing}: .*training/README.md"):
        collect(TINY, tmp_path, limit=None, threads=1, keep=None)
