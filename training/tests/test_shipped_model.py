"""The published card's example through the shipped weights, by the published usages.

The weights come from models/en/model.onnx, written in the published form as `import_fused` and `export` do;
TypeScript asks the shipped file itself (packages/node/src/accuracy.test.ts).
"""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from conftest import MODEL
from test_export_published import CONVERSATION
from transformers import AutoModelForCausalLM, AutoTokenizer

from turnwise_training.export_folder import prepare_decoder, write_published
from turnwise_training.import_fused import load_fused
from turnwise_training.prompt import ACTION_TOKENS

LEAST = 0.95


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    model, tokenizer = load_fused(MODEL)
    write_published(model, prepare_decoder(model, tokenizer, rounded=True), tokenizer, folder)
    return folder


def start_speaking(logits: np.ndarray, folder: Path) -> float:
    """The probability of start_speaking from the logits of the whole vocabulary [vocabulary]."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    actions = torch.tensor(logits[[tokenizer.convert_tokens_to_ids(token) for token in ACTION_TOKENS]])
    return float(actions.softmax(-1)[0])


def test_published_pytorch_usage(published: Path):
    inputs = AutoTokenizer.from_pretrained(published)(CONVERSATION, return_tensors="pt")
    model = AutoModelForCausalLM.from_pretrained(published)
    with torch.no_grad():
        logits = model(**inputs).logits[0, -1].numpy()
    assert start_speaking(logits, published) >= LEAST


def test_published_onnx_usage(published: Path):
    inputs = AutoTokenizer.from_pretrained(published)(CONVERSATION, return_tensors="np")
    config = json.loads((published / "config.json").read_text(encoding="utf-8"))
    length = inputs["input_ids"].shape[1]
    feed = {
        "input_ids": inputs["input_ids"].astype(np.int64),
        "attention_mask": inputs["attention_mask"].astype(np.int64),
        "position_ids": np.arange(length, dtype=np.int64).reshape(1, -1),
    }
    empty = np.zeros((1, config["num_key_value_heads"], 0, config["head_dim"]), np.float32)
    for layer in range(config["num_hidden_layers"]):
        feed |= {f"past_key_values.{layer}.{part}": empty for part in ("key", "value")}
    session = onnxruntime.InferenceSession(published / "onnx" / "model_q8.onnx")
    logits = np.asarray(session.run(["logits"], feed)[0])[0, -1]
    assert start_speaking(logits, published) >= LEAST
