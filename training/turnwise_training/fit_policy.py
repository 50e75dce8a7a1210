"""Fits the waiting tables of the session's policies (packages/core/src/policy.ts) to their cut-off budgets.

    python -m turnwise_training.fit_policy FOLDER --data-dir ../../shared/data [--limit 4000] [--keep FILE]

A table says how long to let silence run at each probability that the turn is over. In word-timed meetings
that the streaming benchmark does not use, the fitted one has the least mean latency of those that cut off at
most a budget of the holds; what these are is the benchmark's (docs/bench.md). No run learns from these
meetings (`is_policy_meeting`). Half of them fit, the other half measure, and the reverse. In the end the
tables are printed as they belong into policy.ts, fitted in all of them; those of policies for callers between
two bounds: what a caller expects is not in meetings.
"""

import argparse
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from .actions import CONTINUE_LISTENING, START_SPEAKING
from .manifest import read_manifest
from .mined_sources import MEETING_FILES, is_policy_meeting
from .overlap import DATA_FILES
from .pace import Pace, PaceWeights, log_odds, spoken_ms, terms
from .prompt import Message
from .timed_points import Points, Silence, judge, read_silences, sample
from .waiting_tables import (
    FREE,
    Bounds,
    FixedThreshold,
    Table,
    TableFit,
    area_under_curve,
    fit_threshold,
    measure,
    readable,
    silence_only,
)

POLICY_FILE = Path(__file__).resolve().parents[2] / "packages/core/src/policy.ts"
CALLS = "calls"
"""In the place of a meeting: cases of the development set, which have no silences."""
NEEDED = (*(f"train/{file}" for file in MEETING_FILES), DATA_FILES["dev"])
STATED = 0.05, 0.1
SWEPT = 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15
PACE = PaceWeights(1.5, 1.2, 0.6)
"""Of the policies for callers in policy.ts. Where the weights come from: docs/decisions/streaming.md."""
ANSWERED_MS = 400
WAITED_FOR_MS = 1500

Rule = Table | FixedThreshold
RULES: dict[str, Callable[[Points], Callable[[float], Rule]]] = {
    "silence only": lambda points: lambda budget: silence_only(points, budget),
    "fixed threshold": lambda points: lambda budget: fit_threshold(points, budget),
    "fixed threshold with pace": lambda points: lambda budget: fit_threshold(points, budget, PACE),
    "waiting table alone": lambda points: TableFit(points).within,
    "waiting table with pace": lambda points: TableFit(points, PACE).within,
}

BOUNDS = {
    "patient": Bounds(
        least=((0, 2400), (0.1, 2400), (0.5, 900), (0.9, 700), (0.98, 550), (1, 350)),
        most=((0, 3200), (0.75, 3200), (0.9, 1000), (0.98, 600), (1, 350)),
    ),
    "balanced": Bounds(
        least=((0, 1800), (0.1, 1800), (0.5, 600), (0.9, 450), (0.98, 400), (1, 200)),
        most=((0, 2500), (0.75, 2500), (0.9, 600), (0.98, 450), (1, 200)),
    ),
    "eager": Bounds(
        least=((0, 1500), (0.1, 1500), (0.5, 400), (0.9, 400), (0.98, 350), (1, 200)),
        most=((0, 2000), (0.75, 2000), (0.9, 500), (0.98, 400), (1, 200)),
    ),
}
"""What a caller wants whatever meetings say (docs/decisions/streaming.md), after a turn of 3 s of a caller of
whom nothing else is known. Policies that are not here are for agents among people."""


class Preset(NamedTuple):
    budget: float
    table: Table


