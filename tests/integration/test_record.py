"""readpoint-gateway record, from the devices and from a daemon that holds them."""

import os
import signal
from pathlib import Path

import pytest

from drivers.base import LinkChange, TagRead
from gateway.core.recording import BadLine, from_line
from tests.integration.processes import until
from tests.integration.tag_box import Box, Child, box
from tests.integration.tag_field import tag

EPC = "3034257BF7194E4000001A85"


@pytest.fixture
def desk(tmp_path: Path) -> Box:
    made = box(tmp_path)
    made.field.put(tag(EPC))
    return made


def recording(desk: Box, *more: str) -> tuple[Child, Path]:
    """A recording that has its first reads."""
    path = desk.folder / "out.ndjson"
    child = desk.start("record", "--config", desk.config, "-o", path, *more)
    until(lambda: path.exists() and b'"epc"' in path.read_bytes(), "a read is in the file")
    return child, path


def good_reads(path: Path) -> int:
    """How many lines there are; each is an observation of the one reader, whole."""
    data = path.read_bytes()
    assert data.endswith(b"\n")
    found = [from_line(line) for line in data.splitlines()]
    reads = [each for each in found if isinstance(each, TagRead)]
    assert {(each.device, each.antenna, each.epc.hex().upper()) for each in reads} == {
        ("desk-1", 1, EPC)
    }
    assert all(isinstance(each, TagRead | LinkChange) for each in found)
    return len(found)


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_without_a_daemon_the_devices_are_opened_and_the_recording_ends_whole(
    desk: Box, by: signal.Signals
) -> None:
    child, path = recording(desk)

    code, out, error = child.stop(by)

    assert (code, out) == (0, "")
    assert error.splitlines()[-1] == f"{good_reads(path)} observations in {path}"
    assert b'"up":true' in path.read_bytes().splitlines()[0]


def test_a_running_daemon_is_asked_since_the_devices_are_its_own(desk: Box) -> None:
    with desk.daemon():
        child, path = recording(desk)
        code, _, error = child.stop()
        assert "device_up" not in error  # nobody else opened the reader
        assert (code, error) == (0, f"{good_reads(path)} observations in {path}\n")


def test_a_recording_goes_to_standard_output(desk: Box) -> None:
    child = desk.start("record", "--config", desk.config, "-o", "-")
    assert child.process.stdout is not None
    first = child.process.stdout.readline()

    code, out, error = child.stop()

    assert isinstance(from_line(first), LinkChange)
    assert code == 0
    assert error.splitlines()[-1] == f"{out.count(chr(10)) + 1} observations in -"


def test_a_file_that_is_there_is_kept_unless_it_is_appended_to(desk: Box) -> None:
    path = desk.folder / "out.ndjson"
    path.write_text('{"t":1,"reader":"desk-1","up":true}\n{"t":2,"rea')

    refused = desk.run("record", "-o", path)
    before = path.read_text()
    child, _ = recording(desk, "--append")
    code, _, _ = child.stop()

    assert refused == (1, "", f"{path}: is there already: expected a new file, or --append\n")
    assert code == 0
    assert path.read_text().startswith(before + "\n")
    lines = path.read_bytes().splitlines()
    broken = [line for line in lines if isinstance(from_line(line), BadLine)]
    assert broken == [b'{"t":2,"rea']


def test_a_daemon_that_is_killed_breaks_the_recording_off(desk: Box) -> None:
    with desk.daemon() as daemon:
        child, path = recording(desk)
        daemon.kill()
        code, _, error = child.ended()

    assert (code, error) == (1, f"{desk.socket}: the gateway broke the recording off\n")
    assert good_reads(path)


def test_a_daemon_that_stops_ends_the_recording_whole(desk: Box) -> None:
    with desk.daemon() as daemon:
        child, path = recording(desk)
        daemon.terminate()
        code, _, error = child.ended()

    assert (code, error) == (0, f"{good_reads(path)} observations in {path}\n")


def test_a_reader_that_does_not_answer_is_tried_again(desk: Box) -> None:
    desk.field.put(lost="no route to the reader")
    path = desk.folder / "out.ndjson"
    child = desk.start("record", "--config", desk.config, "-o", path)
    until(path.exists, "the recording began")
    desk.field.put(tag(EPC))
    until(lambda: b'"epc"' in path.read_bytes(), "the reader is read")

    assert child.stop()[0] == 0


def test_a_full_disk_is_told_and_the_last_line_is_whole(desk: Box) -> None:
    code, _, error = desk.run("record", "-o", "/dev/full", "--append")

    assert (code, error.splitlines()[-1]) == (
        1,
        "readpoint-gateway: [Errno 28] No space left on device",
    )


def test_while_a_command_has_the_readers_no_daemon_takes_them(desk: Box) -> None:
    child, _ = recording(desk)
    code, _, error = desk.run("run")
    child.stop()

    assert (code, error) == (
        1,
        f"{desk.folder}/gw: another readpoint-gateway runs on this folder\n",
    )


def test_a_dead_daemons_socket_is_replaced(desk: Box) -> None:
    with desk.daemon() as daemon:
        daemon.kill()
        daemon.wait()
    assert desk.socket.is_socket()
    desk.log.unlink()

    with desk.daemon():
        mode = desk.socket.stat().st_mode & 0o777
        child, _ = recording(desk)
        code = child.stop()[0]

    assert (code, oct(mode)) == (0, "0o660")
    assert not desk.socket.exists()


def test_what_is_no_socket_is_not_replaced(desk: Box) -> None:
    desk.socket.parent.mkdir()
    desk.socket.write_text("mine")

    code, _, error = desk.run("run")

    assert code == 1
    assert error.splitlines()[-1].endswith(f"there is something that is no socket: '{desk.socket}'")
    assert desk.socket.read_text() == "mine"


def test_a_pipe_that_is_read_late_gets_all_of_it(desk: Box) -> None:
    """A pipe that nobody reads for a while; then it is read to its end."""
    desk.field.put(*(tag(EPC) for _ in range(400)))
    read, write = os.pipe()
    child = desk.start("record", "--config", desk.config, "-o", "-", stdout=write)
    os.close(write)
    assert child.process.stderr is not None
    with os.fdopen(read, "rb") as pipe:
        first = pipe.readline()
        child.process.send_signal(signal.SIGTERM)
        rest = pipe.read()
    code, _, error = child.ended()

    assert isinstance(from_line(first), LinkChange)
    assert (first + rest).endswith(b"\n")
    count = (first + rest).count(b"\n")
    assert (code, error.splitlines()[-1]) == (0, f"{count} observations in -")


def test_a_pipe_that_is_too_slow_costs_reads_which_are_counted(desk: Box) -> None:
    """60 rounds of 400 tags are more than wait for the writer; the reader is never held up."""
    desk.field.put(*(tag(EPC) for _ in range(400)))
    read, write = os.pipe()
    child = desk.start("record", "--config", desk.config, "-o", "-", stdout=write)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        until(lambda: desk.field.rounds() >= 60, "the reader reads on")
        child.process.send_signal(signal.SIGTERM)
        told = pipe.read()
    code, _, error = child.ended()

    assert told.endswith(b"\n")
    last = error.splitlines()[-1]
    dropped = int(last.partition("; ")[2].split()[0])
    count = told.count(b"\n")
    assert (code, last) == (1, f"{count} observations in -; {dropped} dropped: - is too slow")
    assert dropped > 0
    assert (count + dropped - 1) % 400 == 0  # every read of every round is one of the two
