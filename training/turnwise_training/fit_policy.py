"""Fits the waiting tables of the session's policies (packages/core/src/policy.ts).

    python -m turnwise_training.fit_policy FOLDER --data-dir ../../shared/data

How probable it is that a turn is over comes from held-out conversations, how long people pause from
meetings. A table says how long to let silence run at each probability: the mean wait at finished points is
as short as it can be while at most a budget of the unfinished points is cut off, that is, answered before
the speaker goes on. Half of the conversations fit, the other half measure.
"""

import argparse
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .actions import ACTIONS, CONTINUE_LISTENING, START_SPEAKING
from .corpus import CORPUS_DIR
from .evaluate import held_out_logits
from .mined_sources import MEETINGS, read
from .mixture import load_mixture
from .model import load_model

BUDGETS = {"patient": 0.02, "balanced": 0.05, "eager": 0.10}
KNOTS = (0.0, 0.3, 0.6, 0.8, 0.9, 0.97, 1.0)
"""Probabilities at which a table has a point."""
WAITS_MS = np.arange(0, 4001, 50)
BETWEEN_TURNS_MS = 4000
"""A longer silence is no pause inside a turn: the speaker has finished."""


class Points(NamedTuple):
    """Labelled points while the agent is silent."""

    completion: np.ndarray
    """[points] probability of start_speaking within the pair, 0 to 1."""
    finished: np.ndarray
    """[points] bool"""


class Table(NamedTuple):
    waits_ms: np.ndarray
    """[knots], falling"""

    def wait_ms(self, completion: np.ndarray) -> np.ndarray:
        return np.interp(completion, KNOTS, self.waits_ms)


def pauses_ms(units: Iterable[dict]) -> Iterator[float]:
    """Silences after which the same speaker goes on before anybody else speaks, in ms.

    Units without times, or that overlap what came before, say nothing of pauses.
    """
    before: dict | None = None
    heard_until = 0.0
    for unit in sorted((unit for unit in units if unit.get("end")), key=lambda unit: unit["start"]):
        if before is not None and unit["role"] == before["role"] and before["end"] >= heard_until:
            pause = 1000 * (unit["start"] - before["end"])
            if 0 < pause <= BETWEEN_TURNS_MS:
                yield pause
        heard_until = max(heard_until, unit["end"])
        before = unit


def survival(pauses: np.ndarray) -> np.ndarray:
    """[waits] the share of pauses that last longer than each of WAITS_MS: those are cut off."""
    return np.array([(pauses > wait).mean() for wait in WAITS_MS])


def cut_offs(waits_ms: np.ndarray, lasts: np.ndarray) -> float:
    """The share of unfinished points, with these waits, at which the agent speaks before the user goes on."""
    return float(np.interp(waits_ms, WAITS_MS, lasts).mean())


def cut_off_rate(points: Points, table: Table, lasts: np.ndarray) -> float:
    return cut_offs(table.wait_ms(points.completion[~points.finished]), lasts)


def fit(points: Points, lasts: np.ndarray, budget: float) -> Table:
    """The table of the shortest mean wait within the budget.

    Lagrangian: each price of a cut-off gives the best falling table by coordinate descent; the lowest price
    that keeps the budget is found by bisection.
    """
    low, high = 1.0, 1e7  # ms
    for _ in range(20):
        price = math.sqrt(low * high)
        table = cheapest(points, lasts, price)
        low, high = (low, price) if cut_off_rate(points, table, lasts) <= budget else (price, high)
    table = cheapest(points, lasts, high)
    rate = cut_off_rate(points, table, lasts)
    assert rate <= budget, f"no table cuts off fewer than {rate:.3f}"
    return table


