"""A live conversation with the server."""

from __future__ import annotations

import asyncio
import time
from asyncio import Future
from types import TracebackType
from typing import TypeVar

from .errors import TurnwiseError, deadline_exceeded
from .journal import Event
from .link import SessionLink
from .types import Expectation, Message, SessionDecision
from .validate import validate_expectation, validate_final, validate_messages, validate_text, validate_time

Answer = TypeVar("Answer")


class Session:
    """Made by `TurnwiseClient.open_session`; docs/sessions.md of turnwise says what to tell it.

    What goes wrong on the server is raised by the `hear` or `user_silent` that follows. Lost connections and lost
    servers are not seen, but for the time that they cost; `close` waits for a lost connection no longer than 2 s, since
    the server ends idle sessions by itself. What is too large for the server ends the session: REQUEST_TOO_LARGE.
    """

    def __init__(self, link: SessionLink, timeout_ms: float) -> None:
        self._link = link
        self._timeout_ms = timeout_ms
        self._waiting: set[Future[object]] = set()
        # What was told here of who speaks.
        self._told_speaking: bool | None = None
        self._is_closed = False

    async def __aenter__(self) -> Session:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def id(self) -> str:
        return self._link.id

    @property
    def is_agent_speaking(self) -> bool:
        """Whether the agent speaks; of a resumed session known from the first answer on."""
        # Before anything is told here, the server knows it.
        return self._link.began_speaking if self._told_speaking is None else self._told_speaking

    def agent_speaking(self, text: str) -> None:
        """The agent speaks: `text` is all that it has said of this turn so far."""
        validate_text(text, "The agent's text")
        self._tell({"type": "agentSpeaking", "text": text})
        if not self.is_agent_speaking:
            self._link.settle()
        self._told_speaking = True

    def agent_finished(self, text: str | None = None) -> None:
        """The agent has fallen silent: `text` is what it has really said; by default the text last given."""
        if text is not None:
            validate_text(text, "The agent's text")
        self._tell({"type": "agentFinished"} if text is None else {"type": "agentFinished", "text": text})
        self._told_speaking = False
        self._link.settle()

    def expecting(self, expect: Expectation | None) -> None:
        """What the agent has asked for, until the next call."""
        validate_expectation(expect)
        self._tell({"type": "expecting", "expect": expect})

    def add_message(self, message: Message) -> None:
        """Adds a message that was not spoken: a tool's result, keys pressed."""
        validate_messages([message])
        self._tell({"type": "addMessage", "message": message})
        self._link.settle()

    async def hear(self, text: str, *, final: bool = False, at_ms: float | None = None) -> SessionDecision:
        """The user's words changed: `text` is all of this turn so far, without segments given as final.

        Of the calls that wait for the model only the newest runs; the others get its decision, the very same object.
        `at_ms` is on a clock of yours, the same for all calls; by default that of `time.time()`. A call that is
        cancelled fails alone: its words count all the same.
        """
        validate_text(text, "The user's text")
        validate_final(final)
        event = {"type": "hear", "text": text, "final": final, "atMs": _time_of(at_ms)}
        decision = await self._decide(event)
        if decision is None:
            raise TurnwiseError("REMOTE_FAILED", "The server answered no decision.")
        return decision

    async def user_silent(self, at_ms: float | None = None) -> SessionDecision | None:
        """Nobody says anything: what now? None if there is nothing to decide about."""
        return await self._decide({"type": "userSilent", "atMs": _time_of(at_ms)})

    async def save(self) -> str:
        """A token for `open_session(resume=…)`, anywhere. It holds the session, sealed by the server."""
        self._raise_if_closed()
        call = asyncio.get_running_loop().create_future()
        self._link.save(call)
        return await self._wait(call)

    async def close(self) -> None:
        """Ends the session. Calls made before are still answered. May be called again."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._waiting:
            await asyncio.wait(self._waiting)
        await self._link.close()

    def _tell(self, event: Event) -> None:
        self._raise_if_closed()
        self._link.tell(event)

    async def _decide(self, event: Event) -> SessionDecision | None:
        self._raise_if_closed()
        call: Future[SessionDecision | None] = asyncio.get_running_loop().create_future()
        self._link.tell(event, call)
        return await self._wait(call)

    async def _wait(self, call: Future[Answer]) -> Answer:
        self._waiting.add(call)  # pyright: ignore[reportArgumentType]
        try:
            return await asyncio.wait_for(call, self._timeout_ms / 1000)
        except asyncio.TimeoutError:
            raise deadline_exceeded(self._timeout_ms) from None
        finally:
            self._waiting.discard(call)  # pyright: ignore[reportArgumentType]

    def _raise_if_closed(self) -> None:
        if self._is_closed:
            raise TurnwiseError("SESSION_CLOSED", "The session is closed.")
        if self._link.ended is not None:
            raise self._link.ended


def _time_of(at_ms: float | None) -> float:
    if at_ms is None:
        return time.time() * 1000
    validate_time(at_ms)
    return at_ms
