"""The temperature is fitted to what ships, on what is there."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from export_cases import TINY

from turnwise_training import calibrate, evaluation_sets
from turnwise_training.calibrate import best_temperature
from turnwise_training.manifest import read_manifest

TEXT = """
= a bank, a balance

agent: Hello.
user: I'd like | my balance

= a shop, an order

user: Where is | my order
"""


def drawn(points: int) -> tuple[np.ndarray, np.ndarray]:
    """Logits, and actions drawn with their probabilities."""
    chance = np.random.default_rng(0)
    logits = 2 * chance.standard_normal((points, 4))
    return logits, (logits + chance.gumbel(size=logits.shape)).argmax(1)


def test_logits_twice_too_large_are_halved():
    logits, expected = drawn(50_000)
    assert best_temperature([(logits, expected)]) == pytest.approx(1, abs=0.05)
    assert best_temperature([(2 * logits, expected)]) == pytest.approx(2, abs=0.05)


def test_each_set_has_the_same_say():
    logits, expected = drawn(20_000)
    few, many = (3 * logits[:5000], expected[:5000]), (logits, expected)
    assert best_temperature([few, many]) == best_temperature([few, many, few, many])
    assert 1.5 < best_temperature([few, many]) < 2.5


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the tiny model beside a corpus that is held out."""
    (tmp_path / "test.txt").write_text(TEXT)
    monkeypatch.setattr(evaluation_sets, "is_held_out", lambda conversation: True)
    return shutil.copytree(TINY / "int8", tmp_path / "int8")


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> None:
    beside = str(folder.parent)
    asked = ["calibrate", str(folder), "--data-dir", beside, "--corpus", beside, *options]
    monkeypatch.setattr(sys, "argv", asked)
    calibrate.main()


def test_without_the_development_set_it_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    before = (folder / "turnwise.json").read_bytes()
    run(folder, monkeypatch)
    printed = capsys.readouterr().out
    assert "cases.jsonl is not there: fitted on held-out points alone" in printed
    assert "\ntemperature " in printed
    assert "development set" not in printed and "held-out conversations: expected" in printed
    assert (folder / "turnwise.json").read_bytes() == before


def test_it_writes_the_temperature_and_nothing_else(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(calibrate, "best_temperature", lambda sets: 1.35)
    before = read_manifest(folder)
    run(folder, monkeypatch, "--write")
    assert read_manifest(folder) == {**before, "calibration": {"temperature": 1.35}}


def test_so_many_held_out_points_are_asked(folder: Path, monkeypatch: pytest.MonkeyPatch):
    sizes: list[list[int]] = []
    monkeypatch.setattr(
        calibrate, "best_temperature", lambda sets: sizes.append([len(one[1]) for one in sets]) or 1
    )
    run(folder, monkeypatch)
    run(folder, monkeypatch, "--limit", "2")
    assert sizes[0][0] > 2 and sizes[1] == [2]


def test_only_a_shipped_folder_can_be_written_to(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "turnwise.json").unlink()
    with pytest.raises(FileNotFoundError, match="int8 is not of the shipped form"):
        run(folder, monkeypatch, "--write")
