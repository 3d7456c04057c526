"""readpoint-gateway record on a reader that speaks LLRP: what it said is what is in the file."""

import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from drivers.base import AntennaChange, GpiChange, LinkChange, Observation, TagRead
from gateway.core.recording import from_line
from tests.integration.llrp_desk import Desk, desk, ended
from tests.integration.processes import eventually

EPC = "3014257BF7194E4000001A85"


@pytest.fixture(params=["daemon", "alone"])
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Desk]:
    """With a daemon that has the reader, and without one."""
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(desk(tmp_path))
        if request.param == "daemon":
            await stack.enter_async_context(made.daemon())
        yield made


def told(path: Path) -> list[Observation]:
    """What is in the file: each line is an observation, and the last one is whole."""
    data = path.read_bytes()
    assert data.endswith(b"\n")
    found = [from_line(line) for line in data.splitlines()]
    observations = [
        each for each in found if isinstance(each, TagRead | GpiChange | AntennaChange | LinkChange)
    ]
    assert len(observations) == len(found)
    return list(observations)


def is_back(path: Path, what: bytes) -> bool:
    """Whether the file says that it was gone, and behind that that it is there again."""
    _, gone, after = path.read_bytes().rpartition(what + b"false")
    return bool(gone) and what + b"true" in after


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
async def test_reads_inputs_and_antennas_are_in_the_file_and_it_ends_whole(
    either: Desk, by: signal.Signals
) -> None:
    path = either.folder / "out.ndjson"
    tag = either.put(EPC, rssi_dbm=-51)
    recording = await either.start("record", "-o", path)
    await eventually(lambda: path.exists() and b'"epc"' in path.read_bytes(), "a read")
    either.reader.set_input(1, high=True)
    either.reader.set_antenna(2, connected=False)
    either.reader.set_input(1, high=False)
    either.reader.set_antenna(2, connected=True)
    await eventually(lambda: is_back(path, b'"connected":'), "the antenna is back")
    recording.send_signal(by)
    code, out, error = await ended(recording)

    observations = told(path)
    reads = [each for each in observations if isinstance(each, TagRead)]
    assert {(each.device, each.antenna, each.epc, each.pc, each.rssi_dbm) for each in reads} == {
        ("desk-1", 1, tag.epc, 0x3000, -51.0)
    }
    edges = [each for each in observations if isinstance(each, GpiChange) and not each.resync]
    assert [(each.device, each.port, each.high) for each in edges] == [
        ("desk-1", 1, True),
        ("desk-1", 1, False),
    ]
    antennas = [
        (each.antenna, each.connected) for each in observations if isinstance(each, AntennaChange)
    ]
    assert antennas[-2:] == [(2, False), (2, True)]
    assert (code, out) == (0, "")
    assert error.splitlines()[-1] == f"{len(observations)} observations in {path}"


async def test_a_reader_that_goes_and_comes_back_is_in_the_file(either: Desk) -> None:
    path = either.folder / "out.ndjson"
    either.put(EPC)
    recording = await either.start("record", "-o", path)
    await eventually(lambda: path.exists() and b'"epc"' in path.read_bytes(), "a read")
    either.reader.drop_client()
    await eventually(lambda: is_back(path, b'"up":'), "the reader is back")
    recording.terminate()
    code, _, _ = await ended(recording)

    links = [each.up for each in told(path) if isinstance(each, LinkChange)]
    assert (code, links[-2:]) == (0, [False, True])
