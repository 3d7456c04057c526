"""A simulated LLRP reader on a real TCP port: the socket around the session.

Two tasks serve a client: one reads frames, one writes what the session has for it; the first to end
ends the connection. Another one, client or not, minds what is due: keepalives, ROSpecs that begin
and end by time, rounds over the placed tags. Whatever a client does, slow, garbled or gone,
`report` never waits for it: what it does not take is kept or dropped within the session's bounds.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import blake2b
from struct import pack
from types import TracebackType
from typing import Self

from drivers.llrp.protocol.framing import FrameReader, LlrpError
from simulator.llrp import clock
from simulator.llrp.backlog import HELD_MESSAGES_MAX, Backlog
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.faults import Faults
from simulator.llrp.now import Clock
from simulator.llrp.presets import GENERIC
from simulator.llrp.requests import receive
from simulator.llrp.session import ANSWERS_MAX, TAKE_BYTES, Counters, ReaderSession
from simulator.llrp.tag import SimTag
from simulator.llrp.wiring import OutputChange
from simulator.scene.door import SceneRead

READ_BYTES = 64 << 10
GOODBYE_S = 1.0  # a client that does not even take the last bytes within it is cut off


class SimulatedReader:
    """One reader. `port` 0 takes a free one; `async with`, or `start` and `stop`, which keeps the
    ROSpecs and held reports: a network that fails, not the power. `faults` has the knobs for what
    no reader should do. With `rounds_per_s` the placed tags are read by themselves, else by
    `read_placed`.
    """

    def __init__(
        self,
        name: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        capabilities: Capabilities = GENERIC,
        held_messages_max: int = HELD_MESSAGES_MAX,
        clock_offset_us: int = 0,
        now: Clock = clock.now,
        tls: ssl.SSLContext | None = None,
        rounds_per_s: float | None = None,
        on_client: Callable[[bool], None] = lambda _come: None,
    ) -> None:
        self.name = name
        self.host = host
        self.port = port
        self._now = now
        self._session = ReaderSession(
            capabilities, _eui_64(name), Backlog(held_messages_max), clock_offset_us, now()
        )
        self._tls = tls
        self._rounds_per_s = rounds_per_s
        self._on_client = on_client
        self._minding: list[asyncio.Task[None]] = []
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
    def access_specs(self) -> int:
        """How many AccessSpecs it has now, of whichever client."""
        return len(self._session.inventory.accesses)

    @property
    def last_error(self) -> str | None:
        """Why this reader closed a connection, the last time it did so of its own accord."""
        return self._session.last_error

    @property
    def faults(self) -> Faults:
        return self._session.faults

    @property
    def on_output(self) -> list[OutputChange]:
        """Every write of an output, in order: by them a test sees a light blink."""
        return list(self._session.wiring.written)

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
        self._server = await asyncio.start_server(self._accept, self.host, self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        self._minding = [asyncio.create_task(self._mind())]
        if self._rounds_per_s is not None:
            self._minding.append(asyncio.create_task(self._rounds(1 / self._rounds_per_s)))

    async def stop(self) -> None:
        """Stop listening and cut the client off."""
        if self._server is None:
            return
        self._server.close()
        tasks = [*self._connections, *self._minding]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
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
        self._session.report(reads, epoch_us, self._now())
        self._changed()

    def place(self, tag: SimTag) -> None:
        """A tag comes in front of its antennas."""
        self._session.inventory.place(tag)

    def remove(self, tag: SimTag) -> None:
        self._session.inventory.remove(tag)

    def read_placed(self) -> None:
        """One inventory round over the placed tags. Never waits."""
        self._session.read_placed(self._now())
        self._changed()

    def set_input(self, port: int, *, high: bool) -> None:
        self._session.set_input(port, self._now(), high=high)
        self._changed()

    def set_antenna(self, port: int, *, connected: bool) -> None:
        """Plug an antenna in or out; what is not plugged in reads nothing."""
        self._session.set_antenna(port, self._now(), connected=connected)
        self._changed()

    def raise_exception(self, text: str, antenna: int | None = None) -> None:
        self._session.raise_exception(text, self._now(), antenna)
        self._changed()

    def raise_buffer_warning(self, percent: int) -> None:
        self._session.raise_buffer_warning(percent, self._now())
        self._changed()

    def raise_buffer_overflow(self) -> None:
        self._session.raise_buffer_overflow(self._now())
        self._changed()

    def inject(self, data: bytes) -> None:
        """These bytes go out behind the reports that wait, whatever they are."""
        self._session.inject(data)
        self._changed()

    def jump_clock(self, us: int) -> None:
        """The reader's clock steps so far ahead, or back where it is negative."""
        self._session.clock_offset_us += us

    def close_client(self) -> None:
        """The reader ends the connection with a ConnectionCloseEvent."""
        self._session.goodbye(self._now())
        self._changed()

    async def power_cycle(self) -> None:
        """Off and on: the client is cut off, what the reader was told is forgotten."""
        self.drop_client()
        await self.until_free()
        self._session.power_cycle(self._now())
        self._changed()

    def drop_client(self) -> None:
        """The cable is pulled, or as near to it as one host comes: the connection is reset."""
        if self._transport is not None:
            _reset(self._transport)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        taken = self._transport is not None
        work = self._refuse(writer) if taken else self._serve(reader, writer)
        if not taken:
            self._transport = writer.transport
            self._free.clear()
            self._on_client(True)
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
            self._on_client(False)

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
                        receive(self._session, frame, self._now())
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
                    await self._send(writer, data)
                    self._room.set()
                elif self.faults.hang_up or self._session.closing and not self.faults.mute:
                    await _close(writer)
                else:
                    self._to_send.clear()
                    await self._to_send.wait()

    async def _send(self, writer: asyncio.StreamWriter, data: bytes) -> None:
        """All at once, or where that is the fault byte by byte, each in a segment of its own."""
        size = 1 if self.faults.dribble else len(data)
        for start in range(0, len(data), size):
            writer.write(data[start : start + size])
            await writer.drain()
            if size < len(data):
                await asyncio.sleep(0)

    async def _mind(self) -> None:
        """Ticks when they are due. A client that was given up is cut off: it may not even read."""
        while True:
            due_us = self._session.due_us
            wait_s = None if due_us is None else (due_us - self._now().monotonic_us) / 1e6
            self._rescheduled.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._rescheduled.wait()
            except TimeoutError:
                was_closing = self._session.closing
                self._session.tick(self._now())
                if self._session.closing and not was_closing and self._transport is not None:
                    self._transport.abort()
                self._changed()

    async def _rounds(self, period_s: float) -> None:
        while True:
            await asyncio.sleep(period_s)
            self.read_placed()

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


def _reset(transport: asyncio.Transport | asyncio.WriteTransport) -> None:
    """Lingering for 0 s makes the kernel send RST and not FIN, also where nothing was unread."""
    wire = transport.get_extra_info("socket")
    if wire is not None:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
    transport.abort()


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
