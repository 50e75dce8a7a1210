"""The shipped form back to a model that can be trained on: for going on from released weights.

    uv run python -m turnwise_training.import_fused ../models/en --out work/en/model

The int8 weights become floats again, so the model answers as the graph does but for the rounding of
activations. The shipped graph has no output head but the rows of the actions and of the yield; here the
others are the (tied) embeddings and mean nothing.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import LlamaConfig, LlamaForCausalLM

from .actions import ACTIONS
from .manifest import graph_in, read_manifest
from .model import load_tokenizer, save_model
from .prompt import PromptTokenizer


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """The graph's weights by name, int8 ones multiplied by their scales."""
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}
    for name, values in found.items():
        if values.dtype == np.int8:
            found[name] = values * found[f"{name}_scales"]
    return found


def load_fused(folder: Path) -> tuple[LlamaForCausalLM, PromptTokenizer]:
    """A folder with turnwise.json; Llama-shaped models only."""
    manifest = read_manifest(folder)
    weights = read_weights(graph_in(folder, manifest))
    config = LlamaConfig(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
    model = LlamaForCausalLM(config)
    state: dict[str, np.ndarray] = {"model.norm.weight": weights["final_norm"]}
    sizes = np.array([config.num_attention_heads, config.num_key_value_heads]) * config.head_dim
    splits = [int(sizes[0]), int(sizes.sum())]
    for index in range(config.num_hidden_layers):
        ours, theirs = f"layers.{index}", f"model.layers.{index}"
        query, key, value = np.split(weights[f"{ours}.query_key_value"], splits, axis=1)
        gate, up = np.split(weights[f"{ours}.gate_up"], 2, axis=1)
        state |= {
            f"{theirs}.input_layernorm.weight": weights[f"{ours}.attention_norm"],
            f"{theirs}.post_attention_layernorm.weight": weights[f"{ours}.mlp_norm"],
            f"{theirs}.self_attn.q_proj.weight": query.T,
            f"{theirs}.self_attn.k_proj.weight": key.T,
            f"{theirs}.self_attn.v_proj.weight": value.T,
            f"{theirs}.self_attn.o_proj.weight": weights[f"{ours}.attention_out"].T,
            f"{theirs}.mlp.gate_proj.weight": gate.T,
            f"{theirs}.mlp.up_proj.weight": up.T,
            f"{theirs}.mlp.down_proj.weight": weights[f"{ours}.down"].T,
        }
    table = weights["embeddings"].copy()
    tokens = manifest["tokens"]
    rows = [*(tokens["actions"][action] for action in ACTIONS), tokens.get("yielded")]
    for row, values in zip(rows, weights["action_head"].T, strict=False):
        table[row] = values
    state["model.embed_tokens.weight"] = table
    tensors = {name: torch.tensor(array) for name, array in state.items()}
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    assert set(missing) <= {"lm_head.weight"} and not unexpected, (missing, unexpected)
    return model.eval(), load_tokenizer(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with turnwise.json")
    parser.add_argument("--out", type=Path, required=True, help="folder of the published form")
    arguments = parser.parse_args()
    model, tokenizer = load_fused(arguments.folder)
    save_model(model, tokenizer, arguments.out)


if __name__ == "__main__":
    main()
