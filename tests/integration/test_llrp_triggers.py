"""When a reader reads, which tags, and when it tells: by the settings, on real TCP.

What the antennas see while no ROSpec runs never happened, so that the reads which arrive say when
it ran. The reader looks at its clock when something happens to it: so time passes by `at`.
"""

import pytest

from drivers.base import TagRead
from drivers.llrp.protocol.rospec import PAUSE_MS
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.presets import GENERIC, IMPINJ_R420, ZEBRA_FX9600
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.session import Counters
from simulator.llrp.tag import SimTag
from simulator.scene.door import SceneRead
from tests.integration.devices import NAME, link
from tests.integration.linked import (
    PC,
    Linked,
    SharedClock,
    arrived,
    linked,
    nothing_left,
    scene,
    supervised,
)
from tests.integration.processes import eventually

PRESETS = [GENERIC, IMPINJ_R420, ZEBRA_FX9600]
NAMES = ["generic", "r420", "fx9600"]


def pair(capabilities: Capabilities = GENERIC) -> tuple[SimulatedReader, SharedClock]:
    clock = SharedClock()
    return SimulatedReader(NAME, capabilities=capabilities, now=clock.readers), clock


async def at(here: Linked, elapsed_ms: int, *, active: bool) -> list[TagRead]:
    """At that time the reader reads or does not; what arrives of the tags that it sees then."""
    here.clock.at_ms(elapsed_ms)
    here.report([])
    await answered(here)
    await eventually(lambda: here.reader.active is active, f"active: {active}")
    seen = scene(2, (elapsed_ms - 1) / 1000)  # the newest is now: the clock stays right
    here.report(seen)
    return arrived(seen) if active else []


async def answered(here: Linked) -> None:
    """The reader had its turn, and has sent what it had to send."""
    await here.driver.set_output(1, high=False)


async def until_idle(here: Linked, reads: list[TagRead]) -> None:
    """Those reads arrived and no others, on the one link that there was."""
    await here.heard.until_reads(len(reads))
    await answered(here)
    assert here.heard.reads == reads
    assert here.heard.links == [link(0, up=True)]


# -- start and stop --------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
@pytest.mark.parametrize("high", [True, False])
async def test_reading_starts_when_its_input_goes_to_the_level(
    preset: Capabilities, high: bool
) -> None:
    reader, clock = pair(preset)
    async with linked(reader, clock, start={"gpi": 2, "high": high}) as here:
        expected = await at(here, 1_000, active=False)
        reader.set_input(1, high=high)  # another one
        reader.set_input(2, high=not high)
        expected += await at(here, 2_000, active=False)
        reader.set_input(2, high=high)
        expected += await at(here, 3_000, active=True)
        reader.set_input(2, high=not high)
        expected += await at(here, 4_000, active=True)  # there is no stop

        await until_idle(here, expected)


async def test_an_input_that_is_at_the_level_already_does_not_start_reading() -> None:
    reader, clock = pair()
    reader.set_input(2, high=True)
    async with linked(reader, clock, start={"gpi": 2}) as here:
        expected = await at(here, 1_000, active=False)

        await until_idle(here, expected)


async def test_an_input_starts_reading_and_stops_it_at_each_crossing() -> None:
    reader, clock = pair()
    start, stop = {"gpi": 1}, {"gpi": 1, "high": False}
    async with linked(reader, clock, start=start, stop=stop) as here:
        expected = []
        for second in (1, 5):
            reader.set_input(1, high=True)
            expected += await at(here, second * 1_000, active=True)
            reader.set_input(1, high=False)
            expected += await at(here, second * 1_000 + 2_000, active=False)

        assert len(expected) == 4
        await until_idle(here, expected)


async def test_a_stop_by_an_input_comes_at_its_limit_at_the_latest() -> None:
    reader, clock = pair()
    start, stop = {"gpi": 1}, {"gpi": 2, "timeout_s": 5}
    async with linked(reader, clock, start=start, stop=stop) as here:
        reader.set_input(1, high=True)
        expected = await at(here, 4_999, active=True)
        expected += await at(here, 5_000, active=False)

        await until_idle(here, expected)


async def test_reading_stops_so_long_after_it_began_and_its_input_starts_it_again() -> None:
    reader, clock = pair()
    async with linked(reader, clock, start={"gpi": 1}, stop={"after_s": 2}) as here:
        clock.at(1)
        reader.set_input(1, high=True)
        expected = await at(here, 2_999, active=True)
        expected += await at(here, 3_000, active=False)
        reader.set_input(1, high=False)
        reader.set_input(1, high=True)
        expected += await at(here, 4_999, active=True)
        expected += await at(here, 5_000, active=False)

        await until_idle(here, expected)


