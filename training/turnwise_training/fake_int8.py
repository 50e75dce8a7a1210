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
from .export_quantise import WEIGHT_LEVELS
from .export_smooth import balance, observe

ROW_LEVELS = 127


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


def smooth_in_place(model: Model, prompts: list[list[int]]) -> None:
    """`export_smooth.py` for the model itself: it computes the same, and its activations are easier to round.

    Exporting smooths once more, which then changes next to nothing.
    """
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
