"""Milliseconds of exported graphs on this machine, random weights of our shape beside the published way's.

    uv run python scripts/measure_latency.py work/baseline.onnx --layers 30 16 12 [--threads 2] [--rounds 30]

All graphs take turns in one process, so that they meet the same noise. Every load and peak of memory is
taken in a process of its own (Linux only).
"""

import argparse
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from turnwise_training.export_files import save_onnx
from turnwise_training.export_fused import build_fused
from turnwise_training.onnx_runner import OnnxRunner, Past
from turnwise_training.prompt import MAX_TOKENS
from turnwise_training.random_decoder import SMOLLM2_135M, random_decoder

FRESH_TOKENS, CACHED_TOKENS, NEW_TOKENS = 28, 50, 4
ACTION_IDS = [49_152, 49_153, 49_154, 49_155]
MEASURE_LOAD = """
import re, sys, time
from pathlib import Path
from turnwise_training.onnx_runner import OnnxRunner
start = time.perf_counter()
runner = OnnxRunner(Path(sys.argv[1]), int(sys.argv[2]))
runner.run([[1, 2, 3]])
seconds = time.perf_counter() - start
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
print(f"load and first answer {seconds:.2f} s, peak memory {peak // 1024} MB")
"""


def timed(runner: OnnxRunner, tokens: list[int], past: Past | None) -> float:
    start = time.perf_counter()
    runner.run([tokens], past)
    return 1000 * (time.perf_counter() - start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("baseline", type=Path, help="from make_baseline.py")
    parser.add_argument("--layers", type=int, nargs="+", default=[30, 16, 12])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--work", type=Path, default=Path("work/latency"))
    arguments = parser.parse_args()

    paths = {"published way": arguments.baseline}
    for layers in arguments.layers:
        path = arguments.work / f"{layers}" / "model.onnx"
        if not path.exists():
            decoder = random_decoder(replace(SMOLLM2_135M, layers=layers))
            save_onnx(build_fused(decoder, ACTION_IDS, MAX_TOKENS), path)
        paths[f"fused, {layers} layers"] = path
    for name, path in paths.items():
        size = sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
        command = [sys.executable, "-c", MEASURE_LOAD, str(path.resolve()), str(arguments.threads)]
        load = subprocess.run(
            command, cwd=Path(__file__).parents[1], check=True, capture_output=True, text=True
        )
        print(f"{name:18} {size / 1e6:6.1f} MB, {load.stdout.strip()}")

    generator = random.Random(0)
    fresh, cached, new = (
        [generator.randrange(10, 40_000) for _ in range(count)]
        for count in (FRESH_TOKENS, CACHED_TOKENS, NEW_TOKENS)
    )
    runners = {name: OnnxRunner(path, arguments.threads) for name, path in paths.items()}
    pasts = {name: runner.run([cached])[1] for name, runner in runners.items()}
    milliseconds: dict[str, list[tuple[float, float]]] = {name: [] for name in runners}
    for _ in range(arguments.rounds):
        for name, runner in runners.items():
            milliseconds[name].append((timed(runner, fresh, None), timed(runner, new, pasts[name])))
    columns = f"{FRESH_TOKENS} fresh tokens | {NEW_TOKENS} new after {CACHED_TOKENS}"
    print(f"\n{arguments.threads} threads, median (best) ms: {columns}; ratio of medians (of bests)")
    base = np.array(milliseconds["published way"])
    for name, rows in milliseconds.items():
        found = np.array(rows)
        median, best = np.median(found, axis=0), found.min(axis=0)
        ratios, best_ratios = np.median(base, axis=0) / median, base.min(axis=0) / best
        cells = [
            f"{median[i]:6.1f} ({best[i]:5.1f})  x{ratios[i]:4.1f} (x{best_ratios[i]:4.1f})"
            for i in range(len(median))
        ]
        print(f"{name:18} {' | '.join(cells)}")


if __name__ == "__main__":
    main()
