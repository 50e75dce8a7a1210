"""Servers for the tests: the real one, with a tiny model of random weights."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[3]
COMMAND = ROOT / "packages/cli/bin/turnwise.js"
BUILD = ROOT / "packages/server/dist/index.js"
MODEL = ROOT / "fixtures/tiny/fused"
START_S = 60
# All servers open each other's tokens, unless a test says otherwise.
SHARED = {"TURNWISE_RESUME_SECRETS": "of all the servers of these tests"}


@dataclass
class Server:
    """A running `turnwise serve`."""

    url: str
    port: int
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def stop(self) -> None:
        self.process.terminate()
        await self.process.wait()

    async def sessions(self) -> int:
        """How many sessions are open."""
        async with httpx.AsyncClient() as http:
            metrics = (await http.get(f"{self.url}/metrics")).text
        match = re.search(r"^turnwise_sessions_open (\d+)$", metrics, re.MULTILINE)
        assert match is not None
        return int(match[1])

    async def until_sessions(self, count: int) -> None:
        """Waits until so many are open."""
        for _ in range(500):
            if await self.sessions() == count:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"There are not {count} sessions.")


StartServer = Callable[..., Awaitable[Server]]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def launch(node: str, *flags: str, environment: dict[str, str] | None = None) -> Server:
    process = await asyncio.create_subprocess_exec(
        node,
        str(COMMAND),
        *("serve", "--port", "0", "--model", str(MODEL), "--log-level", "silent", *flags),
        env={**SHARED, **(environment or {})},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    return await asyncio.wait_for(_listening(process), START_S)


async def _listening(process: asyncio.subprocess.Process) -> Server:
    assert process.stderr is not None
    output = ""
    while line := (await process.stderr.readline()).decode():
        output += line
        if match := re.search(r"Listening on (http://[\d.]+:(\d+))", line):
            return Server(match[1], int(match[2]), process)
    raise AssertionError(output)


@pytest.fixture
async def start_server() -> AsyncIterator[StartServer]:
    node = shutil.which("node")
    if node is None or not BUILD.exists():
        pytest.skip("needs Node and the built server: run `npm ci` at the root of the repository")
    servers: list[Server] = []

    async def start(*flags: str, environment: dict[str, str] | None = None) -> Server:
        servers.append(await launch(node, *flags, environment=environment))
        return servers[-1]

    yield start
    for server in servers:
        await server.kill()


@pytest.fixture
async def server(start_server: StartServer) -> Server:
    return await start_server()


class Proxy:
    """A way to a server that can be cut, and lead elsewhere."""

    def __init__(self, port: int) -> None:
        self.target: int | None = port
        self.connections = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._listener: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._listener is not None
        return f"http://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    async def listen(self) -> None:
        self._listener = await asyncio.start_server(self._lead, "127.0.0.1", 0)

    async def close(self) -> None:
        if self._listener is not None:
            self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Breaks all connections, as a killed server does."""
        for writer in self._writers:
            writer.transport.abort()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.target is None:
            writer.transport.abort()
            return
        self.connections += 1
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, far_writer}
        self._writers |= pair
        await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        self._writers -= pair


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
    except OSError:
        pass
    writer.close()


StartProxy = Callable[[int], Awaitable[Proxy]]


@pytest.fixture
async def start_proxy() -> AsyncIterator[StartProxy]:
    proxies: list[Proxy] = []

    async def start(port: int) -> Proxy:
        proxy = Proxy(port)
        await proxy.listen()
        proxies.append(proxy)
        return proxy

    yield start
    for proxy in proxies:
        await proxy.close()
