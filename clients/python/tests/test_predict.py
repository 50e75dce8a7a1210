from __future__ import annotations

import math

import pytest

from turnwise_client import ACTIONS, Conversation, Message, TurnwiseClient, TurnwiseError

from .conftest import Server, StartServer

pytestmark = pytest.mark.anyio

MESSAGES: list[Message] = [{"role": "user", "content": "I was charged twice"}]


async def test_decides(server: Server) -> None:
    async with TurnwiseClient(server.url) as client:
        decision = await client.predict(MESSAGES)
        assert decision.action == max(ACTIONS, key=lambda action: decision.probabilities[action])
        assert sum(decision.probabilities.values()) == pytest.approx(1)
        assert decision.tokens_run > 0
        speaking = await client.predict(MESSAGES, agent_speaking=True)
        assert speaking.action in ("start_listening", "continue_speaking")
        assert speaking.probabilities == decision.probabilities


async def test_more_conversations_than_a_request_takes_in_their_order(server: Server) -> None:
    texts = [f"number {index}" for index in range(300)]
    async with TurnwiseClient(server.url) as client:
        assert await client.predict_many([]) == []
        decisions = await client.predict_many(
            [Conversation([{"role": "user", "content": text}], index % 2 == 0) for index, text in enumerate(texts)]
        )
        assert len(decisions) == 300
        for index in (0, 255, 256, 299):
            single = await client.predict([{"role": "user", "content": texts[index]}], agent_speaking=index % 2 == 0)
            assert decisions[index].action == single.action
            assert decisions[index].probabilities == pytest.approx(single.probabilities, abs=1e-4)


async def test_errors_have_the_code_of_the_server(server: Server) -> None:
    async with TurnwiseClient(server.url) as client:
        with pytest.raises(TurnwiseError) as refusal:
            await client.predict([])
    assert refusal.value.code == "NO_MESSAGES"
    assert refusal.value.request_id is not None


async def test_a_wrong_key_says_so_at_once(start_server: StartServer) -> None:
    line = f"test sha256:{'0' * 64}"
    server = await start_server(environment={"TURNWISE_KEYS": line})
    async with TurnwiseClient(server.url, key="wrong") as client:
        with pytest.raises(TurnwiseError, match="UNAUTHORIZED"):
            await client.predict(MESSAGES)
        session = client.open_session()
        with pytest.raises(TurnwiseError, match="UNAUTHORIZED"):
            await session.hear("hello")


async def test_where_there_is_no_server() -> None:
    async with TurnwiseClient("http://127.0.0.1:9", timeout_ms=300) as client:
        with pytest.raises(TurnwiseError, match="REMOTE_FAILED: The server could not be reached"):
            await client.predict(MESSAGES)
        with pytest.raises(TurnwiseError, match="DEADLINE_EXCEEDED"):
            await client.open_session().hear("hello")


async def test_refuses_what_cannot_work() -> None:
    wrong = [("localhost", 1.0), *(("http://localhost", time_ms) for time_ms in (0.0, math.inf, math.nan))]
    for url, timeout_ms in wrong:
        with pytest.raises(TurnwiseError, match="INVALID_OPTION"):
            TurnwiseClient(url, timeout_ms=timeout_ms)
    client = TurnwiseClient("http://localhost")
    await client.close()
    with pytest.raises(TurnwiseError, match="DETECTOR_CLOSED"):
        await client.predict(MESSAGES)
    with pytest.raises(TurnwiseError, match="DETECTOR_CLOSED"):
        client.open_session()
