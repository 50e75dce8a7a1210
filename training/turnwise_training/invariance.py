"""The same words as another recogniser would have written them: the answer should stay the same."""

from collections.abc import Callable

from .prompt import Message
from .styles import Style


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
    "trailing space": newest(lambda text: f"{text} "),
    'leading filler "um"': newest(lambda text: f"um {text}"),
}
