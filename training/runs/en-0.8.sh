#!/usr/bin/env bash
# The recipe of turnwise-en 0.8: about an hour on one CPU core with AMX. It goes on from the released weights of 0.7, once
# over the whole corpus, in which the files that are new since then stand twice.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=f8357ae # the commit that holds turnwise-en 0.7 and the corpus that it was trained on
corpus=8b87c14   # the commit that holds the corpus

uv sync --group base
rm -rf work/released work/corpus
mkdir -p work/released work/corpus
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus
git -C .. diff --name-only --diff-filter=A "$released" "$corpus" -- training/corpus | while read -r file; do
  cp "work/corpus/${file##*/}" "work/corpus/again-${file##*/}"
done
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.7-2/model
uv run python -m turnwise_training.train runs/en-0.8.json --out work/en-0.8 --data-dir "$data_dir" --corpus work/corpus --resume
uv run python -m turnwise_training.calibrate work/en-0.8/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.8 --version 0.8.0 --temperature 1.4 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
