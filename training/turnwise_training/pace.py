"""How a caller has spoken so far and what it makes of the odds of an end, as by packages/core/src/pace.ts."""

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
MAX_ODDS = 30.0


class Pace(NamedTuple):
    turn_ms: float
    """From the turn's first word to its last, and at least WORD_MS a word."""
    held: int
    """Pauses of PAUSE_MS and more so far after which the speaker went on in the same turn."""
    answered: int
    """Turns of the speaker so far that another answered."""


class PaceWeights(NamedTuple):
    """What a policy makes of a pace; as they are by default: nothing."""

    turn_length: float = 0.0
    habit: float = 0.0
    yielded: float = 0.0

    def completion(
        self,
        completion: np.ndarray,
        turn_ms: np.ndarray,
        held: np.ndarray,
        answered: np.ndarray,
        yielded: np.ndarray,
    ) -> np.ndarray:
        """[points] the probability that the turn is over, made of that from the words alone. `yielded`:
        probabilities, NaN where the model does not say."""
        yields, length, habit = terms(turn_ms, held, answered, yielded)
        odds = self.yielded * yields - self.turn_length * length - self.habit * habit
        over = completion * np.exp(np.clip(odds, -MAX_ODDS, MAX_ODDS))
        return over / (over + (1 - completion))


def terms(
    turn_ms: np.ndarray, held: np.ndarray, answered: np.ndarray, yielded: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What the weights weigh: of the yield, of the turn's length, of the habit, each [points] and 0 where
    nothing is known."""
    yields = np.nan_to_num(log_odds(yielded) - TYPICAL_YIELD)
    length = np.log((turn_ms + ONSET_MS) / (TYPICAL_TURN_MS + ONSET_MS))
    habit = np.log((held + PAUSES_A_TURN * TURNS_BEFORE) / (PAUSES_A_TURN * (answered + TURNS_BEFORE)))
    return yields, length, habit


def log_odds(probability: np.ndarray) -> np.ndarray:
    clipped = np.clip(probability, 1 - CERTAIN, CERTAIN)
    return np.log(clipped / (1 - clipped))


def spoken_ms(text: str) -> float:
    """What saying a text takes at least."""
    return WORD_MS * len(WORD.findall(text))
