"""The published form: standard operators, int8 weights, the logits of the whole vocabulary at every position.

Inputs and outputs (past may be 0 tokens long):
    input_ids int64 [batch, sequence], attention_mask int64 [batch, past + sequence],
    position_ids int64 [batch, sequence],
    past_key_values.{layer}.key|value float32 [batch, key_value_heads, past, head_size]
    -> logits float32 [batch, sequence, vocabulary],
       present.{layer}.key|value float32 [batch, key_value_heads, past + sequence, head_size]
"""

import numpy as np
import onnx

from .export_decoder import Decoder, Layer
from .export_graph import FLOAT, INT64, Graph
from .export_quantise import WEIGHT_LEVELS

MASKED = -1e9
"""Added to the scores of what may not be seen: finite, so that a row that sees nothing stays a number."""


def build_published(decoder: Decoder, int8: bool = True) -> onnx.ModelProto:
    graph = Graph("turnwise_published", int8, fused=False)
    ids = graph.input("input_ids", INT64, ["batch", "sequence"])
    mask = graph.input("attention_mask", INT64, ["batch", "total"])
    positions = graph.input("position_ids", INT64, ["batch", "sequence"])
    logits = graph.output("logits", FLOAT, ["batch", "sequence", len(decoder.embeddings)])
    hidden_scores = add_hidden_scores(graph, ids, mask)
    rotary = add_rotary_tables(graph, decoder, positions)
    residual = graph.embedding(
        "embeddings", decoder.embeddings, ids, WEIGHT_LEVELS
    )  # [batch, sequence, hidden]
    residual = graph.node("Mul", residual, graph.weight("embedding_factors", decoder.embedding_factors))
    for index, layer in enumerate(decoder.layers):
        normed = add_norm(graph, decoder, f"layers.{index}.attention_norm", layer.attention_norm, residual)
        attended = add_attention(graph, decoder, layer, index, normed, rotary, hidden_scores)
        residual = graph.node("Add", residual, attended)
        normed = add_norm(graph, decoder, f"layers.{index}.mlp_norm", layer.mlp_norm, residual)
        residual = graph.node("Add", residual, add_mlp(graph, layer, index, normed))
    graph.tied_head(
        "embeddings", add_norm(graph, decoder, "final_norm", decoder.final_norm, residual), logits
    )
    return graph.model()


def add_hidden_scores(graph: Graph, ids: str, mask: str) -> str:
    """0 where a token may be seen and MASKED where not (later or padding): [batch, 1, 1, sequence, total]."""
    zero, one = graph.constant(0), graph.constant(1)
    fresh = graph.node("Gather", graph.node("Shape", ids), one)
    total = graph.node("Gather", graph.node("Shape", mask), one)
    indices = graph.node("Range", zero, total, one)  # [total]
    own = graph.node(
        "Range", graph.node("Sub", total, fresh), total, one
    )  # [sequence]: the fresh ones' indices
    earlier = graph.node("LessOrEqual", indices, graph.node("Unsqueeze", own, graph.constant([1])))
    real = graph.node(
        "Unsqueeze", graph.node("Cast", mask, to=onnx.TensorProto.BOOL), graph.constant([1, 2, 3])
    )
    seen = graph.node("And", earlier, real)
    return graph.node("Where", seen, graph.constant(0, np.float32), graph.constant(MASKED, np.float32))


def add_rotary_tables(graph: Graph, decoder: Decoder, positions: str) -> tuple[str, str]:
    """Cosines and sines, each [batch, 1, sequence, head_size / 2]."""
    moved = graph.node("Unsqueeze", graph.node("Cast", positions, to=FLOAT), graph.constant([1, 3]))
    angles = graph.node("Mul", moved, graph.weight("inverse_frequencies", decoder.inverse_frequencies))
    return graph.node("Cos", angles), graph.node("Sin", angles)


