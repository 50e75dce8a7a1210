"""The fast form: one graph of fused operators that answers with the logits of the actions and of a yield.

Inputs and outputs (past may be 0 tokens long; rows are padded on the right, attention_mask 0):
    input_ids int64 [batch, sequence], attention_mask int64 [batch, past + sequence],
    past_key_values.{layer}.key|value float32 [batch, key_value_heads, past, head_size]
    -> logits float32 [batch, 5] after each row's last token, the actions' in class order and the yield's,
       present.{layer}.key|value float32 [batch, key_value_heads, past + sequence, head_size]
"""

import numpy as np
import onnx

from .export_decoder import Decoder, Layer
from .export_graph import FLOAT, INT32, INT64, MICROSOFT, Graph

EMBEDDINGS = "embeddings"
"""The name of the table [vocabulary, hidden]."""


def build_fused(decoder: Decoder, row_ids: list[int], max_tokens: int, int8: bool = True) -> onnx.ModelProto:
    """The graph for prompts of up to `max_tokens`; `row_ids` are the tokens whose logits it gives."""
    graph = Graph("turnwise", int8, fused=True)
    ids = graph.input("input_ids", INT64, ["batch", "sequence"])
    mask = graph.input("attention_mask", INT64, ["batch", "total"])
    logits = graph.output("logits", FLOAT, ["batch", len(row_ids)])
    lengths = graph.node(
        "ReduceSum", mask, graph.constant([1]), keepdims=0
    )  # [batch] real tokens, past included
    total = graph.node("Gather", graph.node("Shape", mask), graph.constant(1))  # past + sequence
    fresh = graph.node("Gather", graph.node("Shape", ids), graph.constant(1))
    # Where each row's last real token is among the fresh ones: [batch, 1].
    last = graph.node("Sub", lengths, graph.node("Add", graph.node("Sub", total, fresh), graph.constant(1)))
    last = graph.node("Unsqueeze", last, graph.constant([1]))
    cosines, sines = decoder.rotary_tables(max_tokens)
    attention_inputs = (
        graph.node("Cast", graph.node("Sub", lengths, graph.constant(1)), to=INT32),
        graph.node("Cast", total, to=INT32),
        graph.weight("rotary_cosines", cosines),
        graph.weight("rotary_sines", sines),
    )

    table = decoder.embeddings * decoder.embedding_factors
    # Training changes these rows alone, for the head, and no prompt has the tokens: without them releases
    # have the same table.
    table[row_ids] = 0
    residual = graph.embedding(EMBEDDINGS, table, ids)  # [batch, sequence, hidden]
    first = graph.weight("layers.0.attention_norm", decoder.layers[0].attention_norm)
    normed = graph.node("SimplifiedLayerNormalization", residual, first, axis=-1, epsilon=decoder.epsilon)
    for index, layer in enumerate(decoder.layers):
        attended = add_attention(graph, decoder, layer, index, normed, attention_inputs)
        if index == len(decoder.layers) - 1:
            # Only the last token's answer is wanted: what follows the attention runs on one row.
            attended = graph.node("GatherND", attended, last, batch_dims=1)  # [batch, heads * head_size]
            residual = graph.node("GatherND", residual, last, batch_dims=1)  # [batch, hidden]
        attended = graph.linear(f"layers.{index}.attention_out", layer.attention_out, attended)
        normed, residual = add_norm(
            graph, decoder, f"layers.{index}.mlp_norm", layer.mlp_norm, residual, attended
        )
        moved = add_mlp(graph, decoder, layer, index, normed)
        following = index + 1 < len(decoder.layers)
        name = f"layers.{index + 1}.attention_norm" if following else "final_norm"
        weight = decoder.layers[index + 1].attention_norm if following else decoder.final_norm
        normed, residual = add_norm(graph, decoder, name, weight, residual, moved)
    head = np.ascontiguousarray(decoder.embeddings[row_ids].T)  # [hidden, 5], fp32: it costs nothing
    graph.node("MatMul", normed, graph.weight("action_head", head), output=logits)
    return graph.model()


def add_attention(
    graph: Graph, decoder: Decoder, layer: Layer, index: int, normed: str, attention_inputs: tuple[str, ...]
) -> str:
    """One layer's attention, with positions and cache: [batch, sequence, heads * head_size]."""
    packed = graph.linear(f"layers.{index}.query_key_value", layer.query_key_value, normed)
    past, present = [], []
    for part in ("key", "value"):
        heads, size = decoder.key_value_heads, decoder.head_size
        past.append(graph.input(f"past_key_values.{index}.{part}", FLOAT, ["batch", heads, "past", size]))
        present.append(graph.output(f"present.{index}.{part}", FLOAT, ["batch", heads, "total", size]))
    attended = f"layers.{index}.attended"
    graph.nodes_of(
        "GroupQueryAttention",
        [packed, "", "", *past, *attention_inputs],
        [attended, *present],
        MICROSOFT,
        num_heads=decoder.heads,
        kv_num_heads=decoder.key_value_heads,
        do_rotary=1,
    )
    return attended


def add_mlp(graph: Graph, decoder: Decoder, layer: Layer, index: int, normed: str) -> str:
    """SwiGLU: down(silu(gate) * up)."""
    both = graph.linear(f"layers.{index}.gate_up", layer.gate_up, normed)
    gate, up = f"layers.{index}.gate", f"layers.{index}.up"
    graph.nodes_of("Split", [both], [gate, up], axis=-1)
    activated = graph.node("Mul", gate, graph.node("Sigmoid", gate))
    return graph.linear(f"layers.{index}.down", layer.down, graph.node("Mul", activated, up))


def add_norm(
    graph: Graph, decoder: Decoder, name: str, weight: np.ndarray, residual: str, moved: str
) -> tuple[str, str]:
    """Adds `moved` to the residual stream; returns the normalised sum and the sum."""
    outputs = (f"{name}.out", f"{name}.residual")
    graph.nodes_of(
        "SkipSimplifiedLayerNormalization",
        [residual, moved, graph.weight(name, weight)],
        [outputs[0], "", "", outputs[1]],
        MICROSOFT,
        epsilon=decoder.epsilon,
    )
    return outputs
