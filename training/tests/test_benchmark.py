"""The four-class test's parquet file says what its JSON lines say, in the published columns."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from turnwise_training.actions import ACTIONS
from turnwise_training.overlap import BENCHMARK
from turnwise_training.prompt import PromptTokenizer

PUBLISHED = ["id", "source", "messages", "conversation", "action", "original_label", "num_turns"]
PUBLISHED_CLASSES = ("start_speaking", "continue_listening", "start_listening", "continue_speaking")


@pytest.fixture(scope="module")
def table() -> pa.Table:
    return pq.read_table(BENCHMARK.with_name("test.parquet"))


def test_columns_are_the_published_ones_and_ours(table: pa.Table):
    assert table.column_names == [*PUBLISHED, "group", "pair", "domain", "expect", "expect_length"]
    assert [table.schema.field(name).type for name in ("action", "num_turns")] == [pa.int64(), pa.int32()]
    assert ACTIONS == PUBLISHED_CLASSES


def test_rows_equal_the_json_lines(table: pa.Table, tokenizer: PromptTokenizer):
    cases = [json.loads(line) for line in BENCHMARK.read_text(encoding="utf-8").splitlines()]
    rows = table.to_pylist()
    assert len(rows) == len(cases) == 455
    for row, case in zip(rows, cases, strict=True):
        prompt = tokenizer.tokenizer.encode(row.pop("conversation"), add_special_tokens=False)
        assert [*prompt, tokenizer.trigger] == tokenizer.prompt(case["messages"]), case["id"]
        assert PUBLISHED_CLASSES[row.pop("action")] == row.pop("original_label") == case.pop("action")
        assert row.pop("num_turns") == len(case["messages"])
        assert row.pop("source") == "turnwise-four-class"
        kind, length = row.pop("expect"), row.pop("expect_length")
        expect = kind if length is None else {"kind": kind, "length": length}
        assert case.pop("expect", None) == expect, case["id"]
        assert row == {"pair": None, **case}


def test_expectations_follow_a_question_of_a_silent_agent(table: pa.Table):
    rows = [row for row in table.to_pylist() if row["expect"] is not None]
    assert len(rows) == 97
    for row in rows:
        assert row["original_label"] in ("start_speaking", "continue_listening"), row["id"]
        assert row["num_turns"] >= 2, row["id"]


def test_lengths_are_of_codes(table: pa.Table):
    rows = [row for row in table.to_pylist() if row["expect_length"] is not None]
    assert len(rows) == 18
    assert {row["expect"] for row in rows} == {"code"}
    assert all(1 <= row["expect_length"] <= 64 for row in rows)
