"""Accuracy and macro F1 as the published card counts them."""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import accuracy_score, f1_score

from .actions import CONTINUE_SPEAKING, START_SPEAKING


def end_of_utterance(actions: Sequence[str]) -> list[int]:
    """The published binary view: start_speaking and continue_speaking are an end of utterance."""
    return [int(action in (START_SPEAKING, CONTINUE_SPEAKING)) for action in actions]


def accuracy_and_f1(expected: Sequence, answered: Sequence) -> tuple[float, float]:
    """In per cent; the macro F1 is over the classes that are expected."""
    labels = sorted(set(expected))
    f1 = f1_score(expected, answered, labels=labels, average="macro", zero_division=0)
    return 100 * float(accuracy_score(expected, answered)), 100 * float(f1)


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """Guo et al. 2017, equal-width bins."""
    edges = np.minimum((confidence * bins).astype(int), bins - 1)
    error = 0.0
    for index in range(bins):
        inside = edges == index
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return float(error)
