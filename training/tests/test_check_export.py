"""Forms that differ by more than rounding does are not published."""

from pathlib import Path

import numpy as np
import pytest
from conftest import MODEL
from export_cases import ABOUT, tiny

from turnwise_training import check_export as checked
from turnwise_training.check_export import Difference, check_export, check_files, compare, exit_where_broken
from turnwise_training.export_folder import prepare_decoder, write_fused, write_published

LOGITS = np.array([[2.0, 1.0, 0.0, -1.0, 0.5], [0.0, 1.0, 3.0, -1.0, -2.0]])


def test_the_yield_is_compared_too():
    found = compare(LOGITS, LOGITS + np.array([0, 0, 0, 0, 2]))
    assert found.mean == found.changed == 0
    at = 1 / (1 + np.exp(-np.array([0.5, -2.0, 2.5, 0.0])))
    assert found.mean_yield == pytest.approx((at[2] - at[0] + at[3] - at[1]) / 2)
    assert "of the yield 0.34" in str(found)


def test_a_model_may_have_no_yield():
    assert compare(LOGITS[:, :4], LOGITS[:, :4]).mean_yield is None
    assert compare(LOGITS, LOGITS[:, :4]).mean_yield is None


ROUNDED = Difference(0.3, 0.01, 3, 428, 0.01)
OTHER = Difference(0.3, 0.01, 20, 428, 0.01)
"""Of a form that does not ship, or of one that ships against the other."""


def test_what_rounding_does_passes():
    exit_where_broken(
        {
            "fused, TEN": ROUNDED,
            "published, TEN": OTHER,
            "webgpu, TEN": OTHER,
            "fused, fixtures/prompts.json": Difference(0.3, 0.01, 4, 20, None),
        }
    )


@pytest.mark.parametrize(
    "found",
    [
        Difference(0.3, 0.06, 0, 428, 0.0),
        Difference(0.3, 0.0, 0, 428, 0.06),
        Difference(0.3, 0.0, 4, 428, 0.0),
    ],
    ids=["actions", "yield", "answers"],
)
def test_more_ends_the_program(found: Difference, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit, match=r"differ too much \(fused, TEN\)") as ended:
        exit_where_broken({"webgpu, TEN": ROUNDED, "fused, TEN": found})
    assert isinstance(ended.value.code, str)  # which Python prints, and exits with 1


def test_the_other_forms_have_a_limit_too():
    with pytest.raises(SystemExit, match=r"differ too much \(published, TEN\)"):
        exit_where_broken({"published, TEN": Difference(0.3, 0.0, 23, 428, 0.0), "webgpu, TEN": OTHER})


def test_the_release_has_the_files_that_it_describes():
    assert check_files(MODEL)["name"] == "turnwise-en"


def test_a_tiny_model_is_compared_in_all_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    model, tokenizer, _ = tiny("llama")
    decoder = prepare_decoder(model, tokenizer)
    write_published(model, decoder, tokenizer, tmp_path / "published")
    write_fused(model, decoder, tokenizer, tmp_path / "fused", ABOUT)
    said = [{"role": "user", "content": "the quick brown fox"}]
    monkeypatch.setattr(checked, "PROMPTS", {"one": said, "two": [*said, *said]})
    found = check_export(tmp_path / "fused", tmp_path / "published", tmp_path / "none")
    forms = [f"{form}, fixtures/prompts.json" for form in ("webgpu", "published", "fused")]
    assert list(found) == forms
    assert all(each.mean_yield is not None and each.mean_yield < 0.05 for each in found.values())
