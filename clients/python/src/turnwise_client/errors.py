"""What goes wrong."""

from __future__ import annotations

from typing import Any, cast


class TurnwiseError(Exception):
    """Tell errors apart by their `code`; docs/errors.md of turnwise lists all. Never holds words of a conversation."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        request_id: str | None = None,
        retry_after_ms: int | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.request_id = request_id
        """To find it in the server's log."""
        self.retry_after_ms = retry_after_ms
        """When it is worth asking again, where it is."""


def read_error(sent: object) -> TurnwiseError:
    """The error that the server has sent, with its code."""
    fields = cast("dict[str, Any]", sent) if isinstance(sent, dict) else {}
    code, message = fields.get("code"), fields.get("message")
    if not isinstance(code, str) or not isinstance(message, str):
        return TurnwiseError("REMOTE_FAILED", "The server answered what cannot be understood.")
    return TurnwiseError(code, message, request_id=fields.get("requestId"), retry_after_ms=fields.get("retryAfterMs"))


def deadline_exceeded(timeout_ms: float) -> TurnwiseError:
    return TurnwiseError("DEADLINE_EXCEEDED", f"There was no answer within {timeout_ms:g} ms.")
