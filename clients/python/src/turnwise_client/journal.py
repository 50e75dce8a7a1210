"""What a session was told since it began, or since the token with which it can begin again."""

from __future__ import annotations

from asyncio import Future
from dataclasses import dataclass
from typing import Any, TypeAlias

from .types import SessionDecision

Event = dict[str, Any]
DecisionFuture: TypeAlias = "Future[SessionDecision | None]"


@dataclass(slots=True)
class Entry:
    """An event, and who waits for its decision."""

    event: Event
    calls: list[DecisionFuture]


class Journal:
    """Events by their numbers, each one more than that before it."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._first_seq = 1

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def last_seq(self) -> int:
        return self._first_seq + len(self._entries) - 1

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def at(self, seq: int) -> Entry | None:
        index = seq - self._first_seq
        return self._entries[index] if 0 <= index < len(self._entries) else None

    def since(self, seq: int) -> list[tuple[int, Entry]]:
        """All from a number on, with their numbers."""
        return list(enumerate(self._entries, self._first_seq))[max(0, seq - self._first_seq) :]

    def reaches(self, seq: int) -> bool:
        """Whether a number is that of an event here, or of the one before the first."""
        return self._first_seq - 1 <= seq <= self.last_seq

    def is_awaited(self, seq: int) -> bool:
        """Whether somebody waits for a decision up to a number."""
        entries = self._entries[: max(0, seq - self._first_seq + 1)]
        return any(not call.done() for entry in entries for call in entry.calls)

    def forget(self, seq: int) -> None:
        """Forgets what a token holds, up to a number."""
        self._entries = self._entries[max(0, seq - self._first_seq + 1) :]
        self._first_seq = max(self._first_seq, seq + 1)

    def renumber(self) -> None:
        """The first event has the number 1 again."""
        self._first_seq = 1
