"""Legs as differences: what is read is the leg, byte for byte, and another release is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from turnwise_training.export_files import describe_file
from turnwise_training.leg_file import read_leg, write_leg
from turnwise_training.manifest import FORMAT_VERSION


def shipped(folder: Path, version: str, weights: np.ndarray) -> Path:
    """A folder with a manifest, weights and a file that no leg changes."""
    folder.mkdir()
    (folder / "model.onnx").write_bytes(weights.tobytes())
    (folder / "embeddings.bin").write_bytes(b"a table")
    files = {name: describe_file(folder / name) for name in ("model.onnx", "embeddings.bin")}
    manifest = {"formatVersion": FORMAT_VERSION, "name": "turnwise-en", "version": version, "files": files}
    (folder / "turnwise.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return folder


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A release, and a leg that moves each hundredth weight by one, over both ends of a byte."""
    weights = np.random.default_rng(5).integers(-128, 128, 100_000).astype(np.int8)
    moved = weights.copy()
    moved[::100] += np.where(np.arange(1000) % 2, 1, -1).astype(np.int8)
    return shipped(tmp_path / "base", "1.0.0", weights), shipped(tmp_path / "leg", "1.0.1", moved)


def test_what_is_read_is_the_leg(folders: tuple[Path, Path], tmp_path: Path) -> None:
    base, leg = folders
    file, out = tmp_path / "legs" / "leg.zip", tmp_path / "out"
    write_leg(base, leg, file)
    assert file.stat().st_size < 5_000  # of 100,000 that differ in 1,000
    read_leg(base, file, out)
    names = sorted(path.name for path in leg.iterdir())
    assert sorted(path.name for path in out.iterdir()) == names
    assert all((out / name).read_bytes() == (leg / name).read_bytes() for name in names)


def test_another_release_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    base, leg = folders
    file = tmp_path / "leg.zip"
    write_leg(base, leg, file)
    with pytest.raises(ValueError, match=r"goes on from turnwise-en 1\.0\.0, .* holds 1\.0\.1"):
        read_leg(leg, file, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_changed_file_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    base, leg = folders
    (leg / "model.onnx").write_bytes(bytes(100_000))
    with pytest.raises(ValueError, match="is not as its manifest says"):
        write_leg(base, leg, tmp_path / "leg.zip")
    assert not (tmp_path / "leg.zip").exists()


def test_another_graph_is_refused(folders: tuple[Path, Path], tmp_path: Path) -> None:
    base, _ = folders
    shorter = shipped(tmp_path / "shorter", "1.0.2", np.zeros(50, np.int8))
    with pytest.raises(ValueError, match=r"model\.onnx has another size"):
        write_leg(base, shorter, tmp_path / "leg.zip")
