"""A session's side of a connection."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import Future
from typing import Any, Literal

from .connection import Connection
from .errors import TurnwiseError, read_error
from .journal import DecisionFuture, Entry, Event, Journal
from .types import SessionDecision, read_session_decision

# After so many events a token is wanted too, so that little has to be told again where a server is lost.
TOKEN_EVENTS = 32
# How long `close` waits for a lost connection.
FAREWELL_S = 2.0
# Refusals after which the session cannot go on.
ENDING_CODES = ("DETECTOR_CLOSED", "REQUEST_TOO_LARGE")
# The server and this side do not mean the same: what is there has to be found out again.
ASTRAY_CODES = ("SESSION_NOT_FOUND", "OUT_OF_SEQUENCE")


class SessionLink:
    """Keeps what was told since the last token.

    Where the server still has the session after a lost connection, it is sent what it has not seen; where it has not,
    or an answer was lost with the connection, the session begins again with the token and all that followed it.
    """

    def __init__(self, connection: Connection, session_id: str, start: dict[str, Any]) -> None:
        self.id = session_id
        self.ended: TurnwiseError | None = None
        """Why the session is over, if it has not ended on this side."""
        self.began_speaking = False
        """Whether the agent spoke when the server opened the session, once the server has said so."""
        self._connection = connection
        self._beginning = start
        self._journal = Journal()
        self._saves: list[Future[str]] = []
        self._phase: Literal["away", "attaching", "closing", "opening", "open"] = "away"
        # The server may have the session.
        self._may_be_there = False
        self._is_saving = False
        self._is_token_due = False
        # An event has failed that nobody waits for.
        self._problem: TurnwiseError | None = None
        # Ends the waiting of `close`: the connection is there again, or will not be.
        self._stop_waiting = asyncio.Event()
        connection.join(self)

    def tell(self, event: Event, call: DecisionFuture | None = None) -> None:
        """Tells what happened, as soon as there is a server to hear it."""
        self._journal.add(Entry(event, [] if call is None else [call]))
        if self._phase == "open":
            self._send({**event, "seq": self._journal.last_seq})
        elif self._phase == "away":
            self._connection.join(self)
        self._ask_for_token()
        if self._problem is not None and call is not None:
            _fail(call, self._problem)
            self._problem = None

    def settle(self) -> None:
        """What was said has been settled by what was decided about it.

        Telling it again would not settle it the same way: a token is wanted that holds it.
        """
        self._is_token_due = True
        self._ask_for_token()

    def save(self, call: Future[str]) -> None:
        self._saves.append(call)
        if self._phase == "away":
            self._connection.join(self)
        self._ask_for_token()

    async def close(self) -> None:
        """The session is over, and the server is told so.

        Waits for a lost connection, but not for long: the server ends by itself what is idle.
        """
        # Others have it, or nobody.
        if self.ended is not None and self.ended.code == "SESSION_CLOSED":
            return
        try:
            if self._phase == "away" and self._may_be_there:
                await self._reconnect()
            # The server reads it after the `open` or `attach` that it has not answered yet.
            if self._phase != "away":
                self._send({"type": "close"})
        finally:
            self._connection.leave(self)

    def connected(self) -> None:
        if self._may_be_there:
            self._attach()
        else:
            self._open()
        self._stop_waiting.set()

    def disconnected(self) -> None:
        # The session may have been opened, and the answer lost.
        self._may_be_there |= self._phase == "opening"
        self._phase = "away"

    def refused(self, error: TurnwiseError) -> None:
        self._phase = "away"
        if error.code in ENDING_CODES:
            self._end(error)
        else:
            self._fail_all(error)
        self._stop_waiting.set()

    def receive(self, reply: dict[str, Any]) -> None:
        match reply["type"]:
            case "opened":
                # Older servers do not say it.
                self.began_speaking = reply.get("isAgentSpeaking", False)
                self._journal.renumber()
                self._go_on(1)
            case "attached":
                last_seq: int = reply["lastSeq"]
                if self._journal.reaches(last_seq) and not self._journal.is_awaited(last_seq):
                    self._go_on(last_seq + 1)
                else:
                    self._phase = "closing"
                    self._send({"type": "close"})
            case "decision":
                sent = reply["decision"]
                self._answer(reply["seq"], None if sent is None else read_session_decision(sent))
            case "superseded":
                older, newer = self._journal.at(reply["seq"]), self._journal.at(reply["by"])
                if older is not None and newer is not None:
                    newer.calls[:0], older.calls = older.calls, []
            case "saved":
                self._is_saving = False
                for call in self._saves:
                    if not call.done():
                        call.set_result(reply["resume"])
                self._saves = []
                self._keep_token(reply["resume"], reply["lastSeq"])
                self._ask_for_token()
            case "closed":
                self._receive_closed(reply)
            case "error":
                self._receive_error(read_error(reply["error"]), reply.get("seq"))
            case _:
                pass

    def _receive_closed(self, reply: dict[str, Any]) -> None:
        if "resume" in reply:
            self._keep_token(reply["resume"], reply["lastSeq"])
        if reply["reason"] == "taken":
            self._end(TurnwiseError("SESSION_CLOSED", "Another stream has taken the session."))
        elif self._phase == "closing":
            self._open()
        elif reply["reason"] == "closed":
            self._end(TurnwiseError("SESSION_CLOSED", "Somebody else has closed the session."))
        else:
            # A server that stops ends the connection too, and another is found.
            self._phase = "away"
            if reply["reason"] == "idle" and self._journal.is_awaited(self._journal.last_seq):
                self._connection.join(self)

    def _receive_error(self, error: TurnwiseError, seq: int | None) -> None:
        is_astray = error.code in ASTRAY_CODES
        if self._phase == "open" and is_astray:
            self._attach()
        elif self._phase == "open" and seq is not None:
            entry = self._journal.at(seq)
            calls = [] if entry is None else entry.calls
            if not calls:
                self._problem = error
            for call in calls:
                _fail(call, error)
        elif seq is None and is_astray and self._phase != "opening":
            self._open()
        elif seq is None:
            self._phase = "away"
            # An instance that stops ends the connection too, and another one is found.
            if error.code != "SHUTTING_DOWN":
                self._fail_all(error)

    async def _reconnect(self) -> None:
        self._stop_waiting.clear()
        self._connection.join(self)
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._stop_waiting.wait(), FAREWELL_S)

    def _open(self) -> None:
        self._phase = "opening"
        self._send({"type": "open", **self._beginning})

    def _attach(self) -> None:
        self._phase = "attaching"
        self._send({"type": "attach"})

    def _go_on(self, from_seq: int) -> None:
        self._phase = "open"
        self._may_be_there = True
        self._is_saving = False
        for seq, entry in self._journal.since(from_seq):
            self._send({**entry.event, "seq": seq})
        self._ask_for_token()

    def _ask_for_token(self) -> None:
        is_due = (self._is_token_due or len(self._journal) >= TOKEN_EVENTS) and not self._journal.is_awaited(
            self._journal.last_seq
        )
        if self._phase == "open" and not self._is_saving and (is_due or self._saves):
            self._is_saving = True
            self._send({"type": "save"})

    def _keep_token(self, resume: str, last_seq: int) -> None:
        """Will begin with a token, unless somebody still waits for an answer to what the token holds."""
        if self._journal.is_awaited(last_seq):
            return
        self._beginning = {"resume": resume}
        self._journal.forget(last_seq)
        # What came meanwhile may have settled more.
        self._is_token_due = self._is_token_due and len(self._journal) > 0

    def _answer(self, seq: int, decision: SessionDecision | None) -> None:
        entry = self._journal.at(seq)
        for call in [] if entry is None else entry.calls:
            if not call.done():
                call.set_result(decision)
        self._ask_for_token()

    def _fail_all(self, error: TurnwiseError) -> None:
        for _, entry in self._journal.since(0):
            for call in entry.calls:
                _fail(call, error)
        for save in self._saves:
            _fail(save, error)
        self._saves = []

    def _end(self, error: TurnwiseError) -> None:
        self.ended = error
        self._connection.leave(self)
        self._fail_all(error)

    def _send(self, request: dict[str, Any]) -> None:
        self._connection.send({**request, "session": self.id})


def _fail(call: Future[Any], error: TurnwiseError) -> None:
    if not call.done():
        call.set_exception(error)
