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
    """In class order."""
    silent_action: int | None = None
    """For an interruption: right once the agent is silent (0 or 1)."""
    pair_only: bool = False
    """The text does not tell whether the agent speaks: only the choice between start_listening and
    continue_speaking is taught."""
    among_people: bool = False
    """As in `corpus.Point`."""


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
    masks: list[Tensor]  # one a tree, in order: [its tokens, its tokens], additive, 0 or the smallest float
    index: Tensor  # [points]
    action: Tensor  # [points]
    silent_action: Tensor  # [points], -100 where there is none
    pair_only: Tensor  # [points], bool
    among_people: Tensor  # [points], bool


def attend(query: Tensor, key: Tensor, value: Tensor, masks: list[Tensor]) -> Tensor:
    """By tree: [heads, tokens, size], fewer heads for keys and values, to [tokens, heads * size].

    Trees packed into one sequence never see each other, so nothing is computed for their pairs. Plain
    products rather than SDPA, whose backward pass with a mask takes a third of a step on a CPU.
    """
    groups, sizes = query.shape[0] // key.shape[0], [len(mask) for mask in masks]
    # Split, not sliced: the gradient of each slice would be padded with zeros to the whole sequence.
    trees = zip(query.split(sizes, 1), key.split(sizes, 1), value.split(sizes, 1), masks, strict=True)
    found = []
    with torch.autocast(query.device.type, enabled=False):  # which would make floats of every score
        for q, k, v, mask in trees:
            # Heads that share keys are rows of one product: [key/value heads, groups * n, size].
            scores = q.unflatten(0, (-1, groups)).flatten(1, 2) @ k.transpose(1, 2)
            scores = scores.unflatten(1, (groups, -1)).add_(mask.to(q.dtype))
            weights = scores.softmax(-1).flatten(1, 2)  # [key/value heads, groups * n, n]
            found.append((weights @ v).unflatten(1, (groups, -1)).flatten(0, 1))  # [heads, n, size]
    return torch.cat(found, dim=1).transpose(0, 1).flatten(1)


def collate(trees: Sequence[PromptTree], device: str | torch.device = "cpu") -> TreeBatch:
    """Packs trees into one sequence; no token of one sees a token of another."""
    tokens: list[int] = []
    points: list[LabelledToken] = []
    depths, masks = [], []
    for tree in trees:
        points += [replace(point, index=point.index + len(tokens)) for point in tree.points]
        tokens += tree.tokens
        depth, mask = look_up(tree.parents)
        depths.append(depth)
        masks.append(mask.to(device))
    return TreeBatch(
        torch.tensor([tokens], device=device),
        torch.cat(depths)[None].to(device),
        masks,
        torch.tensor([point.index for point in points], device=device),
        torch.tensor([point.action for point in points], device=device),
        torch.tensor([-100 if p.silent_action is None else p.silent_action for p in points], device=device),
        torch.tensor([point.pair_only for point in points], device=device),
        torch.tensor([point.among_people for point in points], device=device),
    )


def look_up(parents: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Each token's depth [n], and the additive mask [n, n] by which it sees its ancestors and itself."""
    count = len(parents)
    seen = torch.zeros((count, count), dtype=torch.bool)
    depth = torch.zeros(count, dtype=torch.long)
    for index, parent in enumerate(parents):
        assert parent < index, "a parent stands before its children"
        if parent >= 0:
            seen[index] = seen[parent]
            depth[index] = depth[parent] + 1
        seen[index, index] = True
    return depth, torch.zeros((count, count)).masked_fill_(~seen, torch.finfo(torch.float32).min)
