"""Training with the rounding that the int8 graph will do, so that the weights learn to bear it.

While a batch runs, weights are rounded as `export_quantise.py` rounds them, and the rows that meet them as
`export_graph.py` does; gradients pass as if nothing had been rounded (straight through,
https://arxiv.org/abs/1712.05877) and move the exact weights.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from .export_decoder import Model, decoder_layers
from .export_quantise import ROW_LEVELS, WEIGHT_LEVELS
from .export_steps import LayerSteps


def rounded(rows: Tensor, levels: int) -> Tensor:
    """Each row [..., n] on the grid of whole multiples of its largest magnitude / `levels`."""
    step = rows.abs().amax(-1, keepdim=True).clamp_min(1e-12) / levels
    return (rows / step).round_().mul_(step)


class RoundStraightThrough(torch.autograd.Function):
    """`step`: the grid's, cut off at its ends; None for each row's own."""

    @staticmethod
    def forward(ctx, rows: Tensor, step: Tensor | None) -> Tensor:
        if step is None:
            return rounded(rows.float(), ROW_LEVELS).to(rows.dtype)
        levels = torch.round(rows.float() / step).clamp_(-ROW_LEVELS - 1, ROW_LEVELS)
        return (levels * step).to(rows.dtype)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient, None


def round_activations(model: Model, steps: Sequence[LayerSteps]) -> None:
    """Hooks that round what every product of the layers takes in; they stay.

    Steps are buffers: a compiled layer takes them as inputs, where numbers would be compiled into each.
    """

    def keep(module: nn.Module, step: float | None) -> None:
        module.register_buffer("step", None if step is None else torch.tensor(step), persistent=False)

    def round_output(module: nn.Module, step: float) -> None:
        keep(module, step)
        module.register_forward_hook(lambda own, _, output: RoundStraightThrough.apply(output, own.step))

    def round_input(module: nn.Module, step: float | None) -> None:
        keep(module, step)
        module.register_forward_pre_hook(
            lambda own, inputs: (RoundStraightThrough.apply(inputs[0], own.step),)
        )

    for layer, own in zip(decoder_layers(model), steps, strict=True):
        round_output(layer.input_layernorm, own.query_key_value)  # once for the projections that share it
        round_output(layer.post_attention_layernorm, own.gate_up)
        round_input(layer.self_attn.o_proj, own.attention_out)
        round_input(layer.mlp.down_proj, None)


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
