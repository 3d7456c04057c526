"""The LLRP driver against a reader that does what no reader should, on real TCP.

Each time what came whole arrives once and in order; a lost link is told once, and nothing is left.
"""

import asyncio
from collections.abc import Callable

import pytest

from drivers.base import NotDone
from drivers.llrp.protocol.tables import MessageType
from simulator.llrp import faults
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import HEADER_BYTES, Sighting, message
from simulator.llrp.presets import GENERIC, IMPINJ_R420
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.session import Counters
from simulator.scene.door import SceneRead
from tests.integration.devices import EPOCH_US, NAME, Heard, link, lost
from tests.integration.linked import (
    BACK,
    PC,
    SharedClock,
    arrived,
    linked,
    scene,
    wanted,
)
from tests.integration.processes import background, eventually

Fault = Callable[[SimulatedReader], None]

BEFORE, AWAY, AFTER = scene(20, 0), scene(20, 2), scene(20, 11)
UP = ("device_up", None)
EPC = bytes.fromhex("3074257BF7194E4000001A85")
ODD = SceneRead(9.0, 1, EPC, PC, -60, 7)
TAG = Sighting(EPC, PC, 1, -60, 7, EPOCH_US + 9_000_000, 1, 1, 1)  # how the reader tells it
REPORT = faults.report([TAG])
INJECTED = [arrived([ODD])[0]._replace(pc=None)]
SHORT_S = 0.2  # a deadline that the test moves the clock over


def pair(capabilities: Capabilities = GENERIC) -> tuple[SimulatedReader, SharedClock]:
    clock = SharedClock()
    return SimulatedReader(NAME, capabilities=capabilities, now=clock.readers), clock


def inject(data: bytes) -> Fault:
    return lambda reader: reader.inject(data)


def passing(clock: SharedClock) -> bool:
    """Let some time pass: less than a look of `eventually` takes."""
    clock.elapsed_us += 5_000
    return True


# -- what ends the connection ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (SimulatedReader.drop_client, "connection reset by peer"),
        (SimulatedReader.close_client, "the reader closed the connection"),
        (inject(faults.garbage(64, seed=1)), "message of LLRP version 7: expected 1 or 2"),
        (inject(faults.wrong_version(REPORT)), "message of LLRP version 7: expected 1 or 2"),
        (inject(faults.wrong_version(REPORT, 0)), "message of LLRP version 0: expected 1 or 2"),
        (
            inject(faults.wrong_length(REPORT, 9)),
            "message of 9 bytes: expected 10 to 4194304",
        ),
        (
            inject(faults.wrong_length(REPORT, (4 << 20) + 1)),
            "message of 4194305 bytes: expected 10 to 4194304",
        ),
    ],
    ids=["reset", "goodbye", "garbage", "version-7", "version-0", "too-short", "too-long"],
)
async def test_a_connection_that_ends_costs_no_read(fault: Fault, why: str) -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        clock.at(10)
        fault(reader)
        await reader.until_free()
        here.report(AWAY)
        await here.heard.until_reads(40)
        await here.hear(AFTER)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            link(0, up=False),
            *arrived(AWAY),
            link(10, up=True, held=True),
            *arrived(AFTER),
        ]
        assert here.lines == here.lost(why)
        assert reader.counters == Counters(sent=60, held=0, lost=0)
        assert (here.heard.warnings, here.driver.facts.unreadable) == ([], 0)


async def test_a_length_that_is_one_too_many_costs_the_next_report() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        clock.at(10)
        reader.inject(faults.wrong_length(REPORT, len(REPORT) + 1))
        reader.inject(REPORT)
        await reader.until_free()
        await here.hear(AFTER)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            *INJECTED,
            link(10, up=False),
            link(10, up=True, held=True),
            *arrived(AFTER),
        ]
        assert here.lines == here.lost("message of LLRP version 7: expected 1 or 2")
        assert here.heard.warnings == ["1 bytes at 62: expected a parameter header"]


