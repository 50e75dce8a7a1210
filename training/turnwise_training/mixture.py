"""What a run trains on: the authored corpus and conversations mined from public corpora."""

import random
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .corpus import CORPUS_DIR, Conversation, read_corpus
from .mined import INCOMPLETE_BELOW, mine
from .overlap import evaluation_texts, missing_files, without_near_duplicates

AGAIN = "again-"
"""Before the name of a file: its second copy in a run's corpus, so that its conversations are seen twice."""


@dataclass(frozen=True)
class Mixture:
    train: list[Conversation]
    held_out: list[Conversation]
    """Authored conversations that no run trains on; checkpoints and temperature are chosen on them."""


@cache
def held_out_titles() -> frozenset[str]:
    """`domain: title` of each; one authored conversation in sixteen, drawn when its file was new.

    A list, so that a conversation stays where it was however often its words are corrected.
    """
    return frozenset((CORPUS_DIR / "held-out.list").read_text(encoding="utf-8").splitlines())


def is_held_out(conversation: Conversation) -> bool:
    """In every copy: what is held out is not trained on either time."""
    return f"{conversation.domain.removeprefix(AGAIN)}: {conversation.title}" in held_out_titles()


def load_mixture(
    data_dir: Path,
    corpus: Path = CORPUS_DIR,
    mined_conversations: int = 0,
    mined_kinds: Sequence[str] = (),
    seed: int = 0,
    incomplete_below: float = INCOMPLETE_BELOW,
) -> Mixture:
    """`mined_kinds`: keys of `mined.SHARES`; what is not named is left out of the mined conversations.

    No conversation trained on holds a near-duplicate of an evaluation text that is at hand. Raises ValueError
    where the corpus has none that is held out: no checkpoint could be judged.
    """
    missing = missing_files(data_dir)
    if missing:
        problem = f"{data_dir} lacks {', '.join(missing)}: near-duplicates of it may be trained on"
        warnings.warn(problem, stacklevel=2)
    authored = read_corpus(corpus)
    train = [conversation for conversation in authored if not is_held_out(conversation)]
    once = [conversation for conversation in authored if not conversation.domain.startswith(AGAIN)]
    held_out = [conversation for conversation in once if is_held_out(conversation)]
    if not held_out:
        raise ValueError(f"{corpus} has no conversation of held-out.list: nothing to choose by")
    if mined_conversations:
        train += mine(data_dir / "train", mined_conversations, mined_kinds, seed, incomplete_below)
    train = without_near_duplicates(train, evaluation_texts(data_dir))
    random.Random(seed).shuffle(train)
    return Mixture(train, held_out)
