"""What is asked of an LLRP driver while it reads: outputs, and callers that do not wait.

On a simulated reader, on real TCP.
"""

import asyncio

import pytest

from drivers.llrp.protocol.tables import MessageType
from simulator.llrp.reader import SimulatedReader
from tests.integration.devices import NAME, link
from tests.integration.linked import Linked, SharedClock, arrived, linked, scene
from tests.integration.processes import PATIENCE_S, background, eventually

BEFORE = scene(20, 0)
LATE_US = 1_000_000


def pair() -> tuple[SimulatedReader, SharedClock]:
    clock = SharedClock()
    return SimulatedReader(NAME, now=clock.readers), clock


def outputs(reader: SimulatedReader) -> list[tuple[int, bool]]:
    """What was written to output 1 and 2, in its order; all are driven off at the connect."""
    changes = [(each.port, each.high) for each in reader.on_output if each.port <= 2]
    assert changes[:2] == [(1, False), (2, False)]
    return changes[2:]


async def until_nothing_is_asked(here: Linked) -> None:
    await eventually(lambda: not here.driver._asked, "nobody's answer is kept")


async def test_a_caller_that_is_gone_disturbs_neither_the_link_nor_the_next() -> None:
    """Its answer comes all the same. Who was still in line behind it is never asked for."""
    reader, clock = pair()
    async with linked(reader, clock) as here:
        reader.faults.delay(MessageType.SET_READER_CONFIG, LATE_US)
        gone = [asyncio.create_task(here.driver.set_output(port, high=True)) for port in (1, 2)]
        await eventually(lambda: reader._session.answers_waiting == 1, "the answer is due later")
        for each in gone:
            each.cancel()
        assert [type(each) for each in await asyncio.gather(*gone, return_exceptions=True)] == [
            asyncio.CancelledError,
            asyncio.CancelledError,
        ]
        assert len(here.driver._asked) == 1
        reader.faults.delay(MessageType.SET_READER_CONFIG, 0)
        async with background(here.driver.set_output(2, high=False)) as asking:
            clock.elapsed_us += LATE_US
            reader.set_input(1, high=True)  # it looks at the clock
            async with asyncio.timeout(PATIENCE_S):
                await asking
        await until_nothing_is_asked(here)
        await here.hear(BEFORE)

        assert outputs(reader) == [(1, True), (2, False)]
        assert here.lines == [("device_up", None)]
        assert here.heard.reads == arrived(BEFORE)


async def test_a_pulse_ends() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        await here.driver.pulse_output(1, 0.0)

        assert outputs(reader) == [(1, True), (1, False)]
        assert here.told == [link(0, up=True)]


async def test_a_pulse_whose_caller_is_gone_ends_at_once() -> None:
    reader, clock = pair()
    async with linked(reader, clock) as here:
        async with background(here.driver.pulse_output(1, PATIENCE_S)) as pulse:
            await eventually(lambda: reader.gpos[1], "it is high")
            pulse.cancel()
            with pytest.raises(asyncio.CancelledError):
                await pulse

        assert outputs(reader) == [(1, True), (1, False)]
        assert here.driver.facts.outputs[0] == (1, False)
