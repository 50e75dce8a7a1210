"""A small builder of ONNX graphs: nodes, and weights in fp32 or int8.

Formats: operators of the default domain are described at https://onnx.ai/onnx/operators/, those of
`com.microsoft` in ONNX Runtime's docs/ContribOperators.md.
"""

from collections.abc import Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .export_decoder import Linear
from .export_quantise import LOOKED_UP_LEVELS, ROW_LEVELS, quantise_columns, quantise_rows

OPSET = 17
"""Old enough for every ONNX Runtime since 1.13, the browser's included."""
IR_VERSION = 8
MICROSOFT = "com.microsoft"
"""Domain of ONNX Runtime's own operators."""

ACTIVATION_STEP = 1 / ROW_LEVELS
ZERO_POINT = 128
"""Activations are unsigned bytes, 1 to 255: the products of unsigned and signed bytes are the fast ones."""

FLOAT, INT32, INT64 = TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64
Attribute = int | float | Sequence[int]


class Graph:
    """Collects nodes and weights; its methods return the names of the tensors that they add."""

    def __init__(self, name: str, int8: bool, fused: bool):
        """`fused`: ONNX Runtime's own operators may be used; otherwise standard ones alone."""
        self.name = name
        self.int8 = int8
        self.fused = fused
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self.inputs: list[onnx.ValueInfoProto] = []
        self.outputs: list[onnx.ValueInfoProto] = []

    def input(self, name: str, dtype: int, shape: Sequence[str | int]) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def output(self, name: str, dtype: int, shape: Sequence[str | int]) -> str:
        self.outputs.append(helper.make_tensor_value_info(name, dtype, shape))
        return name

    def weight(self, name: str, values: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def constant(self, value: object, dtype: type[np.generic] = np.int64) -> str:
        """A small weight, written once however often it is used."""
        values = np.asarray(value, dtype)
        key = (values.dtype.str, values.shape, values.tobytes())
        if key not in self.constants:
            self.constants[key] = self.weight(f"constant_{len(self.constants)}", values)
        return self.constants[key]

    def nodes_of(
        self,
        operator: str,
        inputs: Sequence[str],
        outputs: Sequence[str],
        domain: str = "",
        **attributes: Attribute,
    ) -> None:
        """Adds a node with the output names given ("" for one that is not wanted)."""
        name = f"{operator}_{len(self.nodes)}"
        node = helper.make_node(operator, inputs, outputs, name, domain=domain)
        node.attribute.extend(helper.make_attribute(key, value) for key, value in attributes.items())
        self.nodes.append(node)

    def node(
        self, operator: str, *inputs: str, output: str = "", domain: str = "", **attributes: Attribute
    ) -> str:
        """Adds a node with one output and returns the output's name."""
        output = output or f"{operator}_{len(self.nodes)}_out"
        self.nodes_of(operator, inputs, [output], domain, **attributes)
        return output

    def embedding(self, name: str, table: np.ndarray, ids: str, levels: int = LOOKED_UP_LEVELS) -> str:
        """Rows of `table` [vocabulary, hidden] for `ids` [batch, sequence]: [batch, sequence, hidden].

        int8 rows become floats only after they were chosen.
        """
        if not self.int8:
            return self.node("Gather", self.weight(name, table), ids)
        values, scales = quantise_rows(table, levels)
        rows = self.node("Cast", self.node("Gather", self.weight(name, values), ids), to=FLOAT)
        return self.node("Mul", rows, self.node("Gather", self.weight(f"{name}_scales", scales), ids))

    def tied_head(self, name: str, rows: str, output: str) -> None:
        """`rows` [..., hidden] times the table that `embedding` wrote with WEIGHT_LEVELS: [..., vocabulary].

        The file holds the table once; ONNX Runtime transposes it when it loads the graph.
        """
        matrix = self.node("Transpose", name, perm=[1, 0])
        if self.int8:
            scales = self.node("Squeeze", f"{name}_scales", self.constant([1]))
            self.int8_product(rows, matrix, scales, output)
        else:
            self.node("MatMul", rows, matrix, output=output)

    def linear(self, name: str, linear: Linear, rows: str) -> str:
        """`rows` [..., in] times the weight [in, out], plus the bias if there is one: [..., out]."""
        if self.int8:
            values, scales = quantise_columns(linear.weight)
            matrix, scales = self.weight(name, values), self.weight(f"{name}_scales", scales[0])
            product = self.int8_product(rows, matrix, scales, step=linear.step)
        else:
            product = self.node("MatMul", rows, self.weight(name, linear.weight))
        if linear.bias is None:
            return product
        return self.node("Add", product, self.weight(f"{name}_bias", linear.bias))

    def int8_product(
        self, rows: str, matrix: str, scales: str, output: str = "", step: float | None = None
    ) -> str:
        """`rows` fp32 [..., in] times the int8 matrix [in, out] with scales [out]: [..., out].

        `step`: of the rows' bytes. Without one every row (token) is quantised by its own largest magnitude,
        never by the whole tensor's: a first token's activations can be a thousand times the others'. Either
        way a token's answer does not depend on what else is in the batch or in the cache.
        """
        largest = None
        if step is None:
            # No row is all zeros, so none is divided by zero.
            largest = self.node("ReduceMax", self.node("Abs", rows), axes=[-1], keepdims=1)
            rows, step = self.node("Div", rows, largest), ACTIVATION_STEP
        size, zero = self.constant(step, np.float32), self.constant(ZERO_POINT, np.uint8)
        values = self.node("QuantizeLinear", rows, size, zero)
        last = "" if largest else output
        if self.fused:
            product = self.node(
                "MatMulIntegerToFloat", values, matrix, size, scales, zero, output=last, domain=MICROSOFT
            )
        else:
            product = self.node("Cast", self.node("MatMulInteger", values, matrix, zero), to=FLOAT)
            product = self.node("Mul", product, self.node("Mul", scales, size), output=last)
        return self.node("Mul", product, largest, output=output) if largest else product

    def model(self) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.weights)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="turnwise")
