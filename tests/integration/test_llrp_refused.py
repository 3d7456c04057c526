"""The LLRP driver against a reader that refuses what it is asked, on real TCP.

What is needed ends the connection in the reader's words; what can be missed is a warning. Either
way no read that the reader held is lost, and nothing is left.
"""

import pytest

from drivers.llrp.protocol.tables import MessageType
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.presets import GENERIC, IMPINJ_R420
from simulator.llrp.reader import SimulatedReader
from tests.integration.devices import NAME, link
from tests.integration.linked import BACK, SharedClock, arrived, linked, scene

BEFORE, AWAY, AFTER = scene(20, 0), scene(20, 2), scene(20, 11)
UP = ("device_up", None)


def pair(capabilities: Capabilities = GENERIC) -> tuple[SimulatedReader, SharedClock]:
    clock = SharedClock()
    return SimulatedReader(NAME, capabilities=capabilities, now=clock.readers), clock


WORDS = "not today"


@pytest.mark.parametrize(
    ("request_", "capabilities"),
    [
        (MessageType.GET_READER_CAPABILITIES, GENERIC),
        (MessageType.GET_ROSPECS, GENERIC),
        (MessageType.SET_READER_CONFIG, GENERIC),
        (MessageType.ADD_ROSPEC, GENERIC),
        (MessageType.ADD_ROSPEC, IMPINJ_R420),
        (MessageType.ENABLE_ROSPEC, GENERIC),
        (MessageType.ENABLE_ROSPEC, IMPINJ_R420),
        (MessageType.START_ROSPEC, GENERIC),
    ],
    ids=lambda given: getattr(given, "name", ""),
)
async def test_a_refusal_of_what_is_needed_ends_the_connection_in_the_readers_words(
    request_: MessageType, capabilities: Capabilities
) -> None:
    reader, clock = pair(capabilities)
    reader.faults.refuse(request_, WORDS)
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)

        assert here.told == [link(0, up=True), *arrived(BEFORE)]
        why = f"{here.address}: {request_.name} refused: {WORDS} (status 401)"
        assert here.lines == [("device_lost", why), BACK]


@pytest.mark.parametrize(
    ("request_", "after", "capabilities", "warnings"),
    [
        (MessageType.CUSTOM_MESSAGE, 0, IMPINJ_R420, ["CUSTOM_MESSAGE refused: {}"]),
        (MessageType.SET_READER_CONFIG, 1, GENERIC, ["SET_READER_CONFIG refused: {}"]),
        (MessageType.DELETE_ACCESSSPEC, 0, GENERIC, []),
        (MessageType.GET_READER_CONFIG, 0, GENERIC, ["GET_READER_CONFIG refused: {}"]),
        (MessageType.GET_READER_CONFIG, 1, IMPINJ_R420, []),  # its temperature
        (MessageType.ENABLE_EVENTS_AND_REPORTS, 0, GENERIC, ["reader refused a message: {}"]),
    ],
    ids=lambda given: getattr(given, "name", ""),
)
async def test_a_refusal_of_what_can_be_missed_is_a_warning(
    request_: MessageType, after: int, capabilities: Capabilities, warnings: list[str]
) -> None:
    reader, clock = pair(capabilities)
    reader.faults.refuse(request_, WORDS, after=after)
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)

        assert here.told == [link(0, up=True), *arrived(BEFORE)]
        assert here.lines == [UP]
        assert here.heard.warnings == [each.format(f"{WORDS} (status 401)") for each in warnings]


async def test_a_reader_that_holds_and_refuses_to_give_is_asked_again_and_nothing_is_lost() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        await here.hear(BEFORE)
        clock.at(10)
        reader.faults.refuse(MessageType.ENABLE_EVENTS_AND_REPORTS, WORDS, times=2)
        reader.drop_client()
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
        assert here.lines == here.lost("connection reset by peer")
        assert here.heard.device.lost == 1 + 2
