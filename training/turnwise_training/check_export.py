"""Do PyTorch, the published ONNX form, the fused form and its graph for WebGPU give the same probabilities?

    python -m turnwise_training.check_export ../models/en --published work/published

Compares them on fixtures/prompts.json and, where `--data-dir` has it, on TEN's 428 lines, and prints
the largest and the mean difference of a probability, that of the yield, and how many answers differ. Without
`--published` the graph for WebGPU is compared with the fused form alone. Exits with 1 where two forms differ
by more than rounding does.
"""

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from .evaluation_sets import ten
from .export_files import describe_file
from .fixture_messages import PROMPTS
from .manifest import graph_in, read_manifest
from .metrics import sigmoid
from .model import load_model, load_tokenizer
from .onnx_runner import OnnxRunner
from .overlap import DATA_FILES
from .prompt import Message

TEN = "TEN"
LARGEST_MEAN = 0.05
LARGEST_CHANGED = 0.05
"""Of TEN's answers. The releases stayed well below both: beyond, something is broken."""
LARGEST_CHANGED_FUSED = 0.005
"""Of the form that ships, against PyTorch: int8 may cost half a point. Rounded up, 3 of TEN's 428 answers."""


@dataclass(frozen=True)
class Difference:
    """Of the four probabilities, from the reference's."""

    largest: float
    mean: float
    changed: int
    """Conversations whose most probable action is another."""
    conversations: int
    mean_yield: float | None
    """Of the probability of a yield; None where a form does not say it."""

    def __str__(self) -> str:
        of_yield = "" if self.mean_yield is None else f"of the yield {self.mean_yield:.5f}, "
        return (
            f"largest {self.largest:.5f}, mean {self.mean:.5f}, {of_yield}"
            f"{self.changed} of {self.conversations} answers changed"
        )


def probabilities(logits: np.ndarray) -> np.ndarray:
    """Softmax of [conversations, 4]."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def torch_logits(model: torch.nn.Module, prompts: Sequence[list[int]], row_ids: list[int]) -> np.ndarray:
    """Logits of the actions and the yield [prompts, 5], one prompt at a time, the published way."""
    with torch.no_grad():
        rows = [model(torch.tensor([prompt])).logits[0, -1, row_ids] for prompt in prompts]
    return torch.stack(rows).numpy()


def onnx_logits(runner: OnnxRunner, prompts: Sequence[list[int]], row_ids: list[int]) -> np.ndarray:
    """The same; of a fused model without a yield [prompts, 4]."""
    return np.concatenate([runner.action_logits([prompt], row_ids) for prompt in prompts])


def compare(expected: np.ndarray, found: np.ndarray) -> Difference:
    """Both are logits [conversations, 5], without a yield [conversations, 4]."""
    actions, expected_actions = found[:, :4], expected[:, :4]
    difference = np.abs(probabilities(actions) - probabilities(expected_actions))
    changed = int((actions.argmax(axis=1) != expected_actions.argmax(axis=1)).sum())
    mean_yield = None
    if found.shape[1] == expected.shape[1] == 5:
        mean_yield = float(np.abs(sigmoid(found[:, 4]) - sigmoid(expected[:, 4])).mean())
    return Difference(float(difference.max()), float(difference.mean()), changed, len(expected), mean_yield)


def exit_where_broken(differences: Mapping[str, Difference]) -> None:
    """Ends the program with 1 where the differences of `check_export` are more than those of rounding."""
    broken = [name for name, found in differences.items() if is_broken(found, *name.split(", "))]
    if broken:
        sys.exit(
            f"the exported forms differ too much ({', '.join(broken)}): a mean difference of a probability "
            f"above {LARGEST_MEAN} or more than {LARGEST_CHANGED:.1%} of TEN's answers changed, of the fused "
            f"form's more than {LARGEST_CHANGED_FUSED:.1%}. Do not publish these files: the export is "
            "broken, or the weights do not bear int8"
        )


def is_broken(found: Difference, form: str, of: str) -> bool:
    """A form on a set of conversations; a few fixtures' answers say nothing."""
    share = LARGEST_CHANGED_FUSED if form == "fused" else LARGEST_CHANGED
    changed = found.changed > math.ceil(share * found.conversations)
    return max(found.mean, found.mean_yield or 0) > LARGEST_MEAN or (of == TEN and changed)


def check_files(folder: Path) -> dict:
    """The manifest. Raises ValueError where a file is not the one that it describes."""
    manifest = read_manifest(folder)
    for name, expected in manifest["files"].items():
        found = describe_file(folder / name)
        if found != expected:
            raise ValueError(
                f"{folder / name} is not the exported file: {found}, turnwise.json says {expected}"
            )
    return manifest


def conversation_sets(data_dir: Path) -> dict[str, list[list[Message]]]:
    sets = {"fixtures/prompts.json": list(PROMPTS.values())}
    lines = data_dir / DATA_FILES["ten"]
    if lines.exists():
        sets[TEN] = ten(data_dir)[0]
    else:
        print(f"{lines} is not there: fixtures only")
    return sets


def check_export(fused: Path, published: Path | None, data_dir: Path) -> dict[str, Difference]:
    """Prints a line for each two forms and set of conversations; returns them by `form, set`."""
    manifest = check_files(fused)
    graphs = {"fused": "file", "webgpu": "webgpuFile"}
    runners = {form: OnnxRunner(graph_in(fused, manifest, key)) for form, key in graphs.items()}
    pairs = [("webgpu", "fused")]
    model, tokenizer = None, load_tokenizer(fused)
    if published is not None:
        model, _ = load_model(published)
        runners["published"] = OnnxRunner(published / "onnx" / "model_q8.onnx")
        pairs += [("published", "PyTorch"), ("fused", "PyTorch")]
    differences = {}
    for name, conversations in conversation_sets(data_dir).items():
        prompts = [tokenizer.prompt(messages) for messages in conversations]
        logits = {form: onnx_logits(runner, prompts, tokenizer.rows) for form, runner in runners.items()}
        if model is not None:
            logits["PyTorch"] = torch_logits(model, prompts, tokenizer.rows)
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
    exit_where_broken(check_export(arguments.fused, arguments.published, arguments.data_dir))


if __name__ == "__main__":
    main()
