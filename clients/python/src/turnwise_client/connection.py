"""The one stream of a client."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping
from typing import Any, Protocol, cast
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from .errors import TurnwiseError, read_error

FIRST_PAUSE_S = 0.025
LONGEST_PAUSE_S = 1.0
# A balancer that still sends to a dead instance should not be waited for.
ATTEMPT_S = 2.0
# How often the server is asked whether it is there, and how long it has to answer.
BEAT_S = 5.0
TOO_LARGE = 1009
# Errors that another attempt does not change.
FINAL_CODES = ("UNAUTHORIZED", "ORIGIN_REFUSED", "NOT_FOUND")


class Member(Protocol):
    """One session of a connection."""

    @property
    def id(self) -> str: ...

    def connected(self) -> None:
        """The connection is there, or there again."""

    def disconnected(self) -> None:
        """The connection is lost; it is tried again."""

    def receive(self, reply: dict[str, Any]) -> None: ...

    def refused(self, error: TurnwiseError) -> None:
        """There is no point in trying again; after REQUEST_TOO_LARGE for this session alone."""


class Connection:
    """Opened with its first session, and opened again whenever it is lost."""

    def __init__(self, url: str, headers: Mapping[str, str]) -> None:
        self._url = "ws" + url.removeprefix("http") + "v1/stream"
        self._headers = headers
        self._members: dict[str, Member] = {}
        self._affinity: str | None = None
        self._outgoing: asyncio.Queue[str] | None = None
        self._task: asyncio.Task[None] | None = None
        self._attempts = 0
        self._is_closed = False
        # Of the frames since the connection was opened, the largest: if one was too large for the server, this one was.
        self._largest = ("", 0)

    def join(self, member: Member) -> None:
        """Adds a session; it is told when it can send, or that it never will."""
        if self._is_closed:
            member.refused(_client_closed())
            return
        self._members[member.id] = member
        self._affinity = self._affinity or member.id
        if self._outgoing is not None:
            member.connected()
        elif self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def leave(self, member: Member) -> None:
        if self._members.get(member.id) is member:
            del self._members[member.id]

    def send(self, request: Mapping[str, object]) -> None:
        """Sends, if the connection is there: what is lost with it is the sender's to send again."""
        if self._outgoing is None:
            return
        # Without a character beyond ASCII: its length is that of its bytes.
        frame = json.dumps(request)
        if len(frame) > self._largest[1]:
            self._largest = (str(request["session"]), len(frame))
        self._outgoing.put_nowait(frame)

    async def close(self) -> None:
        self._is_closed = True
        self._refuse(_client_closed())
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        """Stays connected as long as there are sessions."""
        # What a balancer finds the instance by: after a lost connection the same one is wanted.
        url = f"{self._url}?session={quote(self._affinity or '')}"
        self._attempts = 0
        while self._members:
            try:
                async with connect(
                    url,
                    additional_headers=self._headers,
                    open_timeout=ATTEMPT_S,
                    ping_interval=BEAT_S,
                    ping_timeout=BEAT_S,
                    close_timeout=1,
                    max_size=None,
                ) as socket:
                    await self._serve(socket)
                if socket.close_code == TOO_LARGE:
                    self._refuse_largest()
            except InvalidStatus as refusal:
                error = _read_refusal(refusal)
                if error.code in FINAL_CODES:
                    self._refuse(error)
                    return
            except (OSError, WebSocketException, asyncio.TimeoutError):
                pass
            # Clients that lost the same server should not come back at the same moment.
            pause_s = 0 if self._attempts == 0 else min(FIRST_PAUSE_S * 2**self._attempts, LONGEST_PAUSE_S)
            self._attempts += 1
            await asyncio.sleep(pause_s * random.uniform(0.5, 1))

    async def _serve(self, socket: ClientConnection) -> None:
        """Sends and receives until the connection is lost."""
        outgoing = self._outgoing = asyncio.Queue[str]()
        self._largest = ("", 0)
        writer = asyncio.create_task(_write(socket, outgoing))
        try:
            for member in list(self._members.values()):
                member.connected()
            async for frame in socket:
                self._attempts = 0
                reply = _read_reply(frame)
                member = self._members.get(reply.get("session", ""))
                if member is not None:
                    member.receive(reply)
        except WebSocketException:
            pass
        finally:
            self._outgoing = None
            writer.cancel()
            for member in list(self._members.values()):
                member.disconnected()

    def _refuse(self, error: TurnwiseError) -> None:
        for member in list(self._members.values()):
            member.refused(error)

    def _refuse_largest(self) -> None:
        """Sent again it would end the next connection, and with it the other sessions', too."""
        session_id, size = self._largest
        member = self._members.get(session_id)
        if member is not None:
            problem = f"A message of {size} bytes is larger than maxBodyBytes."
            member.refused(TurnwiseError("REQUEST_TOO_LARGE", problem))


async def _write(socket: ClientConnection, outgoing: asyncio.Queue[str]) -> None:
    try:
        while True:
            await socket.send(await outgoing.get())
    except WebSocketException:
        # The reader sees it too.
        return


def _client_closed() -> TurnwiseError:
    return TurnwiseError("DETECTOR_CLOSED", "The client is closed.")


def _read_reply(frame: str | bytes) -> dict[str, Any]:
    """A frame, or nothing if it cannot be read."""
    try:
        reply: Any = json.loads(frame)
    except ValueError:
        return {}
    return cast("dict[str, Any]", reply) if isinstance(reply, dict) else {}


def _read_refusal(refusal: InvalidStatus) -> TurnwiseError:
    try:
        return read_error(json.loads(refusal.response.body or b"")["error"])
    except (ValueError, KeyError, TypeError):
        return TurnwiseError("REMOTE_FAILED", f"The server answered {refusal.response.status_code}.")
