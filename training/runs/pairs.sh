#!/usr/bin/env bash
# Two legs that were not released (docs/log.md), 70 minutes on two CPU cores whose AVX-512 multiplies in bf16: from the released weights of 0.10,
# all silences of the meetings that teach beside the files of requests to wait and words over a speaking agent and those new
# since 0.10; then 29 files of new kinds of call; and 0.3 of 0.10 with 0.7 of the second leg.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=22e0318 # the commit that holds turnwise-en 0.10
corpus_1=09ebfa9 # the commit that holds the corpus of the first leg
corpus_2=19ff510 # the commit that holds that of the second

uv sync --group base
rm -rf work/released work/corpus-1 work/corpus-2
mkdir -p work/released work/corpus-1 work/corpus-2
git -C .. archive "$released" models/en | tar -x -C work/released
for leg in 1 2; do
  commit=corpus_$leg
  git -C .. archive "${!commit}" training/corpus | tar -x --strip-components=2 -C "work/corpus-$leg"
  (cd "work/corpus-$leg" && ls ./*.txt | cut -c3- | grep -vxFf "../../runs/pairs-$leg.files" | xargs rm)
done
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.10-released/model
for leg in 1 2; do
  uv run python -m turnwise_training.train "runs/pairs-$leg.json" --out "work/pairs-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-$leg" --resume
done
uv run python -m turnwise_training.average work/en-0.10-released/model work/pairs-2/model --shares 0.3 0.7 --out work/pairs/model
cp work/pairs-2/run.json work/pairs/
