from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from turnwise_client import Message, Session, SessionDecision, TurnwiseClient, TurnwiseError

from .conftest import Server, StartProxy, StartServer

pytestmark = pytest.mark.anyio

Step = Callable[[Session], Awaitable[SessionDecision] | None]
GREETING: Message = {"role": "assistant", "content": "Which day?"}


def call_of(turns: int) -> list[Step]:
    """A call in which everything happens that a session keeps."""
    return [step for turn in range(turns) for step in turn_of(turn)]


def turn_of(turn: int) -> list[Step]:
    return [
        lambda session: session.hear(f"part {turn}", at_ms=10 * turn, final=True),
        lambda session: session.agent_speaking(f"Well {turn}"),
        lambda session: session.hear("uh huh", at_ms=10 * turn + 1),
        lambda session: session.agent_finished(),
        lambda session: session.agent_speaking("Anything else?"),
        lambda session: session.agent_finished("Anything"),
        lambda session: session.add_message({"role": "tool", "content": "found"}),
        lambda session: session.expecting("phone" if turn % 2 == 0 else None),
        lambda session: session.hear(f"oh seven {turn}", at_ms=10 * turn + 2),
    ]


async def play(session: Session, steps: list[Step]) -> None:
    for step in steps:
        decision = step(session)
        if decision is not None:
            await decision


async def decide_undisturbed(server: Server, steps: list[Step]) -> SessionDecision:
    async with TurnwiseClient(server.url) as client, client.open_session(messages=[GREETING]) as session:
        await play(session, steps)
        return await session.hear("and now", at_ms=5000)


def assert_same(decision: SessionDecision, expected: SessionDecision) -> None:
    assert decision.action == expected.action
    assert decision.probabilities == pytest.approx(expected.probabilities, abs=1e-4)
    assert decision.wait_ms == pytest.approx(expected.wait_ms, abs=2)


async def test_a_call(server: Server) -> None:
    async with TurnwiseClient(server.url) as client:
        session = client.open_session(messages=[GREETING], expect="date", policy="eager")
        assert await session.user_silent(0) is None
        decision = await session.hear("the fourth of", at_ms=100)
        assert decision.action in ("start_speaking", "continue_listening")
        assert decision.reason.excluded == ("start_listening", "continue_speaking")
        whole = await client.predict([GREETING, {"role": "user", "content": "the fourth of"}])
        assert decision.probabilities == pytest.approx(whole.probabilities, abs=1e-4)
        session.agent_speaking("On")
        assert session.is_agent_speaking
        assert (await session.hear("uh huh")).action in ("start_listening", "continue_speaking")
        session.agent_finished()
        assert not session.is_agent_speaking
        silence = await session.user_silent()
        assert silence is None or silence.action in ("start_speaking", "continue_listening")
        await session.close()
        await session.close()
        with pytest.raises(TurnwiseError, match="SESSION_CLOSED"):
            session.agent_speaking("more")


async def test_an_answer_of_a_known_length(server: Server) -> None:
    async with TurnwiseClient(server.url) as client:
        session = client.open_session(expect={"kind": "code", "length": 4})
        assert (await session.hear("four one two")).reason.probability <= 0.1
        session.expecting({"kind": "code", "length": 3})
        assert (await session.hear("four one two")).reason.rule != "half_answer"


async def test_a_resumed_session_knows_whether_the_agent_speaks_and_what_was_told_since_counts(server: Server) -> None:
    async with TurnwiseClient(server.url) as client:
        session = client.open_session()
        session.agent_speaking("Your balance is")
        resume = await session.save()
        resumed, told = client.open_session(resume=resume), client.open_session(resume=resume)
        told.agent_finished()
        decision = await resumed.hear("uh huh")
        await told.hear("uh huh")
        assert "start_speaking" in decision.reason.excluded
        assert resumed.is_agent_speaking
        assert not told.is_agent_speaking
        resumed.agent_finished()
        assert not resumed.is_agent_speaking


async def test_newer_words_answer_those_that_wait(server: Server) -> None:
    async with TurnwiseClient(server.url) as client:
        session = client.open_session()
        texts = [" ".join(["again"] * count) for count in range(1, 40)]
        decisions = await asyncio.gather(*(session.hear(text) for text in texts))
        # All came before the first had run: they were answered together.
        assert len({id(decision) for decision in decisions}) < len(texts)
        whole = await client.predict([{"role": "user", "content": texts[-1]}])
        assert decisions[-1].probabilities == pytest.approx(whole.probabilities, abs=1e-4)