async def test_without_a_start_reading_begins_with_each_connection_and_ends_after_its_time() -> (
    None
):
    reader, clock = pair()
    async with linked(reader, clock, stop={"after_s": 2}) as here:
        expected = await at(here, 1_999, active=True)
        expected += await at(here, 2_000, active=False)
        await until_idle(here, expected)
        clock.at(10)
        reader.drop_client()  # the ROSpec stays: it has ended, and no trigger starts it
        await reader.until_free()
        await eventually(lambda: holds_no_more(reader), "the backlog is wanted")
        clock.at(20)  # that there is none is seen when something else comes
        reader.set_input(1, high=True)
        await here.until_ups(2)
        expected += await at(here, 21_999, active=True)
        expected += await at(here, 22_000, active=False)
        await here.heard.until_reads(len(expected))

        assert here.heard.reads == expected


def holds_no_more(reader: SimulatedReader) -> bool:
    return reader.connected and not reader._session.outbox.holding


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
async def test_reading_starts_every_so_often_after_its_offset(preset: Capabilities) -> None:
    reader, clock = pair(preset)
    start, stop = {"periodic_s": 10, "offset_s": 3}, {"after_s": 2}
    async with linked(reader, clock, start=start, stop=stop) as here:
        expected = []
        for elapsed_ms, active in (
            (2_999, False),
            (3_000, True),
            (4_999, True),
            (5_000, False),
            (12_999, False),
            (13_000, True),
            (15_000, False),
            (23_000, True),
        ):
            expected += await at(here, elapsed_ms, active=active)

        assert len(expected) == 8
        await until_idle(here, expected)


# -- filters ---------------------------------------------------------------------------------------

SGTIN = bytes.fromhex("3074257BF7194E4000001A85")
SGTIN_LOW = bytes.fromhex("300C257BF7194E4000001A85")
SSCC = bytes.fromhex("3174257BF4499602D2000000")
BLANK = bytes.fromhex("E28011052000758F3E2A0B1D")
EPCS = [SGTIN, SGTIN_LOW, SSCC, BLANK]

FILTERS: list[tuple[list[tuple[str, str]], list[bytes]]] = [
    ([], EPCS),
    ([("30", "include")], [SGTIN, SGTIN_LOW]),
    ([("30", "include"), ("31", "include")], [SGTIN, SGTIN_LOW, SSCC]),
    ([("E2", "exclude")], [SGTIN, SGTIN_LOW, SSCC]),
    ([("E2", "exclude"), ("31", "exclude")], [SGTIN, SGTIN_LOW]),
    ([("30", "include"), ("300", "exclude")], [SGTIN]),
    ([("300", "exclude"), ("30", "include")], [SGTIN]),
    ([(SSCC.hex(), "include")], [SSCC]),
]


@pytest.mark.parametrize(("filters", "answer"), FILTERS)
async def test_only_tags_that_the_filters_let_answer_are_read(
    filters: list[tuple[str, str]], answer: list[bytes]
) -> None:
    """By a scene's reads, and by rounds over tags with a memory."""
    reader, clock = pair()
    given = [{"epc_prefix": prefix, "action": action} for prefix, action in filters]
    seen = [SceneRead(1 + number / 1000, 2, epc, PC, -60, 7) for number, epc in enumerate(EPCS)]
    expected = arrived([each for each in seen if each.epc in answer])
    for epc in EPCS:
        reader.place(SimTag(epc))
    async with linked(reader, clock, filters=given) as here:
        clock.at(1)
        here.report(seen)
        await here.heard.until_reads(len(expected))
        reader.read_placed()
        await answered(here)
        await here.heard.until_reads(len(expected) + len(answer))

        assert here.heard.reads[: len(expected)] == expected
        assert [each.epc for each in here.heard.reads[len(expected) :]] == answer


# -- reports ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
async def test_a_report_waits_for_as_many_reads_as_were_asked_for(preset: Capabilities) -> None:
    reader, clock = pair(preset)
    reads = scene(12, 1)
    async with linked(reader, clock, report={"every_reads": 5}) as here:
        clock.at(1)
        for upto, sent in ((4, 0), (5, 5), (9, 5), (12, 10)):
            here.report(reads[reader.counters.sent + reader.counters.held : upto])
            await answered(here)
            assert reader.counters == Counters(sent=sent, held=upto - sent, lost=0)
            await here.heard.until_reads(sent)
            assert here.heard.reads == arrived(reads[:sent])


