"""Training rounds as the exported graph does."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from export_cases import tiny, torch_logits
from transformers import LlamaConfig, LlamaForCausalLM

from turnwise_training.export_decoder import decoder_layers, read_decoder
from turnwise_training.export_fused import build_fused
from turnwise_training.export_quantise import LOOKED_UP_LEVELS, quantise_columns
from turnwise_training.export_smooth import smooth_in_place
from turnwise_training.export_steps import measure_steps, with_steps
from turnwise_training.fake_int8 import round_activations, rounded, rounded_weights
from turnwise_training.onnx_runner import OnnxRunner

PROMPT = [list(range(1, 20))]


@pytest.fixture
def model() -> LlamaForCausalLM:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, head_dim=8, tie_word_embeddings=True,
    )  # fmt: skip
    return LlamaForCausalLM(config).eval()


def answer(model: LlamaForCausalLM) -> torch.Tensor:
    return model(torch.tensor(PROMPT)).logits


def test_weights_are_rounded_as_they_are_exported_and_only_for_a_while(model: LlamaForCausalLM):
    weight = decoder_layers(model)[0].mlp.down_proj.weight
    exact = weight.detach().clone()
    values, scales = quantise_columns(exact.T.numpy())
    with rounded_weights(model):
        np.testing.assert_allclose(weight.detach().T.numpy(), values * scales, atol=1e-6)
        answer(model).sum().backward()
    assert torch.equal(weight, exact)
    assert weight.grad is not None and weight.grad.abs().sum() > 0


def test_rounding_activations_moves_answers_a_little_and_lets_gradients_through(model: LlamaForCausalLM):
    before = answer(model)
    round_activations(model, measure_steps(model, PROMPT))
    after = answer(model)
    difference = (after - before).abs().max()
    assert 0 < difference < 0.2 * before.abs().max()
    after.sum().backward()
    gradient = decoder_layers(model)[0].self_attn.q_proj.weight.grad
    assert gradient is not None and gradient.abs().sum() > 0


def test_the_graph_rounds_as_training_did():
    model, tokenizer, prompts = tiny("llama")
    model, prompts = deepcopy(model), prompts[:8]
    with torch.no_grad():  # as what was exported once already is; training does not touch it
        table = model.model.embed_tokens.weight
        table.copy_(rounded(table, LOOKED_UP_LEVELS))
    steps = measure_steps(model, prompts)
    round_activations(model, steps)
    with rounded_weights(model):
        graph = build_fused(with_steps(read_decoder(model), steps), tokenizer.actions, max_tokens=1024)
        expected = torch_logits(model, prompts, tokenizer.actions)
    runner = OnnxRunner(graph.SerializeToString())
    found = np.concatenate([runner.run([prompt])[0] for prompt in prompts])
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_smoothing_changes_weights_and_no_answer(model: LlamaForCausalLM):
    before, norm = answer(model), decoder_layers(model)[1].input_layernorm.weight.detach().clone()
    smooth_in_place(model, PROMPT)
    assert not torch.allclose(decoder_layers(model)[1].input_layernorm.weight, norm)
    torch.testing.assert_close(answer(model), before, atol=1e-5, rtol=1e-4)
