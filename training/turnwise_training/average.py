"""The mean of models' weights: better on average than each where one was trained on from the other.

    python -m turnwise_training.average work/en-0.10-released/model work/corrected-2/model \\
        --shares 0.3 0.7 --out work/corrected/model

As by Wortsman et al. 2022 ("model soups"). Nothing is computed anew: the mean costs no time when it answers.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import LlamaForCausalLM

from .model import load_model, save_model


def average(models: Sequence[LlamaForCausalLM], shares: Sequence[float]) -> LlamaForCausalLM:
    """The first, in place, with the weighted mean of all weights. Asserts that they have the same shape and a
    share each, of 1 in all."""
    assert len(shares) == len(models) and math.isclose(sum(shares), 1), "the shares are not of 1"
    states = [model.state_dict() for model in models]
    assert all(state.keys() == states[0].keys() for state in states), "the models differ in their layers"
    pairs = list(zip(shares, states, strict=True))
    mean = {name: torch.stack([share * state[name] for share, state in pairs]).sum(0) for name in states[0]}
    models[0].load_state_dict(mean)
    return models[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="of the published form; tokenizer of the first")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shares", type=float, nargs="+", help="of each folder, 1 in all; default: the same")
    asked = parser.parse_args()
    shares = asked.shares or [1 / len(asked.folders)] * len(asked.folders)
    models, tokenizers = zip(*map(load_model, asked.folders), strict=True)
    save_model(average(models, shares), tokenizers[0], asked.out)


if __name__ == "__main__":
    main()
