"""A recording is read a line at a time, and what is no observation is told without an end."""

import io
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from drivers.base import GpiChange, Observation, Scan
from gateway.core.recording import LINE_BYTES_MAX, to_line
from gateway.shell.progress import Progress
from gateway.shell.recorded import BAD_TOLD_MAX, Recorded, lines, opened

EYE = GpiChange("dock-1", 1_700_000_000_000_000, 1, high=True)
SCAN = Scan("belt-1", 1_700_000_001_000_000, b"4711")


def recorded(data: bytes) -> Recorded:
    return Recorded("x.ndjson", io.BytesIO(data), Progress(len(data), is_shown=False))


def test_every_observation_comes_out_whatever_stands_between(
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = to_line(EYE) + b"\n \r\n{}\n" + b"x" * (3 * LINE_BYTES_MAX) + b"\n" + to_line(SCAN)[:-1]
    read = recorded(data)

    assert list(read) == [EYE, SCAN]
    assert (read.lines, read.bad, read.is_none) == (4, 2, False)
    assert capsys.readouterr().err == (
        "x.ndjson: line 4: no observation: no 't'\n"
        f"x.ndjson: line 5: {LINE_BYTES_MAX + 2} bytes: expected at most {LINE_BYTES_MAX}\n"
    )


def test_bad_lines_are_told_one_by_one_and_then_by_their_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    read = recorded(b"{}\n" * (BAD_TOLD_MAX + 5) + to_line(EYE))

    assert list(read) == [EYE]
    told = capsys.readouterr().err.splitlines()
    assert len(told) == BAD_TOLD_MAX + 1
    assert told[-1] == "x.ndjson: 5 more lines like these"


def test_what_has_no_observation_at_all_is_no_recording() -> None:
    for data, is_none in ((b"", False), (b"\n\n", False), (b"{}\n", True), (b"\0" * 99, True)):
        read = recorded(data)
        assert list(read) == []
        assert read.is_none == is_none


class Pieces(io.RawIOBase):
    """A pipe: what is read comes in pieces of any size."""

    def __init__(self, data: bytes, chance: Random) -> None:
        self._left, self._chance = data, chance

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        count = min(self._chance.randint(1, 200), len(into), len(self._left))
        into[:count], self._left = self._left[:count], self._left[count:]
        return count


def test_it_is_the_same_in_pieces_of_any_size() -> None:
    observations: list[Observation] = [EYE, SCAN]
    data = b"".join(map(to_line, observations * 50)) + b"y" * (LINE_BYTES_MAX + 7)
    whole = list(lines(io.BytesIO(data)))

    assert len(whole) == 101
    assert sum(length for _, length in whole) == len(data)
    for seed in range(20):
        assert list(lines(io.BufferedReader(Pieces(data, Random(seed)), 64))) == whole


class Line(bytes):
    """One that tells how many of its kind there are at a time."""

    alive = 0
    most = 0

    def __new__(cls, data: bytes) -> "Line":
        cls.alive += 1
        cls.most = max(cls.most, cls.alive)
        return super().__new__(cls, data)

    def __del__(self) -> None:
        type(self).alive -= 1


class Endless(io.BytesIO):
    """A file of any length, of which nobody ever holds more than a line."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._made: Iterator[Line] = (Line(to_line(EYE)) for _ in range(count))

    def readline(self, size: int | None = -1, /) -> bytes:
        return next(self._made, b"")


def test_no_more_of_a_recording_is_held_than_a_line_and_the_next() -> None:
    read = Recorded("endless", Endless(20_000), Progress(None, is_shown=False))
    count = 0
    for observation in read:
        count += observation == EYE

    assert count == 20_000
    assert Line.most <= 2


def test_a_file_is_opened_with_its_size_and_closed(tmp_path: Path) -> None:
    path = tmp_path / "r.ndjson"
    path.write_bytes(to_line(EYE))
    with opened(str(path)) as read:
        assert (read.name, read.progress.size) == (str(path), len(to_line(EYE)))
        assert list(read) == [EYE]
    assert read.file.closed


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), opened(str(tmp_path / "none")):
        pass
