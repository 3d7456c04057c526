"""A scanner in the network: one that waits for the host, and one that connects to it."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

RETRY_S = 0.05  # a scanner that connects tries again and again
HEARD_BYTES_MAX = 4 << 10  # of what the host said; the oldest go


@dataclass(slots=True)
class _Talking:
    """What both have: at most one connection at work."""

    heard: bytes = b""
    _writer: asyncio.StreamWriter | None = None
    _connected: asyncio.Event = field(default_factory=asyncio.Event)
    _said: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, data: bytes) -> None:
        """Once the host is there."""
        await self._connected.wait()
        assert self._writer is not None
        self._writer.write(data)
        await self._writer.drain()

    async def until_heard(self, expected: bytes) -> None:
        while expected not in self.heard:
            self._said.clear()
            await self._said.wait()

    async def hang_up(self, *, abort: bool = False) -> None:
        self._connected.clear()
        writer, self._writer = self._writer, None
        if writer is None:
            return
        if abort:
            writer.transport.abort()
        else:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._connected.set()
        try:
            while data := await reader.read(1024):
                self.heard = (self.heard + data)[-HEARD_BYTES_MAX:]
                self._said.set()
        except ConnectionError:
            pass
        finally:
            if self._writer is writer:
                self._connected.clear()
                self._writer = None
            writer.close()


@dataclass(slots=True)
class ListeningScanner(_Talking):
    """A server at `port` (0: a free one, that is there after `plug`)."""

    host: str = "127.0.0.1"
    port: int = 0
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.unplug()

    async def plug(self) -> None:
        self._server = await asyncio.start_server(self._talk, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.hang_up(abort=True)


@dataclass(slots=True)
class ConnectingScanner(_Talking):
    """A client of the host at `port`; it tries until it is connected, and again when it is not."""

    host: str = "127.0.0.1"
    port: int = 0
    _trying: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.plug()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.unplug()

    async def plug(self) -> None:
        self._trying = asyncio.create_task(self._try())

    async def unplug(self) -> None:
        trying, self._trying = self._trying, None
        await self.hang_up(abort=True)
        if trying is not None:
            trying.cancel()
            await asyncio.gather(trying, return_exceptions=True)

    async def _try(self) -> None:
        while True:
            with contextlib.suppress(OSError):
                await self._talk(*await asyncio.open_connection(self.host, self.port))
            await asyncio.sleep(RETRY_S)