async def test_sessions_share_a_connection_and_are_not_mixed_up(server: Server, start_proxy: StartProxy) -> None:
    proxy = await start_proxy(server.port)
    async with TurnwiseClient(proxy.url) as client:

        async def ask(index: int) -> None:
            text = f"I am number {index}"
            decision = await client.open_session().hear(text)
            whole = await client.predict([{"role": "user", "content": text}])
            assert decision.probabilities == pytest.approx(whole.probabilities, abs=1e-4)

        first = client.open_session()
        await first.hear("hello")
        connections = proxy.connections
        await asyncio.gather(*(client.open_session().hear(f"number {index}") for index in range(20)))
        assert proxy.connections == connections
        await asyncio.gather(*(ask(index) for index in range(10)))


async def test_what_cannot_be_said_is_refused_before_it_is_sent(server: Server) -> None:
    async with TurnwiseClient(server.url) as client:
        session = client.open_session()
        with pytest.raises(TurnwiseError, match="MALFORMED_TEXT"):
            session.agent_speaking("\ud800")
        with pytest.raises(TurnwiseError, match="INVALID_OPTION"):
            session.expecting("money")  # pyright: ignore[reportArgumentType]
        for expect in ({"kind": "name", "length": 4}, {"kind": "code", "length": 65}, {"kind": "code", "length": True}):
            with pytest.raises(TurnwiseError, match="INVALID_OPTION"):
                session.expecting(expect)  # pyright: ignore[reportArgumentType]
        with pytest.raises(TurnwiseError, match="UNKNOWN_ROLE"):
            session.add_message({"role": "bot", "content": ""})  # pyright: ignore[reportArgumentType]
        with pytest.raises(TurnwiseError, match="INVALID_CONTENT"):
            await session.hear(7)  # pyright: ignore[reportArgumentType]
        with pytest.raises(TurnwiseError, match="INVALID_OPTION"):
            await session.hear("hello", final=None)  # pyright: ignore[reportArgumentType]
        with pytest.raises(TurnwiseError, match="INVALID_OPTION"):
            await session.hear("hello", at_ms=float("nan"))
        assert (await session.hear("hello")).action


async def test_what_the_server_refuses(start_server: StartServer) -> None:
    server = await start_server("--max-messages", "1", "--max-body-bytes", "1024")
    async with TurnwiseClient(server.url) as client:
        session = client.open_session(messages=[GREETING], session_id="call")
        await session.hear("Monday")
        session.agent_finished("Monday it is")
        await session.save()
        with pytest.raises(TurnwiseError, match="REQUEST_TOO_LARGE"):
            await session.hear("yes")
        assert (await session.hear("yes")).action
        with pytest.raises(TurnwiseError, match="REQUEST_TOO_LARGE"):
            await session.hear("long " * 300)
        async with TurnwiseClient(server.url) as other:
            with pytest.raises(TurnwiseError, match="SESSION_EXISTS"):
                await other.open_session(session_id="call").hear("hello")


async def test_an_id_that_the_server_would_not_take_is_refused(server: Server) -> None:
    async with httpx.AsyncClient() as http:
        document: Any = (await http.get(f"{server.url}/openapi.json")).json()
    # As JavaScript reads it, the end is the end, and not the line before it.
    pattern = str(document["components"]["schemas"]["SessionId"]["pattern"]).replace("$", r"\Z")
    async with TurnwiseClient(server.url) as client:
        for name in ("call-1", "A_b.9", "_", "x" * 128, "", "call:+15551234", "room/42", "é", "a\n", "x" * 129):
            if re.search(pattern, name):
                assert (await client.open_session(session_id=name).hear("hello")).action
            else:
                with pytest.raises(TurnwiseError, match="INVALID_OPTION"):
                    client.open_session(session_id=name)


async def test_a_message_that_is_too_large_ends_its_session_and_no_other(start_server: StartServer) -> None:
    server = await start_server("--max-body-bytes", "1024")
    async with TurnwiseClient(server.url) as client:
        large, other = client.open_session(), client.open_session()
        await asyncio.gather(large.hear("hello"), other.hear("hello"))
        large.agent_speaking("long " * 300)
        lost, decision = await asyncio.gather(large.hear("uh huh"), other.hear("hello you"), return_exceptions=True)
        assert isinstance(lost, TurnwiseError)
        assert lost.code == "REQUEST_TOO_LARGE"
        whole = await client.predict([{"role": "user", "content": "hello you"}])
        assert isinstance(decision, SessionDecision)
        assert decision.probabilities == pytest.approx(whole.probabilities, abs=1e-4)
        with pytest.raises(TurnwiseError, match="REQUEST_TOO_LARGE"):
            await large.hear("uh huh")
        assert (await other.hear("hello you there")).action
        await large.close()
        await server.until_sessions(1)


