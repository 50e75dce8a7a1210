"""A trained run to the two forms that others use, and the check that they agree with PyTorch.

    python -m turnwise_training.export work/run --out ../models/en --published work/published

Needs the model that `train` left in RUN/model. Writes the fused form with its turnwise.json to --out
and the published form (PyTorch and ONNX) to --published; what else these hold, a card or a licence, stays.
Where the forms differ too much it exits with 1: both are as they were, and the new files in OUT.part and
PUBLISHED.part.
"""

import argparse
import json
import shutil
from contextlib import nullcontext
from pathlib import Path

import torch

from .check_export import check_export, exit_where_broken
from .export_folder import prepare_decoder, write_fused, write_published
from .fake_int8 import rounded_weights
from .model import BASE, BASE_LICENSE, load_model

NAME = "turnwise-en"


def describe_training(run: Path) -> dict[str, dict]:
    """The run's configuration and the last line of its log."""
    training: dict[str, dict] = {"run": json.loads((run / "run.json").read_text(encoding="utf-8"))}
    log = run / "log.jsonl"
    if log.exists():
        training["result"] = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    return training


def part_of(folder: Path) -> Path:
    """An empty folder beside it, for files that are not checked yet. A leftover of an export before goes."""
    whole = folder.resolve()
    part = whole.with_name(f"{whole.name}.part")
    if part.exists():
        shutil.rmtree(part)
    part.mkdir(parents=True)
    return part


def move_into_place(part: Path, folder: Path) -> None:
    """File by file over those of the folder. Of a graph that is replaced the data files go too."""
    paths = [path for path in sorted(part.rglob("*")) if path.is_file()]
    for path in paths:
        place = folder / path.relative_to(part)
        place.parent.mkdir(parents=True, exist_ok=True)
        for stale in place.parent.glob(f"{place.name}.data*"):
            stale.unlink()
    for path in paths:
        place = folder / path.relative_to(part)
        path.replace(place)
        print(f"{place.stat().st_size:>12,} bytes  {place}")
    shutil.rmtree(part)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path, help="folder that `train` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder of the fused form")
    parser.add_argument("--published", type=Path, required=True, help="folder of the published form")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument(
        "--temperature", type=float, default=1.0, help="divides the logits; `calibrate --write` sets it after"
    )
    parser.add_argument(
        "--data-dir", type=Path, default=Path("../../shared/data"), help="for the check on TEN"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)

    model, tokenizer = load_model(arguments.run / "model")
    training = describe_training(arguments.run)
    about = {
        "name": NAME,
        "version": arguments.version,
        "license": BASE_LICENSE,
        "baseModel": BASE,
        "calibration": {"temperature": arguments.temperature},
        "training": training,
    }
    # A run that trained with rounded weights ships those, in fp32 too: the exact ones were never asked.
    rounded = bool(training["run"].get("int8"))
    fused, published = part_of(arguments.out), part_of(arguments.published)
    with rounded_weights(model) if rounded else nullcontext():
        decoder = prepare_decoder(model, tokenizer, rounded)
        write_published(model, decoder, tokenizer, published)
        write_fused(model, decoder, tokenizer, fused, about)
    exit_where_broken(check_export(fused, published, arguments.data_dir))
    move_into_place(published, arguments.published)
    move_into_place(fused, arguments.out)


if __name__ == "__main__":
    main()
