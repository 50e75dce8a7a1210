"""Writes four-class/test.parquet (packages/bench/benchmark) from cases.jsonl, in the published columns.

    uv run python scripts/write_benchmark.py

`action` counts the published class order, 0-3; `conversation` is the prompt without its trigger.
`expect` stays a text, as readers of the published columns know it; `expect_length` stands beside it.
"""

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from turnwise_training.actions import ACTIONS
from turnwise_training.overlap import BENCHMARK
from turnwise_training.prompt import Message

MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("messages", pa.list_(MESSAGE)),
        ("conversation", pa.string()),
        ("action", pa.int64()),
        ("original_label", pa.string()),
        ("num_turns", pa.int32()),
        # ours, after the published ones
        ("group", pa.string()),
        ("pair", pa.string()),
        ("domain", pa.string()),
        ("expect", pa.string()),
        ("expect_length", pa.int32()),
    ]
)


def chatml(messages: list[Message]) -> str:
    """The text that `PromptTokenizer.prompt` encodes, without the trigger."""
    return "".join(
        f"<|im_start|>{message['role']}\n{message['content'].strip()}<|im_end|>\n" for message in messages
    )


def row(case: dict) -> dict:
    expect = case.get("expect")
    kind, length = (expect["kind"], expect["length"]) if isinstance(expect, dict) else (expect, None)
    return {
        "id": case["id"],
        "source": "turnwise-four-class",
        "messages": case["messages"],
        "conversation": chatml(case["messages"]),
        "action": ACTIONS.index(case["action"]),
        "original_label": case["action"],
        "num_turns": len(case["messages"]),
        "group": case["group"],
        "pair": case.get("pair"),
        "domain": case["domain"],
        "expect": kind,
        "expect_length": length,
    }


def main() -> None:
    cases = [json.loads(line) for line in BENCHMARK.read_text(encoding="utf-8").splitlines()]
    path = BENCHMARK.with_name("test.parquet")
    pq.write_table(pa.Table.from_pylist([row(case) for case in cases], SCHEMA), path)
    print(f"{path}: {len(cases)} rows")


if __name__ == "__main__":
    main()
