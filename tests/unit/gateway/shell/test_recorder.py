import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.shell.recorder import Recorder

LINE = b"0123456789\n"


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """A disk that is full at `size` bytes of one file."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_a_disk_that_fills_up_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "out.ndjson"
    recorder = Recorder.open(str(path), append=False)
    with room_for(25):
        with pytest.raises(OSError, match="File too large"):
            await recorder.write(LINE * 3)
        assert path.read_bytes() == LINE * 2
    await recorder.close()

    assert recorder.written == 2


async def test_what_is_there_is_kept_whole_and_lines_come_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "out.ndjson"
    path.write_bytes(LINE)
    with pytest.raises(FileExistsError):
        Recorder.open(str(path), append=False)
    recorder = Recorder.open(str(path), append=True)
    await recorder.write(LINE * 2)
    await recorder.close()

    assert (path.read_bytes(), recorder.written) == (LINE * 3, 2)
