"""Fits the waiting tables of the session's policies (packages/core/src/policy.ts) to their cut-off budgets.

    python -m turnwise_training.fit_policy FOLDER --data-dir ../../shared/data [--limit 5000] [--keep FILE]

A table says how long to let silence run at each probability that the turn is over. In word-timed meetings
that the streaming benchmark does not use, the fitted one has the least mean latency of those that cut off at
most a budget of the holds; what these are is the benchmark's (docs/bench.md). Half of the meetings fit, the
other half measure. In the end the tables are printed as they belong into policy.ts.
"""

import argparse
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .timed_points import MAX_SILENCE_MS, Points, judge, read_silences, sample

POLICY_FILE = Path(__file__).resolve().parents[2] / "packages/core/src/policy.ts"
LAG_MS = 200
"""A word is heard so long after its end: nothing is answered earlier."""
WAITS_MS = np.arange(LAG_MS, MAX_SILENCE_MS + 1, 50)
DELAYS_MS = WAITS_MS[WAITS_MS <= 1500]
KNOTS = 7
NEVER = 2.0
"""No probability is so high."""


class Table(NamedTuple):
    knots: np.ndarray
    """Probabilities from 0 to 1."""
    waits_ms: np.ndarray
    """[knots], falling"""

    def wait_ms(self, completion: np.ndarray) -> np.ndarray:
        """[points] as `waitFor` reads it, and not before the words are heard."""
        return np.maximum(LAG_MS, np.floor(np.interp(completion, self.knots, self.waits_ms) + 0.5))


class FixedThreshold(NamedTuple):
    threshold: float
    delay_ms: float
    timeout_ms: float

    def wait_ms(self, completion: np.ndarray) -> np.ndarray:
        return np.where(completion >= self.threshold, self.delay_ms, self.timeout_ms)


class Measured(NamedTuple):
    cut_offs: float
    """Share of holds in which the agent speaks before the speaker goes on."""
    latency_ms: float
    """From the last word of a turn until the agent speaks, on average."""


class Segment(NamedTuple):
    """What lies between two knots, for each pair of waits there: [waits at the left, waits at the right]."""

    cut_offs: np.ndarray
    """Share of all holds, inf where the waits do not fall."""
    latency_ms: np.ndarray
    """What its ends add to the mean."""


def measure(points: Points, rule: Table | FixedThreshold) -> Measured:
    waits = rule.wait_ms(points.completion)
    cut = points.silence_ms > waits
    return Measured(float(cut[~points.ends].mean()), float(waits[points.ends].mean()))


def area_under_curve(points: Points) -> float:
    """How often an end is found more probable than a hold."""
    holds, ends = np.sort(points.completion[~points.ends]), points.completion[points.ends]
    below = (np.searchsorted(holds, ends, "left") + np.searchsorted(holds, ends, "right")) / 2
    return float(below.mean() / len(holds))


def knots_of(points: Points) -> np.ndarray:
    """Each with as many points between it and the next, ends and holds weighing the same."""
    shares = np.linspace(0, 1, KNOTS)[1:-1]
    order = np.argsort(points.completion)
    weights = np.where(points.ends, 1 / points.ends.sum(), 1 / (~points.ends).sum())[order]
    inner = np.interp(shares, weights.cumsum() / 2, points.completion[order]).round(2)
    return np.unique([0, *inner, 1])


def fit(points: Points, budget: float) -> Table:
    """The table of the least latency within the budget.

    Each price of a cut-off has its best table; the lowest price that keeps the budget is found by bisection.
    That table leaves some of the budget: all of its waits are shortened until it is used up.
    """
    knots = knots_of(points)
    segments = list(segments_of(points, knots))
    low, high = 1.0, 1e8  # ms
    for _ in range(40):
        price = math.sqrt(low * high)
        within = measure(points, Table(knots, cheapest(segments, price))).cut_offs <= budget
        low, high = (low, price) if within else (price, high)
    waits = cheapest(segments, high)
    shorter = (np.maximum(LAG_MS, (share * waits).round(-1)) for share in np.linspace(0.8, 1, 41))
    tables = (Table(knots, waits) for waits in shorter)
    return without_idle_knots(next(each for each in tables if measure(points, each).cut_offs <= budget))


def without_idle_knots(table: Table) -> Table:
    same = np.diff(table.waits_ms) == 0
    needed = [True, *~(same[:-1] & same[1:]), True]
    return Table(table.knots[needed], table.waits_ms[needed])


def segments_of(points: Points, knots: np.ndarray) -> Iterator[Segment]:
    place = np.searchsorted(knots[1:-1], points.completion)
    share = (points.completion - knots[place]) / np.diff(knots)[place]
    for index in range(len(knots) - 1):
        ends, holds = (share[(place == index) & side] for side in (points.ends, ~points.ends))
        silences = points.silence_ms[(place == index) & ~points.ends]
        latency = np.add.outer((1 - ends).sum() * WAITS_MS, ends.sum() * WAITS_MS) / points.ends.sum()
        cut = np.full(latency.shape, np.inf)
        for left, left_ms in enumerate(WAITS_MS):
            waits = left_ms + np.outer(WAITS_MS[: left + 1] - left_ms, holds)  # [waits at the right, holds]
            cut[left, : left + 1] = (silences > np.floor(waits + 0.5)).sum(1) / (~points.ends).sum()
        yield Segment(cut, latency)


