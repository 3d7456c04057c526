"""A reader's inputs, outputs, antennas and troubles, on real TCP: what arrives, and what it obeys.

Reports and events keep their order on the wire: a read behind them says that they have arrived.
"""

from dataclasses import replace

import pytest

from drivers.base import AntennaChange, GpiChange, NotDone, Now
from drivers.llrp.protocol.tables import MessageType
from gateway.shell.clock import now
from simulator.llrp import clock as readers_clock
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.presets import GENERIC, IMPINJ_R420, ZEBRA_FX9600
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.session import Counters
from simulator.llrp.wiring import OutputChange
from tests.integration.devices import EPOCH_US, NAME, Heard, link
from tests.integration.linked import (
    Linked,
    SharedClock,
    arrived,
    linked,
    nothing_left,
    scene,
    supervised,
)
from tests.integration.processes import background, eventually

HOUR_US = 3_600_000_000
UPTIME = replace(GENERIC, has_utc=False)
CANNOT_HOLD = replace(GENERIC, can_hold=False)
PRESETS = [GENERIC, IMPINJ_R420, ZEBRA_FX9600]
NAMES = ["generic", "r420", "fx9600"]


def pair(
    capabilities: Capabilities = GENERIC, *, ahead_us: int = 0, held_messages_max: int = 66_000
) -> tuple[SimulatedReader, SharedClock]:
    clock = SharedClock()
    reader = SimulatedReader(
        NAME,
        capabilities=capabilities,
        clock_offset_us=ahead_us,
        held_messages_max=held_messages_max,
        now=clock.readers,
    )
    return reader, clock


def gpi(elapsed_ms: int, port: int, *, high: bool, resync: bool = False) -> GpiChange:
    return GpiChange(NAME, EPOCH_US + elapsed_ms * 1_000, port, high, resync)


def antenna(elapsed_ms: int, port: int, *, connected: bool = True) -> AntennaChange:
    return AntennaChange(NAME, EPOCH_US + elapsed_ms * 1_000, port, connected)


def antennas(elapsed_ms: int) -> list[AntennaChange]:
    """All four, as a link that is up tells of them where each is connected."""
    return [antenna(elapsed_ms, port) for port in (1, 2, 3, 4)]


async def cut_off(here: Linked) -> None:
    """The link is down, and the driver has not come back yet."""
    here.reader.drop_client()
    await here.reader.until_free()


async def until_listened_to(reader: SimulatedReader) -> None:
    """The driver knows how inputs and antennas are, and waits for what the reader held."""
    await eventually(
        lambda: reader.connected and not reader._session.outbox.holding, "the backlog is wanted"
    )


# -- inputs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "ahead_us"),
    [(GENERIC, 0), (IMPINJ_R420, 0), (ZEBRA_FX9600, 0), (UPTIME, 0), (GENERIC, HOUR_US)],
    ids=[*NAMES, "uptime", "hour-ahead"],
)
async def test_each_edge_of_an_input_arrives_once_with_its_time(
    preset: Capabilities, ahead_us: int
) -> None:
    reader, clock = pair(preset, ahead_us=ahead_us)
    edges = [(1_200, 1, True), (1_201, 2, True), (1_450, 1, False), (1_451, 1, True)]
    async with linked(reader, clock) as here:
        for elapsed_ms, port, high in edges:
            clock.at_ms(elapsed_ms)
            reader.set_input(port, high=high)
            reader.set_input(port, high=high)  # no edge
        await here.hear(after := scene(1, 2))

        assert here.told == [
            link(0, up=True),
            *[gpi(elapsed_ms, port, high=high) for elapsed_ms, port, high in edges],
            *arrived(after),
        ]
        assert here.driver.facts.inputs == ((1, True), (2, True))


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
async def test_how_the_inputs_are_is_told_at_each_connect_as_a_resync(preset: Capabilities) -> None:
    """Of one that the reader does not know itself nothing is said."""
    reader, clock = pair(preset)
    reader.set_input(1, high=True)
    reader.set_input(3, high=False)
    async with linked(reader, clock) as here:
        clock.at(10)
        await cut_off(here)
        await here.hear(scene(1, 11))

        inputs = [each for each in here.heard.observations if isinstance(each, GpiChange)]
        assert inputs == [
            gpi(0, 1, high=True, resync=True),
            gpi(0, 3, high=False, resync=True),
            gpi(10_000, 1, high=True, resync=True),
            gpi(10_000, 3, high=False, resync=True),
        ]
        assert here.driver.facts.inputs == ((1, True), (3, False))