async def test_what_waits_for_a_full_report_is_told_when_reading_ends() -> None:
    reader, clock = pair()
    start, stop, report = {"gpi": 1}, {"gpi": 1, "high": False}, {"every_reads": 5}
    async with linked(reader, clock, start=start, stop=stop, report=report) as here:
        clock.at(1)
        reader.set_input(1, high=True)
        here.report(reads := scene(7, 1))
        await answered(here)
        assert reader.counters == Counters(sent=5, held=2, lost=0)
        reader.set_input(1, high=False)

        await until_idle(here, arrived(reads))


async def test_reports_at_the_end_come_when_reading_ends() -> None:
    reader, clock = pair()
    start, stop, report = {"gpi": 1}, {"gpi": 2}, {"at_end": True}
    async with linked(reader, clock, start=start, stop=stop, report=report) as here:
        clock.at(1)
        reader.set_input(1, high=True)
        here.report(reads := scene(200, 1))
        await answered(here)
        assert reader.counters == Counters(sent=0, held=200, lost=0)
        reader.set_input(2, high=True)

        await until_idle(here, arrived(reads))


@pytest.mark.parametrize("preset", PRESETS, ids=NAMES)
async def test_reports_come_every_so_often_and_reading_goes_on_behind_the_pause(
    preset: Capabilities,
) -> None:
    reader, clock = pair(preset)
    async with linked(reader, clock, report={"every_s": 1}) as here:
        expected: list[TagRead] = []
        for second in range(3):
            before = len(expected)
            expected += await at(here, second * 1_000, active=True)
            expected += await at(here, second * 1_000 + 999 - PAUSE_MS, active=True)
            await answered(here)
            assert reader.counters == Counters(sent=before, held=4, lost=0)
            expected += await at(here, (second + 1) * 1_000 - PAUSE_MS, active=False)
            await until_idle(here, expected)


# -- other settings at the next connection ---------------------------------------------------------


@pytest.mark.parametrize(
    ("preset", "mode", "other"),
    [(GENERIC, 0, 2), (IMPINJ_R420, 0, 3), (ZEBRA_FX9600, 1, 21)],
    ids=NAMES,
)
async def test_another_mode_is_applied_when_all_that_was_read_before_has_arrived(
    preset: Capabilities, mode: int, other: int
) -> None:
    """Also what was read before and waits for its report to be full."""
    reader, clock = pair(preset)
    before, away, live = scene(5, 0), scene(7, 2), scene(5, 11)
    full: dict[str, object] = {"report": {"every_reads": 5}}
    async with nothing_left(), reader:
        async with supervised(reader, clock, mode=mode, **full) as first:
            await first.heard.until_up()
            await first.hear(before)
        await reader.until_free()
        first.report(away)
        assert modes(reader) == {mode}
        clock.at(10)
        async with supervised(reader, clock, mode=other, **full) as second:
            await second.heard.until_reads(5)
            await second.hear(live[:3])  # five, with the two that waited
            await second.heard.until_up()
            await second.hear(later := scene(5, 12))

            assert modes(reader) == {other}
            assert second.told == [
                *arrived(away),
                *arrived(live[:3]),
                link(10, up=True, held=False),
                *arrived(later),
            ]
            assert reader.counters == Counters(sent=20, held=0, lost=0)


async def test_what_a_rospec_reads_while_it_waits_to_be_replaced_is_not_lost() -> None:
    """It was idle when the reader was asked, and its input started it since."""
    reader, clock = pair()
    full: dict[str, object] = {"report": {"every_reads": 5}, "start": {"gpi": 1}}
    async with nothing_left(), reader:
        async with supervised(reader, clock, mode=0, **full) as first:
            await first.heard.until_up()
        await reader.until_free()
        clock.at(10)
        async with supervised(reader, clock, mode=2, **full) as second:
            await eventually(lambda: holds_no_more(reader), "the backlog is wanted")
            reader.set_input(1, high=True)
            second.report(reads := scene(7, 11))
            await second.heard.until_up()
            assert not reader.active
            reader.set_input(1, high=False)
            reader.set_input(1, high=True)
            second.report(later := scene(5, 12))
            await second.heard.until_reads(12)

            assert second.heard.reads == [*arrived(reads), *arrived(later)]
            assert modes(reader) == {2}
            assert reader.counters == Counters(sent=12, held=0, lost=0)


def modes(reader: SimulatedReader) -> set[int | None]:
    """Of the antennas of the ROSpec that runs."""
    rospec = reader._session.rospecs.running
    assert rospec is not None
    return {each.mode for aispec in rospec.aispecs for each in aispec.settings}