async def test_a_length_that_is_one_too_few_costs_that_tag_and_what_follows() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        clock.at(10)
        reader.inject(faults.wrong_length(REPORT, len(REPORT) - 1))
        reader.inject(REPORT)
        await reader.until_free()
        await here.hear(AFTER)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            link(10, up=False),
            link(10, up=True, held=True),
            *arrived(AFTER),
        ]
        assert here.lines == here.lost("message of LLRP version 0: expected 1 or 2")
        assert here.heard.warnings == ["parameter 240 at byte 0: cut short by 1 bytes"]


IN_HEADER, IN_LENGTH, BEHIND_LENGTH, IN_PARAMETER, IN_VALUE = 1, 3, 8, 12, 30


@pytest.mark.parametrize("at", [IN_HEADER, IN_LENGTH, BEHIND_LENGTH, 10, IN_PARAMETER, IN_VALUE])
async def test_a_report_that_is_cut_with_its_connection_is_the_only_one_lost(at: int) -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        clock.at(10)
        reader.faults.truncate(MessageType.RO_ACCESS_REPORT, at)
        here.report([ODD, *AWAY])
        await here.heard.until_reads(40)
        await here.hear(AFTER)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            link(10, up=False),
            *arrived(AWAY),
            link(10, up=True, held=True),
            *arrived(AFTER),
        ]
        assert here.lines == here.lost("the reader closed the connection")
        assert reader.counters == Counters(sent=61, held=0, lost=0)
        assert (here.heard.warnings, here.driver.facts.unreadable) == ([], 0)


@pytest.mark.parametrize("at", [IN_HEADER, IN_LENGTH, BEHIND_LENGTH, 10, IN_PARAMETER, IN_VALUE])
async def test_a_report_that_is_cut_on_a_connection_that_stays_is_noticed(at: int) -> None:
    """Nothing tells where the next message begins, and that the reader talks on is no sign of life.

    This reader minds no keepalive that nobody answers, so it is not the one who hangs up.
    """
    reader, clock = pair(IMPINJ_R420)
    impinj = {"link_monitor": False, "phase": False, "rssi_hundredths": False}
    async with linked(reader, clock, keepalive_s=SHORT_S, impinj=impinj) as here:
        await here.hear(BEFORE)
        reader.faults.truncate(MessageType.RO_ACCESS_REPORT, at, hang_up=False)
        here.report([ODD])
        async with background(reader.until_free()) as free:
            await eventually(lambda: passing(clock) and free.done(), "it is noticed")
        after = scene(20, 1 + clock.elapsed_us // 1_000_000)
        await here.hear(after)

        assert here.heard.reads == [*arrived(BEFORE), *arrived(after)]
        assert [word for word, _ in here.lines] == ["device_up", "device_lost", "device_back"]


async def test_a_reader_that_goes_mute_is_lost_at_when_it_was_last_heard() -> None:
    reader, clock = pair()
    async with linked(reader, clock, keepalive_s=SHORT_S, response_s=SHORT_S) as here:
        await here.hear(BEFORE)
        reader.faults.mute = True
        here.report(AWAY)
        clock.at(10)
        await reader.until_free()
        reader.faults.mute = False
        await here.hear(AFTER)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            link(0, up=False),
            *arrived(AWAY),
            link(10, up=True, held=True),
            *arrived(AFTER),
        ]
        assert here.lines == here.lost("silent for 10.0 s")
        assert reader.counters == Counters(sent=60, held=0, lost=0)


async def test_a_reader_that_does_not_greet_is_told_once_and_is_back_when_it_does() -> None:
    reader, clock = pair()
    reader.faults.mute = True
    async with linked(reader, clock, up=False, response_s=SHORT_S) as here:
        await eventually(lambda: reader.connected, "the driver comes")
        clock.at(1)
        await eventually(lambda: here.heard.device.lost == 1, "it is not greeted")
        reader.faults.mute = False
        reader.drop_client()  # whoever came meanwhile waits by a clock that stands
        await here.heard.until_up()
        clock.at(12)
        await here.hear(AFTER)

        assert here.told == [link(1, up=True), *arrived(AFTER)]
        why = f"{here.address}: no answer to the connection in 0.2 s"
        assert here.lines == [("device_lost", why), BACK]


