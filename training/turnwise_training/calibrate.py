"""Fits the temperature on held-out conversations: `--temperature` of the export.

    python -m turnwise_training.calibrate work/run/model

Guo et al. 2017, "On Calibration of Modern Neural Networks": one number divides the logits, fitted by
the negative log-likelihood. Half of the conversations fit it, the other half measure it.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from .action_model import ActionModel
from .actions import ACTIONS
from .corpus import CORPUS_DIR
from .evaluate import held_out_logits
from .metrics import expected_calibration_error
from .mixture import load_mixture
from .model import load_model

CANDIDATES = np.round(np.arange(0.5, 3.01, 0.05), 2)


def negative_log_likelihood(logits: np.ndarray, expected: np.ndarray, temperature: float) -> float:
    return float(functional.cross_entropy(torch.tensor(logits / temperature), torch.tensor(expected)))


def calibration_error(logits: np.ndarray, expected: np.ndarray, temperature: float) -> float:
    probabilities = torch.tensor(logits / temperature).softmax(-1).numpy()  # [points, 4]
    return expected_calibration_error(probabilities.max(1), probabilities.argmax(1) == expected)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("model", type=Path, help="folder of the published form")
    parser.add_argument("--corpus", type=Path, default=CORPUS_DIR)
    arguments = parser.parse_args()
    model, tokenizer = load_model(arguments.model)
    network = ActionModel(model, tokenizer, 0).eval()
    held_out = load_mixture(Path(), arguments.corpus).held_out
    halves: list[tuple[np.ndarray, np.ndarray]] = []
    for half in (held_out[::2], held_out[1::2]):
        logits, actions = held_out_logits(network, tokenizer, half)
        halves.append((logits, np.array([ACTIONS.index(action) for action in actions])))
    fit, test = halves
    best = min(CANDIDATES, key=lambda temperature: negative_log_likelihood(*fit, temperature))
    print(f"temperature {best} (fitted on {len(fit[1])} points)")
    for temperature in (1.0, float(best)):
        error = calibration_error(*test, temperature)
        print(f"temperature {temperature}: expected calibration error {error:.3f} on {len(test[1])} points")


if __name__ == "__main__":
    main()
