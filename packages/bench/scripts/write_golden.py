"""Writes what the metrics and sets of @turnwise/bench are held to: scikit-learn's figures on made-up answers,
and the number and the SHA-256 of each evaluation set's rows as the training code makes them (no text).

    cd training && uv run python ../packages/bench/scripts/write_golden.py --data-dir FOLDER

Writes packages/bench/fixtures/metrics.json and datasets.json.
"""

import argparse
import hashlib
import json
import random
import sys
from pathlib import Path

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
    roc_auc_score,
)

sys.path.insert(0, str(Path.cwd()))

from turnwise_training.actions import ACTIONS, START_SPEAKING
from turnwise_training.evaluation_sets import EvaluationSet, all_sets
from turnwise_training.evaluation_tables import RULES
from turnwise_training.metrics import accuracy_and_f1, expected_calibration_error, length_matched_weights

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
NAMES = {
    "TEN": "ten",
    "TEN, wait, agent speaking": "ten-wait-speaking",
    "TEN, wait, agent silent": "ten-wait-silent",
    "SwDA, yields": "swda-yields",
    "SwDA, complete": "swda-complete",
    "dev": "dev",
    "hard": "hard",
    "four-class": "four-class",
}


def metric_case(seed: int, rows: int, classes: int) -> dict:
    """Answers that are right more often than not, with confidences that know a little of it.

    Of fewer than four `classes`, some that are answered are never right.
    """
    chance = random.Random(seed)
    names = list(ACTIONS[:classes])
    expected = [chance.choice(names) for _ in range(rows)]
    answered = [each if chance.random() < 0.7 else chance.choice(list(ACTIONS)) for each in expected]
    right = [a == b for a, b in zip(expected, answered, strict=True)]
    confidence = [round(min(0.999, 0.3 + 0.5 * chance.random() + 0.2 * hit), 4) for hit in right]
    precision, recall, f1, support = precision_recall_fscore_support(
        expected, answered, labels=list(ACTIONS), zero_division=0
    )
    accuracies, means = calibration_curve(right, confidence, n_bins=15)
    points, _ = np.histogram(confidence, bins=15, range=(0, 1))
    positive = [int(each == names[0]) for each in expected]
    lengths = [chance.randint(1, 8) for _ in range(rows)]
    weights = length_matched_weights(lengths, positive)
    return {
        "expected": expected,
        "answered": answered,
        "confidence": confidence,
        "lengths": lengths,
        "accuracy": accuracy_score(expected, answered),
        "macroF1": f1_score(expected, answered, average="macro", zero_division=0),
        "confusion": confusion_matrix(expected, answered, labels=list(ACTIONS)).tolist(),
        "perClass": [
            {"action": action, "precision": p, "recall": r, "f1": f, "support": int(s)}
            for action, p, r, f, s in zip(ACTIONS, precision, recall, f1, support, strict=True)
        ],
        "expectedCalibrationError": expected_calibration_error(np.array(confidence), np.array(right)),
        "reliability": [
            {"count": int(count), "confidence": mean, "accuracy": accuracy}
            for count, mean, accuracy in zip(points[points > 0], means, accuracies, strict=True)
        ],
        "areaUnderCurve": roc_auc_score(positive, confidence),
        "lengthMatched": {
            "pairs": float(weights.sum() / 2),
            "accuracy": accuracy_and_f1(positive, [int(b == names[0]) for b in answered], weights)[0] / 100,
        },
    }


def rows_digest(rated: EvaluationSet) -> str:
    """SHA-256 of one JSON line a row: [[role, content], …] and the action."""
    digest = hashlib.sha256()
    for messages, action in zip(rated.conversations, rated.actions, strict=True):
        row = [[[message["role"], message["content"]] for message in messages], action]
        digest.update(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def finished(rated: EvaluationSet) -> dict[str, int]:
    """How many rows each rule calls finished."""
    return {name: rule(rated.final_texts).count(START_SPEAKING) for name, rule in RULES.items()}


def write(name: str, value: object) -> None:
    FIXTURES.mkdir(exist_ok=True)
    (FIXTURES / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data-dir", type=Path, required=True)
    arguments = parser.parse_args()
    write("metrics.json", [metric_case(1, 60, 4), metric_case(2, 200, 2), metric_case(3, 9, 3)])
    # The held-out conversations are no set of the benchmark: an empty folder has none.
    sets = all_sets(arguments.data_dir, FIXTURES)
    found = {
        NAMES[name]: {"rows": len(rated.actions), "sha256": rows_digest(rated), "finished": finished(rated)}
        for name, rated in sets.items()
        if name in NAMES
    }
    write("datasets.json", found)


if __name__ == "__main__":
    main()
