#!/usr/bin/env bash
# Two legs that were not released (docs/log.md), an hour and a half on two CPU cores without AMX: from the released weights of 0.10, all
# silences of the meetings that teach and a fifth of the corpus, then the corpus files that are new since 0.10 and some
# others; and the mean of 0.10 and the second leg. They were made when holds below 400 ms were no points yet.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=22e0318 # the commit that holds turnwise-en 0.10 and the corpus of the first leg
corpus=6a080a3   # the commit that holds the corpus of the second

uv sync --group base
rm -rf work/released work/corpus-1 work/corpus-2
mkdir -p work/released work/corpus-1 work/corpus-2
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$released" training/corpus | tar -x --strip-components=2 -C work/corpus-1
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-2
for leg in 1 2; do
  (cd "work/corpus-$leg" && ls ./*.txt | cut -c3- | grep -vxFf "../../runs/windows-$leg.files" | xargs rm)
done
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.10-released/model
for leg in 1 2; do
  uv run python -m turnwise_training.train "runs/windows-$leg.json" --out "work/windows-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-$leg" --resume
done
uv run python -m turnwise_training.average work/en-0.10-released/model work/windows-2/model --out work/windows/model
cp work/windows-2/run.json work/windows/
uv run python -m turnwise_training.export work/windows --version 0.10.1 --temperature 1.4 --out work/windows/export --published work/windows/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/windows/export --compare work/windows/published --data-dir "$data_dir"