async def test_after_a_power_cycle_the_inputs_are_listened_to_again() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        clock.at(10)
        await reader.power_cycle()
        await here.until_ups(2)
        clock.at(11)
        reader.set_input(4, high=True)
        await here.hear(after := scene(1, 12))

        assert here.told[-2:] == [gpi(11_000, 4, high=True), *arrived(after)]


async def test_what_an_input_did_while_the_link_was_down_is_held_and_how_it_is_now_is_told() -> (
    None
):
    reader, clock = pair()
    reader.set_input(1, high=True)
    reader.set_input(2, high=False)
    async with linked(reader, clock) as here:
        clock.at(2)
        await cut_off(here)
        for second, port, high in ((3, 2, True), (4, 1, False), (5, 2, False)):
            clock.at(second)
            reader.set_input(port, high=high)
        clock.at(10)
        await here.hear(after := scene(1, 11))

        assert here.heard.observations == [
            link(0, up=True),
            gpi(0, 1, high=True, resync=True),
            gpi(0, 2, high=False, resync=True),
            *antennas(0),
            link(0, up=False),
            gpi(3_000, 2, high=True),
            gpi(4_000, 1, high=False),
            gpi(5_000, 2, high=False),
            link(10, up=True, held=True),
            gpi(10_000, 1, high=False, resync=True),
            gpi(10_000, 2, high=False, resync=True),
            *antennas(10_000),
            *arrived(after),
        ]


async def test_a_reader_that_cannot_hold_tells_only_how_the_inputs_are_now() -> None:
    reader, clock = pair(CANNOT_HOLD)
    reader.set_input(1, high=True)
    async with linked(reader, clock) as here:
        clock.at(2)
        await cut_off(here)
        reader.set_input(1, high=False)
        reader.set_input(2, high=True)
        clock.at(10)
        await here.until_ups(2)
        await here.hear(after := scene(1, 11))

        assert here.heard.observations == [
            link(0, up=True),
            gpi(0, 1, high=True, resync=True),
            *antennas(0),
            link(0, up=False),
            link(10, up=True, held=False),
            gpi(10_000, 1, high=False, resync=True),
            gpi(10_000, 2, high=True, resync=True),
            *antennas(10_000),
            *arrived(after),
        ]


async def test_an_edge_behind_the_question_how_the_inputs_are_is_what_the_resync_tells() -> None:
    reader, clock = pair()
    reader.set_input(1, high=False)
    async with linked(reader, clock) as here:
        clock.at(10)
        await cut_off(here)
        await until_listened_to(reader)
        clock.at(11)
        reader.set_input(1, high=True)
        await here.hear(after := scene(1, 12))

        assert here.heard.observations[-8:] == [
            gpi(11_000, 1, high=True),
            link(11, up=True, held=True),
            gpi(11_000, 1, high=True, resync=True),
            *antennas(11_000),
            *arrived(after),
        ]
        assert here.driver.facts.inputs == ((1, True),)


# -- outputs ---------------------------------------------------------------------------------------


def writes(reader: SimulatedReader) -> list[tuple[int, bool]]:
    return [(each.port, each.high) for each in reader.on_output]


ALL_OFF = [(port, False) for port in (1, 2, 3, 4)]


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
async def test_all_outputs_are_driven_off_at_each_connect(preset: Capabilities) -> None:
    reader, clock = pair(preset)
    async with linked(reader, clock) as here:
        await here.driver.set_output(1, high=True)
        await here.driver.set_output(4, high=True)
        assert reader.gpos == {1: True, 2: False, 3: False, 4: True}
        clock.at(10)
        await cut_off(here)
        assert reader.gpos == {1: True, 2: False, 3: False, 4: True}
        await here.hear(scene(1, 11))

        assert reader.gpos == dict(ALL_OFF)
        assert writes(reader) == [*ALL_OFF, (1, True), (4, True), *ALL_OFF]
        assert here.driver.facts.outputs == tuple(ALL_OFF)


