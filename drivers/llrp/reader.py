"""The LLRP driver: a Session on a TCP connection."""

import asyncio
import contextlib
import os
import ssl
from dataclasses import dataclass, field

import structlog

from drivers.base import Clock, DeviceLost, Emit, Facts, LinkChange, Observation, Warn
from drivers.llrp import tls
from drivers.llrp.protocol.capabilities import Capabilities
from drivers.llrp.protocol.framing import LlrpError
from drivers.llrp.protocol.session import Session, Warned
from drivers.llrp.settings import LlrpSettings

log = structlog.get_logger()

LAST_LOOK_S = 0.05  # a turn of the loop: a host that was held up has not read what waits for it
CHUNK_BYTES = 64 << 10  # one read of the socket, and so one batch: some 900 reports of one tag


@dataclass(slots=True)
class LlrpReader:
    """See drivers.base.Driver. `warn` gets each sentence that a person should see."""

    settings: LlrpSettings
    clock: Clock
    warn: Warn
    warnings: int = field(default=0, init=False)

    @property
    def facts(self) -> Facts:
        return Facts()

    async def run(self, emit: Emit) -> None:
        try:
            async with asyncio.timeout(self.settings.connect_s):
                stream, writer = await self._connect()
        except TimeoutError:
            raise DeviceLost(
                f"{self._address}: no connection in {self.settings.connect_s:g} s"
            ) from None
        except OSError as error:
            raise DeviceLost(f"{self._address}: {_plain(error)}") from None
        except UnicodeError as error:  # what Python's resolver says of a name that is none
            raise DeviceLost(f"{self._address}: {error}") from None
        session = Session(self.settings.wanted(), opened_us=self.clock().monotonic_us)
        try:
            await self._talk(session, stream, writer, emit)
        except (LlrpError, OSError) as error:
            await self._pass_on(session.drain(), emit)  # What came before the end is good.
            why = str(error) if isinstance(error, LlrpError) else _plain(error)
            raise DeviceLost(f"{self._address}: {why}") from None
        finally:
            self._leave(session, writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        wanted = self.settings
        if wanted.tls is None:
            return await asyncio.open_connection(wanted.host, wanted.port)
        return await asyncio.open_connection(
            wanted.host,
            wanted.port,
            ssl=tls.context(wanted.tls),
            server_hostname=wanted.tls.server_name or wanted.host,
        )

    async def _talk(
        self,
        session: Session,
        stream: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        emit: Emit,
    ) -> None:
        while True:
            writer.write(session.outgoing())
            await writer.drain()
            chunk = await self._next_chunk(session, stream)
            if chunk is None:
                said = session.expire(self.clock())
                if not said:
                    continue
            elif chunk:
                said = session.receive(chunk, self.clock())
            else:
                raise LlrpError("the reader closed the connection")
            await self._pass_on(said, emit)
            if any(isinstance(each, LinkChange) for each in said):
                self._introduce(session.capabilities)

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
        wait_us = session.deadline_us() - self.clock().monotonic_us
        for patience_s in (max(wait_us, 0) / 1e6, LAST_LOOK_S):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience_s):
                    return await stream.read(CHUNK_BYTES)
        return None

    async def _pass_on(self, said: list[Observation | Warned], emit: Emit) -> None:
        observations: list[Observation] = []
        for each in said:
            if isinstance(each, Warned):
                self.warnings += 1
                self.warn(each.text)
            else:
                observations.append(each)
        await emit(observations)

    def _leave(self, session: Session, writer: asyncio.StreamWriter) -> None:
        """Say goodbye without waiting: the reader may be gone."""
        session.close()
        with contextlib.suppress(OSError, RuntimeError):
            writer.write(session.outgoing())
        writer.close()

    @property
    def _address(self) -> str:
        return f"{self.settings.host}:{self.settings.port}"


def _plain(error: OSError) -> str:
    """The system's words without its errno and address, which we say ourselves."""
    if isinstance(error, ssl.SSLError):  # its errno is OpenSSL's, not the system's
        why = getattr(error, "verify_message", "") or error.reason or str(error)
        return f"TLS: {why.replace('_', ' ').lower()}"
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    return (error.strerror or str(error) or type(error).__name__).lower()
