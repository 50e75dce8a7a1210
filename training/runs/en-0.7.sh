#!/usr/bin/env bash
# The recipe of turnwise-en 0.7: about an hour and three quarters on one CPU core with AMX. It goes on from the released
# weights of 0.6, on the whole corpus as it was then, and on the whole of it with the files that are new, twice.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=eee9a15 # the commit that holds turnwise-en 0.6
first=eee9a15    # the commit that holds the corpus of the first leg
second=4a9cbfa    # and of the second

uv sync --group base
rm -rf work/released work/corpus-1 work/corpus-2
mkdir -p work/released work/corpus-1 work/corpus-2
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$first" training/corpus | tar -x --strip-components=2 -C work/corpus-1
git -C .. archive "$second" training/corpus | tar -x --strip-components=2 -C work/corpus-2
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.6/model
for leg in 1 2; do
  uv run python -m turnwise_training.train "runs/en-0.7-$leg.json" --out "work/en-0.7-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-$leg" --resume
done
uv run python -m turnwise_training.calibrate work/en-0.7-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.7-2 --version 0.7.0 --temperature 1.4 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