async def test_what_another_gateway_switched_on_is_off_when_this_one_comes() -> None:
    reader, clock = pair()
    async with nothing_left(), reader:
        async with supervised(reader, clock) as first:
            await first.heard.until_up()
            await first.driver.set_output(2, high=True)
        await reader.until_free()
        assert reader.gpos[2] is True
        clock.at(10)
        async with supervised(reader, clock) as second:
            await second.hear(scene(1, 11))

            assert reader.gpos == dict(ALL_OFF)


async def test_an_output_is_set_and_cleared_when_the_driver_is_told_so() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        clock.at(1)
        await here.driver.set_output(3, high=True)
        assert (reader.gpos[3], here.driver.facts.outputs[2]) == (True, (3, True))
        clock.at(2)
        await here.driver.set_output(3, high=False)
        assert (reader.gpos[3], here.driver.facts.outputs[2]) == (False, (3, False))

        boot_us = SharedClock().readers().monotonic_us
        assert reader.on_output[4:] == [
            OutputChange(boot_us + 1_000_000, 3, high=True),
            OutputChange(boot_us + 2_000_000, 3, high=False),
        ]


async def test_an_output_that_the_reader_does_not_have_is_not_asked_for() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        with pytest.raises(NotDone, match="^output 5: the reader has 4$"):
            await here.driver.set_output(5, high=True)

        assert writes(reader) == ALL_OFF


async def test_a_refused_output_says_why_and_the_link_stays() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        reader.faults.refuse(MessageType.SET_READER_CONFIG, "relay stuck")
        with pytest.raises(NotDone, match="relay stuck"):
            await here.driver.set_output(1, high=True)
        await here.hear(after := scene(1, 1))

        assert (writes(reader), here.driver.facts.outputs) == (ALL_OFF, tuple(ALL_OFF))
        assert here.told == [link(0, up=True), *arrived(after)]


class RealClock(SharedClock):
    def now(self) -> Now:
        return now()


async def test_a_pulse_is_high_for_as_long_as_it_was_asked_for_and_then_low() -> None:
    """By real clocks, and at least so long: a busy machine makes it longer."""
    reader = SimulatedReader(NAME, now=readers_clock.now)
    async with linked(reader, RealClock()) as here:
        await here.driver.pulse_output(2, 0.05)

        assert writes(reader) == [*ALL_OFF, (2, True), (2, False)]
        begin, end = reader.on_output[-2:]
        assert end.monotonic_us - begin.monotonic_us >= 49_000
        assert here.driver.facts.outputs[1] == (2, False)


async def test_a_pulse_that_nobody_waits_for_any_more_ends_at_once() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        async with background(here.driver.pulse_output(2, 3_600)):
            await eventually(lambda: reader.gpos[2], "the output is high")
        await eventually(lambda: not reader.gpos[2], "the output is low")

        assert writes(reader) == [*ALL_OFF, (2, True), (2, False)]


# -- antennas --------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", [GENERIC, IMPINJ_R420], ids=["generic", "r420"])
async def test_an_antenna_that_is_plugged_out_and_in_is_told_and_stands_in_the_facts(
    preset: Capabilities,
) -> None:
    reader, clock = pair(preset)
    async with linked(reader, clock) as here:
        clock.at(1)
        reader.set_antenna(2, connected=False)
        await here.hear(scene(1, 2, antennas=(1,)))
        assert here.driver.facts.antennas == ((1, True), (2, False), (3, True), (4, True))
        clock.at(3)
        reader.set_antenna(2, connected=True)
        await here.hear(scene(1, 4, antennas=(2,)))

        assert here.driver.facts.antennas == tuple((port, True) for port in (1, 2, 3, 4))
        assert changes(here.heard) == [
            *antennas(0),
            antenna(1_000, 2, connected=False),
            antenna(3_000, 2, connected=True),
        ]


