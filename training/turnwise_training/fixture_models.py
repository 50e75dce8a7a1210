"""Tiny random models of the two supported shapes, with tokenizers of a few hundred tokens."""

from collections.abc import Iterable

import torch
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from .prompt import ADDED_TOKENS, PromptTokenizer

LEARNED_TOKENS = 320
CHATML_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
QWEN2_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Qwen2 splits text: the regular expression in its tokenizer.json."""
SHAPE = {
    "hidden_size": 32,
    "intermediate_size": 48,
    "max_position_embeddings": 1024,
    "tie_word_embeddings": True,
    "initializer_range": 0.15,
    "rms_norm_eps": 1e-5,
}
EMBEDDING_SPREAD = 0.3
"""Gives logits that lie some units apart."""


def tiny_llama(texts: Iterable[str], layers: int = 2) -> tuple[LlamaForCausalLM, PromptTokenizer]:
    """SmolLM2's shape: special tokens first, digits split, no biases."""
    splits = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(splits)
    train(tokenizer, texts, CHATML_TOKENS)
    wrapped = wrap(tokenizer)
    torch.manual_seed(1)
    config = LlamaConfig(
        **SHAPE,
        num_hidden_layers=layers,
        vocab_size=len(wrapped),
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        rope_parameters={"rope_type": "default", "rope_theta": 100_000.0},
    )
    model = LlamaForCausalLM(config)
    randomise(model)
    return model, PromptTokenizer(wrapped)


def tiny_qwen2(texts: Iterable[str], layers: int = 2) -> tuple[Qwen2ForCausalLM, PromptTokenizer]:
    """Qwen2's shape: special tokens after the learned ones, biases on query, key and value."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    split = pre_tokenizers.Split(Regex(QWEN2_PATTERN), behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    train(tokenizer, texts, [])
    tokenizer.add_special_tokens(
        [AddedToken(token, special=True, normalized=False) for token in CHATML_TOKENS]
    )
    wrapped = wrap(tokenizer)
    torch.manual_seed(2)
    config = Qwen2Config(
        **SHAPE,
        num_hidden_layers=layers,
        vocab_size=len(wrapped),
        num_attention_heads=2,
        num_key_value_heads=1,
        rope_parameters={"rope_type": "default", "rope_theta": 1_000_000.0},
    )
    model = Qwen2ForCausalLM(config)
    randomise(model)
    return model, PromptTokenizer(wrapped)


def train(tokenizer: Tokenizer, texts: Iterable[str], special_tokens: list[str]) -> None:
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=LEARNED_TOKENS,
        special_tokens=special_tokens,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)


def wrap(tokenizer: Tokenizer) -> PreTrainedTokenizerFast:
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|im_end|>",
        unk_token="<|endoftext|>",
    )
    wrapped.add_special_tokens({"additional_special_tokens": list(ADDED_TOKENS)})
    return wrapped


def randomise(model: torch.nn.Module) -> None:
    """Gives the embeddings a spread, and life to the norms and biases, which start as ones and zeros."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embed_tokens" in name:
                parameter.normal_(0, EMBEDDING_SPREAD)
            elif parameter.dim() == 1:
                parameter.add_(0.2 * torch.randn_like(parameter))
    model.eval()
