"""Prints, as Markdown, every table on how good a model is that needs nothing but the model.

    python -m turnwise_training.evaluate FOLDER [--compare FOLDER] [--data-dir FOLDER]

FOLDER is of the shipped form (turnwise.json: model.onnx, int8, at its own temperature) or of the published
form (model.safetensors: PyTorch, fp32). `--compare` says what quantisation costs. Evaluation data is never
trained on and no choice is made on it; `report_choice` is what choices are made on: held-out authored
conversations, the hard cases and the development set.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from tqdm import tqdm

from .action_model import ActionModel
from .actions import ACTIONS, SPEAKING_ACTIONS
from .corpus import CORPUS_DIR, Conversation
from .evaluation_sets import all_sets, development, hard
from .evaluation_tables import Logits, all_tables, answers
from .examples import NONE, TreeMaker
from .manifest import MANIFEST, graph_in, read_manifest
from .metrics import accuracy_and_f1
from .model import load_model, load_tokenizer
from .onnx_runner import OnnxRunner
from .overlap import files_there, missing_files
from .prompt import Message, PromptTokenizer
from .report_table import Table, differences
from .tree import LabelledToken, PromptTree, TreeBatch, collate

Forward = Callable[[TreeBatch], torch.Tensor]
Prompt = tuple[int, ...]


class Evaluated(NamedTuple):
    name: str
    run: Logits
    temperature: float


def load(folder: Path) -> Evaluated:
    if (folder / MANIFEST).exists():
        facts = read_manifest(folder)
        tokenizer = load_tokenizer(folder)
        runner = OnnxRunner(graph_in(folder, facts))
        name = f"{facts['name']} {facts['version']} ({folder}, ONNX Runtime, int8)"
        return Evaluated(name, onnx_logits_of(runner, tokenizer), facts["calibration"]["temperature"])
    model, tokenizer = load_model(folder)
    network = ActionModel(model, tokenizer, 0).eval()
    return Evaluated(f"{folder} (PyTorch, fp32)", logits_of(network, tokenizer), 1.0)


def once_each(tokenizer: PromptTokenizer, compute: Callable[[list[Prompt]], np.ndarray]) -> Logits:
    """Computes each prompt once, however many tables ask for it, shortest first."""
    known: dict[Prompt, np.ndarray] = {}

    def run(conversations: Sequence[list[Message]]) -> np.ndarray:
        prompts = [tuple(tokenizer.prompt(messages)) for messages in conversations]
        missing = sorted(dict.fromkeys(prompt for prompt in prompts if prompt not in known), key=len)
        if missing:
            known.update(zip(missing, compute(missing), strict=True))
        return np.stack([known[prompt] for prompt in prompts])

    return run


def logits_of(forward: Forward, tokenizer: PromptTokenizer, device: str | torch.device = "cpu") -> Logits:
    """PyTorch: packs prompts into forwards of about 1,000 tokens."""

    def compute(prompts: list[Prompt]) -> np.ndarray:
        groups: list[list[Prompt]] = []
        for prompt in prompts:
            if not groups or sum(map(len, groups[-1])) + len(prompt) > 1000:
                groups.append([])
            groups[-1].append(prompt)
        found = []
        for group in tqdm(groups, mininterval=5, leave=False):
            trees = []
            for prompt in group:
                tree = PromptTree()
                tree.points.append(LabelledToken(tree.grow(-1, prompt), 0))
                trees.append(tree)
            found.append(forward_logits(forward, trees, device))
        return np.concatenate(found)

    return once_each(tokenizer, compute)


def forward_logits(forward: Forward, trees: list[PromptTree], device: str | torch.device) -> np.ndarray:
    """[points, 4]"""
    with torch.no_grad():
        return forward(collate(trees, device)).float().cpu().numpy()


def onnx_logits_of(runner: OnnxRunner, tokenizer: PromptTokenizer) -> Logits:
    """ONNX Runtime: batches of up to 16 prompts of similar length, padded on the right."""

    def compute(prompts: list[Prompt]) -> np.ndarray:
        starts = tqdm(range(0, len(prompts), 16), mininterval=5, leave=False)
        batches = (prompts[start : start + 16] for start in starts)
        return np.concatenate([runner.action_logits(batch, tokenizer.actions) for batch in batches])

    return once_each(tokenizer, compute)


def held_out_logits(
    forward: Forward,
    tokenizer: PromptTokenizer,
    held_out: list[Conversation],
    device: str | torch.device = "cpu",
) -> tuple[np.ndarray, list[str]]:
    """Logits [points, 4] and actions of every labelled point, each conversation as it is written, in one
    tree: fast enough to be asked for while training."""
    maker = TreeMaker(tokenizer, NONE)
    logits, actions = [], []
    for conversation in tqdm(held_out, mininterval=5, leave=False):
        tree = maker.tree(conversation, random.Random(0))
        logits.append(forward_logits(forward, [tree], device))
        actions += [ACTIONS[point.action] for point in tree.points]
    return np.concatenate(logits), actions


def report_choice(
    network: ActionModel, tokenizer: PromptTokenizer, held_out: list[Conversation], data_dir: Path
) -> dict[str, float]:
    """Accuracy on what choices may be made on, with and without the agent's state."""
    network.eval()
    device = next(network.parameters()).device
    sets = {"held_out": held_out_logits(network, tokenizer, held_out, device)}
    cases = {"hard": hard()}
    if "dev" in files_there(data_dir):
        cases["dev"] = development(data_dir)
    run = logits_of(network, tokenizer, device)
    sets |= {name: (run(each.conversations), list(each.actions)) for name, each in cases.items()}
    report: dict[str, float] = {}
    for name, (logits, expected) in sets.items():
        speaking = [action in SPEAKING_ACTIONS for action in expected]
        for kind, state in (("", None), (" with state", speaking)):
            accuracy, _ = accuracy_and_f1(expected, answers(logits, state))
            report[f"{name}{kind}"] = round(accuracy, 2)
    return report


def show(heading: str, tables: list[Table]) -> None:
    print(f"# {heading}\n")
    for table in tables:
        print(f"{table.markdown()}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--compare", type=Path, help="another form of the same model")
    parser.add_argument("--data-dir", type=Path, default=Path("../../shared/data"))
    parser.add_argument("--corpus", type=Path, default=CORPUS_DIR)
    arguments = parser.parse_args()
    if missing := missing_files(arguments.data_dir):
        print(f"{arguments.data_dir} lacks {', '.join(missing)}: no tables of these", file=sys.stderr)

    sets = all_sets(arguments.data_dir, arguments.corpus)
    report: dict[str, list[Table]] = {}
    for folder in filter(None, (arguments.folder, arguments.compare)):
        model = load(folder)
        report[model.name] = all_tables(model.run, model.temperature, sets)
    if arguments.compare:
        ours, others = report.values()
        report[" against ".join(report)] = differences(ours, others)
    for heading, tables in report.items():
        show(heading, tables)


if __name__ == "__main__":
    main()
