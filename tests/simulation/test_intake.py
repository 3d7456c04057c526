"""The gateway's intake on real files: what it keeps, in which order, and what it forgets."""

import asyncio
import os
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from drivers.base import GpiChange, LinkChange, Observation, Scan, TagRead
from gateway.core.identify import Identifier
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Memory, Outcome, ReadPoint, Replays
from gateway.shell import ring as ring_module
from gateway.shell.courier import Made
from gateway.shell.intake import BATCHES_MAX
from gateway.shell.outbox import NOTHING, Outbox, Row
from tests.simulation.box import BATCH, PATIENCE_S, VOICE, Box, reads, tag_reads, up
from tests.unit.gateway.core.scenes import START_US, line, thing, walk
from tests.unit.gateway.core.test_read_point import Echo, shown
from wire.event import Event


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
    return read._replace(first_us=read.first_us + step_us, last_us=read.last_us + step_us)


async def test_a_driver_that_is_stopped_while_it_waits_loses_nothing(tmp_path: Path) -> None:
    """A reader confirms nothing and gives nothing twice: what was decoded is taken."""
    box = Box(tmp_path)
    await box.recover()
    one = Scan("belt-1", START_US, b"")
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


async def test_a_pass_that_cannot_be_said_ends_nothing_and_is_not_replayed(tmp_path: Path) -> None:
    mute = replace(VOICE, read_point="")
    box = Box(tmp_path, voices=[mute])
    await box.start()
    with capture_logs() as logged:
        await box.feed([up(held=False), *pallet()])
        assert await box.finish() == []
    again = Box(tmp_path, voices=[mute])
    again.now_us = box.now_us
    replayed = await again.start()
    await again.finish()

    assert [(line["event"], line["read_point"]) for line in errors(logged)] == [
        ("pass_unsaid", "door-1")
    ]
    assert replayed < len(pallet())


async def test_lights_shine_for_what_happens_now_and_memory_is_committed_without_events(
    tmp_path: Path,
) -> None:
    """A person scanned: he sees it at once; after a crash nobody sees it again."""

    def counting(box: Box) -> list[str]:
        point = ReadPoint("count", Echo(Replays.NOTHING), VOICE, shown)
        box.intake.pipeline = Pipeline(Identifier(accept_raw=False), [point])
        seen: list[str] = []
        box.intake.shine = lambda light: seen.append(light.text)
        return seen

    scan = Scan("belt-1", START_US, b"BIN 7")
    box = Box(tmp_path)
    seen = counting(box)
    await box.start()
    await box.feed([scan, scan])
    async with asyncio.timeout(PATIENCE_S):
        while await box.outbox.memory() != {"echo-1": {"count": 2}}:
            await asyncio.sleep(0)
    await box.cut_off()
    again = Box(tmp_path)
    seen_again = counting(again)
    await again.start()
    await again.feed([scan])
    await again.cut_off()

    assert (seen, seen_again) == (["1", "2"], ["3"])


