"""turnwise.json, which makes a folder one of the shipped form. Reading it needs no library."""

import json
from pathlib import Path

MANIFEST = "turnwise.json"
FORMAT_VERSION = 1


def read_manifest(folder: Path) -> dict:
    """Raises FileNotFoundError where there is none, ValueError where this code cannot read it."""
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{folder} is not of the shipped form (it has no {MANIFEST}): `export` of a run makes one"
        ) from None
    except ValueError as problem:
        raise ValueError(f"{path} is no JSON: {problem}") from problem
    found = manifest.get("formatVersion") if isinstance(manifest, dict) else None
    if found != FORMAT_VERSION:
        raise ValueError(f"{path} has formatVersion {found}, this code reads {FORMAT_VERSION}")
    return manifest


def graph_in(folder: Path, manifest: dict, key: str = "file") -> Path:
    """The ONNX file; with `key="webgpuFile"` the graph for WebGPU."""
    return folder / manifest["onnx"][key]


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
