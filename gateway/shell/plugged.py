"""Which scanners are plugged into this host, and which of them gives a scan now."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers import registry
from drivers.base import DeviceLost, Observation, Scan
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


@dataclass(frozen=True, slots=True)
class Spoken:
    """A scan that came from a serial port."""

    path: str
    text: str


Said = registry.Calibrated | Held | Spoken
Tell = Callable[[str], None]


def plugged() -> Plugged:
    names: dict[str, list[str]] = {}
    for folder in ("by-id", "by-path"):
        for link in sorted((SERIAL / folder).glob("*"))[:PORTS_MAX]:
            names.setdefault(link.resolve().name, []).append(str(link))
    ports = (Port(first, tuple(others)) for first, *others in names.values())
    return Plugged(tuple(ports), tuple(registry.keyboards()))


def without(found: Plugged, devices: Collection[str]) -> Plugged:
    """What is not of these paths, whichever of its names they are."""
    taken = {Path(each).resolve() for each in devices}
    left = tuple(each for each in found.serial if Path(each.path).resolve() not in taken)
    return Plugged(left, found.hid)


async def scan(
    found: Plugged, daemon: ask.Daemon | None, seconds: float, tell: Tell
) -> Said | None:
    """The first scan of any of them, within `seconds`; those of the daemon tell it.

    `tell` hears of each that cannot be opened. Raises NoAnswer, also where that is all of them.
    """
    ways: set[asyncio.Task[Said | None]] = {
        asyncio.create_task(_spoken(each.path, seconds, tell)) for each in found.serial
    }
    if found.hid:
        ways.add(asyncio.create_task(_typed(found, seconds)))
    if daemon is not None:
        ways.add(asyncio.create_task(_held(daemon, seconds)))
    if not ways:
        raise ask.NoAnswer("no scanner is plugged in, and no daemon holds one")
    try:
        return await _first(ways, tell)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def _first(ways: Collection[asyncio.Task[Said | None]], tell: Tell) -> Said | None:
    waiting, is_heard = set(ways), False
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for way in done:
            try:
                said = way.result()
            except DeviceLost as lost:
                tell(str(lost))
                continue
            if said is not None:
                return said
            is_heard = True
    if not is_heard:
        raise ask.NoAnswer("no scanner can be heard")
    return None


async def _spoken(path: str, seconds: float, tell: Tell) -> Spoken | None:
    """By the settings that nearly all have. Raises DeviceLost."""
    heard: asyncio.Queue[Spoken] = asyncio.Queue()

    async def emit(observations: Sequence[Observation]) -> None:
        for each in observations:
            if isinstance(each, Scan):
                heard.put_nowait(Spoken(path, each.data.decode("latin-1")))

    driver = registry.open_driver(
        registry.serial_port(path), clock.now, lambda text: tell(f"{path}: {text}")
    )
    running = asyncio.create_task(driver.run(emit))
    scanned = asyncio.create_task(heard.get())
    try:
        await asyncio.wait([running, scanned], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        return scanned.result() if scanned.done() else None
    finally:
        running.cancel()
        scanned.cancel()
        await asyncio.gather(running, scanned, return_exceptions=True)


async def _typed(found: Plugged, seconds: float) -> registry.Calibrated | None:
    """Raises DeviceLost."""
    try:
        return await registry.scanned(found.hid, seconds, clock.now)
    except ImportError:
        raise DeviceLost(f"keyboards: {registry.HID_NEEDS}") from None
    except OSError as error:
        raise DeviceLost(f"keyboards: {error.strerror or error}".lower()) from None


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
