"""Writes a recording to a file or to standard output, in whole lines."""

import asyncio
import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

STDOUT = "-"
_MODE = 0o640


@dataclass(frozen=True, slots=True)
class Written:
    """How many observations are in the recording, and how many came too fast for its writer."""

    observations: int
    dropped: int


@dataclass(slots=True)
class Recorder:
    """One file, written by a thread of its own, each batch at once and without a buffer of ours."""

    _file: int
    _is_regular: bool
    written: int = 0  # lines
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="recorder")
    )

    @classmethod
    def open(cls, path: str, *, append: bool) -> "Recorder":
        """Raises FileExistsError without `append`, OSError."""
        if path == STDOUT:
            file = os.dup(sys.stdout.fileno())
            return cls(file, _is_regular(file))
        kept = os.O_RDWR | os.O_APPEND if append else os.O_WRONLY | os.O_EXCL
        file = os.open(Path(path), os.O_CREAT | kept, _MODE)
        recorder = cls(file, _is_regular(file))
        if append and recorder._is_regular:
            recorder._end_line()
        return recorder

    async def write(self, lines: bytes) -> None:
        """Raises OSError; what the file then holds ends with a whole line."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._write, lines)

    async def close(self) -> None:
        """Raises OSError."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    def _write(self, lines: bytes) -> None:
        view = memoryview(lines)
        done = 0
        try:
            while done < len(view):
                done += os.write(self._file, view[done:])
        except OSError:
            self._cut(lines, done)
            raise
        self.written += lines.count(b"\n")

    def _cut(self, lines: bytes, done: int) -> None:
        """Take back what stands of a line of which the rest could not be written."""
        whole = lines.rfind(b"\n", 0, done) + 1
        self.written += lines.count(b"\n", 0, whole)
        if self._is_regular:
            os.ftruncate(self._file, os.fstat(self._file).st_size - (done - whole))

    def _close(self) -> None:
        if self._is_regular:
            os.fsync(self._file)
        os.close(self._file)

    def _end_line(self) -> None:
        """A recording that was cut off in the middle of a line keeps that one bad line."""
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")


def _is_regular(file: int) -> bool:
    return stat.S_ISREG(os.fstat(file).st_mode)
