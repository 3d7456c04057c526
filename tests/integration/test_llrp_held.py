"""What a simulated reader keeps over a lost link, and what its clock may do, on real TCP."""

from dataclasses import replace
from hashlib import blake2b

import pytest

from drivers.base import LinkChange
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.presets import GENERIC, IMPINJ_R420, ZEBRA_FX9600
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.session import Counters
from tests.integration.devices import EPOCH_US, NAME, link
from tests.integration.linked import SharedClock, arrived, linked, nothing_left, scene, supervised

BEFORE, AWAY, AFTER = scene(20, 0), scene(20, 2), scene(20, 11)
HELD_MAX = 66_000
HOUR_US = 3_600_000_000
UPTIME = replace(GENERIC, has_utc=False)
PRESETS = [GENERIC, IMPINJ_R420, ZEBRA_FX9600]
NAMES = ["generic", "r420", "fx9600"]


def pair(capabilities: Capabilities = GENERIC) -> tuple[SimulatedReader, SharedClock]:
    clock = SharedClock()
    return SimulatedReader(NAME, capabilities=capabilities, now=clock.readers), clock


async def test_all_that_a_full_reader_held_arrives_in_order_before_the_link_is_up() -> None:
    reader, clock = pair()
    held = scene(HELD_MAX, 1)
    async with linked(reader, clock) as here:
        clock.at(100)
        reader.drop_client()
        here.report(held)
        await here.heard.until_reads(HELD_MAX)
        await here.hear(late := scene(1, 101))

        assert here.told == [
            link(0, up=True),
            link(0, up=False),
            *arrived(held),
            link(100, up=True, held=True),
            *arrived(late),
        ]
        assert reader.counters == Counters(sent=HELD_MAX + 1, held=0, lost=0)
        assert here.lines == here.lost("connection reset by peer")


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
@pytest.mark.parametrize("change", [{}, {"antennas": [{"port": 1, "power_dbm": 20}, {"port": 2}]}])
async def test_what_was_held_arrives_whether_or_not_the_settings_changed(
    preset: Capabilities, change: dict[str, object]
) -> None:
    """Only where they changed is the ROSpec another one, and what it did meanwhile not held."""
    reader, clock = pair(preset)
    async with nothing_left(), reader:
        async with supervised(reader, clock) as first:
            await first.heard.until_up()
            await first.hear(BEFORE)
            ran = reader._session.rospecs.running
        await reader.until_free()
        first.report(AWAY)
        clock.at(10)
        async with supervised(reader, clock, **change) as second:
            await second.heard.until_reads(20)
            await second.hear(live := scene(1, 11))
            await second.heard.until_up()
            await second.hear(scene(1, 11.5))

            running = reader._session.rospecs.running
            assert (running is ran) is (change == {})
            held = arrived([*AWAY, *live])
            up = link(10, up=True, held=not change)
            expected = [*held[:20], up, held[20]] if not change else [*held, up]
            assert second.told == [*expected, *arrived(scene(1, 11.5))]
            assert reader.counters == Counters(sent=42, held=0, lost=0)


async def test_a_reader_that_cannot_hold_is_up_at_once_and_says_so() -> None:
    reader, clock = pair(replace(GENERIC, can_hold=False))
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        clock.at(10)
        reader.drop_client()
        await here.until_ups(2)
        clock.at(12)
        await here.hear(AFTER)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            link(0, up=False),
            link(10, up=True, held=False),
            *arrived(AFTER),
        ]
        assert here.lines == here.lost("connection reset by peer")


@pytest.mark.parametrize("preset", [GENERIC, UPTIME], ids=["utc", "uptime"])
async def test_after_a_power_cycle_it_is_told_all_anew_and_its_times_are_right(
    preset: Capabilities,
) -> None:
    reader, clock = pair(preset)
    async with linked(reader, clock) as here:
        clock.at(1)
        await here.hear(BEFORE)
        clock.at(10)
        await reader.power_cycle()
        await here.until_ups(2)
        clock.at(12)
        since_boot = [replace(read, at_s=read.at_s - 10) for read in AFTER]
        reader.report(since_boot, EPOCH_US + 10_000_000)
        await here.heard.until_reads(40)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            link(1, up=False),
            link(10, up=True, held=False),
            *arrived(AFTER),
        ]
        assert here.lines == here.lost("connection reset by peer")


