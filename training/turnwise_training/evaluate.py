"""Measures a model on the evaluation sets, as the published card does, and on held-out conversations.

    python -m turnwise_training.evaluate FOLDER [--data-dir ../../shared/data]

FOLDER is of the published form. Evaluation data is never trained on and no choice is made on it;
`report_choice` is what choices are made on: held-out authored conversations and the development set.
"""

import argparse
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from tqdm import tqdm

from .actions import (
    ACTIONS,
    CONTINUE_LISTENING,
    CONTINUE_SPEAKING,
    SILENT_ACTIONS,
    SPEAKING_ACTIONS,
    START_SPEAKING,
)
from .corpus import CORPUS_DIR, Conversation
from .examples import NONE, TreeMaker
from .metrics import accuracy_and_f1, end_of_utterance
from .model import load_model
from .prompt import Message, PromptTokenizer
from .tree import LabelledToken, PromptTree, TreeBatch, collate

if TYPE_CHECKING:
    from .train import ActionModel

Logits = Callable[[Sequence[list[Message]]], np.ndarray]
"""Conversations to action logits [conversations, 4]."""


def logits_of(
    forward: Callable[[TreeBatch], torch.Tensor], tokenizer: PromptTokenizer, device="cpu"
) -> Logits:
    """Packs prompts, shortest first, into forwards of about 1,000 tokens."""

    def run(conversations: Sequence[list[Message]]) -> np.ndarray:
        prompts = [tokenizer.prompt(messages) for messages in conversations]
        by_length = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
        found = np.zeros((len(prompts), 4), dtype=np.float32)
        groups: list[list[int]] = []
        for index in by_length:
            if not groups or sum(len(prompts[i]) for i in groups[-1]) + len(prompts[index]) > 1000:
                groups.append([])
            groups[-1].append(index)
        for group in tqdm(groups, mininterval=5, leave=False):
            trees = []
            for index in group:
                tree = PromptTree()
                end = tree.grow(-1, prompts[index])
                trees.append(tree)
                tree.points.append(LabelledToken(end, 0))
            with torch.no_grad():
                found[group] = forward(collate(trees, device)).float().cpu().numpy()
        return found

    return run


def answers(logits: np.ndarray, speaking: Sequence[bool] | None = None) -> list[str]:
    """The best action of the four, or of the pair that fits the agent's state."""
    found = []
    for row, scores in enumerate(logits):
        fits = ACTIONS if speaking is None else SPEAKING_ACTIONS if speaking[row] else SILENT_ACTIONS
        found.append(max(fits, key=lambda action, scores=scores: scores[ACTIONS.index(action)]))
    return found


def agent_speaks(action: str) -> bool:
    return action in SPEAKING_ACTIONS


