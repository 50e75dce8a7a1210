"""The graph for WebGPU answers what the int8 graph answers, but for the rounding of activations."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from export_cases import ABOUT, tiny

from turnwise_training.check_export import check_files
from turnwise_training.export_decoder import Decoder, Layer, Linear, Model, read_decoder
from turnwise_training.export_folder import prepare_decoder, write_fused
from turnwise_training.export_fused import build_fused
from turnwise_training.export_webgpu import FILE_NAME, block_size
from turnwise_training.import_fused import read_weights
from turnwise_training.onnx_runner import OnnxRunner
from turnwise_training.prompt import PromptTokenizer

FLOAT_TOLERANCE = 1e-4
INT8_TOLERANCE = 0.3
"""Of logits some units apart; a tiny random model is much more sensitive than a trained one."""
PRODUCTS = ("query_key_value", "attention_out", "gate_up", "down")


def write(folder: Path, decoder: Decoder) -> Path:
    model, tokenizer, _ = tiny("llama")
    return write_fused(model, decoder, tokenizer, folder, ABOUT)


def logits(runner: OnnxRunner) -> np.ndarray:
    _, _, prompts = tiny("llama")
    return np.concatenate([runner.run([prompt])[0] for prompt in prompts])


def float_runner(decoder: Decoder, path: Path) -> OnnxRunner:
    """Runs the weights of an int8 graph as floats."""
    _, tokenizer, _ = tiny("llama")
    weights = read_weights(path)
    weights["embeddings"][tokenizer.rows] = weights["action_head"].T  # exact in the int8 graph

    def with_weights(index: int, layer: Layer) -> Layer:
        linears = {name: Linear(weights[f"layers.{index}.{name}"]) for name in PRODUCTS}
        return replace(layer, **linears)

    layers = tuple(with_weights(*each) for each in enumerate(decoder.layers))
    decoder = replace(decoder, layers=layers, embeddings=weights["embeddings"])
    graph = build_fused(decoder, tokenizer.rows, max_tokens=1024, int8=False)
    return OnnxRunner(graph.SerializeToString())


def test_equals_the_float_graph_of_the_same_weights(tmp_path: Path):
    decoder = read_decoder(tiny("llama")[0])
    path = write(tmp_path, decoder)
    found = logits(OnnxRunner(tmp_path / FILE_NAME))
    np.testing.assert_allclose(found, logits(float_runner(decoder, path)), atol=FLOAT_TOLERANCE)


@pytest.mark.parametrize("prepare", [lambda model, _: read_decoder(model), prepare_decoder])
def test_is_close_to_the_int8_graph(tmp_path: Path, prepare: Callable[[Model, PromptTokenizer], Decoder]):
    model, tokenizer, _ = tiny("llama")
    path = write(tmp_path, prepare(model, tokenizer))
    found = logits(OnnxRunner(tmp_path / FILE_NAME))
    np.testing.assert_allclose(found, logits(OnnxRunner(path)), atol=INT8_TOLERANCE)


def test_padding_and_a_cached_prefix_change_nothing(tmp_path: Path):
    model, tokenizer, prompts = tiny("llama")
    write(tmp_path, prepare_decoder(model, tokenizer))
    runner = OnnxRunner(tmp_path / FILE_NAME)
    alone = logits(runner)
    np.testing.assert_allclose(runner.run(prompts)[0], alone, atol=FLOAT_TOLERANCE)
    for prompt, expected in zip(prompts, alone, strict=True):
        _, past = runner.run([prompt[:4]])
        np.testing.assert_allclose(runner.run([prompt[4:]], past)[0][0], expected, atol=FLOAT_TOLERANCE)


def test_holds_no_weights_and_is_described(tmp_path: Path):
    path = write(tmp_path, read_decoder(tiny("llama")[0]))
    graph = onnx.load(tmp_path / FILE_NAME, load_external_data=False).graph
    places = {tensor.name: tensor for tensor in graph.initializer if tensor.external_data}
    assert {f"layers.{i}.{name}" for i in range(2) for name in PRODUCTS} <= set(places)
    assert sum(len(tensor.raw_data) for tensor in graph.initializer) < 1_000
    for name, tensor in places.items():
        location = "embeddings.bin" if name == "embeddings" else path.name
        assert {entry.key: entry.value for entry in tensor.external_data}["location"] == location
    assert "MatMulIntegerToFloat" not in {node.op_type for node in graph.node}
    manifest = json.loads((tmp_path / "turnwise.json").read_text(encoding="utf-8"))
    assert manifest["onnx"]["webgpuFile"] == FILE_NAME
    check_files(tmp_path)


def test_blocks_fit_the_rows():
    assert [block_size(depth) for depth in (576, 1536, 48)] == [32, 32, 16]
    with pytest.raises(AssertionError, match="a multiple of 16"):
        block_size(40)