def add_attention(
    graph: Graph,
    decoder: Decoder,
    layer: Layer,
    index: int,
    normed: str,
    rotary: tuple[str, str],
    hidden_scores: str,
) -> str:
    heads, key_heads, size = decoder.heads, decoder.key_value_heads, decoder.head_size
    packed = graph.linear(f"layers.{index}.query_key_value", layer.query_key_value, normed)
    query, key, value = (f"layers.{index}.{part}" for part in ("query", "key", "value"))
    sizes = graph.constant([decoder.query_size, decoder.key_size, decoder.key_size])
    graph.nodes_of("Split", [packed, sizes], [query, key, value], axis=-1)
    query = add_rotation(graph, add_heads(graph, query, heads, size), rotary)
    key = add_rotation(graph, add_heads(graph, key, key_heads, size), rotary)
    key = add_cache(graph, decoder, f"{index}.key", key)
    value = add_cache(graph, decoder, f"{index}.value", add_heads(graph, value, key_heads, size))
    # A key head serves a group of query heads: [batch, key_heads, group or 1, sequence or total, size].
    query = graph.node("Reshape", query, graph.constant([0, key_heads, heads // key_heads, -1, size]))
    key = graph.node("Unsqueeze", key, graph.constant([2]))
    value = graph.node("Unsqueeze", value, graph.constant([2]))
    query = graph.node("Mul", query, graph.constant(size**-0.5, np.float32))
    scores = graph.node("MatMul", query, graph.node("Transpose", key, perm=[0, 1, 2, 4, 3]))
    shares = graph.node("Softmax", graph.node("Add", scores, hidden_scores), axis=-1)
    attended = graph.node("MatMul", shares, value)  # [batch, key_heads, group, sequence, size]
    attended = graph.node("Transpose", attended, perm=[0, 3, 1, 2, 4])
    attended = graph.node("Reshape", attended, graph.constant([0, 0, decoder.query_size]))
    return graph.linear(f"layers.{index}.attention_out", layer.attention_out, attended)


def add_heads(graph: Graph, rows: str, heads: int, size: int) -> str:
    """[batch, sequence, heads * size] to [batch, heads, sequence, size]."""
    split = graph.node("Reshape", rows, graph.constant([0, 0, heads, size]))
    return graph.node("Transpose", split, perm=[0, 2, 1, 3])


def add_rotation(graph: Graph, rows: str, rotary: tuple[str, str]) -> str:
    """Rotates the halves of each head by its position's angles, as Llama and Qwen2 do."""
    cosines, sines = rotary
    left, right = f"{rows}_left", f"{rows}_right"
    graph.nodes_of("Split", [rows], [left, right], axis=-1)
    new_left = graph.node("Sub", graph.node("Mul", left, cosines), graph.node("Mul", right, sines))
    new_right = graph.node("Add", graph.node("Mul", right, cosines), graph.node("Mul", left, sines))
    return graph.node("Concat", new_left, new_right, axis=-1)


def add_cache(graph: Graph, decoder: Decoder, name: str, fresh: str) -> str:
    """The past's keys or values before the fresh ones: [batch, key_value_heads, total, head_size]."""
    shape = ["batch", decoder.key_value_heads, "past", decoder.head_size]
    past = graph.input(f"past_key_values.{name}", FLOAT, shape)
    present = graph.output(f"present.{name}", FLOAT, [*shape[:2], "total", shape[3]])
    return graph.node("Concat", past, fresh, axis=2, output=present)


def add_mlp(graph: Graph, layer: Layer, index: int, normed: str) -> str:
    """SwiGLU: down(silu(gate) * up)."""
    both = graph.linear(f"layers.{index}.gate_up", layer.gate_up, normed)
    gate, up = f"layers.{index}.gate", f"layers.{index}.up"
    graph.nodes_of("Split", [both], [gate, up], axis=-1)
    activated = graph.node("Mul", gate, graph.node("Sigmoid", gate))
    return graph.linear(f"layers.{index}.down", layer.down, graph.node("Mul", activated, up))


def add_norm(graph: Graph, decoder: Decoder, name: str, weight: np.ndarray, rows: str) -> str:
    """RMS norm, in the operators that ONNX Runtime recognises and fuses."""
    square = graph.node("Pow", rows, graph.constant(2, np.float32))
    mean = graph.node("ReduceMean", square, axes=[-1], keepdims=1)
    root = graph.node("Sqrt", graph.node("Add", mean, graph.constant(decoder.epsilon, np.float32)))
    return graph.node("Mul", graph.node("Div", rows, root), graph.weight(name, weight))
