#!/usr/bin/env bash
# The recipe of turnwise-en 0.12: eighty minutes on two CPU cores with AMX. From legs/counted.zip, two legs from 0.11 that were not
# released (runs/counted.sh): more than half of all there is, written and mined; then the hard files, those with dictation and
# stops, and twice the fourteen that are new; 0.7 of that and 0.3 of 0.11.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=2ad00fd  # the commit that holds turnwise-en 0.11
corpora=(a97b61e 7aa8745) # the commits that hold each leg's corpus

uv sync --group base
rm -rf work/released work/corpus-12-1 work/corpus-12-2 work/corpus-12
mkdir -p work/released work/corpus-12-1 work/corpus-12-2 work/corpus-12
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "${corpora[0]}" training/corpus | tar -x --strip-components=2 -C work/corpus-12-1
git -C .. archive "${corpora[1]}" training/corpus | tar -x --strip-components=2 -C work/corpus-12
while read -r file; do cp "work/corpus-12/${file#again-}" "work/corpus-12-2/$file"; done < runs/en-0.12-2.files
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.11-released/model
uv run python -m turnwise_training.leg_file read work/released/models/en legs/counted.zip --out work/counted-leg/export
uv run python -m turnwise_training.import_fused work/counted-leg/export --out work/counted-leg/model
for leg in 1 2; do
  uv run python -m turnwise_training.train "runs/en-0.12-$leg.json" --out "work/en-0.12-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-12-$leg" --resume
done
uv run python -m turnwise_training.average work/en-0.12-2/model work/en-0.11-released/model --shares 0.7 0.3 --out work/en-0.12/model
cp work/en-0.12-2/run.json work/en-0.12/
uv run python -m turnwise_training.export work/en-0.12 --version 0.12.0 --temperature 1.1 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