async def test_a_call_that_is_cancelled_fails_alone(server: Server) -> None:
    async with TurnwiseClient(server.url) as client:
        session = client.open_session()
        task = asyncio.create_task(session.hear("one", final=True))
        await asyncio.sleep(0)
        task.cancel()
        decision = await session.hear("two")
        assert task.cancelled()
        whole = await client.predict([{"role": "user", "content": "one two"}])
        assert decision.probabilities == pytest.approx(whole.probabilities, abs=1e-4)


async def test_a_lost_connection_wherever_it_is_lost(server: Server, start_proxy: StartProxy) -> None:
    proxy = await start_proxy(server.port)
    steps = call_of(1)
    expected = await decide_undisturbed(server, steps)
    for place in range(len(steps) + 1):
        async with TurnwiseClient(proxy.url) as client:
            session = client.open_session(messages=[GREETING])
            await play(session, steps[:place])
            await asyncio.sleep(0.02)
            proxy.cut()
            await play(session, steps[place:])
            assert_same(await session.hear("and now", at_ms=5000), expected)


async def test_a_killed_server_wherever_it_is_lost(start_server: StartServer, start_proxy: StartProxy) -> None:
    servers = [await start_server(), await start_server()]
    proxy = await start_proxy(servers[0].port)
    steps = call_of(2)
    expected = await decide_undisturbed(servers[0], steps)
    for place in range(len(steps) + 1):
        async with TurnwiseClient(proxy.url) as client:
            session = client.open_session(messages=[GREETING])
            await play(session, steps[:place])
            await asyncio.sleep(0.02)
            proxy.target = servers[(place + 1) % 2].port
            proxy.cut()
            await play(session, steps[place:])
            assert_same(await session.hear("and now", at_ms=5000), expected)
    async with TurnwiseClient(proxy.url) as client:
        session = client.open_session(messages=[GREETING])
        await play(session, steps)
        gone = next(server for server in servers if server.port == proxy.target)
        proxy.target = next(server for server in servers if server is not gone).port
        await gone.kill()
        assert_same(await session.hear("and now", at_ms=5000), expected)


async def test_a_server_that_stops_and_a_token(start_server: StartServer, start_proxy: StartProxy) -> None:
    first, second = await start_server("--drain-ms", "0"), await start_server()
    proxy = await start_proxy(first.port)
    async with TurnwiseClient(proxy.url) as client, TurnwiseClient(second.url) as other:
        session = client.open_session(messages=[GREETING])
        await session.hear("Mon", at_ms=1)
        resumed = other.open_session(resume=await session.save())
        proxy.target = second.port
        await first.stop()
        decision = await session.hear("Monday", at_ms=2)
        assert_same(await resumed.hear("Monday", at_ms=2), decision)
        whole = await other.predict([GREETING, {"role": "user", "content": "Monday"}])
        assert decision.probabilities == pytest.approx(whole.probabilities, abs=1e-4)


async def test_a_server_with_other_secrets(start_server: StartServer, start_proxy: StartProxy) -> None:
    first = await start_server()
    second = await start_server(environment={"TURNWISE_RESUME_SECRETS": "of the second server of these two"})
    proxy = await start_proxy(first.port)
    async with TurnwiseClient(proxy.url) as client:
        session = client.open_session(messages=[GREETING])
        await session.hear("Mon", at_ms=1)
        await session.save()
        proxy.target = second.port
        proxy.cut()
        for text in ("Monday", "Monday at"):
            with pytest.raises(TurnwiseError) as raised:
                await session.hear(text, at_ms=2)
            assert raised.value.code == "INVALID_RESUME_TOKEN"
        again = client.open_session(messages=[GREETING])
        assert (await again.hear("Monday at ten", at_ms=3)) is not None


async def test_what_is_said_while_there_is_no_server(server: Server, start_proxy: StartProxy) -> None:
    proxy = await start_proxy(server.port)
    proxy.target = None
    async with TurnwiseClient(proxy.url) as client:
        session = client.open_session()
        calls = asyncio.gather(*(session.hear(text) for text in ("on", "on Mon", "on Monday")))
        await asyncio.sleep(0.1)
        proxy.target = server.port
        decisions = await calls
        whole = await client.predict([{"role": "user", "content": "on Monday"}])
        assert decisions[-1].probabilities == pytest.approx(whole.probabilities, abs=1e-4)