async def test_an_antenna_that_went_while_the_link_was_down_is_told_and_is_gone_after_it() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        clock.at(2)
        await cut_off(here)
        clock.at(3)
        reader.set_antenna(1, connected=False)
        clock.at(10)
        await here.hear(scene(1, 11, antennas=(2,)))

        assert changes(here.heard) == [
            *antennas(0),
            antenna(3_000, 1, connected=False),
            antenna(10_000, 1, connected=False),
            *antennas(10_000)[1:],
        ]
        assert here.driver.facts.antennas == ((1, False), (2, True), (3, True), (4, True))


def changes(heard: Heard) -> list[AntennaChange]:
    return [each for each in heard.observations if isinstance(each, AntennaChange)]


# -- troubles and temperature ----------------------------------------------------------------------


async def test_troubles_of_a_reader_are_warnings_of_its_device_and_the_link_stays() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        reader.raise_exception("antenna 2 reflects", antenna=2)
        reader.raise_exception("hot")
        await here.hear(scene(1, 1))
        reader.raise_buffer_warning(85)
        reader.raise_buffer_overflow()
        await here.hear(scene(1, 2))

        assert here.heard.warnings == [
            "reader exception: antenna 2 reflects",
            "reader exception: hot",
            "report buffer 85 % full",
            "report buffer overflow: the reader lost reads",
        ]
        assert here.heard.device.facts().exceptions == 2
        assert here.heard.device.warnings == 4
        assert (here.heard.device.up, here.heard.device.lost) == (True, 0)
        assert here.told == [link(0, up=True), *arrived(scene(1, 1)), *arrived(scene(1, 2))]


async def test_a_reader_whose_buffer_overflowed_while_nobody_listened_has_not_held() -> None:
    reader, clock = pair(held_messages_max=20)
    away = scene(30, 2)
    async with linked(reader, clock) as here:
        clock.at(10)
        await cut_off(here)
        here.report(away)
        assert reader.counters == Counters(sent=0, held=20, lost=10)
        await here.heard.until_reads(20)
        await here.hear(after := scene(1, 11))

        assert here.told == [
            link(0, up=True),
            link(0, up=False),
            *arrived(away[10:]),
            link(10, up=True, held=False),
            *arrived(after),
        ]
        assert here.heard.warnings == [
            "report buffer 80 % full",
            "report buffer overflow: the reader lost reads",
        ]


async def test_the_temperature_of_an_impinj_reader_is_in_its_facts() -> None:
    reader, clock = pair(IMPINJ_R420)
    async with linked(reader, clock) as here:
        facts = here.heard.device.facts
        await eventually(lambda: facts().temperature_c is not None, "it was asked for")

        assert facts().temperature_c == 41.0


@pytest.mark.parametrize("preset", [GENERIC, ZEBRA_FX9600], ids=["generic", "fx9600"])
async def test_a_reader_of_another_maker_is_not_asked_for_its_temperature(
    preset: Capabilities,
) -> None:
    reader, clock = pair(preset)
    reader.faults.refuse(MessageType.GET_READER_CONFIG, after=1)
    async with linked(reader, clock) as here:
        await here.driver.set_output(1, high=False)  # would stand in line behind that question

        assert here.heard.device.facts().temperature_c is None
        assert reader.faults.refusal_of(MessageType.GET_READER_CONFIG) is not None  # not taken


async def test_a_reader_that_refuses_to_tell_its_temperature_works_on_without() -> None:
    reader, clock = pair(IMPINJ_R420)
    reader.faults.refuse(MessageType.GET_READER_CONFIG, "no sensor", after=1)
    async with linked(reader, clock) as here:
        await here.driver.set_output(1, high=True)
        await here.hear(scene(1, 1))

        assert here.heard.device.facts().temperature_c is None
        assert reader.gpos[1] is True
        assert (here.heard.device.lost, here.heard.warnings) == (0, [])
