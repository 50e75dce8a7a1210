#!/usr/bin/env bash
# Three legs that were not released (docs/log.md), a hundred and five minutes on two CPU cores with AMX: from the released weights of 0.10,
# 10,400 conversations of the whole corpus as it was, the files new since 0.10 twice, single requests and windows of meetings; then
# the hard conversations twice beside some of the others and of the meetings; 0.2 of 0.10 with 0.8 of the second leg; and from there
# a third leg over requests to wait and words over the agent. What is near to the four-class test or the hard cases was not left out
# of the first leg.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=22e0318 # the commit that holds turnwise-en 0.10
corpus_1=00979f2 # the commit that holds the corpus of the first leg
corpus_2=28a78c3 # the commit that holds that of the second

uv sync --group base
rm -rf work/released work/corpus-1 work/corpus-2 work/corpus-2-all work/corpus-3
mkdir -p work/released work/corpus-1 work/corpus-2 work/corpus-2-all work/corpus-3
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus_1" training/corpus | tar -x --strip-components=2 -C work/corpus-1
git -C .. archive "$corpus_2" training/corpus | tar -x --strip-components=2 -C work/corpus-2-all
while read -r file; do cp "work/corpus-1/$file" "work/corpus-1/again-$file"; done < runs/hard-1.files
while read -r file; do
  cp "work/corpus-2-all/$file" work/corpus-2/
  if [[ $file == hard-* ]]; then cp "work/corpus-2-all/$file" "work/corpus-2/again-$file"; fi
done < runs/hard-2.files
xargs -I{} cp work/corpus-2-all/{} work/corpus-3/ < runs/hard-3.files
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.10-released/model
for leg in 1 2; do
  uv run python -m turnwise_training.train "runs/hard-$leg.json" --out "work/hard-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-$leg" --resume
done
uv run python -m turnwise_training.average work/en-0.10-released/model work/hard-2/model --shares 0.2 0.8 --out work/hard/model
cp work/hard-2/run.json work/hard/
uv run python -m turnwise_training.train runs/hard-3.json --out work/hard-3 --data-dir "$data_dir" --corpus work/corpus-3 --resume
uv run python -m turnwise_training.export work/hard --version 0.10.1 --temperature 1.4 --out work/hard/export --published work/hard/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/hard/export --compare work/hard/published --data-dir "$data_dir"
uv run python -m turnwise_training.export work/hard-3 --version 0.10.2 --temperature 1.4 --out work/hard-3/export --published work/hard-3/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/hard-3/export --compare work/hard-3/published --data-dir "$data_dir"
