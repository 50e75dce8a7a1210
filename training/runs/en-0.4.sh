#!/usr/bin/env bash
# The recipe of turnwise-en 0.4: about an hour and a half on one CPU core with AVX-512's bf16 products. It goes on from
# the released weights of 0.3, first on the corpus as it was then, then on what was added since and a quarter of the rest.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=4757069 # the commit that holds turnwise-en 0.3 and its corpus
added=f0302a8    # the commit that holds the files of the second leg

uv sync --group base
rm -rf work/released work/added work/corpus-2
mkdir -p work/released work/added work/corpus-2
git -C .. archive "$released" models/en training/corpus | tar -x -C work/released
git -C .. archive "$added" training/corpus | tar -x -C work/added
for file in $(git diff --name-only --relative --diff-filter=A "$released" "$added" -- corpus); do
  cp "work/added/training/$file" work/corpus-2/
done
for file in $(git ls-tree --name-only "$released" corpus/ | grep 'txt$' | awk 'NR % 4 == 1'); do
  cp "work/added/training/$file" work/corpus-2/
done
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.3/model
uv run python -m turnwise_training.train runs/en-0.4-1.json --out work/en-0.4-1 --data-dir "$data_dir" \
  --corpus work/released/training/corpus --resume
uv run python -m turnwise_training.train runs/en-0.4-2.json --out work/en-0.4-2 --data-dir "$data_dir" \
  --corpus work/corpus-2 --resume
uv run python -m turnwise_training.calibrate work/en-0.4-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.4-2 --version 0.4.0 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
