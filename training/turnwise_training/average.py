"""The mean of models' weights: better on average than each where one was trained on from the other.

    python -m turnwise_training.average work/en-0.9/model work/en-0.10-leg/model --out work/en-0.10/model

As by Wortsman et al. 2022 ("model soups"). Nothing is computed anew: the mean costs no time when it answers.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import torch
from transformers import LlamaForCausalLM

from .model import load_model, save_model


def average(models: Sequence[LlamaForCausalLM]) -> LlamaForCausalLM:
    """The first, in place, with the mean of all weights. Asserts that they have the same shape."""
    states = [model.state_dict() for model in models]
    assert all(state.keys() == states[0].keys() for state in states), "the models differ in their layers"
    mean = {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}
    models[0].load_state_dict(mean)
    return models[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="of the published form; tokenizer of the first")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    models, tokenizers = zip(*map(load_model, asked.folders), strict=True)
    save_model(average(models), tokenizers[0], asked.out)


if __name__ == "__main__":
    main()
