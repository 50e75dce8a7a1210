#!/usr/bin/env bash
# The recipe of turnwise-en 0.3: about an hour on two CPU cores with AMX, three times as long without. It goes on from
# the released weights of 0.2.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=28921a1 # the commit that holds turnwise-en 0.2
corpus=2065bb5   # the commit that holds turnwise-en 0.3 and its corpus

uv sync --group base
rm -rf work/released work/corpus
mkdir -p work/released work/corpus
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.2/model
uv run python -m turnwise_training.train runs/en-0.3-1.json --out work/en-0.3-1 --data-dir "$data_dir" \
  --corpus work/corpus --resume
uv run python -m turnwise_training.train runs/en-0.3-2.json --out work/en-0.3-2 --data-dir "$data_dir" \
  --corpus work/corpus --resume
uv run python -m turnwise_training.calibrate work/en-0.3-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.3-2 --version 0.3.0 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
