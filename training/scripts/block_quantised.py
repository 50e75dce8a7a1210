"""Writes the fused int8 graph once more with ONNX Runtime's block-quantised product (`MatMulNBits`) in the
place of its integer products: for the comparison in docs/decisions/streaming-runtime.md.

    python scripts/block_quantised.py ../models/en/model.onnx OUT.onnx --bits 8 --block 64

8 bits keep the weights as they are, 4 bits round them anew. The operator: docs/ContribOperators.md of
ONNX Runtime.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from turnwise_training.export_graph import MICROSOFT

INT8_COMPUTE = 4
"""`accuracy_level` that lets the operator round its other input to bytes, block by block."""


def blocks(weight: np.ndarray, scales: np.ndarray, bits: int, block: int) -> tuple[np.ndarray, np.ndarray]:
    """int8 [in, out] with scales [out] as bytes [out, blocks, block * bits / 8] and scales [out, blocks]."""
    rows, columns = weight.shape
    padded = np.zeros((columns, -(-rows // block) * block), np.float32)
    padded[:, :rows] = weight.T
    padded = padded.reshape(columns, -1, block)
    if bits == 8:
        return (padded + 128).astype(np.uint8), np.repeat(scales[:, None], padded.shape[1], axis=1)
    largest = np.abs(padded).max(-1, keepdims=True)
    step = np.where(largest == 0, 1, largest / 7)
    values = np.clip(np.rint(padded / step) + 8, 0, 15).astype(np.uint8)
    return values[..., 0::2] | values[..., 1::2] << 4, (step[..., 0] * scales[:, None]).astype(np.float32)


def block_quantised(model: onnx.ModelProto, bits: int, block: int) -> onnx.ModelProto:
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    maker = {name: node for node in graph.node for name in node.output}
    users = {name: node for node in graph.node for name in node.input}
    replaced: dict[str, onnx.NodeProto] = {}  # the last node of a product, by its name
    gone: set[str] = set()
    for product in graph.node:
        if product.op_type != "MatMulIntegerToFloat":
            continue
        rounding, scaled = maker[product.input[0]], users[product.output[0]]
        division = maker[rounding.input[0]]
        largest = maker[division.input[1]]
        assert (rounding.op_type, division.op_type, scaled.op_type) == ("QuantizeLinear", "Div", "Mul")
        weight, scales = (numpy_helper.to_array(weights.pop(product.input[i])) for i in (1, 3))
        values, steps = blocks(weight, scales, bits, block)
        names = [f"{product.input[1]}_blocks", f"{product.input[1]}_steps"]
        for name, array in zip(names, (values, steps), strict=True):
            weights[name] = numpy_helper.from_array(array, name)
        replaced[scaled.name] = helper.make_node(
            "MatMulNBits",
            [division.input[0], *names],
            list(scaled.output),
            product.name,
            domain=MICROSOFT,
            K=weight.shape[0],
            N=weight.shape[1],
            bits=bits,
            block_size=block,
            accuracy_level=INT8_COMPUTE,
        )
        gone |= {product.name, rounding.name, division.name, largest.name, maker[largest.input[0]].name}
    nodes = [replaced.get(node.name, node) for node in graph.node if node.name not in gone]
    used = {name for node in nodes for name in node.input}
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(tensor for name, tensor in weights.items() if name in used)
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("graph", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--bits", type=int, choices=[4, 8], default=8)
    parser.add_argument("--block", type=int, choices=[16, 32, 64, 128], default=64)
    arguments = parser.parse_args()
    onnx.save(block_quantised(onnx.load(arguments.graph), arguments.bits, arguments.block), arguments.out)


if __name__ == "__main__":
    main()
