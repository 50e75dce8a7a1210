"""Made meetings as files: which of them teach, and how they are written."""

import gzip
import json
from pathlib import Path

from turnwise_training.mined_sources import is_policy_meeting, is_test_meeting, teaches

NAMES = [f"meeting{number}" for number in range(100)]
ONE_OF_EACH = [next(filter(kind, NAMES)) for kind in (teaches, is_test_meeting, is_policy_meeting)]


def write(folder: Path, name: str, rows: list[dict]) -> None:
    with gzip.open(folder / f"{name}.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
