"""Writes fixtures/, the contract between Python and TypeScript: `python -m turnwise_training.fixtures`.

prompts.json holds the tokenizers to account; tiny/ the runtimes, with random models of under 1 MB in all.
"""

import argparse
import json
from pathlib import Path

import torch
from transformers import AutoTokenizer

from .export_folder import prepare_decoder, write_fused, write_published
from .fixture_messages import CONVERSATIONS, PROMPTS, WRITINGS
from .fixture_models import tiny_llama, tiny_qwen2
from .model import load_base
from .onnx_runner import OnnxRunner
from .prompt import ASKED_COUNTS, COUNTED_WORDS, PLAIN_WORDS, SPOKEN_WORDS, PromptTokenizer

FIXTURES = Path(__file__).parents[2] / "fixtures"
TINY_BYTES = 1_000_000


def write_prompts(tokenizer: PromptTokenizer, path: Path) -> None:
    plain, spoken, counted, asked = (
        PromptTokenizer(tokenizer.tokenizer, name)
        for name in (PLAIN_WORDS, SPOKEN_WORDS, COUNTED_WORDS, ASKED_COUNTS)
    )
    entries: list[dict[str, object]] = [
        {
            "name": name,
            "messages": messages,
            "tokenIds": tokenizer.prompt(messages),
            "plainTokenIds": plain.prompt(messages),
            "spokenTokenIds": spoken.prompt(messages),
            "countedTokenIds": counted.prompt(messages),
            "askedTokenIds": asked.prompt(messages),
        }
        for name, messages in (PROMPTS | WRITINGS).items()
    ]
    write_entries(path, entries)


def write_tiny(folder: Path) -> None:
    """fused (fp32, so that every machine computes the same), int8 (fused, and its graph for WebGPU: the two
    are compared with each other), published and qwen2 (int8, as published)."""
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
    decoder = prepare_decoder(llama, llama_tokenizer)
    fused = write_fused(llama, decoder, llama_tokenizer, folder / "fused", about, int8=False)
    write_expected(OnnxRunner(fused), llama_tokenizer, folder / "fused")
    write_fused(llama, decoder, llama_tokenizer, folder / "int8", about)
    published = write_published(llama, decoder, llama_tokenizer, folder / "published")
    write_expected(OnnxRunner(published), llama_tokenizer, folder / "published")
    decoder = prepare_decoder(qwen2, qwen2_tokenizer)
    published = write_published(qwen2, decoder, qwen2_tokenizer, folder / "qwen2")
    write_expected(OnnxRunner(published), qwen2_tokenizer, folder / "qwen2")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert size < TINY_BYTES, f"the tiny models have {size} bytes, at most {TINY_BYTES} are wanted"


def write_expected(runner: OnnxRunner, tokenizer: PromptTokenizer, folder: Path) -> None:
    """expected.json: the ONNX file's own logits, by class; the fused form has a yield's too."""
    rows = tokenizer.actions if runner.published else tokenizer.rows
    entries = []
    for messages in CONVERSATIONS:
        ids = tokenizer.prompt(messages)
        logits = runner.action_logits([ids], rows)[0]
        entries.append(
            {"messages": messages, "tokenIds": ids, "logits": [round(float(x), 6) for x in logits]}
        )
    write_entries(folder / "expected.json", entries)


def write_entries(path: Path, entries: list[dict[str, object]]) -> None:
    """A JSON array with one entry a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=FIXTURES)
    parser.add_argument(
        "--tokenizer", type=Path, help="folder with the shipped tokenizer; default: the base's"
    )
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    write_tiny(arguments.out / "tiny")
    if arguments.tokenizer:
        tokenizer = PromptTokenizer(AutoTokenizer.from_pretrained(arguments.tokenizer))
    else:
        _, tokenizer = load_base()
    write_prompts(tokenizer, arguments.out / "prompts.json")


if __name__ == "__main__":
    main()
