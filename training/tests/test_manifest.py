"""turnwise.json is read in one place, which says what is wrong with a folder."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import MODEL
from export_cases import TINY

from turnwise_training.manifest import FORMAT_VERSION, MANIFEST, graph_in, read_manifest, write_json


@pytest.mark.parametrize("folder", [MODEL, TINY / "int8"], ids=["models/en", "tiny"])
def test_of_a_shipped_folder_it_names_the_graphs(folder: Path):
    manifest = read_manifest(folder)
    assert graph_in(folder, manifest) == folder / "model.onnx"
    assert graph_in(folder, manifest, "webgpuFile") == folder / "model.webgpu.onnx"


def test_a_folder_without_one_is_named(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=rf"{tmp_path.name} is not .*no turnwise\.json.*`export`"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "is no JSON: "),
        ('{"formatVersion": 2}', "has formatVersion 2, this code reads 1"),
        ("{}", "has formatVersion None"),
        ("[]", "has formatVersion None"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, text: str, problem: str):
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(ValueError, match=rf"turnwise\.json {problem}"):
        read_manifest(tmp_path)


def test_what_is_written_is_read(tmp_path: Path):
    manifest = {"formatVersion": FORMAT_VERSION, "name": "größer"}
    write_json(tmp_path / MANIFEST, manifest)
    assert read_manifest(tmp_path) == manifest
    assert "größer" in (tmp_path / MANIFEST).read_text(encoding="utf-8")


def test_reading_needs_no_library():
    code = "import json, sys, turnwise_training.manifest; print(json.dumps(list(sys.modules)))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=MODEL.parents[1] / "training"
    )
    assert not {"torch", "onnx", "numpy", "transformers"} & set(json.loads(found.stdout))
