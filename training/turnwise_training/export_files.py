"""Writing models to disk: ONNX files of bounded size, checksums."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import onnx

LARGEST_FILE_BYTES = 95_000_000
"""Git hosts and package registries refuse files of 100 MB."""
SMALL_TENSOR_BYTES = 4096
"""Smaller tensors stay in the .onnx file: shape inference reads some of them."""
PAGE_BYTES = 4096
"""External tensors start at a page's start, so that a runtime can map them."""


def save_onnx(
    model: onnx.ModelProto,
    path: Path,
    largest_file_bytes: int = LARGEST_FILE_BYTES,
    apart: Mapping[str, str] | None = None,
) -> list[Path]:
    """Writes one file, or, where that would be too large, the graph and files of weights beside it.

    `apart`: weights that have a file of their own in any case, and its name.
    Returns all paths: `model.onnx`, those of `apart`, `model.onnx.data0`, `model.onnx.data1`, …
    External data: https://onnx.ai/onnx/repo-docs/ExternalData.html
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for stale in path.parent.glob(f"{path.name}*"):
        stale.unlink()
    graph = onnx.ModelProto()
    graph.CopyFrom(model)
    tensors = {tensor.name: tensor for tensor in graph.graph.initializer}
    paths = [path]
    for name, file_name in (apart or {}).items():
        paths.append(path.with_name(file_name))
        paths[-1].write_bytes(tensors[name].raw_data)
        move_out(tensors.pop(name), file_name, 0)
    if graph.ByteSize() < largest_file_bytes:
        path.write_bytes(graph.SerializeToString())
        return paths
    others = len(paths)
    used = largest_file_bytes  # so that the first tensor opens a file
    for tensor in tensors.values():
        raw = tensor.raw_data
        if len(raw) < SMALL_TENSOR_BYTES:
            continue
        assert len(raw) <= largest_file_bytes, (
            f"{tensor.name} has {len(raw)} bytes: more than a file may have"
        )
        offset = -(-used // PAGE_BYTES) * PAGE_BYTES
        if offset + len(raw) > largest_file_bytes:
            paths.append(path.with_name(f"{path.name}.data{len(paths) - others}"))
            offset = 0
        with paths[-1].open("ab") as file:
            file.truncate(offset)
            file.write(raw)
        used = offset + len(raw)
        move_out(tensor, paths[-1].name, offset)
    path.write_bytes(graph.SerializeToString())
    return paths


def move_out(tensor: onnx.TensorProto, location: str, offset: int) -> None:
    """Makes a tensor a place in a file beside the graph, that has its bytes."""
    place = {"location": location, "offset": offset, "length": len(tensor.raw_data)}
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for key, value in place.items():
        tensor.external_data.add(key=key, value=str(value))


def describe_file(path: Path) -> dict[str, str | int]:
    """The entry of a file in turnwise.json."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "sizeBytes": path.stat().st_size}
