"""Rules that a model must beat, since the sets can be won by them in part."""

from collections import Counter
from collections.abc import Sequence

from .actions import CONTINUE_LISTENING, START_SPEAKING
from .overlap import words_of

FUNCTION_WORDS = frozenset(
    words_of(
        "a an the my your his her its our their some any every each "
        "and or but nor so because if when while although though unless until since whether than as "
        "of to for with at from by in on into onto about between during without through under over against "
        "i we they he she im ive theyre youre hes shes id ill "
        "am is are was were be been has have had do does did will would can could should may might must "
        "um uh er erm hmm like well"
    )
)
"""English function words and fillers that a clause seldom ends in; written down once, fitted to nothing."""


def majority(expected: Sequence) -> list:
    """The commonest class, always: what knowing the set's proportions alone gives."""
    return [Counter(expected).most_common(1)[0][0]] * len(expected)


def ten_words_or_more(texts: Sequence[str]) -> list[str]:
    """Finished if it is long."""
    return [START_SPEAKING if len(text.split()) >= 10 else CONTINUE_LISTENING for text in texts]


def last_word(texts: Sequence[str]) -> list[str]:
    """Unfinished if it ends in a function word or a filler."""
    return [
        CONTINUE_LISTENING if FUNCTION_WORDS.intersection(words_of(text)[-1:]) else START_SPEAKING
        for text in texts
    ]
