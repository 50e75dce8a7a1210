"""Fits the temperature: `--temperature` of the export.

    python -m turnwise_training.calibrate work/run/model --data-dir ../../shared/data

Guo et al. 2017, "On Calibration of Modern Neural Networks": one number divides the logits, fitted by
the negative log-likelihood. It is the mean of that of half of the held-out conversations and that of the
development set, if that is there: the former are harder than calls are, and alone make too little of a clear
answer. The other half measures.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from .action_model import ActionModel
from .actions import ACTIONS
from .corpus import CORPUS_DIR, read_corpus
from .evaluate import held_out_logits, logits_of
from .evaluation_sets import development
from .metrics import expected_calibration_error
from .mixture import is_held_out
from .model import load_model
from .overlap import DATA_FILES

CANDIDATES = np.round(np.arange(0.5, 3.01, 0.05), 2)


def negative_log_likelihood(logits: np.ndarray, expected: np.ndarray, temperature: float) -> float:
    return float(functional.cross_entropy(torch.tensor(logits / temperature), torch.tensor(expected)))


def calibration_error(logits: np.ndarray, expected: np.ndarray, temperature: float) -> float:
    probabilities = torch.tensor(logits / temperature).softmax(-1).numpy()  # [points, 4]
    return expected_calibration_error(probabilities.max(1), probabilities.argmax(1) == expected)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of the published form")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, default=CORPUS_DIR)
    arguments = parser.parse_args()
    model, tokenizer = load_model(arguments.model)
    network = ActionModel(model, tokenizer, 0).eval()
    held_out = [conversation for conversation in read_corpus(arguments.corpus) if is_held_out(conversation)]
    fit, test = (held_out_logits(network, tokenizer, half) for half in (held_out[::2], held_out[1::2]))
    fitted_on = {"half of the held-out points": numbered(*fit)}
    cases = arguments.data_dir / DATA_FILES["dev"]
    if cases.exists():
        dev = development(arguments.data_dir)
        logits = logits_of(network, tokenizer)(dev.conversations)
        fitted_on["development set"] = numbered(logits, dev.actions)
    else:
        print(f"{cases} is not there: fitted on held-out points alone, which gives more than with calls")
    judged = fitted_on | {"other half of the held-out points": numbered(*test)}
    best = min(
        CANDIDATES,
        key=lambda each: sum(negative_log_likelihood(*one, each) for one in fitted_on.values()),
    )
    print(f"temperature {best}")
    for temperature in (1.0, float(best)):
        for name, one in judged.items():
            error = calibration_error(*one, temperature)
            print(f"temperature {temperature}, {name}: expected calibration error {error:.3f}")


def numbered(logits: np.ndarray, actions: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    return logits, np.array([ACTIONS.index(action) for action in actions])


if __name__ == "__main__":
    main()
