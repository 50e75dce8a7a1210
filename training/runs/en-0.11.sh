#!/usr/bin/env bash
# The recipe of turnwise-en 0.11: ninety-five minutes on two CPU cores whose AVX-512 multiplies in bf16. From legs/stops.zip, a leg from
# 0.10 that was not released (runs/stops.sh): all silences of the meetings that teach beside 71 corpus files; then the 101 files of hard
# conversations and eight of stops twice, beside 265 others, single requests and a third of the meetings.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=22e0318 # the commit that holds turnwise-en 0.10
corpus=2053998   # the commit that holds the corpus

uv sync --group base
rm -rf work/released work/corpus-11 work/corpus-11-1 work/corpus-11-2
mkdir -p work/released work/corpus-11 work/corpus-11-1 work/corpus-11-2
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-11
for leg in 1 2; do
  while read -r file; do cp "work/corpus-11/${file#again-}" "work/corpus-11-$leg/$file"; done < "runs/en-0.11-$leg.files"
done
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.10-released/model
uv run python -m turnwise_training.leg_file read work/released/models/en legs/stops.zip --out work/stops-leg/export
uv run python -m turnwise_training.import_fused work/stops-leg/export --out work/stops-leg/model
for leg in 1 2; do
  uv run python -m turnwise_training.train "runs/en-0.11-$leg.json" --out "work/en-0.11-$leg" --data-dir "$data_dir" \
    --corpus "work/corpus-11-$leg" --resume
done
uv run python -m turnwise_training.calibrate work/en-0.11-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.11-2 --version 0.11.0 --temperature 1.2 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
