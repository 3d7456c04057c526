"""A simulated reader, and the gateway's device on it: what both said, and that nothing is left.

Both clocks are one, moved by hand, so that times are exact. Deadlines come due by it as well: who
waits for one looks at the clock again when that time is over by the real one, so a test that wants
a deadline asks for a short one and moves the clock over it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from structlog.testing import capture_logs
from structlog.typing import EventDict

from drivers.base import LinkChange, Observation, TagRead
from drivers.llrp.reader import LlrpReader
from drivers.llrp.settings import LlrpSettings
from gateway.shell.backoff import Backoff
from gateway.shell.supervisor import Supervisor
from simulator.llrp.now import Now as ReaderNow
from simulator.llrp.reader import SimulatedReader
from simulator.scene.door import SceneRead
from tests.integration.devices import EPOCH_US, NAME, HandClock, Heard
from tests.integration.processes import PATIENCE_S, background, eventually

ASKED = (1, 2)
PC = 0x3000
EPC_BYTES = (12, 12, 12, 16, 31, 4)
_LINK_LINES = ("device_up", "device_lost", "device_back")


@dataclass
class SharedClock(HandClock):
    """The same for the reader, whose monotonic clock began another day."""

    def readers(self) -> ReaderNow:
        return ReaderNow(EPOCH_US + self.elapsed_us, 5_000_000 + self.elapsed_us)

    def at_ms(self, elapsed_ms: int) -> None:
        self.elapsed_us = elapsed_ms * 1_000


def scene(count: int, start_s: float, antennas: Sequence[int] = ASKED) -> list[SceneRead]:
    """Reads a millisecond apart, of all kinds that there are."""
    chance = Random(start_s)
    return [
        SceneRead(
            start_s + number / 1000,
            chance.choice(antennas),
            chance.randbytes(chance.choice(EPC_BYTES)),
            PC,
            chance.randint(-80, -30),
            chance.randint(1, 50),
        )
        for number in range(count)
    ]


def arrived(reads: Sequence[SceneRead], late_us: int = 0) -> list[TagRead]:
    """What of a scene must arrive: each read at an antenna asked for, whole."""
    at_us = [EPOCH_US + round(read.at_s * 1e6) + late_us for read in reads]
    return [
        TagRead(NAME, each.antenna, each.epc, at, at, 1, PC, float(each.rssi_dbm), each.channel)
        for each, at in zip(reads, at_us, strict=True)
        if each.antenna in ASKED
    ]


@dataclass
class Linked:
    """`lines` has what the log said of the link: the word, and why where it was lost."""

    reader: SimulatedReader
    clock: SharedClock
    driver: LlrpReader
    heard: Heard
    logs: list[EventDict] = field(default_factory=list)

    @property
    def told(self) -> list[Observation]:
        return self.heard.told

    @property
    def lines(self) -> list[tuple[str, str | None]]:
        return [
            (line["event"], line.get("why")) for line in self.logs if line["event"] in _LINK_LINES
        ]

    @property
    def address(self) -> str:
        host = f"[{self.reader.host}]" if ":" in self.reader.host else self.reader.host
        return f"{host}:{self.reader.port}"

    def lost(self, why: str) -> list[tuple[str, str | None]]:
        """The lines of a link that was up, was lost once, and came back."""
        return [("device_up", None), ("device_lost", f"{self.address}: {why}"), BACK]

    def report(self, reads: Sequence[SceneRead]) -> None:
        self.reader.report(reads, EPOCH_US)

    async def hear(self, reads: Sequence[SceneRead]) -> None:
        """Report them, and wait until so many more have arrived."""
        count = len(self.heard.reads) + len(reads)
        self.report(reads)
        await self.heard.until_reads(count)

    async def until_ups(self, count: int) -> None:
        """The link was up so often."""
        await eventually(
            lambda: sum(isinstance(each, LinkChange) and each.up for each in self.told) >= count,
            f"the link is up the {count}. time",
        )


BACK = ("device_back", None)


def wanted(reader: SimulatedReader, **more: object) -> LlrpSettings:
    """Without a time limit that matters, where none is asked for."""
    given = {
        "name": NAME,
        "host": reader.host,
        "port": reader.port,
        "antennas": [{"port": each} for each in ASKED],
        "keepalive_s": PATIENCE_S,
        "response_s": PATIENCE_S,
    }
    return LlrpSettings.model_validate(given | more)


@asynccontextmanager
async def supervised(
    reader: SimulatedReader, clock: SharedClock, **more: object
) -> AsyncIterator[Linked]:
    """A driver on a reader that listens, under its supervisor, which does not wait long."""
    heard = Heard()
    driver = LlrpReader(wanted(reader, **more), clock.now, heard.warn)
    backoff = Backoff(Random(1), 0.01, 0.02)
    supervisor = Supervisor(heard.device, driver, heard.emit, clock.now, backoff)
    with capture_logs() as logs:
        async with background(supervisor.run()):
            yield Linked(reader, clock, driver, heard, logs)


@asynccontextmanager
async def linked(
    reader: SimulatedReader, clock: SharedClock, *, up: bool = True, **more: object
) -> AsyncIterator[Linked]:
    """Both, from the first link on (`up`) to the last open file."""
    async with nothing_left(), reader, supervised(reader, clock, **more) as link:
        if up:
            await link.heard.until_up()
        yield link


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """Behind the block there are no more tasks and open files than before it."""
    tasks, files = len(asyncio.all_tasks()), open_files()
    yield
    await eventually(lambda: len(asyncio.all_tasks()) <= tasks, "no task is left over")
    # Fewer: what a test before this one left to the garbage collector is gone meanwhile.
    await eventually(lambda: open_files() <= files, "no file or socket is left over")


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
