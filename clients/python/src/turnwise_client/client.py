"""A server, asked from Python."""

from __future__ import annotations

import asyncio
import math
import uuid
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import httpx

from .connection import Connection
from .errors import TurnwiseError, deadline_exceeded, read_error
from .link import SessionLink
from .session import Session
from .types import Conversation, Decision, Expectation, Message, PolicyName, read_decision
from .validate import validate_expectation, validate_messages, validate_session_id

# Conversations of one request; as many as the server takes by default.
BATCH_SIZE = 256
# The server reads no more digits.
MAX_DEADLINE_MS = 9_999_999


class TurnwiseClient:
    """Asks a turnwise server; use it as an async context manager, or `close` it.

    `url` is where the server is, such as http://127.0.0.1:8080; `key` one of its keys; `timeout_ms` how long an answer
    may take, new connections and lost ones included. Everything raises `TurnwiseError` with the server's code,
    DEADLINE_EXCEEDED after `timeout_ms`, and REMOTE_FAILED where there is no server.
    """

    def __init__(self, url: str, *, key: str | None = None, timeout_ms: float = 10_000) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise TurnwiseError("INVALID_OPTION", "url is no http or https address.")
        if not 0 < timeout_ms < math.inf:
            raise TurnwiseError("INVALID_OPTION", f"timeout_ms is {timeout_ms}, expected more than 0, and finite.")
        url = f"{url.removesuffix('/')}/"
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        self._timeout_ms = timeout_ms
        self._http = httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout_ms / 1000)
        self._connection = Connection(url, headers)

    async def __aenter__(self) -> TurnwiseClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def predict(self, messages: Sequence[Message], *, agent_speaking: bool | None = None) -> Decision:
        """Decides about a conversation whose last message is what the user has said so far."""
        return read_decision(await self._ask(_conversation(Conversation(messages, agent_speaking))))

    async def predict_many(self, conversations: Sequence[Conversation]) -> list[Decision]:
        """Decides about many conversations, in their order."""
        decisions: list[Decision] = []
        for start in range(0, len(conversations), BATCH_SIZE):
            batch = [_conversation(each) for each in conversations[start : start + BATCH_SIZE]]
            answer = await self._ask({"conversations": batch})
            decisions += [read_decision(each) for each in answer["decisions"]]
        return decisions

    def open_session(
        self,
        *,
        messages: Sequence[Message] = (),
        expect: Expectation | None = None,
        policy: PolicyName | Mapping[str, object] = "balanced",
        resume: str | None = None,
        session_id: str | None = None,
    ) -> Session:
        """Opens a session over the one stream of this client, where an event loop runs.

        A `policy` of your own has the fields that the OpenAPI document names. `resume` is what `Session.save` gave, and
        stands for `messages`, `expect` and `policy`. `session_id` is unique among the sessions of the key, and seen by
        load balancers: 1 to 128 letters, digits, dots, underscores and hyphens, by default a random one. What the
        server refuses is raised by the first `hear`.
        """
        self._raise_if_closed()
        if session_id is None:
            session_id = str(uuid.uuid4())
        validate_session_id(session_id)
        validate_messages(messages)
        validate_expectation(expect)
        start: dict[str, Any] = {"resume": resume}
        if resume is None:
            start = {"messages": list(messages), "policy": policy}
            if expect is not None:
                start["expect"] = expect
        link = SessionLink(self._connection, session_id, start)
        return Session(link, self._timeout_ms)

    async def close(self) -> None:
        """Ends the stream, and with it all sessions of this client. May be called again."""
        await self._connection.close()
        await self._http.aclose()

    async def _ask(self, body: object) -> Any:
        self._raise_if_closed()
        headers = {"turnwise-deadline-ms": str(max(1, min(round(self._timeout_ms), MAX_DEADLINE_MS)))}
        try:
            # The timeout of httpx is for each step alone.
            request = self._http.post("v1/predict", json=body, headers=headers)
            response = await asyncio.wait_for(request, self._timeout_ms / 1000)
            answer: Any = response.json()
        except (httpx.TimeoutException, asyncio.TimeoutError):
            raise deadline_exceeded(self._timeout_ms) from None
        except httpx.TransportError as error:
            raise TurnwiseError("REMOTE_FAILED", "The server could not be reached.") from error
        except (httpx.HTTPError, ValueError) as error:
            raise TurnwiseError("REMOTE_FAILED", "There was no answer that can be understood.") from error
        if response.is_error or not isinstance(answer, dict):
            raise read_error(answer.get("error") if isinstance(answer, dict) else None)  # pyright: ignore
        return answer  # pyright: ignore[reportUnknownVariableType]

    def _raise_if_closed(self) -> None:
        if self._http.is_closed:
            raise TurnwiseError("DETECTOR_CLOSED", "The client is closed.")


def _conversation(conversation: Conversation) -> dict[str, Any]:
    messages, agent_speaking = conversation.messages, conversation.agent_speaking
    validate_messages(messages)
    known = {} if agent_speaking is None else {"agentSpeaking": agent_speaking}
    return {"messages": list(messages), **known}