def cheapest(points: Points, lasts: np.ndarray, price_ms: float) -> Table:
    """The falling table with the least mean wait (ms) plus price times cut-offs.

    One knot after the other takes its best wait between its neighbours', until none changes.
    """
    waits = np.full(len(KNOTS), float(WAITS_MS[-1]))
    finished, unfinished = points.completion[points.finished], points.completion[~points.finished]

    def cost(candidate: np.ndarray) -> float:
        wait = np.interp(finished, KNOTS, candidate).mean()
        return float(wait + price_ms * cut_offs(np.interp(unfinished, KNOTS, candidate), lasts))

    for _ in range(20):
        before = waits.copy()
        for knot in reversed(range(len(KNOTS))):
            highest = waits[knot - 1] if knot else WAITS_MS[-1]
            lowest = waits[knot + 1] if knot + 1 < len(KNOTS) else 0
            fitting = [wait for wait in WAITS_MS if lowest <= wait <= highest]
            candidates = [np.concatenate([waits[:knot], [wait], waits[knot + 1 :]]) for wait in fitting]
            waits = min(candidates, key=cost)
        if np.array_equal(waits, before):
            break
    return Table(waits)


def fixed_wait(points: Points, lasts: np.ndarray, budget: float) -> float:
    """The wait (ms) above a fixed threshold that keeps the same budget; below it the longest wait."""
    for above in WAITS_MS:
        if cut_offs(fixed(points.completion[~points.finished], float(above)), lasts) <= budget:
            return float(above)
    return float(WAITS_MS[-1])


def fixed(completion: np.ndarray, above: float) -> np.ndarray:
    """[points] waits in ms of a fixed threshold."""
    return np.where(completion < 0.5, WAITS_MS[-1], above)


def points_of(logits: np.ndarray, actions: list[str], temperature: float) -> Points:
    """From logits [points, 4]; points at which the agent speaks are left out."""
    silent = np.array([action in (START_SPEAKING, CONTINUE_LISTENING) for action in actions])
    speak, listen = (logits[silent, ACTIONS.index(action)] for action in (START_SPEAKING, CONTINUE_LISTENING))
    completion = 1 / (1 + np.exp((listen - speak) / temperature))
    return Points(completion, np.array(actions)[silent] == START_SPEAKING)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of the published form")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, default=CORPUS_DIR)
    parser.add_argument("--temperature", type=float, default=1.0, help="that of the export")
    arguments = parser.parse_args()

    rows = read(arguments.data_dir / "train" / f"{MEETINGS}.jsonl.gz")
    pauses = np.array([pause for row in rows for pause in pauses_ms(row["turns"])])
    lasts = survival(pauses)
    middle, most = np.quantile(pauses, (0.5, 0.9))
    print(f"{len(pauses)} pauses, median {middle:.0f} ms, 90% below {most:.0f} ms")

    from .train import ActionModel

    model, tokenizer = load_model(arguments.folder)
    network = ActionModel(model, tokenizer, 0).eval()
    held_out = load_mixture(arguments.data_dir, arguments.corpus).held_out
    fitted_on, measured_on = (
        points_of(*held_out_logits(network, tokenizer, half), arguments.temperature)
        for half in (held_out[::2], held_out[1::2])
    )
    for name, budget in BUDGETS.items():
        table = fit(fitted_on, lasts, budget)
        points = [[knot, int(wait)] for knot, wait in zip(KNOTS, table.waits_ms, strict=True)]
        print(f"\n{name}: {json.dumps(points)}")
        finished, unfinished = (
            measured_on.completion[side] for side in (measured_on.finished, ~measured_on.finished)
        )
        above = fixed_wait(fitted_on, lasts, budget)
        report("table", table.wait_ms(finished), table.wait_ms(unfinished), lasts)
        report("fixed threshold", fixed(finished, above), fixed(unfinished, above), lasts)


def report(name: str, finished_ms: np.ndarray, unfinished_ms: np.ndarray, lasts: np.ndarray) -> None:
    rate = 100 * cut_offs(unfinished_ms, lasts)
    median, mean = np.median(finished_ms), finished_ms.mean()
    print(f"  {name}: cut-offs {rate:.1f}%, wait median {median:.0f} ms, mean {mean:.0f} ms")


if __name__ == "__main__":
    main()
