"""Model folders: what is written, how large, and what is refused."""

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from export_cases import ABOUT, TINY, tiny, torch_logits
from onnx import TensorProto
from transformers import LlamaConfig, LlamaForCausalLM

from turnwise_training.check_export import check_files, compare
from turnwise_training.export_decoder import read_decoder
from turnwise_training.export_files import save_onnx
from turnwise_training.export_folder import prepare_decoder, write_fused, write_published
from turnwise_training.export_fused import build_fused
from turnwise_training.export_quantise import (
    LOOKED_UP_LEVELS,
    WEIGHT_LEVELS,
    quantise_columns,
    quantise_rows,
)
from turnwise_training.fixtures import FIXTURES, write_prompts, write_tiny
from turnwise_training.import_fused import read_weights
from turnwise_training.model import load_model
from turnwise_training.onnx_runner import OnnxRunner
from turnwise_training.prompt import PromptTokenizer


def test_fused_folder(tmp_path: Path):
    model, tokenizer, prompts = tiny("llama")
    path = write_fused(model, prepare_decoder(model, tokenizer), tokenizer, tmp_path, ABOUT)
    manifest = json.loads((tmp_path / "turnwise.json").read_text(encoding="utf-8"))
    assert sorted(manifest["files"]) == [
        "config.json",
        "embeddings.bin",
        "model.onnx",
        "model.webgpu.onnx",
        "tokenizer.json",
    ]
    assert manifest["onnx"]["dataFiles"] == ["embeddings.bin"]
    assert list(manifest["tokens"]["actions"].values()) == tokenizer.actions
    assert manifest["tokens"]["yielded"] == tokenizer.yielded
    assert OnnxRunner(path).run(prompts[:1])[0].shape == (1, len(tokenizer.rows))
    check_files(tmp_path)
    found = OnnxRunner(path).action_logits(prompts, tokenizer.actions)
    assert compare(torch_logits(model, prompts, tokenizer.actions), found).largest < 0.1


def test_int8_embeddings_lie_raw_in_a_file_of_their_own(tmp_path: Path):
    model, tokenizer, _ = tiny("llama")
    decoder = prepare_decoder(model, tokenizer)
    path = write_fused(model, decoder, tokenizer, tmp_path, ABOUT)
    tensors = {each.name: each for each in onnx.load(path, load_external_data=False).graph.initializer}
    table, *others = [each for each in tensors.values() if each.data_location == TensorProto.EXTERNAL]
    assert table.name == "embeddings" and not table.raw_data and not others
    expected = decoder.embeddings * decoder.embedding_factors
    expected[tokenizer.rows] = 0  # what training changes
    values, scales = quantise_rows(expected, LOOKED_UP_LEVELS)
    assert (tmp_path / "embeddings.bin").read_bytes() == values.tobytes()
    np.testing.assert_allclose(read_weights(path)["embeddings"], values * scales)


@pytest.mark.parametrize("name", ["model.onnx", "embeddings.bin"])
def test_tampered_file_is_named(tmp_path: Path, name: str):
    model, tokenizer, _ = tiny("llama")
    write_fused(model, prepare_decoder(model, tokenizer), tokenizer, tmp_path, ABOUT)
    path = tmp_path / name
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)
    with pytest.raises(ValueError, match=f"{name} is not the exported file"):
        check_files(tmp_path)


def test_published_folder_loads_as_it_was_saved(tmp_path: Path):
    model, tokenizer, prompts = tiny("qwen2")
    write_published(model, prepare_decoder(model, tokenizer), tokenizer, tmp_path)
    loaded, loaded_tokenizer = load_model(tmp_path)
    assert loaded_tokenizer.actions == tokenizer.actions
    expected = torch_logits(model, prompts, tokenizer.actions)
    np.testing.assert_array_equal(torch_logits(loaded, prompts, tokenizer.actions), expected)
    # transformers 4 reads the rotary base here, and takes 10,000 without a word where it is missing.
    assert json.loads((tmp_path / "config.json").read_text(encoding="utf-8"))["rope_theta"] == 1_000_000


def test_large_weights_are_split(tmp_path: Path):
    model, tokenizer, prompts = tiny("llama")
    graph = build_fused(read_decoder(model), tokenizer.actions, max_tokens=1024)
    whole, *others = save_onnx(graph, tmp_path / "whole" / "model.onnx")
    assert not others
    paths = save_onnx(graph, tmp_path / "split" / "model.onnx", largest_file_bytes=48_000)
    assert [path.name for path in paths] == [
        "model.onnx",
        *(f"model.onnx.data{i}" for i in range(len(paths) - 1)),
    ]
    assert len(paths) > 2
    apart = save_onnx(graph, tmp_path / "apart" / "model.onnx", 48_000, {"embeddings": "embeddings.bin"})
    assert [path.name for path in apart[:3]] == ["model.onnx", "embeddings.bin", "model.onnx.data0"]
    assert all(path.stat().st_size <= 48_000 for path in paths)
    found = OnnxRunner(paths[0]).action_logits(prompts, tokenizer.actions)
    np.testing.assert_array_equal(found, OnnxRunner(whole).action_logits(prompts, tokenizer.actions))
    np.testing.assert_array_equal(found, OnnxRunner(apart[0]).action_logits(prompts, tokenizer.actions))
    with pytest.raises(AssertionError, match="more than a file may have"):
        save_onnx(graph, tmp_path / "small" / "model.onnx", largest_file_bytes=5_000)


def test_truncated_model_is_refused(tmp_path: Path):
    path = tmp_path / "model.onnx"
    path.write_bytes((TINY / "fused" / "model.onnx").read_bytes()[:-1000])
    with pytest.raises(Exception, match=r"INVALID_PROTOBUF|parsing failed"):
        OnnxRunner(path)


def test_untied_head_is_refused():
    config = LlamaConfig(
        vocab_size=20, hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2
    )
    with pytest.raises(AssertionError, match="tied"):
        read_decoder(LlamaForCausalLM(config))


def test_weights_cannot_overflow_16_bits():
    """Two products of unsigned and signed bytes are added in 16 bits on AVX2."""
    values, scales = quantise_columns(np.random.default_rng(0).standard_normal((64, 8), np.float32))
    assert np.abs(values).max() == WEIGHT_LEVELS
    assert 2 * 255 * WEIGHT_LEVELS < 2**15
    assert scales.shape == (1, 8)


def test_fixtures_are_what_the_code_writes(tmp_path: Path):
    write_tiny(tmp_path)
    for folder in ("fused", "published", "qwen2"):
        written, kept = (
            json.loads((root / folder / "expected.json").read_text(encoding="utf-8"))
            for root in (tmp_path, TINY)
        )
        assert [entry["tokenIds"] for entry in written] == [entry["tokenIds"] for entry in kept]
        found, expected = ([entry["logits"] for entry in entries] for entries in (written, kept))
        np.testing.assert_allclose(found, expected, atol=1e-3)


def test_prompts_are_what_the_code_writes(tmp_path: Path, tokenizer: PromptTokenizer):
    write_prompts(tokenizer, tmp_path / "prompts.json")
    assert (tmp_path / "prompts.json").read_text() == (FIXTURES / "prompts.json").read_text()
