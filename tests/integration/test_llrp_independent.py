"""The LLRP driver against a reader that nobody here wrote: llrpkit's emulator, in a process.

It says that it can hold reports, refuses ENABLE_EVENTS_AND_REPORTS with an ERROR_MESSAGE, and reads
only when told START_ROSPEC. Its tag number i is heard on antenna 1 + i % 4, at
-45 - 3.5 * (i % 6) dBm give or take some, where the power suffices for that.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from llrpkit.emulator import EmulatedTag, LLRPEmulator
from llrpkit.protocol import messages
from structlog.testing import capture_logs

from drivers.base import (
    Accessed,
    Bank,
    GpiChange,
    LinkChange,
    NotDone,
    OperationDone,
    ReadWords,
    TagRead,
    Target,
    WriteWords,
)
from drivers.llrp.reader import LlrpReader
from drivers.llrp.settings import LlrpSettings
from gateway.shell.backoff import Backoff
from gateway.shell.clock import now
from gateway.shell.supervisor import Supervisor
from tests.integration.devices import NAME, Heard, lost, settings, supervise
from tests.integration.processes import (
    PATIENCE_S,
    background,
    emulated_reader,
    eventually,
    free_port,
)

ASKED = (1, 3)
WARNING = (
    "reader refused a message: emulator does not handle ENABLE_EVENTS_AND_REPORTS (status 109)"
)
SECOND_US = 1_000_000
NOISE_DB = 10.0  # the emulator's has a standard deviation of 1.5
CHANNELS = range(1, 51)


def epc(number: int) -> bytes:
    return bytes.fromhex("E2000017010B01621000") + number.to_bytes(2)


def heard_on(antennas: Sequence[int], numbers: Sequence[int]) -> set[tuple[int, bytes]]:
    """Where the tags with these numbers are heard, by those antennas."""
    return {(1 + i % 4, epc(i)) for i in numbers if 1 + i % 4 in antennas}


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    """Of an emulator at work."""
    chosen = free_port()
    async with emulated_reader(tmp_path, chosen):
        yield chosen


def wanted(port: int, power_dbm: float | None = None) -> LlrpSettings:
    return settings(port, ASKED, power_dbm=power_dbm)


async def test_the_tags_at_the_antennas_asked_for_are_read(port: int) -> None:
    heard, began_us = Heard(), now().utc_us
    everything = heard_on(ASKED, range(12))
    async with background(supervise(heard, wanted(port))):
        await eventually(lambda: len(heard.reads) >= 100, "100 reads")
        await eventually(
            lambda: {(read.antenna, read.epc) for read in heard.reads} >= everything, "all tags"
        )
    ended_us = now().utc_us

    link, *inputs = heard.observations[:5]
    reads = heard.observations[5:]
    assert isinstance(link, LinkChange)
    assert link == LinkChange(NAME, link.at_us, up=True, held=False)
    assert began_us <= link.at_us <= ended_us
    assert inputs == [GpiChange(NAME, link.at_us, port, False, resync=True) for port in range(1, 5)]
    assert heard.warnings == [WARNING]
    assert {(read.antenna, read.epc) for read in heard.reads} == everything
    for read in reads:
        assert isinstance(read, TagRead)
        at_us, rssi_dbm, channel = read.first_us, read.rssi_dbm, read.channel
        assert read == TagRead(
            NAME, read.antenna, read.epc, at_us, at_us, 1, None, rssi_dbm, channel
        )
        assert began_us <= at_us <= ended_us + SECOND_US
        assert rssi_dbm == pytest.approx(-45 - 3.5 * (read.epc[-1] % 6), abs=NOISE_DB)
        assert channel in CHANNELS


async def test_with_less_power_only_the_near_tags_are_read(port: int) -> None:
    """At 10 dBm the emulator hears what it has at -52 dBm or more: so it understood our index."""
    heard = Heard()
    async with background(supervise(heard, wanted(port, power_dbm=10))):
        await eventually(lambda: len(heard.reads) >= 200, "200 reads")

    near = [number for number in range(12) if number % 6 <= 2]
    assert {(read.antenna, read.epc) for read in heard.reads} == heard_on(ASKED, near)


async def test_a_second_client_is_refused_in_the_reader_s_words_and_the_first_stays(
    port: int,
) -> None:
    first, second = Heard(), Heard()
    async with background(supervise(first, wanted(port))):
        await eventually(lambda: first.reads != [], "a read")

        why = await lost(second, wanted(port))

        assert why == (
            f"127.0.0.1:{port}: connection refused by the reader: another client is connected"
        )
        assert second == Heard()
        read = len(first.reads)
        await eventually(lambda: len(first.reads) > read, "the first client reads on")
        assert (len(first.links), first.device.lost) == (1, 0)


async def test_a_power_that_the_reader_does_not_offer_is_told_with_its_range(port: int) -> None:
    heard = Heard()

    why = await lost(heard, wanted(port, power_dbm=35))

    assert why == f"127.0.0.1:{port}: " + "; ".join(
        f"antenna {port}: power 35 dBm: the reader offers 10 to 30 dBm" for port in ASKED
    )
    assert heard == Heard()


async def test_a_reader_that_is_killed_is_a_lost_device(tmp_path: Path) -> None:
    heard, port = Heard(), free_port()
    async with (
        emulated_reader(tmp_path, port) as process,
        background(lost(heard, wanted(port))) as running,
    ):
        await eventually(lambda: heard.reads != [], "a read")
        process.kill()
        why = await running

    assert why in ended(port)


async def test_the_link_is_back_when_the_reader_is(tmp_path: Path) -> None:
    heard, port = Heard(), free_port()
    device = heard.device
    with capture_logs() as logs:
        async with (
            emulated_reader(tmp_path, port) as process,
            background(supervise(heard, wanted(port))),
        ):
            await eventually(lambda: heard.reads != [], "a read")
            process.kill()
            refused = f"127.0.0.1:{port}: connection refused"
            await eventually(lambda: device.why == refused, "a try while the reader is gone")
            before = len(heard.reads)
            async with emulated_reader(tmp_path, port):
                await eventually(lambda: len(heard.reads) > before, "a read after that")

    at_us = [link.at_us for link in heard.links]
    assert heard.links == [
        LinkChange(NAME, at_us[0], up=True, held=False),
        LinkChange(NAME, at_us[1], up=False),
        LinkChange(NAME, at_us[2], up=True, held=False),
    ]
    assert at_us == sorted(at_us)
    assert (device.reads, device.warnings) == (len(heard.reads), 2)
    found = [line for line in logs if line["event"] == "reader_found"]
    logs = [line for line in logs if line not in found]
    assert len(found) == 2
    assert logs[2]["why"] in ended(port)
    assert logs == [
        {"event": "device_warning", "log_level": "warning", "device": NAME, "what": WARNING},
        {"event": "device_up", "log_level": "info", "device": NAME},
        {"event": "device_lost", "log_level": "warning", "device": NAME, "why": logs[2]["why"]},
        {"event": "device_back", "log_level": "info", "device": NAME},
    ]


# -- inputs, outputs and the memory of tags: the emulator in this process -------------------------

TAG = EmulatedTag(epc(7), antennas=(2,))
OTHER = EmulatedTag(epc(8), antennas=(2,))


@asynccontextmanager
async def driving(*tags: EmulatedTag) -> AsyncIterator[tuple[LLRPEmulator, LlrpReader, Heard]]:
    heard = Heard()
    async with LLRPEmulator(tags=tags, reads_per_sec=200) as emulator:
        driver = LlrpReader(settings(emulator.port, (1, 2)), now, heard.warn)
        supervisor = Supervisor(
            heard.device, driver, heard.emit, now, Backoff(Random(1), 0.5, 30.0)
        )
        async with background(supervisor.run()):
            await heard.until_up()
            yield emulator, driver, heard


async def test_an_input_that_changes_is_an_observation() -> None:
    async with driving(TAG) as (emulator, driver, heard):
        await emulator.set_gpi(2, True)
        await emulator.set_gpi(2, False)
        await eventually(lambda: len(edges(heard)) == 2, "both edges")

    assert [(edge.port, edge.high) for edge in edges(heard)] == [(2, True), (2, False)]


def edges(heard: Heard) -> list[GpiChange]:
    changes = [each for each in heard.observations if isinstance(each, GpiChange)]
    return [change for change in changes if not change.resync]


async def test_an_output_is_driven_and_one_that_is_not_there_is_refused() -> None:
    async with driving(TAG) as (emulator, driver, heard):
        await driver.set_output(3, high=True)
        assert emulator._gpo_states == {1: False, 2: False, 3: True, 4: False}
        assert dict(driver.facts.outputs)[3] is True
        await driver.set_output(3, high=False)
        assert emulator._gpo_states[3] is False
        with pytest.raises(NotDone, match="^output 9: the reader has 4$"):
            await driver.set_output(9, high=True)
        assert heard.device.lost == 0


async def test_its_temperature_is_known() -> None:
    async with driving(TAG) as (_, driver, _):
        await eventually(lambda: driver.facts.temperature_c == 42.0, "the temperature")


async def test_the_memory_of_a_tag_is_read_and_its_epc_written() -> None:
    """The emulator finds tags by their EPC alone, and has no PC that could be written."""
    written = bytes.fromhex("AABBCCDDEEFF001122334455")
    async with driving(TAG, OTHER) as (_, driver, heard):
        await eventually(lambda: {read.epc for read in heard.reads} == {TAG.epc, OTHER.epc}, "both")
        before = Target(Bank.EPC, 0x20, TAG.epc)
        read = await driver.access(2, before, [ReadWords(Bank.TID, 0, 4)], 0, PATIENCE_S)
        write = WriteWords(Bank.EPC, 2, written)
        done = await driver.access(2, before, [write], 0, PATIENCE_S)
        after = Target(Bank.EPC, 0x20, written)
        back = await driver.access(2, after, [ReadWords(Bank.EPC, 2, 6)], 0, PATIENCE_S)
        seen = len(heard.reads)
        await heard.until_reads(seen + 50)

    assert (read.epc, read.antenna, read.outcomes[0].why) == (TAG.epc, 2, "")
    assert len(read.outcomes[0].data) == 8
    assert done == Accessed(TAG.epc, 2, (OperationDone(),))
    assert back == Accessed(written, 2, (OperationDone(data=written),))
    assert {each.epc for each in heard.reads[seen:]} == {written, OTHER.epc}


async def test_what_goes_wrong_with_a_tag_is_told() -> None:
    async with driving(TAG) as (_, driver, _):
        by_epc = Target(Bank.EPC, 0x20, TAG.epc)
        far = await driver.access(2, by_epc, [ReadWords(Bank.TID, 500, 4)], 0, PATIENCE_S)
        with pytest.raises(NotDone, match="^no such tag answered$"):
            nobody = Target(Bank.EPC, 0x20, epc(99))
            await driver.access(2, nobody, [ReadWords(Bank.TID, 0, 4)], 0, patience_s=0.2)

    assert far == Accessed(TAG.epc, 2, (OperationDone(why="nonspecific tag error"),))


async def test_what_was_asked_of_a_reader_that_is_lost_was_not_done() -> None:
    async with driving(TAG) as (emulator, driver, heard):
        emulator.drop_next(messages.SET_READER_CONFIG)
        asking = asyncio.create_task(driver.set_output(1, high=True))
        await asyncio.sleep(0)
        await emulator.stop()
        with pytest.raises(NotDone, match="^the reader was lost meanwhile$"):
            await asking
        await eventually(lambda: not heard.device.up, "it is lost")
        with pytest.raises(NotDone, match="^not connected$"):
            await driver.set_output(1, high=True)


def ended(port: int) -> tuple[str, str]:
    """A killed process's kernel closes its connection, or resets it where bytes were unread."""
    return (
        f"127.0.0.1:{port}: the reader closed the connection",
        f"127.0.0.1:{port}: connection reset by peer",
    )
