"""Runs an exported model, of either form, in ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import onnxruntime

Past = list[np.ndarray]
"""key, value of layer 0, of layer 1, …: each [batch, key_value_heads, past, head_size]."""


class OnnxRunner:
    def __init__(self, model: Path | bytes, threads: int = 1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        source = str(model) if isinstance(model, Path) else model
        self.session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        inputs = {argument.name: argument.shape for argument in self.session.get_inputs()}
        self.past_shapes = {
            name: shape for name, shape in inputs.items() if name.startswith("past_key_values.")
        }
        self.published = "position_ids" in inputs

    def empty_past(self, batch: int) -> Past:
        """`past` of 0 tokens; heads and head size stand in the inputs' shapes."""
        return [np.zeros((batch, shape[1], 0, shape[3]), np.float32) for shape in self.past_shapes.values()]

    def run(self, rows: Sequence[Sequence[int]], past: Past | None = None) -> tuple[np.ndarray, Past]:
        """Logits after each row's last token, and the new past.

        Fused: [batch, 5], of a model without a yield 4; published: [batch, vocabulary].
        Rows are padded on the right; with a past there is one row.
        """
        past = past or self.empty_past(len(rows))
        past_tokens, longest = past[0].shape[2], max(len(row) for row in rows)
        ids = np.zeros((len(rows), longest), np.int64)
        mask = np.zeros((len(rows), past_tokens + longest), np.int64)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            mask[index, : past_tokens + len(row)] = 1
        feed = {"input_ids": ids, "attention_mask": mask, **dict(zip(self.past_shapes, past, strict=True))}
        if self.published:
            feed["position_ids"] = past_tokens + np.broadcast_to(np.arange(longest), ids.shape)
        logits, *present = cast(list[np.ndarray], self.session.run(None, feed))
        if self.published:
            logits = logits[np.arange(len(rows)), [len(row) - 1 for row in rows]]
        return logits, present

    def action_logits(self, rows: Sequence[Sequence[int]], action_ids: Sequence[int]) -> np.ndarray:
        """[batch, 4] in class order."""
        logits, _ = self.run(rows)
        return logits[:, action_ids] if self.published else logits[:, : len(action_ids)]
