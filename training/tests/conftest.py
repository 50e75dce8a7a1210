from pathlib import Path

import pytest
from transformers import AutoTokenizer

from turnwise_training.prompt import PromptTokenizer

MODEL = Path(__file__).resolve().parents[2] / "models" / "en"


@pytest.fixture(scope="session")
def tokenizer() -> PromptTokenizer:
    return PromptTokenizer(AutoTokenizer.from_pretrained(MODEL))
