#!/usr/bin/env bash
# The recipe of turnwise-en 0.9: about an hour and a half on two CPU cores with AMX. It puts the base's next eight layers on
# the released weights of 0.8, and trains them all: on the corpus of 0.8, then on half of that and on what is new since
# then, twice.
set -euo pipefail
cd "$(dirname "$0")/.."
data_dir=${1:-../../shared/data}
released=de5e936 # the commit that holds turnwise-en 0.8 and the corpus of the first leg
corpus=2997ebc   # the commit that holds the corpus of the second

uv sync --group base
rm -rf work/released work/corpus-1 work/corpus-2
mkdir -p work/released work/corpus-1 work/corpus-2
git -C .. archive "$released" models/en | tar -x -C work/released
git -C .. archive "$released" training/corpus | tar -x --strip-components=2 -C work/corpus-1
git -C .. archive "$corpus" training/corpus | tar -x --strip-components=2 -C work/corpus-2
(cd work/corpus-1 && ls ./*.txt | cut -c3- | grep -vxFf ../../runs/en-0.9-2.files | sed 's,^,../corpus-2/,' | xargs rm)
git -C .. diff --name-only --diff-filter=A "$released" "$corpus" -- 'training/corpus/*.txt' | sed 's,.*/,,' | while read -r file; do
  cp "work/corpus-2/$file" "work/corpus-2/again-$file"
done
uv run python -m turnwise_training.import_fused work/released/models/en --out work/en-0.8/model
uv run python -m turnwise_training.train runs/en-0.9-1.json --out work/en-0.9-1 --data-dir "$data_dir" \
  --corpus work/corpus-1 --resume
uv run python -m turnwise_training.train runs/en-0.9-2.json --out work/en-0.9-2 --data-dir "$data_dir" \
  --corpus work/corpus-2 --resume
uv run python -m turnwise_training.calibrate work/en-0.9-2/model --data-dir "$data_dir"
uv run python -m turnwise_training.export work/en-0.9-2 --version 0.9.0 --temperature 1.4 --out ../models/en --published work/published --data-dir "$data_dir"
uv run python -m turnwise_training.evaluate ../models/en --compare work/published --data-dir "$data_dir"
