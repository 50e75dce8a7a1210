"""The language model up to its action rows and the yield row: what is trained and what answers."""

import timeit

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import LlamaForCausalLM
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

from .export_decoder import DecoderLayer, decoder_layers
from .prompt import PromptTokenizer
from .tree import TreeBatch, attend


def products_gain_by_bf16() -> bool:
    """Whether this CPU multiplies in bf16 at least half as fast again as in fp32; what casts cost is less.

    Measured, since names do not tell: with AMX it does, with the bf16 products of AVX-512 on some alone.
    """

    def best_seconds(dtype: torch.dtype) -> float:
        rows, weights = torch.ones(2048, 576, dtype=dtype), torch.ones(1536, 576, dtype=dtype)
        return min(timeit.repeat(lambda: rows @ weights.T, number=1, repeat=7))

    return best_seconds(torch.float32) > 1.5 * best_seconds(torch.bfloat16)


def before_attention(
    layer: DecoderLayer, hidden: Tensor, rotary: tuple[Tensor, Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    """Scaled queries, keys and values of hidden [1, tokens, hidden]: each [heads, tokens, size].

    All in the values' type: under autocast the rotation makes floats of queries and keys, and attention in
    floats takes as long as everything else.
    """
    attention = layer.self_attn
    inputs = layer.input_layernorm(hidden)
    query, key, value = (
        projection(inputs).unflatten(-1, (-1, attention.head_dim)).transpose(1, 2)
        for projection in (attention.q_proj, attention.k_proj, attention.v_proj)
    )
    query, key = apply_rotary_pos_emb(query, key, *rotary)
    return (query[0] * attention.scaling).to(value.dtype), key[0].to(value.dtype), value[0]


def after_attention(layer: DecoderLayer, hidden: Tensor, attended: Tensor, dropout: float) -> Tensor:
    """`dropout`: of what attention and feed-forward add to the residual stream."""
    hidden = hidden + functional.dropout(layer.self_attn.o_proj(attended[None]), dropout)
    return hidden + functional.dropout(layer.mlp(layer.post_attention_layernorm(hidden)), dropout)


class ActionModel(nn.Module):
    """The language model up to its action rows and the yield row."""

    def __init__(
        self,
        model: LlamaForCausalLM,
        tokenizer: PromptTokenizer,
        frozen_layers: int = 0,
        bf16: bool = False,
        dropout: float = 0.0,
    ):
        super().__init__()
        self.model = model
        self.row_ids = tokenizer.rows
        self.before, self.after = before_attention, after_attention
        if bf16:  # With fast products most of the time goes to what lies between them, unless it is fused.
            self.before = torch.compile(before_attention, dynamic=True)
            self.after = torch.compile(after_attention, dynamic=True)
        self.frozen_layers = frozen_layers
        self.bf16 = bf16
        self.dropout = dropout
        rows = model.lm_head.weight[self.row_ids]
        self.head = nn.Parameter(rows.detach().clone())  # [5, hidden]
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        for layer in model.model.layers[frozen_layers:]:
            layer.requires_grad_(True)
        model.model.norm.requires_grad_(True)

    def forward(self, batch: TreeBatch) -> Tensor:
        """Action logits [points, 4], fp32."""
        return self.logits(batch)[:, :-1]

    def logits(self, batch: TreeBatch) -> Tensor:
        """Of the four actions and of a yield: [points, 5], fp32."""
        with torch.autocast(batch.input_ids.device.type, torch.bfloat16, enabled=self.bf16):
            return (self.hidden(batch) @ self.head.T).float()

    def hidden(self, batch: TreeBatch) -> Tensor:
        """What the rows read at each point: [points, hidden]."""
        inner = self.model.model
        hidden = inner.embed_tokens(batch.input_ids)  # [1, tokens, hidden]
        rotary = inner.rotary_emb(hidden, batch.position_ids)
        for depth, layer in enumerate(decoder_layers(self.model)):
            is_trained = depth >= self.frozen_layers
            dropout = self.dropout if is_trained and self.training else 0.0
            with torch.set_grad_enabled(torch.is_grad_enabled() and is_trained):
                query, key, value = self.before(layer, hidden, rotary)
                hidden = self.after(layer, hidden, attend(query, key, value, batch.masks), dropout)
        return inner.norm(hidden[0, batch.index])

    def store_head(self) -> LlamaForCausalLM:
        """Writes the rows into the (tied) output table and returns the language model."""
        with torch.no_grad():
            self.model.lm_head.weight[self.row_ids] = self.head
        return self.model
