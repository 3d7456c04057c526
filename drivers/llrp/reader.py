"""The LLRP driver: a Session on a TCP connection."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from drivers.base import (
    Accessed,
    Clock,
    DeviceLost,
    Emit,
    Facts,
    LinkChange,
    NotDone,
    Now,
    Observation,
    Operation,
    Target,
    Warn,
)
from drivers.llrp.protocol.capabilities import Capabilities
from drivers.llrp.protocol.framing import LlrpError
from drivers.llrp.protocol.requests import Ended
from drivers.llrp.protocol.session import Said, Session, Warned
from drivers.llrp.settings import LlrpSettings
from drivers.llrp.transport import Address, BytesFirst, connect, plain

log = structlog.get_logger()

LAST_LOOK_S = 0.05  # a turn of the loop: a host that was held up has not read what waits for it
CHUNK_BYTES = 64 << 10  # one read of the socket, and so one batch: some 900 reports of one tag


@dataclass(slots=True)
class LlrpReader:
    """See drivers.base.Driver, Outputs and TagAccess.

    `warn` gets each sentence that a person should see.
    """

    settings: LlrpSettings
    clock: Clock
    warn: Warn
    warnings: int = field(default=0, init=False)
    _session: Session | None = field(default=None, init=False)
    _writer: asyncio.StreamWriter | None = field(default=None, init=False)
    _turn: asyncio.Timeout | None = field(default=None, init=False)
    _asked: dict[int, asyncio.Future[object]] = field(default_factory=dict, init=False)

    @property
    def facts(self) -> Facts:
        return Facts() if self._session is None else self._session.facts

    async def run(self, emit: Emit) -> None:
        address = self._address
        stream, writer = await connect(address, self.settings.connect_s)
        session = Session(self.settings.wanted(), opened_us=self.clock().monotonic_us)
        self._session, self._writer = session, writer
        try:
            await self._talk(session, stream, writer, emit)
        except (LlrpError, OSError) as error:
            await self._pass_on(session.drain(), emit)  # What came before the end is good.
            why = str(error) if isinstance(error, LlrpError) else plain(error)
            raise DeviceLost(f"{address}: {why}") from None
        finally:
            self._leave(session, writer)

    async def set_output(self, port: int, *, high: bool) -> None:
        await self._ask(lambda session, now: session.set_output(port, high=high, now=now))

    async def pulse_output(self, port: int, high_s: float) -> None:
        """High for that long, then low; low also where the caller is cancelled meanwhile."""
        try:
            await self.set_output(port, high=True)
            await asyncio.sleep(high_s)
        except BaseException:
            with contextlib.suppress(NotDone):
                await self.set_output(port, high=False)
            raise
        await self.set_output(port, high=False)

    async def access(
        self,
        antenna: int,
        target: Target,
        operations: Sequence[Operation],
        password: int,
        patience_s: float,
    ) -> Accessed:
        until_us = self.clock().monotonic_us + int(patience_s * 1e6)
        done = await self._ask(
            lambda session, now: session.access(
                antenna, target, operations, password, until_us, now
            )
        )
        assert isinstance(done, Accessed)
        return done

    async def _ask(self, start: Callable[[Session, Now], int | None]) -> object:
        """Start a procedure of the session and wait for its end. Raises NotDone."""
        session, writer = self._session, self._writer
        if session is None or writer is None or not session.is_up:
            raise NotDone("not connected")
        ticket = start(session, self.clock())
        if ticket is None:
            raise NotDone("asked for too much at once")
        answer = self._asked[ticket] = asyncio.get_running_loop().create_future()
        writer.write(session.outgoing())
        if self._turn is not None and not self._turn.expired():
            self._turn.reschedule(self._due(session))
        try:
            return await answer
        except asyncio.CancelledError:
            if session.forget(ticket):
                self._asked.pop(ticket, None)
            raise

    async def _talk(
        self,
        session: Session,
        stream: BytesFirst,
        writer: asyncio.StreamWriter,
        emit: Emit,
    ) -> None:
        while True:
            writer.write(session.outgoing())
            await self._drain(writer)
            chunk = await self._next_chunk(session, stream)
            if chunk is None:
                said = session.expire(self.clock())
                if not said:
                    continue
            elif chunk:
                said = await self._hear(session, chunk, emit)
            else:
                raise stream.why or LlrpError("the reader closed the connection")
            await self._pass_on(said, emit, is_heard=bool(chunk))
            if any(isinstance(each, LinkChange) for each in said):
                self._introduce(session.capabilities)

    async def _hear(self, session: Session, chunk: bytes, emit: Emit) -> list[Said]:
        """What the bytes say. Where they break the protocol, what was whole was heard now."""
        try:
            return session.receive(chunk, self.clock())
        except LlrpError:
            said = session.drain()
            await self._pass_on(said, emit, is_heard=said != [])
            raise

    def _introduce(self, found: Capabilities) -> None:
        """Which device this is: whoever looks into a wrong read wants to know its firmware."""
        log.info(
            "reader_found",
            device=self.settings.name,
            manufacturer=found.manufacturer,
            model=found.model,
            firmware=found.firmware,
            antennas=found.antennas,
            clock="utc" if found.has_utc_clock else "uptime",
            holds_reports=found.holds_reports,
        )

    async def _next_chunk(self, session: Session, stream: asyncio.StreamReader) -> bytes | None:
        """The next bytes, empty at the end; None when the session's deadline came before them."""
        try:
            async with asyncio.timeout_at(self._due(session)) as self._turn:
                return await stream.read(CHUNK_BYTES)
        except TimeoutError:
            pass
        finally:
            self._turn = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LAST_LOOK_S):
                return await stream.read(CHUNK_BYTES)
        return None

    async def _drain(self, writer: asyncio.StreamWriter) -> None:
        """A reader that talks and does not listen would hold us here for ever.

        One that is gone is told of where we read, behind what came from it.
        """
        try:
            async with asyncio.timeout(self.settings.response_s):
                with contextlib.suppress(ConnectionError):
                    await writer.drain()
        except TimeoutError:
            raise LlrpError(f"it takes no bytes for {self.settings.response_s:g} s") from None

    def _due(self, session: Session) -> float:
        """The session's deadline by the loop's clock."""
        wait_us = max(session.deadline_us() - self.clock().monotonic_us, 0)
        return asyncio.get_running_loop().time() + wait_us / 1e6

    async def _pass_on(self, said: list[Said], emit: Emit, *, is_heard: bool = False) -> None:
        """An empty batch says that the device was heard: so it is said only where it was."""
        observations: list[Observation] = []
        for each in said:
            if isinstance(each, Warned):
                self.warnings += 1
                self.warn(each.text)
            elif isinstance(each, Ended):
                self._answer(each)
            else:
                observations.append(each)
        if observations or is_heard:
            await emit(observations)

    def _answer(self, ended: Ended) -> None:
        asked = self._asked.pop(ended.ticket, None)
        if asked is None or asked.done():
            return
        if ended.refused is None:
            asked.set_result(ended.outcome)
        else:
            asked.set_exception(NotDone(ended.refused))

    def _leave(self, session: Session, writer: asyncio.StreamWriter) -> None:
        """Say goodbye without waiting: the reader may be gone."""
        self._session = self._writer = self._turn = None
        asked, self._asked = self._asked, {}
        for each in asked.values():
            if not each.done():
                each.set_exception(NotDone("the reader was lost meanwhile"))
        session.close()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write(session.outgoing())
        writer.close()

    @property
    def _address(self) -> Address:
        return Address(self.settings.host, self.settings.port, self.settings.tls)
