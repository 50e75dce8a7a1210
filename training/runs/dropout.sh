#!/usr/bin/env bash
# An experiment that docs/log.md has the figures of, "dropout": from the released weights of 0.10 over half of the corpus
# again, with dropout, and the mean of both. Seventy-five minutes on two CPU cores without AMX. (The figures are of a run that
# went on from 0.10 as it was before its weights were rounded.)
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=1e15978 # the commit that holds turnwise-en 0.10
corpus=dfac673   # the commit that holds the corpus

uv sync --group base
rm -rf work/released work/corpus-dropout
mkdir -p work/released work/corpus-dropout
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-dropout
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.10-released/model
uv run python -m turnwise_training.train runs/dropout.json --out work/dropout-leg --data-dir "$data_dir" \
  --corpus work/corpus-dropout --resume
uv run python -m turnwise_training.average work/en-0.10-released/model work/dropout-leg/model --out work/dropout/model
cp work/dropout-leg/run.json work/dropout/
uv run python -m turnwise_training.export work/dropout --version 0.10.1 --temperature 1.4 --out work/dropout/export --published work/dropout/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/dropout/export --compare work/dropout/published --data-dir "$data_dir"
