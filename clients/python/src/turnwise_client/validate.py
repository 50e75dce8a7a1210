"""Checks what a session is told before it is sent: a stream answers when the caller has gone on."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import cast

from .errors import TurnwiseError
from .types import COUNTED_EXPECTATIONS, EXPECTATIONS, MAX_EXPECTED_LENGTH, ROLES, Message

# The ids that the server takes: they stand in addresses, which balancers compare as they are.
SESSION_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")


def validate_session_id(session_id: object) -> None:
    """Checks the id of a session: the server cannot tell whose it is that it does not take."""
    if not isinstance(session_id, str) or SESSION_ID.fullmatch(session_id) is None:
        # Not which: it may be somebody's number.
        problem = "session_id is not of 1 to 128 letters (a to z), digits, dots, underscores and hyphens."
        raise TurnwiseError("INVALID_OPTION", problem)


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
    if isinstance(expect, Mapping):
        _validate_counted(cast("Mapping[str, object]", expect))
    elif expect is not None and expect not in EXPECTATIONS:
        raise TurnwiseError("INVALID_OPTION", f"expect is none of {', '.join(EXPECTATIONS)}.")


def _validate_counted(expect: Mapping[str, object]) -> None:
    if expect.get("kind") not in COUNTED_EXPECTATIONS:
        raise TurnwiseError("INVALID_OPTION", f"expect's kind is none of {', '.join(COUNTED_EXPECTATIONS)}.")
    length = expect.get("length")
    if type(length) is not int or not 1 <= length <= MAX_EXPECTED_LENGTH:
        raise TurnwiseError("INVALID_OPTION", f"expect's length is no whole number from 1 to {MAX_EXPECTED_LENGTH}.")


def validate_final(final: object) -> None:
    if not isinstance(final, bool):
        raise TurnwiseError("INVALID_OPTION", f"final is of type {type(final).__name__}, expected True or False.")


def validate_time(at_ms: float) -> None:
    if not math.isfinite(at_ms):
        raise TurnwiseError("INVALID_OPTION", f"at_ms is {at_ms}, expected a number of milliseconds.")
