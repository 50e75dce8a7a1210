"""Training with the rounding that the int8 graph will do, so that the weights learn to bear it.

While a batch runs, weights are rounded as `export_quantise.py` rounds them, and the rows that meet them as
`export_graph.py` does; gradients pass as if nothing had been rounded (straight through,
https://arxiv.org/abs/1712.05877) and move the exact weights.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from .export_decoder import Model, decoder_layers
from .export_quantise import ROW_LEVELS, WEIGHT_LEVELS


def rounded(rows: Tensor, levels: int) -> Tensor:
    """Each row [..., n] on the grid of whole multiples of its largest magnitude / `levels`."""
    step = rows.abs().amax(-1, keepdim=True).clamp_min(1e-12) / levels
    return torch.round(rows / step) * step


class RoundStraightThrough(torch.autograd.Function):
    @staticmethod
    def forward(ctx, rows: Tensor) -> Tensor:
        return rounded(rows.float(), ROW_LEVELS).to(rows.dtype)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        return gradient


def round_activations(model: Model) -> None:
    """Hooks that round what every product of the layers takes in; they stay."""

    def before(_: nn.Module, inputs: tuple[Tensor]) -> tuple[Tensor]:
        return (RoundStraightThrough.apply(inputs[0]),)

    def after(_: nn.Module, __: tuple[Tensor], output: Tensor) -> Tensor:
        return RoundStraightThrough.apply(output)

    for layer in decoder_layers(model):
        for norm in (layer.input_layernorm, layer.post_attention_layernorm):
            norm.register_forward_hook(after)  # once for the projections that share it
        for product in (layer.self_attn.o_proj, layer.mlp.down_proj):
            product.register_forward_pre_hook(before)


@contextmanager
def rounded_weights(model: Model) -> Iterator[None]:
    """Inside, the layers' weights [out, in] are rounded; afterwards they are exact again."""
    exact: list[tuple[Tensor, Tensor]] = []
    for layer in decoder_layers(model):
        for module in layer.modules():
            if isinstance(module, nn.Linear):
                exact.append((module.weight, module.weight.data))
                module.weight.data = rounded(module.weight.data, WEIGHT_LEVELS)
    try:
        yield
    finally:
        for parameter, data in exact:
            parameter.data = data
