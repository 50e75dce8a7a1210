"""How a caller has spoken so far and how much longer silence runs for it, as by packages/core/src/pace.ts."""

import re
from typing import NamedTuple

import numpy as np

WORD = re.compile(r"[@+]|[^\W_]+(?:['’.]+[^\W_]+)*")
"""As `wordsOf` of packages/core counts them."""
WORD_MS = 300
PAUSE_MS = 400
TYPICAL_TURN_MS = 3000
ONSET_MS = 300
"""So that a turn of no words has a logarithm."""
PAUSES_A_TURN = 3.5
"""In an answered turn of a meeting."""
TURNS_BEFORE = 2
TYPICAL_YIELD = -1.6
"""The logarithm of a yield's odds at a meeting's pause."""
CERTAIN = 0.999


class Pace(NamedTuple):
    turn_ms: float
    """From the turn's first word to its last, and at least WORD_MS a word."""
    held: int
    """Pauses of PAUSE_MS and more so far after which the speaker went on in the same turn."""
    answered: int
    """Turns of the speaker so far that another answered."""


class PaceWeights(NamedTuple):
    """What a policy makes of a pace; as they are by default: nothing."""

    turn_length_ms: float = 0.0
    habit_ms: float = 0.0
    yield_ms: float = 0.0
    least_ms: float = 0.0
    most_ms: float = 0.0

    def longer_ms(
        self, turn_ms: np.ndarray, held: np.ndarray, answered: np.ndarray, yielded: np.ndarray
    ) -> np.ndarray:
        """[points] by how much silence runs longer, below 0 shorter. `yielded`: probabilities, NaN where the
        model does not say."""
        length = np.log((turn_ms + ONSET_MS) / (TYPICAL_TURN_MS + ONSET_MS))
        habit = np.log((held + PAUSES_A_TURN * TURNS_BEFORE) / (PAUSES_A_TURN * (answered + TURNS_BEFORE)))
        probability = np.clip(yielded, 1 - CERTAIN, CERTAIN)
        odds = np.nan_to_num(np.log(probability / (1 - probability)) - TYPICAL_YIELD)
        longer = self.turn_length_ms * length + self.habit_ms * habit - self.yield_ms * odds
        return np.floor(np.clip(longer, self.least_ms, self.most_ms) + 0.5)


def spoken_ms(text: str) -> float:
    """What saying a text takes at least."""
    return WORD_MS * len(WORD.findall(text))
