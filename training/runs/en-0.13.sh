#!/usr/bin/env bash
# The recipe of turnwise-en 0.13: seventy minutes on two CPU cores without AMX, from 0.12, asked with asked counts. The hard files,
# those with dictation and sixty others, then what is new once more with the files that count and twenty others; 0.55 of the second
# leg, 0.25 of the first and 0.2 of 0.12.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=4f7ab26  # the commit that holds turnwise-en 0.12
corpora=(96dc91a 3a4d049) # the commits that hold each leg's corpus

uv sync --group base
rm -rf work/released work/corpus-13*
mkdir -p work/released
git -C .. archive "$released" models/en | tar -x -C work/released
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.12-released/model
for leg in 1 2; do
  mkdir -p work/corpus-13 "work/corpus-13-$leg"
  git -C .. archive "${corpora[leg - 1]}" training/corpus | tar -x --strip-components=2 -C work/corpus-13
  while read -r file; do cp "work/corpus-13/${file#again-}" "work/corpus-13-$leg/$file"; done < "runs/en-0.13-$leg.files"
  uv run python -m turnwise_training.train "runs/en-0.13-$leg.json" --out "work/en-0.13-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-13-$leg" --resume
done
uv run python -m turnwise_training.average work/en-0.13-2/model work/en-0.13-1/model work/en-0.12-released/model \
  --shares 0.55 0.25 0.2 --out work/en-0.13/model
cp work/en-0.13-2/run.json work/en-0.13/
uv run python -m turnwise_training.export work/en-0.13 --version 0.13.0 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.calibrate ../models/en --write --limit 4000 --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
