#!/usr/bin/env bash
# One leg that was not released (docs/log.md), seventy minutes on two CPU cores without AMX: from the released weights of 0.10, the
# hard conversations and those of bare stops and of people who take the floor, twice each, beside others of stops and words over
# the agent, single requests and windows of meetings; and 0.3 of 0.10 with 0.7 of it. legs/stops.zip has the leg.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=22e0318 # the commit that holds turnwise-en 0.10
corpus=7364f44   # the commit that holds the corpus

uv sync --group base
rm -rf work/released work/corpus-stops work/corpus-all
mkdir -p work/released work/corpus-stops work/corpus-all
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-all
while read -r file; do cp "work/corpus-all/${file#again-}" "work/corpus-stops/$file"; done < runs/stops.files
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.10-released/model
uv run python -m turnwise_training.train runs/stops.json --out work/stops-leg --data-dir "$data_dir" --corpus work/corpus-stops --resume
uv run python -m turnwise_training.export work/stops-leg --version 0.10.1 --temperature 1.4 --out work/stops-leg/export --published work/stops-leg/published --data-dir "$data_dir"
uv run python -m turnwise_training.leg_file write work/released/models/en work/stops-leg/export legs/stops.zip
uv run python -m turnwise_training.average work/en-0.10-released/model work/stops-leg/model --shares 0.3 0.7 --out work/stops/model
cp work/stops-leg/run.json work/stops/
uv run python -m turnwise_training.export work/stops --version 0.10.2 --temperature 1.4 --out work/stops/export --published work/stops/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate work/stops/export --compare work/stops/published --data-dir "$data_dir"