def compare(halves: tuple[Points, Points]) -> Iterator[str]:
    """Rows of a table: each rule fitted on a half and measured on the other, the mean of both directions."""
    silence_ms: dict[float, float] = {}
    for name, fit_on in RULES.items():
        cells = [name]
        found = np.array(
            [
                [measure(other, rule) for rule in map(fit_on(half), SWEPT)]
                for half, other in (halves, halves[::-1])
            ]
        )  # [directions, budgets, cut-offs and latency]
        for budget in STATED:
            cut_offs, latency = found[:, SWEPT.index(budget)].mean(0)
            exact = float(np.mean([latency_at(budget, each) for each in found]))
            less = 1 - exact / silence_ms.setdefault(budget, exact)
            cells += [f"{cut_offs:.1%}", f"{latency:.0f}", f"{exact:.0f}", f"{less:.1%}"]
        yield f"| {' | '.join(cells)} |"


def latency_at(cut_offs: float, measured: np.ndarray) -> float:
    """Between the neighbours of [budgets, cut-offs and latency]: rules are compared at equal cut-offs."""
    by_cut_offs = measured[np.argsort(measured[:, 0])]
    return float(np.interp(cut_offs, by_cut_offs[:, 0], by_cut_offs[:, 1]))


def fit_policies(points: Points, present: dict[str, Preset]) -> dict[str, Table]:
    """Within each policy's bounds; of those for callers, the smaller its budget, the longer a policy waits at
    every probability."""
    tables: dict[str, Table] = {}
    least = np.zeros(1)
    for name, (budget, table) in sorted(present.items(), key=lambda each: each[1].budget, reverse=True):
        found = TableFit(points, table.pace, BOUNDS.get(name, FREE)).within(budget)
        if name in BOUNDS:
            assert least.size in (1, len(found.knots)), "the corners of the bounds differ"
            least = np.maximum(least, found.waits_ms)
            found = found._replace(waits_ms=least)
        tables[name] = readable(found)
    return tables


def regressed_weights(points: Points) -> PaceWeights:
    """What a logistic regression of "is an end" makes of the pace, for each unit of the words' log odds."""
    yields, length, habit = terms(points.turn_ms, points.held, points.answered, points.yielded)
    seen = np.stack([log_odds(points.completion), -length, -habit, yields], 1)
    of_words, *others = LogisticRegression(class_weight="balanced").fit(seen, points.ends).coef_[0]
    return PaceWeights(*(float(weight / of_words) for weight in others))


def judged_policies(points: Points, calls: Points, tables: dict[str, Table]) -> Iterator[str]:
    """Rows of a table: what policies do in meetings, and with calls that are over or not."""
    for name, table in tables.items():
        cut_offs, latency = measure(points, table)
        over, open_ = (table.wait_ms(calls.where(side)) for side in (calls.ends, ~calls.ends))
        cells = (
            f"{cut_offs:.1%}",
            f"{latency:.0f}",
            f"{np.median(over):.0f}",
            f"{(over <= ANSWERED_MS).mean():.0%}",
        )
        cells += f"{np.median(open_):.0f}", f"{(open_ >= WAITED_FOR_MS).mean():.0%}"
        yield f"| {name} | {' | '.join(cells)} |"


POLICY = re.compile(
    r"  (?P<name>\w+): \{\n    cutOffBudget: (?P<budget>[\d.]+),\n    wait: \[\n(?P<wait>.*?)    \],\n"
    r"    turnLengthWeight: (?P<length>[\d.]+),\n    habitWeight: (?P<habit>[\d.]+),\n"
    r"    yieldWeight: (?P<yield>[\d.]+),\n",
    re.DOTALL,
)


def policies_in(source: str) -> dict[str, Preset]:
    """Budgets and tables, as policy.ts has them."""
    found = {}
    for match in POLICY.finditer(source):
        knots, waits = zip(*re.findall(r"\[([\d.]+), (\d+)\]", match["wait"]), strict=True)
        pace = PaceWeights(*map(float, match.group("length", "habit", "yield")))
        table = Table(np.array(knots, float), np.array(waits, float), pace)
        found[match["name"]] = Preset(float(match["budget"]), table)
    return found


