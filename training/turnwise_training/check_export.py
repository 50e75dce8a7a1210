"""Do PyTorch, the published ONNX form, the fused form and its graph for WebGPU give the same probabilities?

    python -m turnwise_training.check_export ../models/en --published work/published

Compares them on fixtures/prompts.json and, where `--data-dir` is there, on TEN's 428 lines, and prints
the largest and the mean difference of a probability, and how many answers differ. Without `--published` the
graph for WebGPU is compared with the fused form alone.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .evaluation_sets import ten
from .export_files import describe_file
from .fixture_messages import PROMPTS
from .model import load_model, load_tokenizer
from .onnx_runner import OnnxRunner
from .prompt import Message


@dataclass(frozen=True)
class Difference:
    """Of the four probabilities, from the reference's."""

    largest: float
    mean: float
    changed: int
    """Conversations whose most probable action is another."""
    conversations: int

    def __str__(self) -> str:
        return (
            f"largest {self.largest:.5f}, mean {self.mean:.5f}, "
            f"{self.changed} of {self.conversations} answers changed"
        )


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax of [conversations, 4]."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def torch_logits(model: torch.nn.Module, prompts: Sequence[list[int]], action_ids: list[int]) -> np.ndarray:
    """Action logits [prompts, 4], one prompt at a time, the published way."""
    with torch.no_grad():
        rows = [model(torch.tensor([prompt])).logits[0, -1, action_ids] for prompt in prompts]
    return torch.stack(rows).numpy()


def onnx_logits(runner: OnnxRunner, prompts: Sequence[list[int]], action_ids: list[int]) -> np.ndarray:
    """Action logits [prompts, 4], one prompt at a time."""
    return np.concatenate([runner.action_logits([prompt], action_ids) for prompt in prompts])


def compare(expected: np.ndarray, found: np.ndarray) -> Difference:
    """Both are logits [conversations, 4]."""
    difference = np.abs(probabilities(found) - probabilities(expected))
    changed = int((found.argmax(axis=1) != expected.argmax(axis=1)).sum())
    return Difference(float(difference.max()), float(difference.mean()), changed, len(expected))


def check_files(folder: Path) -> None:
    """Raises ValueError where a file is not the one that turnwise.json describes."""
    manifest = json.loads((folder / "turnwise.json").read_text(encoding="utf-8"))
    for name, expected in manifest["files"].items():
        found = describe_file(folder / name)
        if found != expected:
            raise ValueError(
                f"{folder / name} is not the exported file: {found}, turnwise.json says {expected}"
            )


def conversation_sets(data_dir: Path) -> dict[str, list[list[Message]]]:
    sets = {"fixtures/prompts.json": list(PROMPTS.values())}
    if data_dir.exists():
        sets["TEN"] = ten(data_dir)[0]
    else:
        print(f"{data_dir} is not there: fixtures only")
    return sets


def check_export(fused: Path, published: Path | None, data_dir: Path) -> dict[str, Difference]:
    """Prints a line for each two forms and set of conversations; returns them by `form, set`."""
    check_files(fused)
    runners = {"fused": OnnxRunner(fused / "model.onnx"), "webgpu": OnnxRunner(fused / "model.webgpu.onnx")}
    pairs = [("webgpu", "fused")]
    model, tokenizer = None, load_tokenizer(fused)
    if published is not None:
        model, _ = load_model(published)
        runners["published"] = OnnxRunner(published / "onnx" / "model_q8.onnx")
        pairs += [("published", "PyTorch"), ("fused", "PyTorch")]
    differences = {}
    for name, conversations in conversation_sets(data_dir).items():
        prompts = [tokenizer.prompt(messages) for messages in conversations]
        logits = {form: onnx_logits(runner, prompts, tokenizer.actions) for form, runner in runners.items()}
        if model is not None:
            logits["PyTorch"] = torch_logits(model, prompts, tokenizer.actions)
        for form, reference in pairs:
            difference = differences[f"{form}, {name}"] = compare(logits[reference], logits[form])
            print(f"{form:9} against {reference} on {name}: {difference}")
    return differences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("fused", type=Path, help="folder with model.onnx and turnwise.json")
    parser.add_argument("--published", type=Path, help="folder of the same model's published form")
    parser.add_argument("--data-dir", type=Path, default=Path("../../shared/data"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    check_export(arguments.fused, arguments.published, arguments.data_dir)


if __name__ == "__main__":
    main()
