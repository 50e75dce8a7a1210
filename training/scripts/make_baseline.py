"""Writes what speed is compared with: random weights of the Qwen2.5-0.5B shape, quantised the published way.

    uv run python scripts/make_baseline.py work/baseline.onnx

The published way is a graph of standard operators through ONNX Runtime's own `quantize_dynamic`, with the
full logits: the tied embedding is quantised where it is looked up, so that every call makes floats of the
whole output head. `--own` writes the same model through our own exporter instead, whose head stays int8: a
stricter comparison than what is published. Latency does not depend on the weights. Needs 5 GB of memory.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from onnxruntime.quantization import QuantType, quantize_dynamic

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from turnwise_training.export_files import save_onnx
from turnwise_training.export_folder import ONE_FILE_BYTES
from turnwise_training.export_published import build_published
from turnwise_training.random_decoder import QWEN2_5_500M, random_decoder

FLOAT_FILE_BYTES = 1_000_000_000
"""Of the graph before it is quantised, which is split into such files."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--own", action="store_true")
    arguments = parser.parse_args()
    decoder = random_decoder(QWEN2_5_500M)
    if arguments.own:
        save_onnx(build_published(decoder), arguments.out, ONE_FILE_BYTES)
    else:
        arguments.out.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=arguments.out.parent) as folder:
            floats = Path(folder) / "float.onnx"
            save_onnx(build_published(decoder, int8=False), floats, FLOAT_FILE_BYTES)
            quantize_dynamic(floats, arguments.out, weight_type=QuantType.QInt8)
    print(f"{arguments.out.stat().st_size:>12,} bytes  {arguments.out}")


if __name__ == "__main__":
    main()
