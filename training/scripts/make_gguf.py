"""Writes a model folder of the published form as GGUF, for llama.cpp: for the comparison in
docs/decisions/streaming-runtime.md.

    python scripts/make_gguf.py work/published OUT.gguf [--type Q8_0]

The format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Query and key rows are reordered, since
llama.cpp rotates neighbouring pairs where transformers rotates halves.
"""

import argparse
from pathlib import Path

import gguf
import numpy as np
from transformers import AutoTokenizer, LlamaForCausalLM

from turnwise_training.export_decoder import array, decoder_layers
from turnwise_training.model import load_model


def neighbours(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows [heads * size, in] from halves to neighbouring pairs."""
    halves = weight.reshape(heads, 2, -1, weight.shape[1])
    return halves.swapaxes(1, 2).reshape(weight.shape)


def tensors(model: LlamaForCausalLM) -> dict[str, np.ndarray]:
    config = model.config
    found = {
        "token_embd.weight": array(model.model.embed_tokens.weight),
        "output_norm.weight": array(model.model.norm.weight),
    }
    for index, layer in enumerate(decoder_layers(model)):
        attention, mlp = layer.self_attn, layer.mlp
        query, key = array(attention.q_proj.weight), array(attention.k_proj.weight)
        found |= {
            f"blk.{index}.attn_norm.weight": array(layer.input_layernorm.weight),
            f"blk.{index}.attn_q.weight": neighbours(query, config.num_attention_heads),
            f"blk.{index}.attn_k.weight": neighbours(
                key, config.num_key_value_heads or config.num_attention_heads
            ),
            f"blk.{index}.attn_v.weight": array(attention.v_proj.weight),
            f"blk.{index}.attn_output.weight": array(attention.o_proj.weight),
            f"blk.{index}.ffn_norm.weight": array(layer.post_attention_layernorm.weight),
            f"blk.{index}.ffn_gate.weight": array(mlp.gate_proj.weight),
            f"blk.{index}.ffn_up.weight": array(mlp.up_proj.weight),
            f"blk.{index}.ffn_down.weight": array(mlp.down_proj.weight),
        }
    return found


def write_tokenizer(writer: gguf.GGUFWriter, folder: Path, rows: int) -> None:
    """Names and merges; the comparison hands over token ids, so a like pre-tokeniser will do."""
    vocabulary = gguf.SpecialVocab(folder, load_merges=True)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    names = {index: name for name, index in tokenizer.get_vocab().items()}
    special = set(tokenizer.all_special_ids) | set(tokenizer.added_tokens_decoder)
    kinds = [gguf.TokenType.CONTROL if i in special else gguf.TokenType.NORMAL for i in range(rows)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list([names.get(index, f"[unused{index}]") for index in range(rows)])
    writer.add_token_types(kinds)
    vocabulary.add_to_gguf(writer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--type", choices=["F32", "Q8_0", "Q4_0"], default="Q8_0")
    arguments = parser.parse_args()
    model, _ = load_model(arguments.folder)
    assert isinstance(model, LlamaForCausalLM), f"{type(model).__name__} is not Llama-shaped"
    config = model.config
    writer = gguf.GGUFWriter(arguments.out, "llama")
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads or config.num_attention_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    theta = (config.rope_parameters or {}).get("rope_theta")
    assert isinstance(theta, float), f"rope_theta {theta}, expected a number"
    writer.add_rope_freq_base(theta)
    writer.add_vocab_size(config.vocab_size)
    kind = gguf.GGMLQuantizationType[arguments.type]
    for name, values in tensors(model).items():
        exact = values.ndim == 1 or kind == gguf.GGMLQuantizationType.F32
        if exact:
            writer.add_tensor(name, values)
        else:
            writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    write_tokenizer(writer, arguments.folder, config.vocab_size)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
