#!/usr/bin/env bash
# The recipe of turnwise-en 0.14: seventy minutes on two CPU cores without AMX, from 0.13. The hard files and the older ones about waits,
# stops, listeners, first lines and counts with mined talk (a third); then eight new files twice, seventy-six others and who speaks next
# after a sentence; half of the second leg and a quarter each of the first and of 0.13.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=676d956  # the commit that holds turnwise-en 0.13
corpora=(676d956 afcd762) # the commits that hold each leg's corpus

uv sync --group base
rm -rf work/released work/corpus-14*
mkdir -p work/released
git -C .. archive "$released" models/en | tar -x -C work/released
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.13-released/model
for leg in 1 2; do
  mkdir -p work/corpus-14 "work/corpus-14-$leg"
  git -C .. archive "${corpora[leg - 1]}" training/corpus | tar -x --strip-components=2 -C work/corpus-14
  while read -r file; do cp "work/corpus-14/${file#again-}" "work/corpus-14-$leg/$file"; done < "runs/en-0.14-$leg.files"
  uv run python -m turnwise_training.train "runs/en-0.14-$leg.json" --out "work/en-0.14-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-14-$leg" --resume
done
uv run python -m turnwise_training.average work/en-0.14-2/model work/en-0.14-1/model work/en-0.13-released/model \
  --shares 0.5 0.25 0.25 --out work/en-0.14/model
cp work/en-0.14-2/run.json work/en-0.14/
uv run python -m turnwise_training.export work/en-0.14 --version 0.14.0 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.calibrate ../models/en --write --limit 4000 --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
