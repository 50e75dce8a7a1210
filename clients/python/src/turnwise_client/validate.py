"""Checks what a session is told before it is sent: a stream answers when the caller has gone on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from .errors import TurnwiseError
from .types import EXPECTATIONS, ROLES, Message


def validate_text(text: object, place: str) -> None:
    if not isinstance(text, str):
        raise TurnwiseError("INVALID_CONTENT", f"{place} is of type {type(text).__name__}, not a string.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        # Not its cause: that quotes the text.
        problem = f"{place} has a lone surrogate at index {error.start}."
        raise TurnwiseError("MALFORMED_TEXT", problem) from None


def validate_messages(messages: Sequence[Message]) -> None:
    for index, message in enumerate(messages):
        if message.get("role") not in ROLES:
            raise TurnwiseError("UNKNOWN_ROLE", f"Message {index} has none of the roles {', '.join(ROLES)}.")
        validate_text(message.get("content"), f"The content of message {index}")


def validate_expectation(expect: object) -> None:
    if expect is not None and expect not in EXPECTATIONS:
        raise TurnwiseError("INVALID_OPTION", f"expect is none of {', '.join(EXPECTATIONS)}.")


def validate_time(at_ms: float) -> None:
    if not math.isfinite(at_ms):
        raise TurnwiseError("INVALID_OPTION", f"at_ms is {at_ms}, expected a number of milliseconds.")