def with_tables(source: str, tables: dict[str, Table]) -> str:
    """POLICIES of policy.ts with other tables."""

    def replaced(match: re.Match[str]) -> str:
        points = zip(*tables[match["name"]][:2], strict=True)
        lines = "".join(f"      [{knot:g}, {wait:.0f}],\n" for knot, wait in points)
        return match[0].replace(match["wait"], lines)

    declaration = source[source.index("export const POLICIES") : source.index("} as const satisfies")]
    return POLICY.sub(replaced, declaration) + "} as const satisfies Record<string, Policy>"


def calls_in(file: Path) -> list[Silence]:
    """The development set's cases of a silent agent."""
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return [
        Silence(CALLS, row["action"] == START_SPEAKING, 0, row["messages"], pace_of(row["messages"]))
        for row in rows
        if row["action"] in (START_SPEAKING, CONTINUE_LISTENING)
    ]


def pace_of(messages: list[Message]) -> Pace:
    """Of a call whose times are not known, as a session takes what was said before it."""
    return Pace(spoken_ms(messages[-1]["content"]), held=0, answered=0)


def collect(folder: Path, data_dir: Path, limit: int | None, threads: int, keep: Path | None) -> Points:
    """What the model says; of what it said before, if these weights said it at this temperature."""
    facts = read_manifest(folder)
    asked = json.dumps([facts["files"], facts["calibration"], limit, Points._fields], sort_keys=True)
    if keep and keep.exists():
        kept = dict(np.load(keep))
        if str(kept.pop("asked")) == asked:
            return Points(**kept)
    needed = [data_dir / file for file in NEEDED]
    if missing := [str(path) for path in needed if not path.exists()]:
        raise FileNotFoundError(
            f"no {', '.join(missing)}: the tables cannot be fitted without; training/README.md, Data, says "
            "what these files are"
        )
    silences = [each for each in read_silences(data_dir / "train") if is_policy_meeting(each.meeting)]
    silences = sample(silences, limit) + calls_in(data_dir / DATA_FILES["dev"])
    points = judge(folder, silences, threads)
    if keep:
        with keep.open("wb") as file:  # given the name, NumPy would add .npz to it
            np.savez(file, asked=asked, **points._asdict())
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="of the shipped form")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--limit", type=int, help="at most so many holds and so many ends")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--keep", type=Path, help="file for what the model says; read if these weights said it"
    )
    asked = parser.parse_args()

    points = collect(asked.folder, asked.data_dir, asked.limit, asked.threads, asked.keep)
    is_call = points.meetings == CALLS
    calls, points = points.where(is_call), points.where(~is_call)
    meetings = np.unique(points.meetings)
    assert len(meetings) > 1, f"{len(meetings)} meetings cannot be halved"
    first = np.isin(points.meetings, meetings[::2])
    for name, some in (("meetings", points), ("calls", calls)):
        area = area_under_curve(some)
        print(f"{name}: {(~some.ends).sum()} holds, {some.ends.sum()} ends, area under curve {area:.3f}")
    weights = regressed_weights(points)
    print(
        "logistic regression:",
        ", ".join(f"{name} {weight:.2f}" for name, weight in weights._asdict().items()),
    )

    heads = (
        f"| cut-offs, chosen for {budget:.0%} | ms | ms at {budget:.0%} | less than silence "
        for budget in STATED
    )
    print(f"\n| {''.join(heads)}|\n|---{'|--:' * 4 * len(STATED)}|")
    print(*compare((points.where(first), points.where(~first))), sep="\n")

    source = POLICY_FILE.read_text(encoding="utf-8")
    present = policies_in(source)
    tables = fit_policies(points, present)
    print("\n| policy | cut-offs | ms | calls: ms if over | within 400 ms | ms if not | 1,500 or more |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    print(
        *judged_policies(
            points, calls, {f"{name} in policy.ts": table for name, (_, table) in present.items()}
        ),
        sep="\n",
    )
    print(
        *judged_policies(points, calls, {f"{name}, fitted": table for name, table in tables.items()}),
        sep="\n",
    )
    print(f"\n{with_tables(source, tables)}")


if __name__ == "__main__":
    main()
