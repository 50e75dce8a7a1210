"""Makes a decoder easier to quantise without changing what it computes.

A few channels of the activations are much larger than the others, and 8 bits shared with them leave
little for the rest. Such a channel is divided by a factor where it is made (a norm's weight, a column of
the up projection) and the weights that it meets are multiplied by the same: SmoothQuant,
https://arxiv.org/abs/2211.10438, here with root mean squares instead of maxima. It costs nothing at run time.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor, nn

from .export_decoder import Decoder, Model, array, decoder_layers

SMALLEST = 1e-5
Sums = dict[nn.Module, Tensor]
"""Squares of a module's inputs, summed over tokens: [in]."""


def smooth_in_place(model: Model, prompts: Sequence[list[int]]) -> None:
    """The model computes the same afterwards, balanced by the activations on `prompts`."""
    layers = decoder_layers(model)
    observed: list[nn.Module] = []
    for layer in layers:
        observed += [layer.self_attn.q_proj, layer.mlp.gate_proj, layer.mlp.down_proj]
    sums = observe(model, observed, prompts)
    with torch.no_grad():
        for layer in layers:
            attention, mlp = layer.self_attn, layer.mlp
            readers = [attention.q_proj, attention.k_proj, attention.v_proj]
            scale_inputs(layer.input_layernorm.weight, readers, sums[attention.q_proj])
            scale_inputs(
                layer.post_attention_layernorm.weight, [mlp.gate_proj, mlp.up_proj], sums[mlp.gate_proj]
            )
            scale_inputs(mlp.up_proj.weight, [mlp.down_proj], sums[mlp.down_proj])


def scale_inputs(makers: Tensor, readers: list[nn.Linear], squares: Tensor) -> None:
    """Divides channels where they are made (`makers` [channels] or [channels, in]), scales readers."""
    weight = torch.cat([reader.weight for reader in readers]).T.numpy()  # [channels, out]
    factors = torch.from_numpy(balance(squares, weight))
    makers /= factors if makers.dim() == 1 else factors[:, None]
    for reader in readers:
        reader.weight *= factors


def smooth_head(decoder: Decoder, model: Model, prompts: Sequence[list[int]]) -> Decoder:
    """The same for the output head of a decoder that was read from `model`."""
    factors = balance(observe(model, [model.lm_head], prompts)[model.lm_head], decoder.embeddings.T)
    return replace(
        decoder,
        final_norm=decoder.final_norm / factors,
        embeddings=decoder.embeddings * factors,
        embedding_factors=decoder.embedding_factors / factors,
    )


def balance(squares: Tensor, weight: np.ndarray) -> np.ndarray:
    """A factor for each input channel [in] that makes activations and `weight` [in, out] equally uneven."""
    activations = np.sqrt(np.maximum(array(squares), SMALLEST**2))
    weights = np.sqrt(np.maximum((weight**2).mean(axis=1), SMALLEST**2))
    factors = np.sqrt(activations / weights)
    return (factors / np.exp(np.log(factors).mean())).astype(np.float32)


def observe(model: Model, modules: Sequence[nn.Module], prompts: Sequence[list[int]]) -> Sums:
    """The first token of each prompt is left out: its activations are huge, and quantised by themselves."""
    sums: Sums = {}

    def add(module: nn.Module, inputs: tuple[Tensor]) -> None:
        sums[module] = sums.get(module, torch.zeros(())) + (inputs[0][0, 1:] ** 2).sum(dim=0)

    hooks = [module.register_forward_pre_hook(add) for module in modules]
    with torch.no_grad():
        for prompt in prompts:
            model(torch.tensor([prompt]))
    for hook in hooks:
        hook.remove()
    return sums
