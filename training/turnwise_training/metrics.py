"""What the evaluation counts: accuracy and macro F1, pairs, calibration."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import numpy as np
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from .actions import CONTINUE_SPEAKING, START_SPEAKING

ZERO = cast(Any, 0)
"""scikit-learn has no types: pyright takes them from the defaults, here "warn"."""


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


def end_of_utterance(actions: Sequence[str]) -> list[int]:
    """The published binary view: start_speaking and continue_speaking are an end of utterance."""
    return [int(action in (START_SPEAKING, CONTINUE_SPEAKING)) for action in actions]


def accuracy_and_f1(
    expected: Sequence, answered: Sequence | np.ndarray, weights: np.ndarray | None = None
) -> tuple[float, float]:
    """In per cent; the macro F1 is over the classes that are expected or answered, scikit-learn's default.

    `weights`: one for each row.
    """
    f1 = f1_score(expected, answered, average="macro", sample_weight=weights, zero_division=ZERO)
    return 100 * float(accuracy_score(expected, answered, sample_weight=weights)), 100 * float(f1)


def class_scores(expected: Sequence[str], answered: Sequence[str], action: str) -> tuple[float, float, float]:
    """F1, precision and recall of one action, in per cent."""
    scores = precision_recall_fscore_support(expected, answered, labels=[action], zero_division=ZERO)
    precision, recall, f1 = (100 * float(cast(np.ndarray, score)[0]) for score in scores[:3])
    return f1, precision, recall


def length_matched_weights(lengths: Sequence[int], sides: Sequence[int]) -> np.ndarray:
    """Weights that pair the rows of two sides (0 and 1) by their lengths.

    At each length there are as many pairs as the smaller side has rows, and every row of the larger side
    has the same part in them: a row's weight is its chance of being in a random pairing, so the weighted
    accuracy is the mean over all pairings. Both sides weigh the same at every length.
    """
    counts = Counter(zip(lengths, sides, strict=True))
    return np.array(
        [
            min(counts[length, 0], counts[length, 1]) / counts[length, side]
            for length, side in zip(lengths, sides, strict=True)
        ]
    )


def pair_accuracy(pairs: Sequence[str | None], right: Sequence[bool]) -> tuple[int, float]:
    """How many pairs, and the per cent of them with both rows right. `pairs`: each row's pair, or None."""
    rows: dict[str, list[bool]] = defaultdict(list)
    for pair, hit in zip(pairs, right, strict=True):
        if pair is not None:
            rows[pair].append(hit)
    assert all(len(hits) == 2 for hits in rows.values()), "a pair has two rows"
    return len(rows), 100 * float(np.mean([all(hits) for hits in rows.values()]))


class Bin(NamedTuple):
    """Answers whose confidence lies from `low` to `high` (0–1)."""

    low: float
    high: float
    points: int
    confidence: float
    """Mean, 0–1."""
    accuracy: float
    """0–1."""


def reliability(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> list[Bin]:
    """Guo et al. 2017, equal-width bins; those without points are left out."""
    numbers = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for number in range(bins):
        inside = numbers == number
        if inside.any():
            means = float(confidence[inside].mean()), float(right[inside].mean())
            found.append(Bin(number / bins, (number + 1) / bins, int(inside.sum()), *means))
    return found


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 15) -> float:
    """Guo et al. 2017: the mean distance of confidence and accuracy over the bins, weighted by points."""
    distances = (b.points * abs(b.confidence - b.accuracy) for b in reliability(confidence, right, bins))
    return sum(distances) / len(confidence)
