"""What the export tests share: tiny models, and prompts for them."""

from functools import cache

import numpy as np
import torch

from turnwise_training.export_decoder import Model
from turnwise_training.fixture_messages import CONVERSATIONS
from turnwise_training.fixture_models import tiny_llama, tiny_qwen2
from turnwise_training.fixtures import FIXTURES
from turnwise_training.prompt import PromptTokenizer

TINY = FIXTURES / "tiny"
ABOUT: dict[str, object] = {
    "name": "test",
    "version": "0.0.0",
    "license": "Apache-2.0",
    "baseModel": "none",
    "calibration": {"temperature": 1.0},
    "training": {},
}


@cache
def tiny(shape: str, layers: int = 2) -> tuple[Model, PromptTokenizer, list[list[int]]]:
    """A tiny random model of the shape "llama" or "qwen2", its tokenizer, and some prompts."""
    make = {"llama": tiny_llama, "qwen2": tiny_qwen2}[shape]
    model, tokenizer = make(["the quick brown fox", "jumps over the lazy dog"], layers)
    return model, tokenizer, [tokenizer.prompt(messages) for messages in CONVERSATIONS]


def torch_logits(model: Model, prompts: list[list[int]], action_ids: list[int]) -> np.ndarray:
    """[prompts, 4], one prompt at a time."""
    with torch.no_grad():
        return torch.stack(
            [model(torch.tensor([prompt])).logits[0, -1, action_ids] for prompt in prompts]
        ).numpy()
