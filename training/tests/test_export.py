"""An export that is broken leaves the folders as they were."""

import json
import shutil
import sys
from pathlib import Path

import pytest
from export_cases import TINY

from turnwise_training import export
from turnwise_training.check_export import Difference, check_files
from turnwise_training.fixture_models import tiny_llama
from turnwise_training.manifest import read_manifest
from turnwise_training.model import load_model, save_model

STALE = "model.onnx.data0"
"""Of an older model.onnx, which had weights in a file of their own."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run, and what was exported before it."""
    model, tokenizer = tiny_llama(["the quick brown fox"])
    save_model(model, tokenizer, tmp_path / "run" / "model")
    (tmp_path / "run" / "run.json").write_text(json.dumps({"int8": False}))
    shutil.copytree(TINY / "int8", tmp_path / "out")
    for name in ("LICENSE", "MODEL_CARD.md", STALE):
        (tmp_path / "out" / name).write_text(name)
    return tmp_path


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, changed: int) -> None:
    def check(fused: Path, published: Path, data_dir: Path) -> dict[str, Difference]:
        check_files(fused)
        load_model(published)
        return {"fused, TEN": Difference(0.1, 0.01, changed, 428, 0.01)}

    monkeypatch.setattr(export, "check_export", check)
    asked = ["export", "run", "--out", "out", "--published", "published", "--version", "9.0.0"]
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", asked)
    export.main()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_broken_is_not_put_in_place(folder: Path, monkeypatch: pytest.MonkeyPatch):
    before = contents(folder / "out")
    with pytest.raises(SystemExit, match="Do not publish"):
        run(folder, monkeypatch, changed=4)
    assert contents(folder / "out") == before
    assert not (folder / "published").exists()
    assert read_manifest(folder / "out.part")["version"] == "9.0.0"


def test_what_agrees_is_and_other_files_stay(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "out.part").mkdir()
    (folder / "out.part" / "left").write_text("by a broken export")
    run(folder, monkeypatch, changed=3)
    out = folder / "out"
    assert check_files(out)["version"] == "9.0.0"
    assert [(out / name).read_text() for name in ("LICENSE", "MODEL_CARD.md")] == ["LICENSE", "MODEL_CARD.md"]
    assert not (out / STALE).exists() and not (out / "left").exists()
    load_model(folder / "published")
    assert (folder / "published" / "onnx" / "model_q8.onnx").exists()
    assert not list(folder.glob("*.part"))
