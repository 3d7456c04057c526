"""The LLRP driver against a reader that does what no reader should, on real TCP.

Each time: what the reader handed over whole arrives once and in order, before the fault and after
it; a link that was lost is told once and is back; and nothing is left over.
"""

from collections.abc import Callable

import pytest

from drivers.llrp.protocol.tables import MessageType
from simulator.llrp import faults
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import Sighting
from simulator.llrp.presets import GENERIC, IMPINJ_R420
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.session import Counters
from simulator.scene.door import SceneRead
from tests.integration.devices import EPOCH_US, NAME, link
from tests.integration.linked import (
    PC,
    SharedClock,
    arrived,
    linked,
    scene,
)
from tests.integration.processes import eventually

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
    """It takes that one's first byte; the reader knows of nothing, so both count as sent."""
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
        await eventually(lambda: passing(clock) and here.heard.device.lost == 1, "it is noticed")
        after = scene(20, 1 + clock.elapsed_us // 1_000_000)
        await here.hear(after)

        assert here.heard.reads == [*arrived(BEFORE), *arrived(after)]
        assert [word for word, _ in here.lines] == ["device_up", "device_lost", "device_back"]