async def test_the_times_of_a_reader_without_a_utc_clock_are_right_over_a_lost_link() -> None:
    reader, clock = pair(UPTIME)
    async with linked(reader, clock) as here:
        clock.at(1)
        await here.hear(BEFORE)
        clock.at(10)
        reader.drop_client()
        await here.hear(AWAY)
        await here.hear(AFTER)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            link(1, up=False),
            *arrived(AWAY),
            link(10, up=True, held=True),
            *arrived(AFTER),
        ]
        assert here.driver.facts.clock_offset_us is None


async def test_a_clock_that_is_set_ahead_is_followed_after_ten_reports() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        clock.at(20)
        await here.hear(scene(1, 20))
        reader.jump_clock(HOUR_US)
        clock.at(30)
        await here.hear(scene(20, 30)[:1] * 20)

        times = [read.last_us - EPOCH_US for read in here.heard.reads]
        assert times == [20_000_000] + [30_000_000] * 20
        assert here.heard.warnings == ["a time that cannot be: taken as now"] * 9


async def test_a_clock_that_is_set_back_is_followed_when_older_samples_are_forgotten() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        for second in range(20, 111, 10):
            clock.at(second)
            await here.hear(scene(1, second))
            if second == 20:
                reader.jump_clock(-HOUR_US)

        late_us = [
            second * 1_000_000 - (read.last_us - EPOCH_US)
            for second, read in zip(range(20, 111, 10), here.heard.reads, strict=True)
        ]
        assert late_us.pop(0) == 0
        assert set(late_us) == {HOUR_US, 0}
        assert late_us == sorted(late_us, reverse=True)
        assert late_us[-1] == 0


async def test_what_an_impinj_reader_adds_to_a_read_arrives_as_it_made_it() -> None:
    reader, clock = pair(IMPINJ_R420)
    impinj = {"phase": True, "rssi_hundredths": True, "tid": True, "doppler": True}
    async with linked(reader, clock, impinj=impinj) as here:
        await here.hear(BEFORE)

        assert [
            read._replace(phase_rad=None, doppler_hz=None, tid=None, rssi_dbm=0.0)
            for read in here.heard.reads
        ] == [read._replace(rssi_dbm=0.0) for read in arrived(BEFORE)]
        for read, made in zip(here.heard.reads, BEFORE, strict=True):
            place = made.epc + made.antenna.to_bytes(2) + made.channel.to_bytes(2)
            turn = int.from_bytes(blake2b(place, digest_size=2).digest()) % 4096
            instant = place + read.last_us.to_bytes(8)
            fine, doppler = blake2b(instant, digest_size=2).digest()
            assert read.phase_rad == pytest.approx(turn * 2 * 3.141592653589793 / 4096)
            assert read.rssi_dbm == (made.rssi_dbm * 100 + fine % 99 - 49) / 100
            assert read.doppler_hz == (doppler % 33 - 16) / 16
            chip = blake2b(made.epc, digest_size=6).digest()
            assert read.tid == bytes.fromhex("e28011052000") + chip


async def test_a_reader_may_have_an_address_of_ipv6() -> None:
    clock = SharedClock()
    reader = SimulatedReader(NAME, host="::1", now=clock.readers)
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        clock.at(10)
        reader.drop_client()
        await here.hear(AFTER)

        assert here.lines == here.lost("connection reset by peer")
        assert [each for each in here.told if isinstance(each, LinkChange)] == [
            link(0, up=True),
            link(0, up=False),
            link(10, up=True, held=True),
        ]
        assert here.heard.reads == [*arrived(BEFORE), *arrived(AFTER)]
