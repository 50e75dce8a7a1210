#!/usr/bin/env bash
# The recipe of turnwise-en 0.1: about three hours on two CPU cores, minutes on a GPU.
# The shipped weights came from the same steps while the corpus was still growing: docs/log.md.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}

uv sync --group base
uv run python -m turnwise_training.corpus
uv run python -m turnwise_training.train runs/en-0.1-1.json --out work/en-0.1-1 --data-dir "$data_dir" --resume
uv run python -m turnwise_training.train runs/en-0.1-2.json --out work/en-0.1 --data-dir "$data_dir" --resume
uv run python -m turnwise_training.calibrate work/en-0.1/model --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/en-0.1/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.1 --out ../models/en --published work/published --data-dir "$data_dir"
