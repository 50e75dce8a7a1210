"""Many labelled points of one conversation in one forward pass.

A prompt tree holds the conversation's tokens once; every labelled point hangs its own short
branch on the token it follows. A token sees its ancestors alone, and its position is its
depth, so the logits at a branch's end equal those of the plain prompt that leads there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor


@dataclass(frozen=True)
class LabelledToken:
    index: int
    """Of the `<|predict|>` token in the tree."""
    action: int
    silent_action: int | None = None
    """For an interruption: right once the agent is silent (0 or 1)."""
    pair_only: bool = False
    """The text does not tell whether the agent speaks: only the choice between start_listening and
    continue_speaking is taught."""


@dataclass
class PromptTree:
    tokens: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    points: list[LabelledToken] = field(default_factory=list)

    def grow(self, parent: int, tokens: Sequence[int]) -> int:
        """Adds a chain of tokens under `parent` (-1 for the root); returns the last one's index."""
        for token in tokens:
            self.tokens.append(token)
            self.parents.append(parent)
            parent = len(self.tokens) - 1
        return parent


@dataclass(frozen=True)
class TreeBatch:
    input_ids: Tensor  # [1, tokens]
    position_ids: Tensor  # [1, tokens]
    mask: Tensor  # [1, 1, tokens, tokens], additive, 0 or -inf
    index: Tensor  # [points]
    action: Tensor  # [points]
    silent_action: Tensor  # [points], -100 where there is none
    pair_only: Tensor  # [points], bool


def collate(trees: Sequence[PromptTree], device: str | torch.device = "cpu") -> TreeBatch:
    """Packs trees into one sequence; no token of one sees a token of another."""
    tokens: list[int] = []
    parents: list[int] = []
    points: list[LabelledToken] = []
    for tree in trees:
        offset = len(tokens)
        tokens += tree.tokens
        parents += [parent + offset if parent >= 0 else -1 for parent in tree.parents]
        points += [replace(point, index=point.index + offset) for point in tree.points]
    count = len(tokens)
    seen = torch.zeros((count, count), dtype=torch.bool)
    depth = torch.zeros(count, dtype=torch.long)
    for index, parent in enumerate(parents):
        assert parent < index, "a parent stands before its children"
        if parent >= 0:
            seen[index] = seen[parent]
            depth[index] = depth[parent] + 1
        seen[index, index] = True
    mask = torch.zeros((count, count)).masked_fill_(~seen, torch.finfo(torch.float32).min)
    return TreeBatch(
        torch.tensor([tokens], device=device),
        depth[None].to(device),
        mask[None, None].to(device),
        torch.tensor([point.index for point in points], device=device),
        torch.tensor([point.action for point in points], device=device),
        torch.tensor([-100 if p.silent_action is None else p.silent_action for p in points], device=device),
        torch.tensor([point.pair_only for point in points], device=device),
    )
