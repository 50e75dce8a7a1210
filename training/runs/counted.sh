#!/usr/bin/env bash
# Two legs that were not released (docs/log.md), a hundred minutes on two CPU cores with AVX-512 and no fast bf16, from the weights of
# 0.11: the first on examples that keep each answer's question, the second with counted words. They came about less neatly: the first
# was broken off after 216 of 615 steps and had no counts yet, and twelve of the second's files, written while it ran, were put
# into what was left of its plan after 142 and 205 of its 460 steps, of which 422 were run. So this makes weights like those.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=2ad00fd # the commit that holds turnwise-en 0.11
corpus=2d90374   # the commit that holds the corpus

uv sync --group base
rm -rf work/released work/corpus-counted work/corpus-counted-1 work/corpus-counted-2
mkdir -p work/released work/corpus-counted work/corpus-counted-1 work/corpus-counted-2
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-counted
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.11-released/model
for leg in 1 2; do
  while read -r file; do cp "work/corpus-counted/$file" "work/corpus-counted-$leg/"; done < "runs/counted-$leg.files"
  uv run python -m turnwise_training.train "runs/counted-$leg.json" --out "work/counted-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-counted-$leg" --resume
done
uv run python -m turnwise_training.export work/counted-2 --version 0.11.3 --temperature 1.2 --out work/counted/export --published work/counted/published --data-dir "$data_dir"
