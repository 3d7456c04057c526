"""The driver of a scanner in the network, as its client or its server.

A server has one scanner. A connection from the same address as the one that is there replaces it:
the scanner was switched off and on, and the old one is half open. One from another address is
refused and told. We listen on while the supervisor waits, so that a scanner that connects for each
scan is heard: one connection waits here, others and what they said in the kernel.
"""

import asyncio
import socket
from dataclasses import dataclass, field

from drivers.base import Clock, DeviceLost, Emit, Facts, LinkChange, NotDone, Warn
from drivers.scanner.listening import Ears, beep_bytes, trigger_bytes
from drivers.tcp.connection import Connection, accepted, connect, listener
from drivers.tcp.settings import TcpSettings

LAST_WORDS_S = 0.2  # for the old connection to end, where the next one is there
REFUSED_WAIT_S = 0.05  # accept fails where the host is out of sockets: not in a tight loop


@dataclass(slots=True)
class TcpScanner:
    """See drivers.base.Driver, Trigger and Beeper."""

    settings: TcpSettings
    clock: Clock
    warn: Warn
    _ears: Ears = field(init=False)
    _connection: Connection | None = field(default=None, init=False)
    _accepting: asyncio.Task[None] | None = field(default=None, init=False)
    _coming: "_Coming" = field(init=False)

    def __post_init__(self) -> None:
        self._ears = Ears(self.clock, self.warn)

    @property
    def facts(self) -> Facts:
        return self._ears.facts

    async def run(self, emit: Emit) -> None:
        if self.settings.mode == "client":
            await self._be_client(emit)
        else:
            await self._be_server(emit)

    async def trigger(self, *, on: bool) -> None:
        await self._tell(trigger_bytes(self.settings, on=on))

    async def beep(self, *, good: bool) -> None:
        await self._tell(beep_bytes(self.settings, good=good))

    async def _tell(self, told: bytes) -> None:
        if self._connection is None:
            raise NotDone("not connected")
        await self._connection.write(told)

    async def _be_client(self, emit: Emit) -> None:
        host, port = self.settings.host, self.settings.port
        assert host is not None  # by the settings
        connection = await connect(host, port, self.settings.connect_s)
        await self._say_up(connection, emit)
        await self._hear(connection, emit)
        raise DeviceLost(f"{host}:{port}: the scanner closed the connection")

    async def _be_server(self, emit: Emit) -> None:
        if self._accepting is None or self._accepting.done():
            self._coming = _Coming()
            listening = listener(self.settings.listen, self.settings.port)
            self._accepting = asyncio.create_task(self._accept(listening, self._coming))
        try:
            connection = await self._coming.take()
            await self._say_up(connection, emit)
            while True:
                connection = await self._hear_until_next(connection, self._coming, emit)
        except asyncio.CancelledError:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
            raise

    async def _hear_until_next(
        self, connection: Connection, coming: "_Coming", emit: Emit
    ) -> Connection:
        """Raises DeviceLost where no other one comes within `away_s` of this one's end."""
        hearing = asyncio.create_task(self._hear(connection, emit))
        another = asyncio.create_task(coming.came.wait())
        try:
            await asyncio.wait([hearing, another], return_when=asyncio.FIRST_COMPLETED)
            if another.done():  # What the old one has said is read: it may have ended well.
                await asyncio.wait([hearing], timeout=LAST_WORDS_S)
            elif hearing.exception() is None:
                await asyncio.wait([another], timeout=self.settings.away_s)
            if not another.done():
                hearing.result()  # raises what ended it
                raise DeviceLost(f"{connection.peer}: the scanner closed the connection")
        finally:
            for task in (hearing, another):
                task.cancel()
            await asyncio.gather(hearing, another, return_exceptions=True)
        return await coming.take()

    async def _hear(self, connection: Connection, emit: Emit) -> None:
        self._connection = connection
        try:
            hearing = self._ears.hearing(self.settings)
            await self._ears.listen(connection.read, hearing, emit, self.settings.silence_s)
        finally:
            if self._connection is connection:
                self._connection = None
            connection.close()

    async def _say_up(self, connection: Connection, emit: Emit) -> None:
        """Whoever hears that it is up may tell it something at once."""
        self._connection = connection
        try:
            await emit([LinkChange(self.settings.name, self.clock().utc_us, up=True)])
        except BaseException:
            self._connection = None
            connection.close()
            raise

    async def _accept(self, listening: socket.socket, coming: "_Coming") -> None:
        """Also while the supervisor waits: what is said then is heard by the next run."""
        try:
            while True:
                try:
                    connection = await accepted(listening)
                except OSError:
                    await asyncio.sleep(REFUSED_WAIT_S)
                    continue
                here = None if self._connection is None else self._connection.peer
                wanted = self.settings.host or here
                if wanted is not None and connection.peer != wanted:
                    self.warn(f"a connection from {connection.peer} was refused: expected {wanted}")
                    connection.close()
                else:
                    await coming.put(connection)
        finally:
            listening.close()
            coming.close()


@dataclass(slots=True)
class _Coming:
    """The connection that comes next. One: others wait in the kernel until it is taken."""

    came: asyncio.Event = field(default_factory=asyncio.Event)
    _free: asyncio.Event = field(default_factory=asyncio.Event)
    _next: Connection | None = None

    async def put(self, connection: Connection) -> None:
        """Back when it was taken."""
        self._next = connection
        self._free.clear()
        self.came.set()
        await self._free.wait()

    async def take(self) -> Connection:
        await self.came.wait()
        connection, self._next = self._next, None
        assert connection is not None  # by `came`
        self.came.clear()
        self._free.set()
        return connection

    def close(self) -> None:
        if self._next is not None:
            self._next.close()
