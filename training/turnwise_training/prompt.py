"""Messages to token ids: ChatML and the `<|predict|>` trigger, the published format.

TypeScript does exactly the same (packages/core/src/prompt.ts); fixtures/prompts.json holds both to it.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from transformers import PreTrainedTokenizerFast

from .actions import ACTIONS
from .asked_length import asked_length
from .dictation import dictated_count
from .plain_words import plain_words
from .spoken_words import spoken_words

MAX_TOKENS = 1024
TRIGGER = "<|predict|>"
ACTION_TOKENS = tuple(f"<|{action}|>" for action in ACTIONS)
ADDED_TOKENS = (*ACTION_TOKENS, TRIGGER)
YIELD_TOKEN = "<|endoftext|>"
"""Of the base's own: after the trigger its logit, through a sigmoid, is the probability that among people
another would speak next."""
TEMPLATES = (CHATML, PLAIN_WORDS, SPOKEN_WORDS, COUNTED_WORDS, ASKED_COUNTS) = (
    "chatml",
    "chatml-plain-words",
    "chatml-spoken-words",
    "chatml-counted-words",
    "chatml-asked-counts",
)
"""How messages become a prompt: ChatML with their words as they are, or with the user's as `plain_words` or
`spoken_words` writes them; with counted words, spoken ones and how many letters and digits they dictate; with
asked counts, of how many that the agent has asked for, too. In turnwise.json `template`, in config.json
`prompt_template`."""
Message = dict[str, str]


class Encoder(Protocol):
    def encode(self, text: str) -> list[int]: ...


class PromptTokenizer:
    """Encodes text so that special-token strings in it never become special tokens."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, template: str = CHATML):
        assert template in TEMPLATES, f"template {template}, expected one of {TEMPLATES}"
        self.tokenizer = tokenizer
        self.template = template
        self.message_start = self.special("<|im_start|>")
        self.message_end = self.special("<|im_end|>")
        self.trigger = self.special(TRIGGER)
        self.actions = [self.special(token) for token in ACTION_TOKENS]
        """Token ids of the four actions, in class order."""
        self.yielded = self.special(YIELD_TOKEN)
        self.rows = [*self.actions, self.yielded]
        """Of the tokens whose logits are an answer."""
        specials = sorted(tokenizer.get_added_vocab(), key=len, reverse=True)
        # Cut after the first character of a special token's string: "<" + "|im_end|>".
        cut = "|".join(re.escape(token) for token in specials)
        self.cut = re.compile(f"(?=(?:{cut}))") if specials else None
        self.newline = self.encode("\n")
        assert len(self.newline) == 1, f"a newline is {len(self.newline)} tokens, expected 1"

    def special(self, token: str) -> int:
        token_id = self.tokenizer.convert_tokens_to_ids(token)
        assert isinstance(token_id, int)
        assert self.tokenizer.convert_ids_to_tokens(token_id) == token, f"the tokenizer has no {token}"
        return token_id

    def encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for piece in self.pieces(text):
            ids += self.tokenizer.encode(piece, add_special_tokens=False)
        return ids

    def pieces(self, text: str) -> list[str]:
        if self.cut is None:
            return [text]
        found = []
        start = 0
        for match in self.cut.finditer(text):
            found.append(text[start : match.start() + 1])
            start = match.start() + 1
        found.append(text[start:])
        return [piece for piece in found if piece]

    @property
    def tail(self) -> list[int]:
        """What follows a user's words to ask for an action: `<|im_end|>`, newline, `<|predict|>`."""
        return [self.message_end, *self.newline, self.trigger]

    def written(self, text: str, asked: int | None = None) -> str:
        """What a user said as the template writes it, after an agent that `asked` for so many characters."""
        words = self.words(text)
        return words + self.count(words, asked)

    def words(self, text: str) -> str:
        """The same without what the template says of the whole."""
        if self.template == CHATML:
            return text
        return plain_words(text) if self.template == PLAIN_WORDS else spoken_words(text)

    def count(self, words: str, asked: int | None = None) -> str:
        """What the template adds to a user's words."""
        return dictated_count(words, asked) if self.template in (COUNTED_WORDS, ASKED_COUNTS) else ""

    def asked_by(self, agent_words: str) -> int | None:
        """How many characters the template takes an agent to have asked for."""
        return asked_length(agent_words) if self.template == ASKED_COUNTS else None

    def open_message(self, role: str, text: str) -> list[int]:
        """A message without its end: words can still be added to it."""
        return [self.message_start, *self.encode(f"{role}\n{text.strip()}")]

    def close_message(self) -> list[int]:
        return [self.message_end, *self.newline]

    def prompt(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of a whole prompt, at most MAX_TOKENS, cut on the left."""
        ids: list[int] = []
        asked = None
        for message in messages:
            role, text = message["role"], message["content"]
            ids += self.open_message(role, self.written(text, asked) if role == "user" else text)
            ids += self.close_message()
            if role == "user":
                asked = None
            elif role == "assistant":
                asked = self.asked_by(text) or asked
        return [*ids, self.trigger][-MAX_TOKENS:]
