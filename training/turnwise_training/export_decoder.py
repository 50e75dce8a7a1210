"""The weights of a decoder-only language model as plain arrays: what both exports are built from."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from transformers import LlamaForCausalLM, Qwen2ForCausalLM
from transformers.models.llama.modeling_llama import LlamaDecoderLayer
from transformers.models.qwen2.modeling_qwen2 import Qwen2DecoderLayer

Model = LlamaForCausalLM | Qwen2ForCausalLM
DecoderLayer = LlamaDecoderLayer | Qwen2DecoderLayer
SUPPORTED = ("llama", "qwen2")


@dataclass(frozen=True)
class Linear:
    """y = x · weight + bias."""

    weight: np.ndarray  # [in, out], the transpose of PyTorch's
    bias: np.ndarray | None = None  # [out]
    step: float | None = None
    """Of its quantised inputs; None where each row is quantised by its own largest magnitude."""


@dataclass(frozen=True)
class Layer:
    attention_norm: np.ndarray  # [hidden]
    query_key_value: Linear  # [hidden, (heads + 2 * key_value_heads) * head_size]
    attention_out: Linear  # [heads * head_size, hidden]
    mlp_norm: np.ndarray  # [hidden]
    gate_up: Linear  # [hidden, 2 * mlp]: the gate first
    down: Linear  # [mlp, hidden]


@dataclass(frozen=True)
class Decoder:
    hidden: int
    heads: int
    key_value_heads: int
    head_size: int
    mlp: int
    epsilon: float
    inverse_frequencies: np.ndarray  # [head_size / 2], radians a position
    embeddings: np.ndarray  # [vocabulary, hidden]; also the output head
    embedding_factors: np.ndarray  # [hidden]: embeddings are multiplied by them, the output head is not
    layers: tuple[Layer, ...]
    final_norm: np.ndarray  # [hidden]

    @property
    def query_size(self) -> int:
        return self.heads * self.head_size

    @property
    def key_size(self) -> int:
        return self.key_value_heads * self.head_size

    def rotary_tables(self, positions: int) -> tuple[np.ndarray, np.ndarray]:
        """Cosines and sines, each [positions, head_size / 2]."""
        angles = np.arange(positions, dtype=np.float32)[:, None] * self.inverse_frequencies
        return np.cos(angles), np.sin(angles)


def read_decoder(model: Model) -> Decoder:
    """Takes the arrays out of a Llama- or Qwen2-shaped model, and checks that the graphs can express it."""
    config = model.config
    assert config.model_type in SUPPORTED, f"model_type {config.model_type}, expected one of {SUPPORTED}"
    assert config.hidden_act == "silu", f"hidden_act {config.hidden_act}, expected silu"
    assert config.tie_word_embeddings, "the output head must be tied to the embeddings"
    assert not getattr(config, "use_sliding_window", False), "sliding windows are not exported"
    rope_type = (config.rope_parameters or {}).get("rope_type")
    assert rope_type == "default", f"rope_type {rope_type}, expected default"
    decoder = model.model
    layers = decoder_layers(model)
    return Decoder(
        hidden=config.hidden_size,
        heads=config.num_attention_heads,
        key_value_heads=config.num_key_value_heads or config.num_attention_heads,
        head_size=layers[0].self_attn.head_dim,
        mlp=config.intermediate_size,
        epsilon=config.rms_norm_eps,
        inverse_frequencies=array(decoder.rotary_emb.inv_freq),
        embeddings=array(decoder.embed_tokens.weight),
        embedding_factors=np.ones(config.hidden_size, np.float32),
        layers=tuple(read_layer(layer) for layer in layers),
        final_norm=array(decoder.norm.weight),
    )


def decoder_layers(model: Model) -> list[DecoderLayer]:
    return cast(list[DecoderLayer], list(model.model.layers))


def read_layer(layer: DecoderLayer) -> Layer:
    attention, mlp = layer.self_attn, layer.mlp
    return Layer(
        attention_norm=array(layer.input_layernorm.weight),
        query_key_value=pack(attention.q_proj, attention.k_proj, attention.v_proj),
        attention_out=pack(attention.o_proj),
        mlp_norm=array(layer.post_attention_layernorm.weight),
        gate_up=pack(mlp.gate_proj, mlp.up_proj),
        down=pack(mlp.down_proj),
    )


def pack(*projections: torch.nn.Linear) -> Linear:
    """Projections of one input side by side: one matrix multiplication instead of several."""
    weight = np.concatenate([array(projection.weight).T for projection in projections], axis=1)
    if projections[0].bias is None:
        return Linear(weight)
    return Linear(weight, np.concatenate([array(projection.bias) for projection in projections]))


def array(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().to("cpu", torch.float32).numpy()
