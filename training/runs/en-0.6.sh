#!/usr/bin/env bash
# The recipe of turnwise-en 0.6: about an hour and a quarter on one CPU core with AMX. It goes on from the released
# weights of 0.5, first on the whole corpus as it was then, then on the files that are new and some others.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=a143337 # the commit that holds turnwise-en 0.5
first=f5ee67a    # the commit that holds the corpus of the first leg
second=f952c87   # and of the second

uv sync --group base
rm -rf work/released work/corpus-1 work/corpus-2
mkdir -p work/released work/corpus-1 work/corpus-2
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$first" training/corpus | tar -x --strip-components=2 -C work/corpus-1
git -C .. archive "$second" training/corpus | tar -x --strip-components=2 -C work/corpus-2
(cd work/corpus-2 && ls ./*.txt | cut -c3- | grep -vxFf ../../runs/en-0.6-2.files | xargs rm)
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.5/model
uv run python -m turnwise_training.train runs/en-0.6-1.json --out work/en-0.6-1 --data-dir "$data_dir" \
  --corpus work/corpus-1 --resume
uv run python -m turnwise_training.train runs/en-0.6-2.json --out work/en-0.6-2 --data-dir "$data_dir" \
  --corpus work/corpus-2 --resume
uv run python -m turnwise_training.calibrate work/en-0.6-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.6-2 --version 0.6.0 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