def read_jsonl(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def development(data_dir: Path) -> tuple[list[list[Message]], list[str], list[str]]:
    rows = read_jsonl(data_dir / "dev" / "cases.jsonl")
    assert len(rows) == 200, f"{len(rows)} development cases, expected 200"
    return [row["messages"] for row in rows], [row["action"] for row in rows], [row["group"] for row in rows]


def ten(data_dir: Path) -> tuple[list[list[Message]], list[str]]:
    """TEN's English lines, finished and unfinished (428), each a user message without context."""
    rows = [row for row in read_jsonl(data_dir / "eval" / "ten.jsonl") if row["label"] != "wait"]
    assert len(rows) == 428, f"{len(rows)} TEN rows, expected 428"
    names = {"finished": START_SPEAKING, "unfinished": CONTINUE_LISTENING}
    return [[{"role": "user", "content": row["text"]}] for row in rows], [names[row["label"]] for row in rows]


SWDA_BACKCHANNELS = frozenset(("b", "bh", "bk", "b^m"))
SWDA_LEFT_OUT = frozenset(("%", "aa"))


def swda(data_dir: Path) -> tuple[list[list[Message]], list[str]]:
    """Switchboard's test split, 3,522 utterances; start_speaking where the next utterance that is no
    backchannel is the other speaker's ("yields"). The other speaker's last utterance is the context,
    which for a backchannel is what it is said over."""
    messages, actions = [], []
    for row in read_jsonl(data_dir / "eval" / "swda.jsonl"):
        turns = row["turns"]
        for index, turn in enumerate(turns):
            if turn["tag"] in SWDA_LEFT_OUT:
                continue
            before = [t for t in turns[:index] if t["speaker"] != turn["speaker"]][-1:]
            context = [{"role": "assistant", "content": other["text"]} for other in before]
            messages.append([*context, {"role": "user", "content": turn["text"]}])
            if turn["tag"] in SWDA_BACKCHANNELS:
                actions.append(CONTINUE_SPEAKING)
                continue
            later = (t for t in turns[index + 1 :] if t["tag"] not in SWDA_BACKCHANNELS)
            following = next(later, None)
            yields = following is None or following["speaker"] != turn["speaker"]
            actions.append(START_SPEAKING if yields else CONTINUE_LISTENING)
    assert len(actions) == 3522, f"{len(actions)} Switchboard rows, expected 3,522"
    return messages, actions


def held_out_logits(
    forward: Callable[[TreeBatch], torch.Tensor],
    tokenizer: PromptTokenizer,
    held_out: list[Conversation],
    device="cpu",
) -> tuple[np.ndarray, list[str]]:
    """Logits [points, 4] and actions of every labelled point, each conversation as it is written."""
    maker = TreeMaker(tokenizer, NONE)
    logits, actions = [], []
    for conversation in tqdm(held_out, mininterval=5, leave=False):
        tree = maker.tree(conversation, random.Random(0))
        with torch.no_grad():
            logits.append(forward(collate([tree], device)).float().cpu().numpy())
        actions += [ACTIONS[point.action] for point in tree.points]
    return np.concatenate(logits), actions


def report_choice(
    network: "ActionModel", tokenizer: PromptTokenizer, held_out: list[Conversation], data_dir: Path
) -> dict[str, float]:
    """Accuracy on what choices may be made on, with and without the agent's state."""
    network.eval()
    device = next(network.parameters()).device
    sets = {"held_out": held_out_logits(network, tokenizer, held_out, device)}
    if (data_dir / "dev" / "cases.jsonl").exists():
        messages, actions, _ = development(data_dir)
        sets["dev"] = (logits_of(network, tokenizer, device)(messages), actions)
    report: dict[str, float] = {}
    for name, (logits, expected) in sets.items():
        for kind, speaking in (("", None), (" with state", [agent_speaks(action) for action in expected])):
            accuracy, _ = accuracy_and_f1(expected, answers(logits, speaking))
            report[f"{name}{kind}"] = round(accuracy, 2)
    return report


def table(title: str, rows: list[tuple[str, tuple[float, float], int]]) -> str:
    lines = [f"\n{title}", "| | accuracy | macro F1 | rows |", "|---|--:|--:|--:|"]
    lines += [f"| {name} | {acc:.2f} | {f1:.2f} | {count:,} |" for name, (acc, f1), count in rows]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-dir", type=Path, default=Path("../../shared/data"))
    parser.add_argument("--corpus", type=Path, default=CORPUS_DIR)
    arguments = parser.parse_args()
    from .mixture import load_mixture
    from .train import ActionModel

    model, tokenizer = load_model(arguments.folder)
    network = ActionModel(model, tokenizer, 0).eval()
    run = logits_of(network, tokenizer)

    held_out = load_mixture(arguments.data_dir, arguments.corpus).held_out
    sets = {"held out": held_out_logits(network, tokenizer, held_out)}
    groups: list[str] = []
    if arguments.data_dir.exists():
        for name, read in (("TEN", ten), ("SwDA (yields)", swda)):
            messages, actions = read(arguments.data_dir)
            sets[name] = (run(messages), actions)
        messages, actions, groups = development(arguments.data_dir)
        sets["dev"] = (run(messages), actions)
    else:
        print(f"{arguments.data_dir} is not there: held-out conversations only")
    binary, multi, state = [], [], []
    for name, (logits, expected) in sets.items():
        got = answers(logits)
        multi.append((name, accuracy_and_f1(expected, got), len(expected)))
        # The published binary Switchboard table leaves the backchannels out.
        kept = [i for i, a in enumerate(expected) if a != CONTINUE_SPEAKING or not name.startswith("SwDA")]
        ends = [end_of_utterance([actions[i] for i in kept]) for actions in (expected, got)]
        binary.append((name, accuracy_and_f1(*ends), len(kept)))
        if name in ("held out", "dev"):
            known = answers(logits, [agent_speaks(action) for action in expected])
            state.append((name, accuracy_and_f1(expected, known), len(expected)))
    by_group: dict[str, list[bool]] = {}
    for group, right in zip(
        groups, np.array(sets["dev"][1]) == np.array(known) if groups else [], strict=True
    ):
        by_group.setdefault(group, []).append(bool(right))
    print(table("Binary (end of utterance or not)", binary))
    print(table("Multi-class", multi))
    print(table("With the agent's state known", state))
    if by_group:
        print("\nDevelopment groups, state known:")
        for group, right in by_group.items():
            print(f"  {group}: {sum(right)}/{len(right)}")


if __name__ == "__main__":
    main()
