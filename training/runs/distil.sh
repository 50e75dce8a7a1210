#!/usr/bin/env bash
# What a smaller model gets from the shipped one: the lowest 20, 16 and 12 layers of turnwise-en 0.10, taught by its answers
# on the 800 conversations of runs/depth.sh. Half an hour on two CPU cores without AMX; docs/log.md has the figures.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=1e15978 # the commit that holds turnwise-en 0.10
corpus=f8357ae   # the commit that holds the corpus, as of runs/depth.sh

uv sync --group base
rm -rf work/released work/distil
mkdir -p work/released work/distil/corpus
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/distil/corpus
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.10-released/model
for layers in 20 16 12; do
  run=work/distil/$layers
  mkdir -p "$run"
  sed "s/\"layers\": 16/\"layers\": $layers/" runs/distil.json > "$run/run.in.json"
  uv run python -m turnwise_training.train "$run/run.in.json" --out "$run" --data-dir "$data_dir" --corpus work/distil/corpus
done
