#!/usr/bin/env bash
# The recipe of turnwise-en 0.10: forty minutes on two CPU cores without AMX. It goes on from the released weights of 0.9, once
# over the corpus files that are new since then, with talk of meetings for the yield output, and takes the mean of both.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=f6ff181 # the commit that holds turnwise-en 0.9
corpus=f844b05   # the commit that holds the corpus

uv sync --group base
rm -rf work/released work/corpus-10 work/corpus-10-new
mkdir -p work/released work/corpus-10 work/corpus-10-new
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-10
xargs -I{} cp work/corpus-10/{} work/corpus-10-new/ < runs/en-0.10.files
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.9/model
uv run python -m turnwise_training.train runs/en-0.10.json --out work/en-0.10-leg --data-dir "$data_dir" \
  --corpus work/corpus-10-new --resume
uv run python -m turnwise_training.average work/en-0.9/model work/en-0.10-leg/model --out work/en-0.10/model
cp work/en-0.10-leg/run.json work/en-0.10/
uv run python -m turnwise_training.calibrate work/en-0.10/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.10 --version 0.10.0 --temperature 1.4 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
