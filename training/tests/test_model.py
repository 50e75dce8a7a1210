"""A model that is not there is told as such."""

from pathlib import Path

import pytest

from turnwise_training.model import load_model


def test_a_missing_folder_is_named_with_what_makes_it(tmp_path: Path):
    with pytest.raises(FileNotFoundError, match=r"no model in .*work/en-0\.9/model .*import_fused"):
        load_model(tmp_path / "work/en-0.9/model")