def cheapest(segments: list[Segment], price_ms: float) -> np.ndarray:
    """[knots] the falling waits with the least latency plus price times cut-offs, from knot to knot."""
    cost = np.zeros(len(WAITS_MS))  # of all to the left, for each wait at the knot
    origins = []
    for segment in segments:
        total = cost[:, None] + segment.latency_ms + price_ms * segment.cut_offs
        origins.append(total.argmin(0))
        cost = total.min(0)
    chosen = [int(cost.argmin())]
    for origin in reversed(origins):
        chosen.append(int(origin[chosen[-1]]))
    return WAITS_MS[chosen[::-1]]


def fit_threshold(points: Points, budget: float) -> FixedThreshold:
    """The best of the settings that the benchmark tries (sweep.ts)."""
    thresholds = [*np.unique(np.quantile(points.completion, np.linspace(0, 1, 51))), NEVER]
    found = [(math.inf, FixedThreshold(NEVER, MAX_SILENCE_MS, MAX_SILENCE_MS))]
    holds = points.where(~points.ends)
    for threshold in thresholds:
        over = holds.completion >= threshold
        by_delay, by_timeout = (
            len(part) - np.searchsorted(np.sort(part), waits, "right")
            for part, waits in ((holds.silence_ms[over], DELAYS_MS), (holds.silence_ms[~over], WAITS_MS))
        )
        share = (points.completion[points.ends] >= threshold).mean()
        latency = np.add.outer(share * DELAYS_MS, (1 - share) * WAITS_MS)
        within = np.add.outer(by_delay, by_timeout) <= budget * len(over)
        within &= DELAYS_MS[:, None] <= WAITS_MS
        if within.any():
            delay, timeout = np.unravel_index(np.where(within, latency, np.inf).argmin(), latency.shape)
            setting = FixedThreshold(threshold, DELAYS_MS[delay], WAITS_MS[timeout])
            found.append((latency[delay, timeout], setting))
    return min(found)[1]


def silence_only(points: Points, budget: float) -> FixedThreshold:
    holds = points.silence_ms[~points.ends]
    wait = next(wait for wait in range(LAG_MS, MAX_SILENCE_MS + 1, 10) if (holds > wait).mean() <= budget)
    return FixedThreshold(NEVER, wait, wait)


POLICY = re.compile(
    r"  (?P<name>\w+): \{\n    cutOffBudget: (?P<budget>[\d.]+),\n    wait: \[\n(?P<wait>.*?)    \],\n",
    re.DOTALL,
)


def policies_in(source: str) -> dict[str, tuple[float, Table]]:
    """Budgets and tables, as policy.ts has them."""
    found = {}
    for match in POLICY.finditer(source):
        knots, waits = zip(*re.findall(r"\[([\d.]+), (\d+)\]", match["wait"]), strict=True)
        found[match["name"]] = float(match["budget"]), Table(np.array(knots, float), np.array(waits, float))
    return found


def with_tables(source: str, tables: dict[str, Table]) -> str:
    """POLICIES of policy.ts with other tables."""

    def replaced(match: re.Match[str]) -> str:
        points = zip(*tables[match["name"]], strict=True)
        lines = "".join(f"      [{knot:g}, {wait:.0f}],\n" for knot, wait in points)
        return match[0].replace(match["wait"], lines)

    declaration = source[source.index("export const POLICIES") : source.index("} as const satisfies")]
    return POLICY.sub(replaced, declaration) + "} as const satisfies Record<string, Policy>"


def collect(folder: Path, data_dir: Path, limit: int | None, threads: int, keep: Path | None) -> Points:
    if keep and keep.exists():
        return Points(**np.load(keep))
    points = judge(folder, sample(read_silences(data_dir / "train"), limit), threads)
    if keep:
        np.savez(keep, **points._asdict())
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="of the shipped form")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="at most so many holds and so many ends")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="file for what the model says; read if it is there")
    asked = parser.parse_args()

    points = collect(asked.folder, asked.data_dir, asked.limit, asked.threads, asked.keep)
    meetings = np.unique(points.meetings)
    assert len(meetings) > 1, f"{len(meetings)} meetings cannot be halved"
    first = np.isin(points.meetings, meetings[::2])
    fitted_on, measured_on = points.where(first), points.where(~first)
    for name, half in (("fitted", fitted_on), ("measured", measured_on)):
        area = area_under_curve(half)
        print(f"{name} on {(~half.ends).sum()} holds, {half.ends.sum()} ends, area under curve {area:.3f}")

    source = POLICY_FILE.read_text(encoding="utf-8")
    tables = {}
    print("\n| policy, budget | how long to wait | cut-offs | latency |\n|---|---|--:|--:|")
    for name, (budget, present) in policies_in(source).items():
        tables[name] = fit(fitted_on, budget)
        rules = {
            "fitted table": tables[name],
            "table of policy.ts": present,
            "fixed threshold": fit_threshold(fitted_on, budget),
            "silence only": silence_only(fitted_on, budget),
        }
        for rule, found in ((rule, measure(measured_on, each)) for rule, each in rules.items()):
            print(f"| {name}, {budget:.0%} | {rule} | {found.cut_offs:.1%} | {found.latency_ms:.0f} ms |")
    print(f"\n{with_tables(source, tables)}")


if __name__ == "__main__":
    main()