async def test_a_batch_is_in_the_ring_before_the_pipeline_sees_it(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []

    class Watched(Pipeline):
        def feed(self, number: int, observation: Observation) -> list[Outcome]:
            lines = sum(path.read_bytes().count(b"\n") for path in ring.iterdir())
            seen.append((number, lines))
            return super().feed(number, observation)

    ring = tmp_path / "ring"
    box = Box(tmp_path)
    await box.recover()
    box.intake.pipeline = Watched(Identifier(accept_raw=False), box.intake.pipeline.read_points)
    box.run()
    await box.feed([up(held=False), *pallet()])
    await box.finish()

    assert len(seen) > 300
    assert all(lines > number for number, lines in seen)


async def test_a_full_disk_costs_the_ring_and_no_movement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    box = Box(tmp_path)
    await box.start()
    observations = pallet()
    with capture_logs() as logged:
        await box.feed([up(held=False)])
        monkeypatch.setattr(ring_module, "_write_whole", full)
        await box.feed(observations[:200])
        monkeypatch.undo()
        await box.feed(observations[200:])
        rows = await box.finish()

    assert len(rows) == 1
    assert [line["event"] for line in logged if line["event"].startswith("ring")] == [
        "ring_lost",
        "ring_back",
    ]


async def test_the_disk_gets_the_ring_once_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of played time; a power cut cannot be had otherwise."""
    synced: list[int] = []
    box = Box(tmp_path)
    monkeypatch.setattr(os, "fdatasync", lambda file: synced.append(box.now_us))
    await box.start()
    await box.pass_time(20)
    steps = [after - before for before, after in pairwise(synced)]
    await box.finish()

    assert len(steps) in (18, 19, 20)
    assert max(steps) <= 1_500_000


async def test_a_ring_that_a_power_cut_left_shorter_is_gone_on_with_from_its_end(
    tmp_path: Path,
) -> None:
    """The outbox was synced behind the last reads of the ring."""
    before = Box(tmp_path)
    await before.start()
    await before.feed([up(held=False), *reads()])
    made = await before.finish()
    for segment in (tmp_path / "ring").iterdir():
        segment.unlink()
    after = Box(tmp_path)
    after.now_us = before.now_us
    await after.start()
    later = tag_reads(walk(thing("7"), line(-4, 4, 5), 200.0))
    await after.feed([up(held=False), *later[:99]])
    await after.cut_off()
    again = Box(tmp_path)
    again.now_us = after.now_us
    replayed = await again.start()
    await again.feed([up(held=True)])
    await again.finish()

    assert len(made) == 3
    assert replayed >= 101


async def test_a_crash_right_after_the_first_start_finds_the_first_reads(tmp_path: Path) -> None:
    """Before the outbox has heard of anything that came after the start."""

    class StuckOutbox(Outbox):
        stuck = False

        async def append(
            self,
            events: Sequence[Event],
            resume: Mapping[str, int],
            now_us: int,
            changes: Mapping[str, Memory] = NOTHING,
        ) -> int:
            if self.stuck:
                await asyncio.Event().wait()
            return await super().append(events, resume, now_us, changes)

    first = Box(tmp_path, StuckOutbox)
    await first.recover()
    StuckOutbox.stuck = True
    first.run()
    await first.feed([up(held=False), *pallet()[:100]])
    await first.cut_off()
    second = Box(tmp_path)
    second.now_us = first.now_us

    assert await second.start() == 102  # and the link, down and up
    await second.finish()


async def test_groups_of_passes_are_committed_with_the_newest_place_to_resume(
    tmp_path: Path,
) -> None:
    """While the disk is busy several passes close: a replay begins behind the last of them."""

    class SlowOutbox(Outbox):
        async def append(
            self,
            events: Sequence[Event],
            resume: Mapping[str, int],
            now_us: int,
            changes: Mapping[str, Memory] = NOTHING,
        ) -> int:
            if events:
                await gate.wait()
            return await super().append(events, resume, now_us, changes)

    gate = asyncio.Event()
    box = Box(tmp_path, SlowOutbox)
    await box.start()
    await box.feed([up(held=False), *reads()])
    await box.pass_time(5)
    assert box.passes == 3
    gate.set()
    await until(lambda: box.made[-1:] == [Made(3)])
    resume = await box.outbox.resume()
    await box.cut_off()

    assert resume["door-1"] > len(reads()) - 200


async def test_where_a_replay_begins_moves_on_with_time(tmp_path: Path) -> None:
    """Every 10 s, by the number of the next observation; what is older than two steps is over."""
    checked: list[tuple[int, int]] = []

    class Watched(Pipeline):
        def checkpoint(self, number: int) -> None:
            checked.append((number, box.intake.taken))
            super().checkpoint(number)

    box = Box(tmp_path)
    await box.recover()
    box.intake.pipeline = Watched(Identifier(accept_raw=False), box.intake.pipeline.read_points)
    box.run()
    await box.pass_time(60)
    await until(lambda: len(box.made) == len(checked))
    resume = await box.outbox.resume()
    await box.cut_off()

    assert [number for number, _ in checked[1:]] == list(range(checked[1][0], 120, 20))
    assert [number for number, _ in checked] == [taken for _, taken in checked]
    assert resume == {"door-1": checked[-2][0]}


async def test_what_nobody_uses_is_told_once(tmp_path: Path) -> None:
    box = Box(tmp_path)
    await box.start()
    with capture_logs() as logged:
        await box.feed([TagRead("dock-1", 9, b"", START_US, START_US)])
        an_hour_ahead_us = START_US + 3_600_000_000
        await box.feed([TagRead("dock-1", 1, b"", an_hour_ahead_us, an_hour_ahead_us)])
        await box.feed([TagRead("dock-1", 1, b"", START_US, START_US)])
        await box.pass_time(40)
        await box.finish()

    assert [line["event"] for line in logged] == [
        "reads_at_no_read_point",
        "observations_not_used",
        "reads_at_no_possible_time",
    ]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await asyncio.sleep(0.001)


def errors(logged: Sequence[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    return [line for line in logged if line["log_level"] == "error"]


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
