"""The graph for browsers' WebGPU: the weights of model.onnx, in the operators that have kernels there.

    python -m turnwise_training.export_webgpu ../models/en

ONNX Runtime has no WebGPU kernel for MatMulIntegerToFloat. This graph multiplies by `MatMulNBits` instead,
whose activations are floats: no rounding, so answers differ a little. It holds no weights: its tensors are
places in model.onnx or, as there, in embeddings.bin (external data,
https://onnx.ai/onnx/repo-docs/ExternalData.html), and the layout that the operator wants is made of them when
a runtime loads it. `write_fused` calls this; the command is for a folder that was exported before.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

from .export_files import describe_file, move_out
from .export_graph import INT32, MICROSOFT, ZERO_POINT
from .manifest import MANIFEST, graph_in, read_manifest, write_json

FILE_NAME = "model.webgpu.onnx"
BLOCK_SIZES = (32, 16)
"""Rows of a weight that share scales: 32 is what the faster kernels know, 16 the least there is."""
INLINE_BYTES = 64
"""Tensors of so few bytes are in the graph itself."""


def build_webgpu(fused: bytes, location: str) -> onnx.ModelProto:
    """The graph for the weights in `fused`, a serialised model of `export_fused` in the file `location`."""
    model = onnx.load_from_string(fused)
    rewrite = Rewrite(model.graph)
    nodes = [replacement for node in model.graph.node for replacement in rewrite.replace(node)]
    nodes = without_unused(nodes, [output.name for output in model.graph.output])
    names = {name for node in nodes for name in node.input}
    used = [tensor for tensor in model.graph.initializer if tensor.name in names]
    weights = [point_into(tensor, fused, location) for tensor in used]
    del model.graph.node[:], model.graph.initializer[:]
    model.graph.node.extend(nodes)
    model.graph.initializer.extend([*weights, *rewrite.constants.values()])
    return model


class Rewrite:
    """Knows the nodes of a fused graph, and what to put in their places."""

    def __init__(self, graph: onnx.GraphProto):
        self.tensors = {tensor.name: tensor for tensor in graph.initializer}
        self.shapes = {name: tuple(tensor.dims) for name, tensor in self.tensors.items()}
        self.made_by = {output: node for node in graph.node for output in node.output}
        self.used_by = {name: node for node in graph.node for name in node.input}
        self.constants: dict[str, TensorProto] = {}
        # The node that works out where rows end, for the attention.
        attention = next(node for node in graph.node if node.op_type == "GroupQueryAttention")
        self.total = self.made_by[attention.input[6]].input[0]
        self.ends = self.made_by[self.made_by[attention.input[5]].input[0]]

    def replace(self, node: NodeProto) -> list[NodeProto]:
        if node.op_type == "MatMulIntegerToFloat":
            return self.float_product(node)
        if node.name == self.ends.name:
            return self.padded_ends(node)
        product = self.made_by.get(node.input[0])
        rescales = product is not None and self.own_step(product) is not None and node.op_type == "Mul"
        return [] if rescales else [node]

    def own_step(self, product: NodeProto) -> NodeProto | None:
        """Where a product's rows were divided by their largest magnitudes; it is multiplied by them again."""
        if product.op_type != "MatMulIntegerToFloat":
            return None
        divided = self.made_by.get(self.made_by[product.input[0]].input[0])
        return divided if divided is not None and divided.op_type == "Div" else None

    def padded_ends(self, node: NodeProto) -> list[NodeProto]:
        """All rows end where the longest does: the WebGPU kernel counts positions from there.

        Tokens see none that come later, so what is right of a row's last token changes nothing.
        """
        lengths, one = node.input
        shape, totals = f"{lengths}.shape", f"{lengths}.padded"
        return [
            make("Shape", [lengths], shape),
            make("Expand", [self.total, shape], totals),
            make("Sub", [totals, one], node.output[0]),
        ]

    def float_product(self, node: NodeProto) -> list[NodeProto]:
        """The rows, before they were made bytes, times the int8 matrix."""
        values, matrix, step, scales = node.input[:4]
        depth, width = self.shapes[matrix]
        sizes = {"K": depth, "N": width, "bits": 8, "block_size": block_size(depth)}
        weights = self.blocks(matrix, scales)
        inputs = [f"{matrix}.blocks", f"{scales}.blocks"]
        divided = self.own_step(node)
        if divided is not None:
            output = self.used_by[node.output[0]].output[0]
            return [*weights, make("MatMulNBits", [divided.input[0], *inputs], output, MICROSOFT, **sizes)]
        # Bytes of a fixed step have ends, and the model was trained to be cut off there.
        size, rows = numpy_helper.to_array(self.tensors[step]), f"{values}.clipped"
        least = self.constant(f"{values}.least", np.float32(-ZERO_POINT * size))
        most = self.constant(f"{values}.most", np.float32((ZERO_POINT - 1) * size))
        clip = make("Clip", [self.made_by[values].input[0], least, most], rows)
        return [clip, *weights, make("MatMulNBits", [rows, *inputs], node.output[0], MICROSOFT, **sizes)]

    def blocks(self, matrix: str, scales: str) -> list[NodeProto]:
        """The int8 matrix [in, out] as bytes around 128 [out, blocks, block], scales [out] for each block."""
        depth, width = self.shapes[matrix]
        block = block_size(depth)
        zero = self.constant("zero_point", np.int32(ZERO_POINT))
        shape = self.constant(f"{matrix}.shape", np.array([width, depth // block, block]))
        column = self.constant(f"{scales}.column", np.array([width, 1]))
        each = self.constant(f"{scales}.shape", np.array([width, depth // block]))
        return [
            make("Transpose", [matrix], f"{matrix}.transposed", perm=[1, 0]),
            make("Cast", [f"{matrix}.transposed"], f"{matrix}.signed", to=INT32),
            make("Add", [f"{matrix}.signed", zero], f"{matrix}.moved"),
            make("Cast", [f"{matrix}.moved"], f"{matrix}.bytes", to=TensorProto.UINT8),
            make("Reshape", [f"{matrix}.bytes", shape], f"{matrix}.blocks"),
            make("Reshape", [scales, column], f"{scales}.column_of"),
            make("Expand", [f"{scales}.column_of", each], f"{scales}.blocks"),
        ]

    def constant(self, name: str, value: np.ndarray | np.generic) -> str:
        self.constants[name] = numpy_helper.from_array(np.asarray(value), name)
        return name


def make(
    operator: str, inputs: list[str], output: str, domain: str = "", **attributes: int | list[int]
) -> NodeProto:
    node = helper.make_node(operator, inputs, [output], output, domain=domain)
    node.attribute.extend(helper.make_attribute(name, value) for name, value in attributes.items())
    return node


def block_size(depth: int) -> int:
    """Of a weight of so many rows."""
    fitting = [size for size in BLOCK_SIZES if depth % size == 0]
    assert fitting, f"a product over {depth} rows: MatMulNBits wants a multiple of {BLOCK_SIZES[-1]}"
    return fitting[0]


def without_unused(nodes: list[NodeProto], outputs: list[str]) -> list[NodeProto]:
    """The nodes that the outputs need, in their order."""
    needed, kept = set(outputs), []
    for node in reversed(nodes):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.append(node)
    return kept[::-1]


def point_into(tensor: TensorProto, file: bytes, location: str) -> TensorProto:
    """The tensor as a place in the serialised model that holds it. Any place with its bytes does.

    One whose bytes are in another file stays a place there.
    """
    if len(tensor.raw_data) <= INLINE_BYTES:
        return tensor
    place = TensorProto()
    place.CopyFrom(tensor)
    move_out(place, location, file.index(tensor.raw_data))
    return place


def write_webgpu(folder: Path) -> Path:
    """Writes the graph beside the model of `folder`, and what turnwise.json says of it."""
    manifest = read_manifest(folder)
    fused, graph = graph_in(folder, manifest), folder / FILE_NAME
    graph.write_bytes(build_webgpu(fused.read_bytes(), fused.name).SerializeToString())
    manifest["onnx"]["webgpuFile"] = FILE_NAME
    manifest["files"][FILE_NAME] = describe_file(graph)
    write_json(folder / MANIFEST, manifest)
    return graph


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with turnwise.json and model.onnx")
    path = write_webgpu(parser.parse_args().folder)
    print(f"{path.stat().st_size:>12,} bytes  {path}")


if __name__ == "__main__":
    main()
