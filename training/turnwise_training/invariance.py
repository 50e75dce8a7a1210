"""The same words as another recogniser would have written them: the answer should stay the same."""

import re
from collections.abc import Callable

from .prompt import Message
from .spoken_words import DIGIT_WORDS, TEENS, TENS, spoken_number
from .styles import Style

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
NUMERALS = {spoken_number(str(number)): str(number) for number in range(10, 100)}
LARGER = "(?:hundred|thousand|million)(?: and)?"
PART = "|".join((r"\d+", "oh", LARGER, *DIGIT_WORDS, *TEENS, *TENS, *ORDINALS))
NUMBER_WORDS = re.compile(rf"(?<![\w'’-])(?:{PART})\b(?:[ -](?:{PART})\b)*+(?![\w'’-])", re.IGNORECASE)
"""As many in a row as there are: what is one number of two digits by itself may be half of a year."""


def numerals(text: str) -> str:
    """Numbers from 10 to 99 as numerals, "twenty five" as 25. What is more than one such number stays: years
    ("nineteen sixty two"), times ("four fifty"), longer numbers, ordinals ("twenty third")."""

    def written(found: re.Match[str]) -> str:
        words = found.group()
        return NUMERALS.get(words.lower().replace("-", " "), words)

    return NUMBER_WORDS.sub(written, text)


def restyled(style: Style) -> Callable[[list[Message]], list[Message]]:
    """Everything the user has said in this style; the agent's words are known exactly."""

    def text(words: str) -> str:
        return " ".join(" ".join(style.word(word) for word in words.split()).split()) or words

    return lambda messages: [
        {**message, "content": text(message["content"])} if message["role"] == "user" else message
        for message in messages
    ]


def newest(change: Callable[[str], str]) -> Callable[[list[Message]], list[Message]]:
    """The user's newest words changed."""
    return lambda messages: [*messages[:-1], {**messages[-1], "content": change(messages[-1]["content"])}]


ALTERATIONS: dict[str, Callable[[list[Message]], list[Message]]] = {
    "lower case": restyled(Style(lower=True)),
    "without punctuation": restyled(Style(punctuation=False)),
    "digits as words": restyled(Style(digits="spoken")),
    "words as digits": restyled(Style(digits="written")),
    "numbers as digits": newest(numerals),
    "trailing space": newest(lambda text: f"{text} "),
    'leading filler "um"': newest(lambda text: f"um {text}"),
}
