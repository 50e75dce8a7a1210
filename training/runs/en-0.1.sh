#!/usr/bin/env bash
# The recipe of turnwise-en 0.1: about three hours on two CPU cores, minutes on a GPU.
# The shipped weights came from the same steps while the corpus was still growing (docs/log.md), so no commit holds theirs:
# this one is of the release.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
corpus=4a2f98d # the commit that holds turnwise-en 0.1 and its corpus

uv sync --group base
rm -rf work/corpus
mkdir -p work/corpus
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus
uv run python -m turnwise_training.train runs/en-0.1-1.json --out work/en-0.1-1 --data-dir "$data_dir" \
  --corpus work/corpus --resume
uv run python -m turnwise_training.train runs/en-0.1-2.json --out work/en-0.1 --data-dir "$data_dir" \
  --corpus work/corpus --resume
uv run python -m turnwise_training.calibrate work/en-0.1/model --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/en-0.1/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.1 --out ../models/en --published work/published --data-dir "$data_dir"
