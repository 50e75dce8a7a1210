"""Writes fixtures/, the contract between Python and TypeScript: `python -m turnwise_training.fixtures`.

prompts.json holds the tokenizers to account; tiny/ the runtimes, with random models of under 1 MB in all.
"""

import argparse
import json
from pathlib import Path

import torch

from .export_folder import Model, write_fused, write_json, write_published
from .fixture_messages import CONVERSATIONS, PROMPTS
from .fixture_models import tiny_llama, tiny_qwen2
from .model import load_base
from .onnx_runner import OnnxRunner
from .prompt import PromptTokenizer

FIXTURES = Path(__file__).parents[2] / "fixtures"
TINY_BYTES = 1_000_000


def write_prompts(tokenizer: PromptTokenizer, path: Path) -> None:
    entries = [
        json.dumps({"name": name, "messages": messages, "tokenIds": tokenizer.prompt(messages)}, ensure_ascii=False)
        for name, messages in PROMPTS.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("[\n" + ",\n".join(entries) + "\n]\n", encoding="utf-8")


def write_tiny(folder: Path) -> None:
    """fused (fp32, so that every machine computes the same), published and qwen2 (int8, as published)."""
    texts = [message["content"] for messages in PROMPTS.values() for message in messages]
    llama, llama_tokenizer = tiny_llama(texts)
    qwen2, qwen2_tokenizer = tiny_qwen2(texts)
    about: dict[str, object] = {
        "name": "turnwise-tiny",
        "version": "0.0.0",
        "license": "Apache-2.0",
        "baseModel": None,
        "calibration": {"temperature": 1.0},
        "training": {"note": "random weights, for tests"},
    }
    fused = write_fused(llama, llama_tokenizer, folder / "fused", about, int8=False)
    write_expected(OnnxRunner(fused), llama_tokenizer, folder / "fused")
    published = write_published(llama, llama_tokenizer, folder / "published")
    write_expected(OnnxRunner(published), llama_tokenizer, folder / "published")
    published = write_published(qwen2, qwen2_tokenizer, folder / "qwen2")
    write_expected(OnnxRunner(published), qwen2_tokenizer, folder / "qwen2")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert size < TINY_BYTES, f"the tiny models have {size} bytes, at most {TINY_BYTES} are wanted"


def write_expected(runner: OnnxRunner, tokenizer: PromptTokenizer, folder: Path) -> None:
    """expected.json: the ONNX file's own action logits, in class order."""
    expected = []
    for messages in CONVERSATIONS:
        ids = tokenizer.prompt(messages)
        logits = runner.action_logits([ids], tokenizer.actions)[0]
        expected.append({"messages": messages, "tokenIds": ids, "logits": [round(float(x), 6) for x in logits]})
    write_json(folder / "expected.json", expected)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FIXTURES)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write_tiny(arguments.out / "tiny")
    _, tokenizer = load_base()
    write_prompts(tokenizer, arguments.out / "prompts.json")


if __name__ == "__main__":
    main()
