"""The temperature is fitted on what is there."""

import sys
from pathlib import Path

import pytest

from turnwise_training import calibrate
from turnwise_training.fixtures import FIXTURES

TEXT = """
= a bank, a balance

agent: Hello.
user: I'd like | my balance

= a shop, an order

user: Where is | my order
"""


def test_without_the_development_set_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "test.txt").write_text(TEXT)
    monkeypatch.setattr(calibrate, "is_held_out", lambda conversation: True)
    model = FIXTURES / "tiny" / "published"
    asked = ["calibrate", str(model), "--data-dir", str(tmp_path), "--corpus", str(tmp_path)]
    monkeypatch.setattr(sys, "argv", asked)
    calibrate.main()
    printed = capsys.readouterr().out
    assert "cases.jsonl is not there: fitted on held-out points alone" in printed
    assert "\ntemperature " in printed
    assert "development set" not in printed and "other half of the held-out points" in printed
