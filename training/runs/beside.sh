#!/usr/bin/env bash
# Two legs that were not released (docs/log.md), 51 and some 40 minutes on two CPU cores without AVX-512: from the released weights
# of 0.11, mined talk among people beside hard files and files of stops, then the other hard files and 36 more. The first ran on the
# code of 5e62f29, before examples kept each answer's question.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=2ad00fd # the commit that holds turnwise-en 0.11
corpus=2053998   # the commit that holds the corpus

uv sync --group base
rm -rf work/released work/corpus-beside-1 work/corpus-beside-2 work/corpus-all
mkdir -p work/released work/corpus-beside-1 work/corpus-beside-2 work/corpus-all
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-all
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.11-released/model
for leg in 1 2; do
  while read -r file; do cp "work/corpus-all/$file" "work/corpus-beside-$leg/"; done < "runs/beside-$leg.files"
  uv run python -m turnwise_training.train "runs/beside-$leg.json" --out "work/beside-$leg" --data-dir "$data_dir" --corpus "work/corpus-beside-$leg" --resume
done
uv run python -m turnwise_training.export work/beside-2 --version 0.11.2 --temperature 1.2 --out work/beside-2/export --published work/beside-2/published --data-dir "$data_dir"
