from __future__ import annotations

import asyncio

import pytest

from turnwise_client import TurnwiseClient

from .conftest import Server, StartProxy

pytestmark = pytest.mark.anyio


async def test_a_session_is_closed_on_the_server_too(server: Server, start_proxy: StartProxy) -> None:
    proxy = await start_proxy(server.port)
    async with TurnwiseClient(proxy.url) as client:
        session = client.open_session()
        await session.hear("hello")
        # Before the server has said that it is open …
        await client.open_session().close()
        await session.save()
        assert await server.sessions() == 1
        # … and once a lost connection is there again.
        proxy.target = None
        proxy.cut()
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(session.close())
        await asyncio.sleep(0.1)
        assert await server.sessions() == 1
        proxy.target = server.port
        await closing
    await server.until_sessions(0)


async def test_closing_waits_for_no_server_that_is_gone(server: Server, start_proxy: StartProxy) -> None:
    proxy = await start_proxy(server.port)
    client = TurnwiseClient(proxy.url)
    sessions = [client.open_session(), client.open_session()]
    await asyncio.gather(*(session.hear("hello") for session in sessions))
    proxy.target = None
    proxy.cut()
    await asyncio.sleep(0.05)
    await asyncio.wait_for(client.open_session().close(), 1)
    await asyncio.wait_for(sessions[0].close(), 5)
    closing = asyncio.create_task(sessions[1].close())
    await asyncio.sleep(0)
    await client.close()
    await asyncio.wait_for(closing, 1)
