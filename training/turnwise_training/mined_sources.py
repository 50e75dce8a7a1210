"""Reading the public corpora, and what of them may be used."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

MEETINGS = "mrda"
MEETING_FILES = (f"{MEETINGS}.jsonl.gz", f"{MEETINGS}_words.jsonl.gz")
"""Their units, and the times of the words."""


def read(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def usable(text: str) -> bool:
    return 1 <= len(text.split()) <= 40 and not re.search(r"[|/{}<>\[\]@*_]|https?:", text)


def spoken(text: str) -> str:
    """ICSI transcript to plain words: no marks of breaks, fragments or noise."""
    text = re.sub(
        r"\b(\w)\. (?=\w\. |\w\b)", r"\1 ", text.replace("uhhuh", "uh-huh").replace("mmhmm", "mm-hmm")
    )
    words = [word for word in text.split() if not re.fullmatch(r"==|\?==|[-.,?|@]+|\w*-|@@\S*|[<{].*", word)]
    return " ".join(words)


def is_test_meeting(meeting: str) -> bool:
    """One meeting in five is left to the streaming benchmark (packages/bench)."""
    return hashlib.sha256(meeting.encode()).digest()[0] < 51


def is_policy_meeting(meeting: str) -> bool:
    """One in four of the others: policies are fitted to what the model says of words that it has not seen."""
    return not is_test_meeting(meeting) and hashlib.sha256(meeting.encode()).digest()[1] < 64


def teaches(meeting: str) -> bool:
    """Whether a run may learn from it, yields or actions: what is measured or fitted there is not to be known
    better than a caller's words."""
    return not is_test_meeting(meeting) and not is_policy_meeting(meeting)
