"""The gateway's intake, cut off anywhere: what it concludes is the same as if it had not been.

A cut leaves what a SIGKILL leaves: what was written to files. Nothing is closed or flushed.
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from datetime import UTC
from pathlib import Path

import pytest

from drivers.base import LinkChange, Now, Observation, TagRead
from gateway.core.announce import Step, Voice
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Identifier
from gateway.core.pipeline import Pipeline, ReadPoint
from gateway.shell.courier import Made
from gateway.shell.intake import Intake
from gateway.shell.outbox import Outbox, Row
from gateway.shell.ring import Ring
from gs1 import epc
from gs1.keys import Sgtin
from tests.unit.gateway.core.scenes import PLAN, START_US, line, still, thing, walk
from wire.event import Event

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


class StuckOutbox(Outbox):
    """A disk that never finishes an event."""

    async def append(self, events: Sequence[Event], resume: Mapping[str, int], now_us: int) -> int:
        if events:
            await asyncio.Event().wait()
        return await super().append(events, resume, now_us)


class Box:
    """One run of a gateway's intake on a folder; its clock is that of the reads."""

    def __init__(self, folder: Path, outbox: type[Outbox] = Outbox) -> None:
        self.now_us = START_US
        pipeline = Pipeline(Identifier(accept_raw=False), [ReadPoint(DockDoor(PLAN), VOICE)])
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


async def test_without_a_cut_three_pallets_are_three_movements(tmp_path: Path) -> None:
    rows = await uninterrupted(tmp_path, reads())

    assert [row.seq for row in rows] == [1, 2, 3]


@pytest.mark.parametrize("share", [n / 24 for n in range(1, 24)])
async def test_wherever_it_is_cut_off_it_concludes_the_same(tmp_path: Path, share: float) -> None:
    observations = reads()
    cut = int(len(observations) * share)
    expected = await uninterrupted(tmp_path / "whole", observations)

    first = Box(tmp_path / "cut")
    await first.start()
    await first.feed([up(held=False), *observations[:cut]])
    await first.cut_off()
    second = Box(tmp_path / "cut")
    second.now_us = first.now_us
    await second.start()
    await second.feed([*observations[cut : cut + 1], up(held=True), *observations[cut + 1 :]])
    rows = await second.finish()

    assert [row.event_id for row in rows] == [row.event_id for row in expected]
    assert [row.body for row in rows] == [row.body for row in expected]


async def test_a_cut_between_conclusion_and_commit_is_made_good_by_the_replay(
    tmp_path: Path,
) -> None:
    """The pass is closed in memory, and nothing of it is on disk but its reads."""
    observations = reads()
    expected = await uninterrupted(tmp_path / "whole", observations)
    first = Box(tmp_path / "cut", StuckOutbox)
    await first.start()
    await first.feed([up(held=False), *observations])
    await first.cut_off()
    second = Box(tmp_path / "cut")
    second.now_us = first.now_us
    replayed = await second.start()
    await second.feed([up(held=True)])
    rows = await second.finish()

    assert replayed == len(observations) + 2  # and the two of the link
    assert [row.event_id for row in rows] == [row.event_id for row in expected]


async def test_a_reader_that_could_not_hold_leaves_the_pass_for_review(tmp_path: Path) -> None:
    observations = reads()
    first = Box(tmp_path)
    await first.start()
    await first.feed([up(held=False), *observations[:300]])
    await first.cut_off()
    second = Box(tmp_path)
    second.now_us = first.now_us + 1_000_000
    await second.start()
    await second.feed([LinkChange("dock-1", second.now_us, up=True, held=False)])
    rows = await second.finish()

    assert ['"readpoint:kind":"review"' in row.body for row in rows] == [True]
    assert '"readpoint:reasons":["blind"]' in rows[0].body
