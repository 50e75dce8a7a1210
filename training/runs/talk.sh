#!/usr/bin/env bash
# One leg that was not released (docs/log.md), twelve minutes on two CPU cores whose AVX-512 multiplies in bf16: from 0.11 (runs/en-0.11.sh),
# mined talk among people beside the files of stops and words over the agent and sixteen hard ones.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
corpus=2053998 # the commit that holds the corpus

uv sync --group base
rm -rf work/corpus-talk work/corpus-all
mkdir -p work/corpus-talk work/corpus-all
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-all
while read -r file; do cp "work/corpus-all/$file" work/corpus-talk/; done < runs/talk.files
uv run python -m turnwise_training.train runs/talk.json --out work/talk-leg --data-dir "$data_dir" --corpus work/corpus-talk --resume
uv run python -m turnwise_training.export work/talk-leg --version 0.11.1 --temperature 1.2 --out work/talk-leg/export --published work/talk-leg/published --data-dir "$data_dir"
