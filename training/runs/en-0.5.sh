#!/usr/bin/env bash
# The recipe of turnwise-en 0.5: about an hour and three quarters on one CPU core with AMX. It goes on from the released
# weights of 0.4, first on the corpus as it was then, then on the files that are new or were read again, and some others.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=3ed61d5 # the commit that holds turnwise-en 0.4 and its corpus
read_again=6ee0dbb # the commit that holds the corpus of the second leg

uv sync --group base
rm -rf work/released work/read-again work/corpus-2
mkdir -p work/released work/read-again work/corpus-2
git -C .. archive "$released" models/en training/corpus | tar -x -C work/released
git -C .. archive "$read_again" training/corpus | tar -x -C work/read-again
while read -r file; do cp "work/read-again/training/corpus/$file" work/corpus-2/; done < runs/en-0.5-2.files
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.4/model
uv run python -m turnwise_training.train runs/en-0.5-1.json --out work/en-0.5-1 --data-dir "$data_dir" \
  --corpus work/released/training/corpus --resume
uv run python -m turnwise_training.train runs/en-0.5-2.json --out work/en-0.5-2 --data-dir "$data_dir" \
  --corpus work/corpus-2 --resume
uv run python -m turnwise_training.calibrate work/en-0.5-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.5-2 --version 0.5.0 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
