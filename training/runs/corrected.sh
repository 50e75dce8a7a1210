#!/usr/bin/env bash
# Two legs that were not released (docs/log.md), an hour and a half on two CPU cores with AMX: from the released weights of 0.10, all
# silences of the meetings that teach, half of the corpus and the files that were new; then the files in which labels were
# put right; and 0.3 of 0.10 with 0.7 of the second leg. In the first, holds below 400 ms were no points yet.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=22e0318 # the commit that holds turnwise-en 0.10
corpus=6a080a3   # the commit that holds the corpus of the first leg
corrected=5f891f7 # the commit that holds that of the second

uv sync --group base
rm -rf work/released work/corpus-1 work/corpus-2
mkdir -p work/released work/corpus-1 work/corpus-2
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-1
git -C .. archive "$corrected" training/corpus | tar -x --strip-components=2 -C work/corpus-2
for leg in 1 2; do
  (cd "work/corpus-$leg" && ls ./*.txt | cut -c3- | grep -vxFf "../../runs/corrected-$leg.files" | xargs rm)
done
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.10-released/model
for leg in 1 2; do
  uv run python -m turnwise_training.train "runs/corrected-$leg.json" --out "work/corrected-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-$leg" --resume
done
uv run python -m turnwise_training.average work/en-0.10-released/model work/corrected-2/model --shares 0.3 0.7 \
  --out work/corrected/model
cp work/corrected-2/run.json work/corrected/
uv run python -m turnwise_training.export work/corrected --version 0.10.1 --temperature 1.4 --out work/corrected/export --published work/corrected/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/corrected/export --compare work/corrected/published --data-dir "$data_dir"
