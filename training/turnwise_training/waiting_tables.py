"""Waiting tables, the rules they have to beat, and how the best of each is found for a budget of cut-offs."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from .pace import PaceWeights
from .timed_points import MAX_SILENCE_MS, Points

LAG_MS = 200
"""A word is heard so long after its end: nothing is answered earlier."""
WAITS_MS = np.arange(LAG_MS, MAX_SILENCE_MS + 1, 50)
DELAYS_MS = WAITS_MS[WAITS_MS <= 1500]
KNOTS = 8
RESAMPLES = 16
READABLE_MS = 25
"""A point of a table that changes no wait by more is left out."""
NEVER = 2.0
"""No probability is so high."""
NO_PACE = PaceWeights()


class Table(NamedTuple):
    knots: np.ndarray
    """Probabilities from 0 to 1."""
    waits_ms: np.ndarray
    """[knots], falling"""
    pace: PaceWeights = NO_PACE

    def wait_ms(self, points: Points) -> np.ndarray:
        """[points] as `waitFor` reads it, and not before the words are heard."""
        waits = np.interp(paced(points, self.pace).completion, self.knots, self.waits_ms)
        return np.maximum(LAG_MS, np.floor(waits + 0.5))


class FixedThreshold(NamedTuple):
    threshold: float
    delay_ms: float
    timeout_ms: float
    pace: PaceWeights = NO_PACE

    def wait_ms(self, points: Points) -> np.ndarray:
        over = paced(points, self.pace).completion >= self.threshold
        return np.where(over, self.delay_ms, self.timeout_ms)


class Bounds(NamedTuple):
    """What a table may say whatever the silences: pairs of a probability and ms."""

    least: tuple[tuple[float, float], ...] = ((0, LAG_MS), (1, LAG_MS))
    most: tuple[tuple[float, float], ...] = ((0, MAX_SILENCE_MS), (1, MAX_SILENCE_MS))

    def clip(self, knots: np.ndarray, waits_ms: np.ndarray) -> np.ndarray:
        low, high = (np.interp(knots, *np.array(pairs).T) for pairs in self)
        return np.clip(waits_ms, low, high)


FREE = Bounds()


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
    waits = rule.wait_ms(points)
    cut = points.silence_ms > waits
    return Measured(float(cut[~points.ends].mean()), float(waits[points.ends].mean()))


def paced(points: Points, pace: PaceWeights) -> Points:
    """With the probability of an end for how the caller has spoken."""
    completion = pace.completion(
        points.completion, points.turn_ms, points.held, points.answered, points.yielded
    )
    return points._replace(completion=completion)


def area_under_curve(points: Points) -> float:
    """How often an end is found more probable than a hold."""
    holds, ends = np.sort(points.completion[~points.ends]), points.completion[points.ends]
    below = (np.searchsorted(holds, ends, "left") + np.searchsorted(holds, ends, "right")) / 2
    return float(below.mean() / len(holds))


def knots_of(points: Points) -> np.ndarray:
    """Each with as many points between it and the next, ends and holds weighing the same: close together
    where the probabilities are, so that a table can be steep there."""
    shares = np.linspace(0, 1, KNOTS)[1:-1]
    order = np.argsort(points.completion)
    weights = np.where(points.ends, 1 / points.ends.sum(), 1 / (~points.ends).sum())[order]
    inner = np.interp(shares, weights.cumsum() / 2, points.completion[order]).round(3)
    return np.unique([0, *inner, 1])


class TableFit:
    """The falling tables of some silences.

    Each price of a cut-off has the table that costs least. A single fit follows the noise of its silences: a
    table here is the mean of those of RESAMPLES draws of the meetings, with repetition.
    """

    def __init__(self, points: Points, pace: PaceWeights = NO_PACE, bounds: Bounds = FREE):
        self.points, self.pace, self.bounds = points, pace, bounds
        corners = [probability for pairs in bounds for probability, _ in pairs]
        points = paced(points, pace)
        self.knots = np.unique([*knots_of(points), *corners])
        chance = np.random.default_rng(0)
        of_meeting = [np.flatnonzero(points.meetings == meeting) for meeting in np.unique(points.meetings)]
        self.draws = []
        for _ in range(RESAMPLES):
            drawn = chance.integers(0, len(of_meeting), len(of_meeting))
            some = points.where(np.concatenate([of_meeting[meeting] for meeting in drawn]))
            self.draws.append(list(segments_of(some, self.knots)))

    def at_price(self, price_ms: float) -> Table:
        waits = np.mean([cheapest(segments, price_ms) for segments in self.draws], axis=0)
        return Table(self.knots, self.bounds.clip(self.knots, waits), self.pace)

    def within(self, budget: float) -> Table:
        """The table of the lowest price that keeps the budget, found by bisection."""
        low, high = 500.0, 5e5  # ms
        for _ in range(14):
            price = math.sqrt(low * high)
            kept = measure(self.points, self.at_price(price)).cut_offs <= budget
            low, high = (low, price) if kept else (price, high)
        return self.at_price(high)


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


def readable(table: Table) -> Table:
    """Waits in tens of ms, without the points that a straight line between others nearly meets."""
    knots, waits = table.knots, np.maximum(LAG_MS, table.waits_ms).round(-1)
    kept = [0]
    while kept[-1] < len(knots) - 1:
        start = kept[-1]
        reachable = (
            end
            for end in range(len(knots) - 1, start, -1)
            if np.all(
                np.abs(
                    np.interp(knots[start:end], knots[[start, end]], waits[[start, end]]) - waits[start:end]
                )
                <= READABLE_MS
            )
        )
        kept.append(next(reachable))
    return Table(knots[kept], waits[kept], table.pace)


def fit_threshold(points: Points, budget: float, pace: PaceWeights = NO_PACE) -> FixedThreshold:
    """The best of the settings that the benchmark tries (sweep.ts)."""
    points = paced(points, pace)
    thresholds = [*np.unique(np.quantile(points.completion, np.linspace(0, 1, 51))), NEVER]
    found = [(math.inf, FixedThreshold(NEVER, MAX_SILENCE_MS, MAX_SILENCE_MS, pace))]
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
            setting = FixedThreshold(threshold, DELAYS_MS[delay], WAITS_MS[timeout], pace)
            found.append((latency[delay, timeout], setting))
    return min(found)[1]


def silence_only(points: Points, budget: float) -> FixedThreshold:
    holds = points.silence_ms[~points.ends]
    wait = next(wait for wait in range(LAG_MS, MAX_SILENCE_MS + 1, 10) if (holds > wait).mean() <= budget)
    return FixedThreshold(NEVER, wait, wait)
