"""Which scanners are plugged into this host, and which of them gives a scan now."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from drivers import registry
from drivers.base import Scan
from gateway.core.recording import from_line
from gateway.shell import ask, clock

SERIAL = Path("/dev/serial")
PORTS_MAX = 64  # of a host; what is beyond is left out


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port; by-id names the device wherever it is plugged in, by-path the plug."""

    path: str
    also: tuple[str, ...]  # the other lasting names


@dataclass(frozen=True, slots=True)
class Plugged:
    serial: tuple[Port, ...]
    hid: tuple[registry.Keyboard, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A scan that the daemon's scanner gave."""

    scanner: str
    text: str


def plugged(serial: Path = SERIAL) -> Plugged:
    names: dict[str, list[str]] = {}
    for folder in ("by-id", "by-path"):
        for link in sorted((serial / folder).glob("*"))[:PORTS_MAX]:
            names.setdefault(link.resolve().name, []).append(str(link))
    ports = (Port(first, tuple(others)) for first, *others in names.values())
    return Plugged(tuple(ports), tuple(registry.keyboards()))


async def scan(
    found: Plugged, daemon: ask.Daemon | None, seconds: float
) -> registry.Calibrated | Held | None:
    """The first scan of any of them, within `seconds`; those of the daemon tell it.

    Raises OSError, ImportError, NoAnswer.
    """
    ways: list[asyncio.Task[registry.Calibrated | Held | None]] = []
    if found.hid:
        ways.append(asyncio.create_task(_unheld(found, seconds)))
    if daemon is not None:
        ways.append(asyncio.create_task(_held(daemon, seconds)))
    if not ways:
        raise ask.NoAnswer("no keyboard or HID scanner is plugged in, and no daemon holds one")
    while ways:
        done, _ = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        ways = [way for way in ways if way not in done]
        for way in done:
            said = way.result()
            if said is not None:
                for other in ways:
                    other.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
                return said
    return None


async def _unheld(found: Plugged, seconds: float) -> registry.Calibrated | None:
    return await registry.scanned(found.hid, seconds, clock.now)


async def _held(daemon: ask.Daemon, seconds: float) -> Held | None:
    enough = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, enough.set)
    await daemon.ask({"do": "record"})
    said: Held | None = None
    async for lines, _ in daemon.lines(enough):
        for line in lines.splitlines():
            heard = from_line(line)
            if said is None and isinstance(heard, Scan):
                said = Held(heard.device, heard.data.decode("latin-1"))
                enough.set()
    return said
