"""Fits the temperature of what ships: after `export`, before `evaluate`.

    python -m turnwise_training.calibrate ../models/en --data-dir ../../shared/data [--write]

Guo et al. 2017, "On Calibration of Modern Neural Networks": one number divides the logits, fitted by
the negative log-likelihood. It is the mean of that of the held-out conversations and that of the development
set, if that is there: the former are harder than calls are, and alone make too little of a clear answer.
`--write` puts it into turnwise.json. The int8 graph is asked, since its logits are not quite those of the
exact weights; a folder of the published form can be asked as well, but not written to.
"""

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from .actions import ACTIONS
from .corpus import CORPUS_DIR
from .evaluate import load
from .evaluation_sets import development, held_out
from .manifest import MANIFEST, read_manifest, write_json
from .metrics import expected_calibration_error
from .overlap import DATA_FILES

CANDIDATES = np.round(np.arange(0.5, 3.01, 0.05), 2)
Answered = tuple[np.ndarray, np.ndarray]
"""Logits [points, 4] and the right actions in class order [points]."""


def negative_log_likelihood(answered: Answered, temperature: float) -> float:
    logits, expected = answered
    return float(functional.cross_entropy(torch.tensor(logits / temperature), torch.tensor(expected)))


def calibration_error(answered: Answered, temperature: float) -> float:
    logits, expected = answered
    probabilities = torch.tensor(logits / temperature).softmax(-1).numpy()  # [points, 4]
    return expected_calibration_error(probabilities.max(1), probabilities.argmax(1) == expected)


def best_temperature(sets: Iterable[Answered]) -> float:
    """Each set has the same say, however many points it has."""
    sets = list(sets)
    return float(min(CANDIDATES, key=lambda each: sum(negative_log_likelihood(one, each) for one in sets)))


def write_temperature(folder: Path, temperature: float) -> None:
    manifest = read_manifest(folder)
    manifest["calibration"]["temperature"] = temperature
    write_json(folder / MANIFEST, manifest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="of the shipped form")
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, default=CORPUS_DIR)
    parser.add_argument("--limit", type=int, help="at most so many held-out points, drawn by chance")
    parser.add_argument("--write", action="store_true", help="into the folder's turnwise.json")
    arguments = parser.parse_args()
    if arguments.write:
        read_manifest(arguments.folder)  # to fail now and not after minutes
    model = load(arguments.folder)
    sets = {"held-out conversations": held_out(arguments.corpus, arguments.limit)}
    cases = arguments.data_dir / DATA_FILES["dev"]
    if cases.exists():
        sets["development set"] = development(arguments.data_dir)
    else:
        print(f"{cases} is not there: fitted on held-out points alone, which gives more than with calls")
    answered: dict[str, Answered] = {
        name: (model.run(each.conversations), np.array([ACTIONS.index(action) for action in each.actions]))
        for name, each in sets.items()
    }
    best = best_temperature(answered.values())
    print(f"{model.name}, at temperature {model.temperature:g} so far\ntemperature {best:g}")
    for temperature in dict.fromkeys((1.0, model.temperature, best)):
        for name, one in answered.items():
            error = calibration_error(one, temperature)
            print(f"temperature {temperature:g}, {name}: expected calibration error {error:.3f}")
    if arguments.write:
        write_temperature(arguments.folder, best)


if __name__ == "__main__":
    main()
