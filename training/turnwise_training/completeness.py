"""How likely the untouched base thinks it is that a turn ends after each word.

The probability that sentence-final punctuation or `<|im_end|>` comes next, in a user message
without context. A random prefix is often complete by chance ("i want to book a flight" |
"to paris"); this tells which.
"""

import hashlib
import json
from pathlib import Path

import torch
from tqdm import tqdm
from transformers import LlamaForCausalLM

from .model import load_base
from .prompt import PromptTokenizer

CACHE = Path(__file__).resolve().parent.parent / "work" / "completeness.json"
ENDINGS = (".", "?", "!", "...")
BATCH_TOKENS = 1024


class Completeness:
    def __init__(self, table: dict[str, list[float]]):
        self.table = table

    def at_words(self, text: str) -> list[float]:
        """One probability for each word of the text."""
        return self.table[key(text)]

    @classmethod
    def of(cls, texts: list[str]) -> "Completeness":
        """Scores the texts that are not in the cache yet."""
        table: dict[str, list[float]] = json.loads(CACHE.read_text()) if CACHE.exists() else {}
        missing = sorted({text for text in texts if key(text) not in table}, key=len)
        if missing:
            model, tokenizer = load_base(offline=True)
            for group in tqdm(batches(missing), desc="completeness by the base", mininterval=5):
                for text, ends in zip(group, score(model, tokenizer, group), strict=True):
                    table[key(text)] = ends
            CACHE.parent.mkdir(parents=True, exist_ok=True)
            CACHE.write_text(json.dumps(table))
        return cls(table)


def key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def batches(texts: list[str]) -> list[list[str]]:
    """Groups texts (sorted by length) of about BATCH_TOKENS tokens."""
    groups: list[list[str]] = [[]]
    for text in texts:
        if len(groups[-1]) * (len(text) / 3 + 6) > BATCH_TOKENS:
            groups.append([])
        groups[-1].append(text)
    return [group for group in groups if group]


def plain(word: str) -> str:
    """Without end punctuation: it would tell the base that the sentence is over."""
    return word.lower().strip('.,?!;:"()') or word


@torch.no_grad()
def score(model: LlamaForCausalLM, tokenizer: PromptTokenizer, texts: list[str]) -> list[list[float]]:
    rows, ends = [], []
    for text in texts:
        row = [tokenizer.message_start, *tokenizer.encode("user\n")]
        at = []
        for count, word in enumerate(text.split()):
            row += tokenizer.encode(plain(word) if count == 0 else f" {plain(word)}")
            at.append(len(row) - 1)
        rows.append(row)
        ends.append(at)
    longest = max(len(row) for row in rows)
    input_ids = torch.tensor([row + [0] * (longest - len(row)) for row in rows])  # [texts, tokens]
    hidden = model.model(input_ids).last_hidden_state
    closing = [tokenizer.message_end, *(tokenizer.encode(mark)[0] for mark in ENDINGS)]
    found = []
    for states, at in zip(hidden, ends, strict=True):
        logits = model.lm_head(states[at])  # [words, vocabulary]
        found.append(logits.softmax(-1)[:, closing].sum(-1).tolist())
    return [[round(value, 5) for value in row] for row in found]
