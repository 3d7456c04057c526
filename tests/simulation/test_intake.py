"""The gateway's intake on real files: what it keeps, in which order, and what it forgets."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.base import GpiChange, LinkChange, TagRead
from gateway.shell.intake import BATCHES_MAX
from gateway.shell.outbox import Row
from tests.simulation.box import BATCH, Box, reads, tag_reads, up
from tests.unit.gateway.core.scenes import START_US, line, thing, walk


def pallet() -> list[TagRead]:
    """Two tags of one pallet, in, in five seconds."""
    return tag_reads(
        [*walk(thing("1"), line(-4, 4, 5)), *walk(thing("2"), line(-4, 4, 5), 0.01)],
    )


async def one_pass(folder: Path) -> list[Row]:
    box = Box(folder)
    await box.start()
    await box.feed([up(held=False), *pallet()])
    rows = await box.finish()
    assert len(rows) == 1
    return rows


@pytest.mark.parametrize("share", [0.3, 0.4, 0.5, 0.6])
async def test_a_disk_that_is_slow_in_the_middle_of_a_pass_does_not_cut_it(
    tmp_path: Path, share: float
) -> None:
    """The reader goes on meanwhile: what it says waits for the pipeline."""
    observations = pallet()
    half = int(len(observations) * share)
    expected = await one_pass(tmp_path / "steady")
    box = Box(tmp_path / "slow")
    await box.start()
    await box.feed([up(held=False), *observations[:half]])
    box.now_us += 4_000_000
    for at in range(half, len(observations), BATCH):
        await box.emit(observations[at : at + BATCH])
    box.creep_us = 100_000
    await box.until_taken()
    box.creep_us = 0

    assert await box.finish() == expected


@pytest.mark.parametrize("share", [0.3, 0.4, 0.5, 0.6])
async def test_a_gateway_that_was_held_up_in_the_middle_of_a_pass_does_not_cut_it(
    tmp_path: Path, share: float
) -> None:
    """It was suspended, or its reader's cable pulled: what waits is not silence."""
    observations = pallet()
    half = int(len(observations) * share)
    expected = await one_pass(tmp_path / "steady")
    box = Box(tmp_path / "late")
    await box.start()
    await box.feed([up(held=False), *observations[:half]])
    await box.pass_time(12, heard=False)
    await box.feed(observations[half:])

    assert await box.finish() == expected


@pytest.mark.parametrize("share", [0.3, 0.4, 0.5, 0.6])
async def test_what_is_still_in_the_socket_after_a_suspension_is_of_the_pass(
    tmp_path: Path, share: float
) -> None:
    """The first chunk says that the reader is alive; the next ones have the reads."""
    observations = pallet()
    half = int(len(observations) * share)
    expected = await one_pass(tmp_path / "steady")
    box = Box(tmp_path / "suspended")
    await box.start()
    await box.feed([up(held=False), *observations[:half]])
    box.now_us += 4_000_000
    await box.feed([GpiChange("dock-1", box.now_us, 1, high=True)])
    await box.feed(observations[half:])

    assert await box.finish() == expected


@pytest.mark.parametrize("share", [0.3, 0.4, 0.5, 0.6])
async def test_a_pulled_cable_does_not_cut_a_pass(tmp_path: Path, share: float) -> None:
    """It is noticed long after the silence of a pass, and the reader holds what it reads."""
    observations = pallet()
    half = int(len(observations) * share)
    expected = await one_pass(tmp_path / "steady")
    box = Box(tmp_path / "pulled")
    await box.start()
    await box.feed([up(held=False), *observations[:half]])
    heard_us = box.now_us
    await box.pass_time(12, heard=False)
    await box.feed([LinkChange("dock-1", heard_us, up=False)])
    await box.pass_time(3, heard=False)
    await box.feed([*observations[half:], LinkChange("dock-1", box.now_us, up=True, held=True)])

    assert await box.finish() == expected


async def test_a_pass_is_over_when_its_reader_is_heard_and_its_tags_are_not(tmp_path: Path) -> None:
    box = Box(tmp_path)
    await box.start()
    await box.feed([up(held=False), *pallet()])
    await box.pass_time(4, heard=False)
    assert box.passes == 0
    await box.pass_time(1)
    assert box.passes == 1
    await box.finish()


async def test_a_clock_that_is_set_moves_no_pass(tmp_path: Path) -> None:
    """Back and forth, by more than a pass may last, in the middle of one."""
    for step_us in (-3_600_000_000, 3_600_000_000):
        folder = tmp_path / str(step_us)
        observations = pallet()
        half = len(observations) // 2
        box = Box(folder)
        await box.start()
        await box.feed([up(held=False), *observations[:half]])
        box.set_clock(step_us)
        await box.feed([_later(each, step_us) for each in observations[half:]])
        rows = await box.finish()

        assert len(rows) == 1
        assert '"ended":"silence"' in rows[0].body


def _later(read: TagRead, step_us: int) -> TagRead:
    return replace(read, first_us=read.first_us + step_us, last_us=read.last_us + step_us)


async def test_a_driver_that_is_stopped_while_it_waits_loses_nothing(tmp_path: Path) -> None:
    """A reader confirms nothing and gives nothing twice: what was decoded is taken."""
    box = Box(tmp_path)
    await box.recover()
    one = GpiChange("dock-1", START_US, 1, high=True)
    for _ in range(BATCHES_MAX):
        await box.emit([one])
    waiting = asyncio.create_task(box.emit([one]))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    box.run()
    await box.until_taken()
    taken = box.intake.pipeline.not_understood
    await box.finish()

    assert taken == BATCHES_MAX + 1


async def test_what_passed_while_a_door_was_off_is_never_booked(tmp_path: Path) -> None:
    """Off, or not in the settings at all: the ring goes on without it."""
    before = Box(tmp_path)
    await before.start()
    await before.feed([up(held=False), *reads()])
    made = await before.finish()
    off = Box(tmp_path, voices=())
    off.now_us = before.now_us
    await off.start()
    await off.feed([up(held=False), *tag_reads(walk(thing("7"), line(-4, 4, 5), 100.0))])
    await off.finish()
    again = Box(tmp_path)
    again.now_us = off.now_us
    replayed = await again.start()
    await again.feed([up(held=True)])

    assert await again.finish() == made
    assert replayed == 0