# -- what does not end it --------------------------------------------------------------------------


async def test_one_byte_at_a_time_is_as_good_as_all_at_once() -> None:
    reader, clock = pair()
    reader.faults.dribble = True
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        clock.at(12)
        await here.hear(AFTER)

        assert here.told == [link(0, up=True), *arrived(BEFORE), *arrived(AFTER)]
        assert here.lines == [UP]


GOOD = faults.report([TAG])[HEADER_BYTES:]
BAD_TV = faults.report_with_unknown_tv([TAG])[HEADER_BYTES:]
BAD_TLV = faults.report_with_unknown_tlv([TAG])[HEADER_BYTES:]


@pytest.mark.parametrize(
    ("injected", "tags", "warning", "unreadable"),
    [
        (faults.unknown_message(), 0, "unexpected message of type 999", 0),
        (message(61, 0, GOOD + BAD_TLV + GOOD), 3, None, 0),
        (
            message(61, 0, GOOD + BAD_TV + GOOD),
            2,
            "TagReportData: unknown TV parameter 127 at byte 58",
            1,
        ),
    ],
    ids=["message", "tlv", "tv"],
)
async def test_what_nobody_knows_costs_itself_alone(
    injected: bytes, tags: int, warning: str | None, unreadable: int
) -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        reader.inject(injected)
        clock.at(12)
        await here.heard.until_reads(20 + tags)
        await here.hear(AFTER)

        assert here.told == [
            link(0, up=True),
            *arrived(BEFORE),
            *INJECTED * tags,
            *arrived(AFTER),
        ]
        assert here.lines == [UP]
        assert here.heard.warnings == [warning] * (warning is not None)
        assert here.driver.facts.unreadable == unreadable


async def test_a_second_client_is_refused_and_the_first_stays() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        second = Heard()
        why = await lost(second, wanted(reader), clock.now)
        clock.at(12)
        await here.hear(AFTER)

        assert (
            why == f"{here.address}: connection refused by the reader: another client is connected"
        )
        assert second == Heard()
        assert here.told == [link(0, up=True), *arrived(BEFORE), *arrived(AFTER)]
        assert here.lines == [UP]


# -- what comes too late ---------------------------------------------------------------------------


async def test_an_answer_that_comes_too_late_ends_the_connection() -> None:
    reader, clock = pair()
    reader.faults.delay(MessageType.GET_ROSPECS, 3_600_000_000)
    async with linked(reader, clock, up=False, response_s=SHORT_S) as here:
        await eventually(lambda: reader._session.answers_waiting == 1, "the answer is due later")
        clock.at(1)
        await eventually(lambda: here.heard.device.lost >= 1, "it came too late")
        reader.faults.delay(MessageType.GET_ROSPECS, 0)
        reader.drop_client()
        await here.heard.until_up()
        clock.at(12)
        await here.hear(AFTER)

        assert here.told == [link(1, up=True), *arrived(AFTER)]
        why = f"{here.address}: no answer to GET_ROSPECS in 0.2 s"
        assert here.lines == [("device_lost", why), BACK]


async def test_an_output_whose_answer_is_too_late_was_not_driven_as_far_as_one_knows() -> None:
    reader, clock = pair()
    async with linked(reader, clock, response_s=SHORT_S) as here:
        await here.hear(BEFORE)
        reader.faults.delay(MessageType.SET_READER_CONFIG, 3_600_000_000)
        asking = asyncio.create_task(here.driver.set_output(1, high=True))
        await eventually(lambda: reader._session.answers_waiting == 1, "the answer is due later")
        reader.faults.delay(MessageType.SET_READER_CONFIG, 0)
        clock.at(10)
        with pytest.raises(NotDone, match="^the reader was lost meanwhile$"):
            await asking
        await here.hear(AFTER)

        assert here.lines == here.lost("no answer to SET_READER_CONFIG in 0.2 s")
        assert here.heard.reads == [*arrived(BEFORE), *arrived(AFTER)]
        assert reader.gpos[1] is False
