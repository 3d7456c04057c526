"""The LLRP driver and its supervisor against the simulated reader, on real TCP.

What its antennas read is what arrives, also over a link that was lost.
"""

import asyncio
from random import Random

import pytest

from drivers.base import LinkChange
from gateway.shell.clock import now
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.session import Counters
from simulator.scene.door import SceneRead
from tests.integration.devices import EPOCH_US, NAME, Heard, link, settings, supervise
from tests.integration.linked import ASKED, PC, SharedClock, arrived, scene
from tests.integration.processes import background, eventually

EPC = bytes.fromhex("3074257BF7194E4000001A85")
HOUR_US = 3_600_000_000


async def test_all_that_the_antennas_asked_for_read_arrives_whole_and_in_order() -> None:
    clock, heard, chance = SharedClock(), Heard(), Random(7)
    reads = scene(3_000, 0, antennas=(1, 2, 3, 4))
    expected = arrived(reads)
    async with SimulatedReader(NAME, now=clock.readers) as reader:
        async with background(supervise(heard, settings(reader.port, ASKED), clock.now)):
            await heard.until_up()
            while reads:
                count = chance.randint(1, 200)
                reader.report(reads[:count], EPOCH_US)
                del reads[:count]
                await asyncio.sleep(0)
            await heard.until_reads(len(expected))

        assert heard.told == [link(0, up=True), *expected]
        assert reader.counters == Counters(sent=len(expected), held=0, lost=0)
        assert heard.warnings == []


async def test_what_a_reader_held_arrives_before_the_link_is_up_again() -> None:
    clock, heard = SharedClock(), Heard()
    before, gone, away, live = (scene(200, start_s) for start_s in (0, 1, 2, 11))
    async with SimulatedReader(NAME, now=clock.readers) as reader:
        async with background(supervise(heard, settings(reader.port, ASKED), clock.now)):
            await heard.until_up()
            reader.report(before, EPOCH_US)
            await heard.until_reads(200)  # LLRP acknowledges no report: none may be on the way
            clock.at(10)
            reader.drop_client()
            reader.report(gone, EPOCH_US)
            await reader.until_free()
            reader.report(away, EPOCH_US)
            assert reader.counters == Counters(sent=200, held=400, lost=0)
            await heard.until_reads(600)
            assert not heard.device.up
            reader.report(live, EPOCH_US)
            await heard.until_reads(800)

        assert heard.told == [
            link(0, up=True),
            *arrived(before),
            link(0, up=False),
            *arrived(gone),
            *arrived(away),
            link(10, up=True, held=True),
            *arrived(live),
        ]
        assert reader.counters == Counters(sent=800, held=0, lost=0)


async def test_a_rospec_that_runs_is_left_running() -> None:
    clock, heard, active = SharedClock(), Heard(), set()
    away, live = scene(2_000, 0), scene(1, 11)

    async def watch() -> None:
        while True:
            active.add(reader.active)
            await asyncio.sleep(0)  # every turn of the loop: to delete and to add takes several

    async with SimulatedReader(NAME, now=clock.readers) as reader:
        async with background(supervise(heard, settings(reader.port, ASKED), clock.now)):
            await heard.until_up()
            async with background(watch()):
                clock.at(10)
                reader.drop_client()
                reader.report(away, EPOCH_US)
                await heard.until_reads(2_000)
                reader.report(live, EPOCH_US)
                await heard.until_up()

        assert active == {True}
        assert reader.counters == Counters(sent=2_001, held=0, lost=0)
        assert heard.told[-2:] == [link(10, up=True, held=True), *arrived(live)]


async def test_what_a_reader_held_arrives_also_where_the_settings_changed_meanwhile() -> None:
    clock, heard = SharedClock(), Heard()
    away, live, later = scene(2_000, 0), scene(1, 11), scene(1, 12)
    async with SimulatedReader(NAME, now=clock.readers) as reader:
        async with background(supervise(heard, settings(reader.port, ASKED), clock.now)):
            await heard.until_up()
        await reader.until_free()
        reader.report(away, EPOCH_US)
        clock.at(10)
        heard = Heard()
        stronger = settings(reader.port, ASKED, power_dbm=20)
        async with background(supervise(heard, stronger, clock.now)):
            await heard.until_reads(2_000)
            reader.report(live, EPOCH_US)
            await heard.until_up()
            reader.report(later, EPOCH_US)
            await heard.until_reads(2_002)

        assert heard.told == [
            *arrived(away),
            *arrived(live),
            link(10, up=True, held=False),
            *arrived(later),
        ]
        assert reader.counters == Counters(sent=2_002, held=0, lost=0)


async def test_the_clock_of_a_reader_may_be_an_hour_ahead() -> None:
    clock, heard, reads = SharedClock(), Heard(), scene(10, 5)
    async with (
        SimulatedReader(NAME, clock_offset_us=HOUR_US, now=clock.readers) as reader,
        background(supervise(heard, settings(reader.port, ASKED), clock.now)),
    ):
        await heard.until_up()
        clock.at(6)
        reader.report(reads, EPOCH_US)
        await heard.until_reads(10)

    assert heard.told == [link(0, up=True), *arrived(reads)]


async def test_with_real_clocks_a_reader_an_hour_ahead_is_corrected_to_50_ms() -> None:
    heard = Heard()
    async with (
        SimulatedReader(NAME, clock_offset_us=HOUR_US) as reader,
        background(supervise(heard, settings(reader.port, ASKED))),
    ):
        await heard.until_up()
        at_us = now().utc_us
        reader.report([SceneRead(0.0, 1, EPC, PC, -55, 7)], at_us)
        await heard.until_reads(1)

    assert heard.reads[0].first_us == pytest.approx(at_us, abs=50_000)


async def test_keepalives_are_answered_as_long_as_they_come() -> None:
    """The reader closes the connection at the second that is not."""
    heard, keepalive_s = Heard(), 0.1
    async with SimulatedReader(NAME) as reader:
        wanted = settings(reader.port, ASKED, keepalive_s=keepalive_s)
        async with background(supervise(heard, wanted)):
            await heard.until_up()
            enough_us = now().monotonic_us + int(6 * keepalive_s * 1e6)
            await eventually(lambda: now().monotonic_us >= enough_us, "six periods are over")
            assert reader.connected
        assert reader.last_error is None

    assert [type(each) for each in heard.told] == [LinkChange]
    assert (heard.device.lost, heard.warnings) == (0, [])
