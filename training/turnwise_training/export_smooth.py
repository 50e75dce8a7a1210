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

from .export_decoder import Decoder, DecoderLayer, Layer, Linear, Model, array, decoder_layers

SMALLEST = 1e-5
Sums = dict[nn.Module, Tensor]
"""Squares of a module's inputs, summed over tokens: [in]."""


def smooth(decoder: Decoder, model: Model, prompts: Sequence[list[int]]) -> Decoder:
    """A decoder equal to `decoder`, which was read from `model`, balanced by the activations on `prompts`."""
    modules = decoder_layers(model)
    observed: list[nn.Module] = []
    for module in modules:
        observed += [module.self_attn.q_proj, module.mlp.gate_proj, module.mlp.down_proj]
    sums = observe(model, observed, prompts)
    layers = [
        smooth_layer(layer, module, sums) for layer, module in zip(decoder.layers, modules, strict=True)
    ]
    return smooth_head(replace(decoder, layers=tuple(layers)), model, prompts)


def smooth_head(decoder: Decoder, model: Model, prompts: Sequence[list[int]]) -> Decoder:
    """The same for the output head alone."""
    factors = balance(observe(model, [model.lm_head], prompts)[model.lm_head], decoder.embeddings.T)
    return replace(
        decoder,
        final_norm=decoder.final_norm / factors,
        embeddings=decoder.embeddings * factors,
        embedding_factors=decoder.embedding_factors / factors,
    )


def smooth_layer(layer: Layer, module: DecoderLayer, sums: Sums) -> Layer:
    into_attention = balance(sums[module.self_attn.q_proj], layer.query_key_value.weight)
    into_mlp = balance(sums[module.mlp.gate_proj], layer.gate_up.weight)
    into_down = balance(sums[module.mlp.down_proj], layer.down.weight)
    gate_up = layer.gate_up.weight * into_mlp[:, None]
    gate_up[:, len(into_down) :] /= into_down  # up's columns make down's inputs
    packed = layer.query_key_value
    return replace(
        layer,
        attention_norm=layer.attention_norm / into_attention,
        query_key_value=Linear(packed.weight * into_attention[:, None], packed.bias),
        mlp_norm=layer.mlp_norm / into_mlp,
        gate_up=Linear(gate_up),
        down=Linear(layer.down.weight * into_down[:, None]),
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
