"""The language model up to its four action rows: what is trained and what answers."""

import torch
from torch import Tensor, nn
from transformers import LlamaForCausalLM

from .prompt import PromptTokenizer
from .tree import TreeBatch


class ActionModel(nn.Module):
    """The language model up to its four action rows."""

    def __init__(
        self, model: LlamaForCausalLM, tokenizer: PromptTokenizer, frozen_layers: int = 0, bf16: bool = False
    ):
        super().__init__()
        self.model = model
        self.action_ids = tokenizer.actions
        model.set_attn_implementation("trees")
        self.frozen_layers = frozen_layers
        self.bf16 = bf16
        rows = model.lm_head.weight[tokenizer.actions]
        self.head = nn.Parameter(rows.detach().clone())  # [4, hidden]
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        for layer in model.model.layers[frozen_layers:]:
            layer.requires_grad_(True)
        model.model.norm.requires_grad_(True)

    def forward(self, batch: TreeBatch) -> Tensor:
        """Action logits [points, 4], fp32."""
        with torch.autocast(batch.input_ids.device.type, torch.bfloat16, enabled=self.bf16):
            return self.logits(batch).float()

    def logits(self, batch: TreeBatch) -> Tensor:
        inner = self.model.model
        hidden = inner.embed_tokens(batch.input_ids)  # [1, tokens, hidden]
        rotary = inner.rotary_emb(hidden, batch.position_ids)
        for depth, layer in enumerate(inner.layers):
            with torch.set_grad_enabled(torch.is_grad_enabled() and depth >= self.frozen_layers):
                hidden = layer(hidden, attention_mask=batch.masks, position_embeddings=rotary)
        return inner.norm(hidden[0, batch.index]) @ self.head.T

    def store_head(self) -> LlamaForCausalLM:
        """Writes the four rows into the (tied) output table and returns the language model."""
        with torch.no_grad():
            self.model.lm_head.weight[self.action_ids] = self.head
        return self.model
