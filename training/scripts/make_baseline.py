"""Writes what speed is compared with: random weights of the Qwen2.5-0.5B shape, exported and int8-quantised the
published way (full logits). Latency does not depend on the weights.

    uv run python scripts/make_baseline.py work/baseline.onnx
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from turnwise_training.export_files import save_onnx
from turnwise_training.export_published import build_published
from turnwise_training.random_decoder import QWEN2_5_500M, random_decoder


def main() -> None:
    path = Path(sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    files = save_onnx(build_published(random_decoder(QWEN2_5_500M)), path, largest_file_bytes=2_000_000_000)
    for file in files:
        print(f"{file.stat().st_size:>12,} bytes  {file}")


if __name__ == "__main__":
    main()
