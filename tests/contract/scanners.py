"""Each kind of scanner with its far end: for the suite that runs on all of them.

A kind is a function from a folder to a Bench: add one to SCANNERS and the whole suite runs on it.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Protocol

import pytest

from drivers.base import Beeper, Driver, LinkChange, NoRead, Observation, Scan, Trigger
from drivers.hid.scanner import HidScanner
from drivers.hid.settings import HidSettings
from drivers.serial.scanner import SerialScanner
from drivers.serial.settings import SerialSettings
from drivers.tcp.scanner import TcpScanner
from drivers.tcp.settings import TcpSettings
from gateway.shell import clock
from gateway.shell.backoff import Backoff
from gateway.shell.supervisor import Device, Supervisor
from simulator.scanner.pty import PtyScanner
from simulator.scanner.tcp import ConnectingScanner, ListeningScanner
from simulator.scanner.uinput import UinputScanner, why_not
from tests.integration.processes import background, eventually, free_port

TYPED_MAX = 4_000  # bytes at once: a key takes milliseconds
TYPED_IDLE_S = 1.0  # a guest without a processor of its own may stand still for a while


class FarEnd(Protocol):
    """The scanner itself."""

    heard: bytes

    async def send(self, data: bytes) -> None: ...
    async def plug(self) -> None: ...
    async def unplug(self) -> None: ...
    async def until_heard(self, expected: bytes) -> None: ...


@dataclass(slots=True)
class Bench:
    """A scanner, its driver under a supervisor that waits for moments only, and what came."""

    scanner: FarEnd
    driver: Driver
    device: Device
    observations: list[Observation] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def read(self) -> list[tuple[str | None, bytes]]:
        """The scans, in their order."""
        return [(one.symbology, one.data) for one in self.observations if isinstance(one, Scan)]

    @property
    def no_reads(self) -> int:
        return sum(isinstance(each, NoRead) for each in self.observations)

    @property
    def links(self) -> list[bool]:
        return [each.up for each in self.observations if isinstance(each, LinkChange)]

    async def emit(self, observations: Sequence[Observation]) -> None:
        self.observations.extend(observations)

    def warn(self, text: str) -> None:
        self.warnings.append(text)

    async def trigger(self, *, on: bool) -> None:
        if not isinstance(self.driver, Trigger):
            pytest.skip(f"{self.device.driver}: nobody can tell it to read")
        await self.driver.trigger(on=on)

    async def beep(self, *, good: bool) -> None:
        if not isinstance(self.driver, Beeper):
            pytest.skip(f"{self.device.driver}: nobody can tell it to beep")
        await self.driver.beep(good=good)

    async def until_read(self, count: int) -> None:
        await eventually(lambda: len(self.read) >= count, f"{count} scans: {self.observations}")

    async def until_damaged(self, count: int) -> None:
        await eventually(lambda: self.driver.facts.unreadable >= count, f"{count} told as damaged")

    async def until_links(self, *ups: bool) -> None:
        await eventually(lambda: self.links == [*ups], f"the link is {ups}: {self.links}")


Opened = AbstractAsyncContextManager[Bench]


@asynccontextmanager
async def _supervised(
    scanner: FarEnd, open_driver: Callable[[Callable[[str], None]], Driver], kind: str
) -> AsyncIterator[Bench]:
    warnings: list[str] = []
    driver = open_driver(warnings.append)
    bench = Bench(scanner, driver, Device("belt-1", kind), warnings=warnings)
    backoff = Backoff(Random(1), 0.01, 0.05)
    supervisor = Supervisor(bench.device, driver, bench.emit, clock.now, backoff)
    async with background(supervisor.run()):
        await eventually(lambda: bench.device.up, f"the scanner is heard: {bench.device.why}")
        yield bench


@asynccontextmanager
async def serial(folder: Path, **more: Any) -> AsyncIterator[Bench]:
    settings = SerialSettings(
        name="belt-1", driver="serial", device=str(folder / "usb-scanner"), **more
    )
    async with (
        PtyScanner(folder / "usb-scanner") as scanner,
        _supervised(scanner, lambda warn: SerialScanner(settings, clock.now, warn), "serial") as it,
    ):
        yield it


@asynccontextmanager
async def tcp_client(folder: Path, **more: Any) -> AsyncIterator[Bench]:
    async with ListeningScanner() as scanner:
        settings = TcpSettings(
            name="belt-1", driver="tcp", host=scanner.host, port=scanner.port, **more
        )
        open_it = lambda warn: TcpScanner(settings, clock.now, warn)  # noqa: E731
        async with _supervised(scanner, open_it, "tcp") as bench:
            yield bench


@asynccontextmanager
async def tcp_server(folder: Path, **more: Any) -> AsyncIterator[Bench]:
    settings = TcpSettings(
        name="belt-1",
        driver="tcp",
        mode="server",
        listen="127.0.0.1",
        port=free_port(),
        **{"away_s": 0.0, **more},
    )
    open_it = lambda warn: TcpScanner(settings, clock.now, warn)  # noqa: E731
    async with (
        ConnectingScanner(port=settings.port) as scanner,
        _supervised(scanner, open_it, "tcp") as bench,
    ):
        yield bench


class Keyboard:
    """A scanner that plays a keyboard: it can say what it has keys for, at a typist's pace."""

    heard = b""

    def __init__(self, typist: UinputScanner) -> None:
        self.typist = typist

    async def send(self, data: bytes) -> None:
        if len(data) > TYPED_MAX or not data.isascii():
            pytest.skip("hid: no keyboard types this")
        *whole, rest = data.decode().replace("\n", "").split("\r")
        for line in whole:
            await self.typist.scan(line)
        await self.typist.scan(rest, end=False)

    async def plug(self) -> None:
        await self.typist.plug()

    async def unplug(self) -> None:
        self.typist.unplug()

    async def until_heard(self, expected: bytes) -> None:
        raise AssertionError(f"a keyboard is told nothing: {expected!r}")


@asynccontextmanager
async def hid(_: Path, **more: Any) -> AsyncIterator[Bench]:
    if why_not():
        pytest.skip(f"hid: {why_not()}; make test-vm runs it in a guest that has it")
    if others := more.keys() - HidSettings.model_fields.keys():
        pytest.skip(f"hid: no setting {min(others)}")
    idle_s = max(more.pop("idle_s", 0.3), TYPED_IDLE_S)
    async with UinputScanner(key_s=0.001) as typist:
        settings = HidSettings(
            name="belt-1", driver="hid", device=typist.path, idle_s=idle_s, **more
        )
        open_it = lambda warn: HidScanner(settings, clock.now, warn)  # noqa: E731
        async with _supervised(Keyboard(typist), open_it, "hid") as bench:
            yield bench


SCANNERS: dict[str, Callable[..., Opened]] = {
    "serial": serial,
    "tcp-client": tcp_client,
    "tcp-server": tcp_server,
    "hid": hid,
}
