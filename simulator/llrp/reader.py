"""A simulated LLRP reader on a real TCP port: the socket around the session.

Three tasks serve a client: one reads frames, one writes what the session has for it, one minds the
keepalives; the first to end ends the connection. Whatever a client does, slow, garbled or gone,
`report` never waits for it: what it does not take is kept or dropped within the session's bounds.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from hashlib import blake2b
from types import TracebackType
from typing import Self

from drivers.llrp.protocol.framing import FrameReader, LlrpError
from simulator.llrp import clock
from simulator.llrp.backlog import HELD_MESSAGES_MAX, Backlog
from simulator.llrp.capabilities import DEFAULT_CAPABILITIES, Capabilities
from simulator.llrp.now import Clock
from simulator.llrp.session import ANSWERS_MAX, TAKE_BYTES, Counters, ReaderSession
from simulator.scene.door import SceneRead

READ_BYTES = 64 << 10
GOODBYE_S = 1.0  # a client that does not even take the last bytes within it is cut off


class SimulatedReader:
    """One reader. `port` 0 takes a free one; `async with`, or `start` and `stop`, which keeps the
    ROSpecs and held reports: a network that fails, not the power.
    """

    def __init__(
        self,
        name: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        capabilities: Capabilities = DEFAULT_CAPABILITIES,
        held_messages_max: int = HELD_MESSAGES_MAX,
        clock_offset_us: int = 0,
        now: Clock = clock.now,
    ) -> None:
        self.name = name
        self.host = host
        self.port = port
        self._now = now
        self._session = ReaderSession(
            capabilities, _eui_64(name), Backlog(held_messages_max), clock_offset_us
        )
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._transport: asyncio.Transport | asyncio.WriteTransport | None = None
        self._active = asyncio.Event()
        self._free = asyncio.Event()
        self._free.set()
        self._to_send = asyncio.Event()
        self._room = asyncio.Event()
        self._rescheduled = asyncio.Event()

    @property
    def active(self) -> bool:
        """Whether a ROSpec runs: whether the antennas are on."""
        return self._session.active

    @property
    def connected(self) -> bool:
        return self._transport is not None

    @property
    def counters(self) -> Counters:
        return self._session.counters

    @property
    def last_error(self) -> str | None:
        """Why this reader closed a connection, the last time it did so of its own accord."""
        return self._session.last_error

    @property
    def gpos(self) -> dict[int, bool]:
        """The outputs that a client has set."""
        return dict(self._session.config.gpos)

    async def until_active(self) -> None:
        await self._active.wait()

    async def until_free(self) -> None:
        """Wait for the client to be gone; before that, another one is refused."""
        await self._free.wait()

    async def start(self) -> None:
        """Listen. From now on `port` is the real one, also over a stop and start."""
        assert self._server is None
        self._server = await asyncio.start_server(self._accept, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut the client off."""
        if self._server is None:
            return
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def report(self, reads: Sequence[SceneRead], epoch_us: int) -> None:
        """What the antennas read; `epoch_us` is the UTC of the scene's second 0. Never waits."""
        self._session.report(reads, epoch_us)
        self._to_send.set()

    def drop_client(self) -> None:
        """The cable is pulled, or as near to it as one host comes."""
        if self._transport is not None:
            self._transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken = self._transport is not None
        work = self._refuse(writer) if taken else self._serve(reader, writer)
        if not taken:
            self._transport = writer.transport
            self._free.clear()
        task = asyncio.create_task(work, name=f"{self.name}-client")
        self._connections.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, writer))

    def _ended(self, task: asyncio.Task[None], writer: asyncio.StreamWriter) -> None:
        """Also of a task that was cancelled before it began."""
        self._connections.discard(task)
        writer.transport.abort()
        if self._transport is writer.transport:
            self._transport = None
            self._free.set()

    async def _refuse(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self._session.refusal(self._now()))
        await _close(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(high=TAKE_BYTES)
        self._session.connect(self._now())
        self._to_send.set()
        tasks = [
            asyncio.create_task(self._read(reader)),
            asyncio.create_task(self._write(reader, writer)),
            asyncio.create_task(self._keep_alive()),
        ]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            self._session.disconnect()
        for result in ended:
            if isinstance(result, Exception):
                raise result

    async def _read(self, reader: asyncio.StreamReader) -> None:
        """Frames to the session, until the client is gone or broke the framing."""
        frames = FrameReader()
        with suppress(OSError):
            while chunk := await reader.read(READ_BYTES):
                frames.receive(chunk)
                try:
                    while (frame := frames.next_frame()) is not None:
                        self._session.receive(frame, self._now())
                        self._changed()
                        await self._answers_have_room()
                except LlrpError as broken:
                    self._session.broken(str(broken), self._now())
                    self._changed()
                    await asyncio.sleep(GOODBYE_S)  # the writer ends it sooner
                    return

    async def _write(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Bytes from the session, as fast as the client takes them; ends after the goodbye.

        Nothing is taken for a client that is known to be gone: it would be lost with the socket.
        """
        with suppress(OSError):
            while not (reader.at_eof() or writer.transport.is_closing()):
                data = self._session.take()
                if data is not None:
                    writer.write(data)
                    await writer.drain()
                    self._room.set()
                elif self._session.closing:
                    await _close(writer)
                else:
                    self._to_send.clear()
                    await self._to_send.wait()

    async def _keep_alive(self) -> None:
        """Ticks when they are due, until the session gives the client up."""
        while True:
            due_us = self._session.keepalive_due_us
            wait_s = None if due_us is None else (due_us - self._now().monotonic_us) / 1e6
            self._rescheduled.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._rescheduled.wait()
            except TimeoutError:
                self._session.tick(self._now())
                if self._session.closing:
                    return
                self._to_send.set()

    async def _answers_have_room(self) -> None:
        while self._session.answers_waiting >= ANSWERS_MAX:
            self._room.clear()
            await self._room.wait()

    def _changed(self) -> None:
        """A frame may have changed anything: wake who waits for it."""
        self._to_send.set()
        self._rescheduled.set()
        if self._session.active:
            self._active.set()
        else:
            self._active.clear()


async def _close(writer: asyncio.StreamWriter) -> None:
    """Close once the last bytes are out; a client that takes none is cut off."""
    writer.close()
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(GOODBYE_S):
            await writer.wait_closed()
    writer.transport.abort()


def _eui_64(name: str) -> bytes:
    """Another one for each name, with the bit that says locally administered (IEEE 802)."""
    digest = blake2b(name.encode(), digest_size=8).digest()
    return bytes(((digest[0] | 0b10) & ~0b01,)) + digest[1:]
