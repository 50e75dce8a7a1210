#!/usr/bin/env bash
# The recipe of turnwise-en 0.2: about an hour and a half on two CPU cores. It goes on from the released weights of 0.1.
# The log says that the second leg had eight new files: the corpus of the first is the last commit without them.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=561311d # the commit that holds turnwise-en 0.1
first=544e529    # the commit that holds the corpus of the first leg
second=1f2c849   # and of the second, with turnwise-en 0.2

uv sync --group base
rm -rf work/released work/corpus-1 work/corpus-2
mkdir -p work/released work/corpus-1 work/corpus-2
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$first" training/corpus | tar -x --strip-components=2 -C work/corpus-1
git -C .. archive "$second" training/corpus | tar -x --strip-components=2 -C work/corpus-2
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.1/model
uv run python -m turnwise_training.train runs/en-0.2-1.json --out work/en-0.2-1 --data-dir "$data_dir" \
  --corpus work/corpus-1 --resume
uv run python -m turnwise_training.train runs/en-0.2-2.json --out work/en-0.2-2 --data-dir "$data_dir" \
  --corpus work/corpus-2 --resume
uv run python -m turnwise_training.calibrate work/en-0.2-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/en-0.2-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.2-2 --version 0.2.0 --out ../models/en --published work/published --data-dir "$data_dir"
