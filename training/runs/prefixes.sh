#!/usr/bin/env bash
# Whether it helps to ask the base which mined prefixes are complete by chance: the lowest sixteen layers, taught twice by eight
# authored files and 2,400 single requests, once with the prefixes that the base finds complete left out, once with every one
# taught as incomplete. Twenty minutes on two CPU cores; docs/log.md has what came of it.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
corpus=2d90374 # the commit that holds the corpus

uv sync --group base
rm -rf work/prefixes
mkdir -p work/prefixes/corpus
for file in airline agreement-or-objection backchannels-short-and-long bakery bank-cards hotel small-reactions stop-speaking-agent; do
  git -C .. show "$corpus:training/corpus/$file.txt" > "work/prefixes/corpus/$file.txt"
done
for below in 0.04 1; do
  run=work/prefixes/$below
  mkdir -p "$run"
  sed "s/\"incomplete_below\": 0.04/\"incomplete_below\": $below/" runs/prefixes.json > "$run/run.in.json"
  uv run python -m turnwise_training.train "$run/run.in.json" --out "$run" --data-dir "$data_dir" --corpus work/prefixes/corpus
  uv run python runs/prefixes.py "$run/model" --data-dir "$data_dir"
done
