"""A gateway's intake on real files, at the pace of its reads: what the tests of it share."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from datetime import UTC
from pathlib import Path

from drivers.base import LinkChange, Now, Observation, TagRead
from gateway.core.announce import Step, Voice
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Identifier, Sighting
from gateway.core.pipeline import Pipeline, ReadPoint
from gateway.shell.courier import Made
from gateway.shell.intake import Intake
from gateway.shell.outbox import Outbox, Row
from gateway.shell.ring import Ring
from gs1 import epc
from gs1.keys import Sgtin
from tests.unit.gateway.core.scenes import PLAN, START_US, line, still, thing, walk

VOICE = Voice("dock-pi-1", UTC, "urn:test:door-1", "live", Step("receiving"), Step("shipping"))
BATCH = 25


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
        bits = epc.encode(Sgtin("09521141012345", serial), 7, 2)
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
        doors = [ReadPoint(DockDoor(PLAN), voice) for voice in voices]
        pipeline = Pipeline(Identifier(accept_raw=False), doors)
        self.outbox = outbox(folder / "outbox.sqlite")
        self.made: list[Made] = []
        ring = Ring(folder / "ring", 64 << 20)
        self.intake = Intake(pipeline, ring, self.outbox, self._clock, self.made.append)
        self.task: asyncio.Task[None] | None = None

    def _clock(self) -> Now:
        return Now(self.now_us, self.now_us)

    async def start(self) -> int:
        await self.outbox.open("e1")
        replayed = await self.intake.recover(["dock-1"])
        self.task = asyncio.create_task(self.intake.run())
        return replayed

    async def feed(self, observations: Sequence[Observation]) -> None:
        """Give them all, and wait until they are taken."""
        for at in range(0, len(observations), BATCH):
            batch = observations[at : at + BATCH]
            wanted = self.intake.taken + len(batch)
            times = [each.last_us for each in batch if isinstance(each, TagRead)]
            self.now_us = max([self.now_us, *times])
            await self.intake.emit(batch)
            while self.intake.taken < wanted:
                await asyncio.sleep(0)

    async def cut_off(self) -> None:
        assert self.task is not None
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        await self.outbox.close()

    async def finish(self) -> list[Row]:
        assert self.task is not None
        self.now_us += 60_000_000
        await self.intake.emit([])  # time passes
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
