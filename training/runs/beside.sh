#!/usr/bin/env bash
# One leg that was not released (docs/log.md), 51 minutes on two CPU cores without AVX-512: from the released weights of 0.11, mined
# talk among people beside hard files and files of stops. It ran on the code of 5e62f29, before examples kept each answer's question.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=2ad00fd # the commit that holds turnwise-en 0.11
corpus=2053998   # the commit that holds the corpus

uv sync --group base
rm -rf work/released work/corpus-beside work/corpus-all
mkdir -p work/released work/corpus-beside work/corpus-all
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-all
while read -r file; do cp "work/corpus-all/$file" work/corpus-beside/; done < runs/beside.files
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.11-released/model
uv run python -m turnwise_training.train runs/beside.json --out work/beside --data-dir "$data_dir" --corpus work/corpus-beside --resume
uv run python -m turnwise_training.export work/beside --version 0.11.2 --temperature 1.2 --out work/beside/export --published work/beside/published --data-dir "$data_dir"
