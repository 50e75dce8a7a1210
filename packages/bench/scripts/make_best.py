"""Writes what `turnwise bench latency --own` runs: random weights of the Qwen2.5-0.5B shape through our own
fused exporter, int8, with the four rows of the output head that count and a cache that can be kept.

    cd training && uv run python ../packages/bench/scripts/make_best.py work/best/model.onnx

It is the published shape at its best: what our exporter gives, apart from what a smaller model gives. What is
published is made by training/scripts/make_baseline.py. Needs 6 GB of memory.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from turnwise_training.export_files import save_onnx
from turnwise_training.export_folder import ONE_FILE_BYTES
from turnwise_training.export_fused import build_fused
from turnwise_training.prompt import MAX_TOKENS
from turnwise_training.random_decoder import QWEN2_5_500M, random_decoder

ACTIONS = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    rows = list(range(QWEN2_5_500M.vocabulary - ACTIONS, QWEN2_5_500M.vocabulary))
    graph = build_fused(random_decoder(QWEN2_5_500M), rows, MAX_TOKENS)
    for path in save_onnx(graph, arguments.out, ONE_FILE_BYTES):
        print(f"{path.stat().st_size:>12,} bytes  {path}")


if __name__ == "__main__":
    main()
