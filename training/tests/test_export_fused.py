"""The fused graph answers what PyTorch answers, alone, in batches and after a cached prefix."""

import numpy as np
import pytest
from export_cases import tiny, torch_logits

from turnwise_training.export_decoder import read_decoder
from turnwise_training.export_fused import build_fused
from turnwise_training.onnx_runner import OnnxRunner

FLOAT_TOLERANCE = 1e-4
INT8_TOLERANCE = 0.3
"""Of logits some units apart; a tiny random model is much more sensitive than a trained one."""


def fused_runner(shape: str, layers: int = 2, int8: bool = False) -> OnnxRunner:
    model, tokenizer, _ = tiny(shape, layers)
    graph = build_fused(read_decoder(model), tokenizer.actions, max_tokens=1024, int8=int8)
    return OnnxRunner(graph.SerializeToString())


@pytest.mark.parametrize(("shape", "layers"), [("llama", 1), ("llama", 2), ("llama", 5), ("qwen2", 2)])
def test_float_graph_equals_pytorch(shape: str, layers: int):
    model, tokenizer, prompts = tiny(shape, layers)
    runner = fused_runner(shape, layers)
    found = np.concatenate([runner.run([prompt])[0] for prompt in prompts])
    assert found.shape == (len(prompts), 4)
    np.testing.assert_allclose(found, torch_logits(model, prompts, tokenizer.actions), atol=FLOAT_TOLERANCE)


def test_int8_graph_is_close_to_pytorch():
    model, tokenizer, prompts = tiny("llama")
    runner = fused_runner("llama", int8=True)
    found = np.concatenate([runner.run([prompt])[0] for prompt in prompts])
    np.testing.assert_allclose(found, torch_logits(model, prompts, tokenizer.actions), atol=INT8_TOLERANCE)


@pytest.mark.parametrize("int8", [False, True])
def test_padded_batch_equals_single_rows(int8: bool):
    _, _, prompts = tiny("llama")
    runner = fused_runner("llama", int8=int8)
    together, _ = runner.run(prompts)
    alone = np.concatenate([runner.run([prompt])[0] for prompt in prompts])
    np.testing.assert_allclose(together, alone, atol=FLOAT_TOLERANCE)


@pytest.mark.parametrize("int8", [False, True])
def test_cached_prefix_equals_full_prompt(int8: bool):
    _, _, prompts = tiny("llama")
    runner = fused_runner("llama", int8=int8)
    for prompt in prompts:
        full, _ = runner.run([prompt])
        for cut in (1, len(prompt) // 2, len(prompt) - 1):
            _, past = runner.run([prompt[:cut]])
            assert past[0].shape[2] == cut
            cached, present = runner.run([prompt[cut:]], past)
            assert present[0].shape[2] == len(prompt)
            np.testing.assert_allclose(cached, full, atol=FLOAT_TOLERANCE)


def test_several_rows_after_a_past_are_refused():
    """The fused attention operator cannot do it: callers must batch prompts without a past."""
    _, _, prompts = tiny("llama")
    runner = fused_runner("llama")
    _, past = runner.run([prompts[0][:5], prompts[0][:5]])
    with pytest.raises(Exception, match="batch_size must be 1"):
        runner.run([prompts[0][5:9], prompts[0][5:9]], past)
