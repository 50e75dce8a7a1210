#!/usr/bin/env bash
# How much depth is worth: the base's lowest 30 (all), 24, 20, 16 and 12 layers, each taught by the same 800 conversations, and
# the time and size of each graph. An hour on one CPU core with AMX; docs/log.md has what was measured so far.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
corpus=f8357ae # the commit that holds the corpus

uv sync --group base
rm -rf work/depth
mkdir -p work/depth/corpus
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/depth/corpus
for layers in 30 24 20 16 12; do
  run=work/depth/$layers
  mkdir -p "$run"
  sed "s/\"layers\": 16/\"layers\": $layers/" runs/depth.json > "$run/run.in.json"
  uv run python -m turnwise_training.train "$run/run.in.json" --out "$run" --data-dir "$data_dir" --corpus work/depth/corpus
  uv run python -m turnwise_training.export "$run" --version "0.0.$layers" --out "$run/shipped" \
    --published "$run/published" --data-dir "$data_dir"
  (cd .. && npx turnwise bench latency --model "training/$run/shipped" --out "training/$run/latency.json")
done
