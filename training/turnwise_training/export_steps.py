"""Fixed steps for the activations whose size hardly depends on the token.

The rows that meet query, key, value, gate and up come out of a norm, those that meet the attention's output
are averages of values: one step, measured once, serves all tokens, and the graph saves the four operators
that find each row's largest magnitude. The MLP's inner rows differ a thousandfold and keep their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from .export_decoder import Decoder, Layer, Model, decoder_layers
from .export_quantise import ROW_LEVELS


@dataclass(frozen=True)
class LayerSteps:
    """What one level of 127 stands for in the inputs of a layer's products."""

    query_key_value: float
    attention_out: float
    gate_up: float


def measure_steps(model: Model, prompts: Sequence[list[int]]) -> list[LayerSteps]:
    """One for each layer, so that the largest magnitude seen is the last level: what is cut off costs more
    than a wider step. First tokens are left out: they are the same in every prompt, and outliers."""
    largest: dict[nn.Module, float] = {}

    def add(module: nn.Module, inputs: tuple[Tensor]) -> None:
        largest[module] = max(largest.get(module, 0), float(inputs[0][0, 1:].abs().max()))

    layers = decoder_layers(model)
    places = [(layer.self_attn.q_proj, layer.self_attn.o_proj, layer.mlp.gate_proj) for layer in layers]
    hooks = [module.register_forward_pre_hook(add) for modules in places for module in modules]
    with torch.no_grad():
        for prompt in prompts:
            model(torch.tensor([prompt]))
    for hook in hooks:
        hook.remove()
    return [LayerSteps(*(largest[module] / ROW_LEVELS for module in modules)) for modules in places]


def with_steps(decoder: Decoder, steps: Sequence[LayerSteps]) -> Decoder:
    def fixed(layer: Layer, own: LayerSteps) -> Layer:
        return replace(
            layer,
            query_key_value=replace(layer.query_key_value, step=own.query_key_value),
            attention_out=replace(layer.attention_out, step=own.attention_out),
            gate_up=replace(layer.gate_up, step=own.gate_up),
        )

    layers = tuple(fixed(layer, own) for layer, own in zip(decoder.layers, steps, strict=True))
    return replace(decoder, layers=layers)
