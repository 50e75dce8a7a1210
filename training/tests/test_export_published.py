"""The published usages, as a model card shows them, on the published form of a tiny model."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from export_cases import TINY, tiny, torch_logits
from transformers import AutoModelForCausalLM, AutoTokenizer

from turnwise_training.export_decoder import read_decoder
from turnwise_training.export_published import build_published
from turnwise_training.onnx_runner import OnnxRunner
from turnwise_training.prompt import ACTION_TOKENS, PromptTokenizer

CONVERSATION = """<|im_start|>user
I need help with my bill<|im_end|>
<|im_start|>assistant
Sure I can help with that what seems to be the issue<|im_end|>
<|im_start|>user
I was charged twice for the same order<|im_end|>
<|predict|>"""
FOLDERS = [TINY / "published", TINY / "qwen2"]
INT8_TOLERANCE = 0.3


def expected_answer(folder: Path) -> dict:
    """The first entry of expected.json is the conversation above."""
    return json.loads((folder / "expected.json").read_text(encoding="utf-8"))[0]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_published_pytorch_usage(folder: Path):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    inputs = tokenizer(CONVERSATION, return_tensors="pt")
    with torch.no_grad():
        logits = model(**inputs).logits[:, -1, :]
    action_ids = [tokenizer.convert_tokens_to_ids(token) for token in ACTION_TOKENS]
    found = logits[0, action_ids].numpy()

    expected = expected_answer(folder)
    assert inputs["input_ids"][0].tolist() == expected["tokenIds"]
    assert PromptTokenizer(tokenizer).prompt(expected["messages"]) == expected["tokenIds"]
    np.testing.assert_allclose(found, expected["logits"], atol=INT8_TOLERANCE)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_published_onnx_usage(folder: Path):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    session = onnxruntime.InferenceSession(folder / "onnx" / "model_q8.onnx")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    heads = config["num_key_value_heads"]
    head_size = config.get("head_dim") or config["hidden_size"] // config["num_attention_heads"]
    inputs = tokenizer(CONVERSATION, return_tensors="np")
    length = inputs["input_ids"].shape[1]
    feed = {
        "input_ids": inputs["input_ids"].astype(np.int64),
        "attention_mask": inputs["attention_mask"].astype(np.int64),
        "position_ids": np.arange(length, dtype=np.int64).reshape(1, -1),
    }
    for layer in range(config["num_hidden_layers"]):
        for part in ("key", "value"):
            feed[f"past_key_values.{layer}.{part}"] = np.zeros((1, heads, 0, head_size), np.float32)
    logits = np.asarray(session.run(["logits"], feed)[0])
    action_ids = [tokenizer.convert_tokens_to_ids(token) for token in ACTION_TOKENS]

    assert logits.shape == (1, length, config["vocab_size"])
    np.testing.assert_allclose(logits[0, -1, action_ids], expected_answer(folder)["logits"], atol=1e-4)


@pytest.mark.parametrize("shape", ["llama", "qwen2"])
def test_float_graph_equals_pytorch(shape: str):
    model, tokenizer, prompts = tiny(shape)
    runner = OnnxRunner(build_published(read_decoder(model), int8=False).SerializeToString())
    expected = torch_logits(model, prompts, tokenizer.actions)
    np.testing.assert_allclose(runner.action_logits(prompts, tokenizer.actions), expected, atol=1e-4)


@pytest.mark.parametrize("int8", [False, True])
def test_cached_prefix_equals_full_prompt(int8: bool):
    model, _, prompts = tiny("qwen2")
    runner = OnnxRunner(build_published(read_decoder(model), int8=int8).SerializeToString())
    for prompt in prompts:
        full, _ = runner.run([prompt])
        _, past = runner.run([prompt[:7]])
        cached, _ = runner.run([prompt[7:]], past)
        np.testing.assert_allclose(cached, full, atol=1e-4)


def test_rows_padded_on_the_left_equal_single_rows():
    """As transformers pads for generation: the mask hides the padding, the positions skip it."""
    model, _, prompts = tiny("llama")
    runner = OnnxRunner(build_published(read_decoder(model), int8=False).SerializeToString())
    longest = max(len(prompt) for prompt in prompts)
    ids = np.array([[0] * (longest - len(prompt)) + prompt for prompt in prompts])
    mask = np.array([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    feed = {"input_ids": ids, "attention_mask": mask, "position_ids": np.maximum(mask.cumsum(axis=1) - 1, 0)}
    feed |= dict(zip(runner.past_shapes, runner.empty_past(len(prompts)), strict=True))
    together = np.asarray(runner.session.run(["logits"], feed)[0])[:, -1]
    alone = np.concatenate([runner.run([prompt])[0] for prompt in prompts])
    np.testing.assert_allclose(together, alone, atol=1e-4)
