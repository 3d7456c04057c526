"""A gateway's intake on real files, at the pace of its reads: what the tests of it share."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from datetime import UTC
from functools import partial
from pathlib import Path

from drivers.base import LinkChange, Now, Observation, Scan, TagRead
from gateway.core.announce import Ways, announce
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Identifier, Sighting
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import ReadPoint, Step, Voice
from gateway.shell.courier import Made
from gateway.shell.intake import Intake
from gateway.shell.outbox import Outbox, Row
from gateway.shell.ring import Ring
from gateway.shell.supervisor import Device
from gs1.epc import codec
from gs1.keys import Sgtin
from tests.unit.gateway.core.scenes import PLAN, START_US, line, still, thing, walk

VOICE = Voice("dock-pi-1", UTC, "urn:test:door-1", "live")
WAYS = Ways(Step("receiving"), Step("shipping"))
BATCH = 25
PATIENCE_S = 20.0  # a bound, not an expectation


def reads() -> list[TagRead]:
    """Three pallets one after the other, two tags each, beside a stray."""
    loads = [
        *walk(thing("1"), line(-4, 4, 5)),
        *walk(thing("2"), line(-4, 4, 5), 0.01),
        *walk(thing("3"), line(4, -4, 5), 11.0),
        *walk(thing("4"), line(4, -4, 5), 11.01),
        *walk(thing("5"), line(-4, 4, 5), 22.0),
        *still(thing("9"), 3.0, 34.0),
    ]
    return tag_reads(loads)


def tag_reads(loads: Iterable[Sighting]) -> list[TagRead]:
    """What a reader says of these sightings, in the order of time."""
    found = []
    for sighting in sorted(loads, key=lambda each: each.at_us):
        device, _, antenna = sighting.antenna.partition(":")
        serial = sighting.thing.key.rpartition(":")[2]
        bits = codec.encode(Sgtin("09521141012345", serial), "SGTIN-96", 2, 7)
        assert isinstance(bits, bytes)
        at_us, rssi_dbm = sighting.at_us, sighting.rssi_dbm
        found.append(
            TagRead(device, int(antenna), bits, at_us, at_us, rssi_dbm=rssi_dbm, channel=1)
        )
    return found


class Box:
    """One run of a gateway's intake on a folder; its clock is that of the reads."""

    def __init__(
        self, folder: Path, outbox: type[Outbox] = Outbox, voices: Sequence[Voice] = (VOICE,)
    ) -> None:
        self.now_us = START_US
        say = partial(announce, ways=WAYS)
        doors = [ReadPoint("dock_door", DockDoor(PLAN), voice, say) for voice in voices]
        pipeline = Pipeline(Identifier(accept_raw=False), doors)
        self.outbox = outbox(folder / "outbox.sqlite")
        self.made: list[Made] = []
        ring = Ring(folder / "ring", 64 << 20)
        self.reader = Device("dock-1", "llrp")
        devices = [self.reader]
        self.intake = Intake(pipeline, ring, self.outbox, self._clock, self.made.append, devices)
        self.task: asyncio.Task[None] | None = None
        self.creep_us = 0  # how much time passes whenever somebody looks at the clock
        self._emitted = 0
        self._set_us = 0  # by how much the wall clock was set

    def _clock(self) -> Now:
        self.now_us += self.creep_us
        return Now(self.now_us, self.now_us - self._set_us)

    def set_clock(self, step_us: int) -> None:
        """Set the wall clock; the monotonic one goes on."""
        self.now_us += step_us
        self._set_us += step_us
        self._emitted += 1  # It is an observation, too.

    async def start(self) -> int:
        replayed = await self.recover()
        self.run()
        return replayed

    async def recover(self) -> int:
        await self.outbox.open("e1")
        replayed = await self.intake.recover()
        self._emitted = self.intake.taken
        return replayed

    def run(self) -> None:
        self.task = asyncio.create_task(self.intake.run())

    async def feed(self, observations: Sequence[Observation]) -> None:
        """Give them all as the reader does, and wait until they are taken."""
        for at in range(0, len(observations), BATCH):
            batch = observations[at : at + BATCH]
            times = [each.last_us for each in batch if isinstance(each, TagRead)]
            self.now_us = max([self.now_us, *times])
            await self.emit(batch)
            await self.until_taken()

    async def emit(self, batch: Sequence[Observation]) -> None:
        """As the reader's supervisor passes it on."""
        self.reader.heard_us = self._clock().monotonic_us
        for each in batch:
            if isinstance(each, LinkChange):
                self.reader.up = each.up
        self._emitted += len(batch)
        await self.intake.emit(batch)

    async def until_taken(self) -> None:
        assert self.task is not None
        async with asyncio.timeout(PATIENCE_S):
            while self.intake.taken < self._emitted:
                await asyncio.sleep(0)
                if self.task.done():
                    self.task.result()

    async def pass_time(self, seconds: float, *, heard: bool = True) -> None:
        """Nothing happens for so long but a photo-eye that nobody looks at, twice a second.

        The reader says so (`heard`), or it is silent.
        """
        until_us = self.now_us + round(seconds * 1e6)
        while self.now_us < until_us:
            self.now_us = min(self.now_us + 500_000, until_us)
            if heard:
                self.reader.heard_us = self._clock().monotonic_us
            self._emitted += 1
            await self.intake.emit([Scan("belt-1", self.now_us, b"")])
            await self.until_taken()

    @property
    def passes(self) -> int:
        return sum(each.passes for each in self.intake.pipeline.read_points)

    async def cut_off(self) -> None:
        assert self.task is not None
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        await self.outbox.close()

    async def finish(self) -> list[Row]:
        assert self.task is not None
        await self.pass_time(60)
        await self.intake.stop()
        await self.task
        rows = await self.outbox.rows(1, 1000)
        await self.outbox.close()
        return rows


def up(*, held: bool) -> LinkChange:
    return LinkChange("dock-1", START_US, up=True, held=held)


async def uninterrupted(folder: Path, observations: Sequence[TagRead]) -> list[Row]:
    box = Box(folder)
    await box.start()
    await box.feed([up(held=False), *observations])
    return await box.finish()
