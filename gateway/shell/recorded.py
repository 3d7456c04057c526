"""Reads a recording from a file or from standard input: a line at a time, and tells of bad ones.

Nothing is kept of a line when the next one is read, so a recording may be of any length.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from drivers.base import Observation
from gateway.core.recording import LINE_BYTES_MAX, BadLine, from_line
from gateway.shell.progress import Progress

STDIN = "-"
BAD_TOLD_MAX = 10  # lines that are told one by one; of the others, how many


@contextmanager
def opened(path: str) -> Iterator["Recorded"]:
    """A file, or "-" for standard input. Raises OSError."""
    if path == STDIN:
        yield Recorded("standard input", sys.stdin.buffer, Progress(_size(sys.stdin.buffer)))
        return
    with Path(path).open("rb") as file:
        yield Recorded(path, file, Progress(_size(file)))


@dataclass(slots=True)
class Recorded:
    """Iterate it once for the observations; then the counts are those of the whole recording."""

    name: str
    file: BinaryIO
    progress: Progress
    lines: int = 0  # blank ones are none
    bad: int = 0
    _number: int = field(default=0)  # of the line in the file, from 1

    def __iter__(self) -> Iterator[Observation]:
        """Raises OSError."""
        with self.progress:
            for line, length in lines(self.file):
                self._number += 1
                self.progress.add(length)
                if not line.strip():
                    continue
                self.lines += 1
                found = from_line(line)
                if isinstance(found, BadLine):
                    self._tell(found)
                else:
                    yield found
        if self.bad > BAD_TOLD_MAX:
            self.progress.say(f"{self.name}: {self.bad - BAD_TOLD_MAX} more lines like these")

    @property
    def is_none(self) -> bool:
        """Whether it is no recording at all: something is in it, and nothing of that was said."""
        return self.lines > 0 and self.bad == self.lines

    def _tell(self, bad: BadLine) -> None:
        self.bad += 1
        if self.bad <= BAD_TOLD_MAX:
            self.progress.say(f"{self.name}: line {self._number}: {bad.why}")


def _size(file: BinaryIO) -> int | None:
    about = os.fstat(file.fileno())
    return about.st_size if stat.S_ISREG(about.st_mode) else None


def lines(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Each line and its length; of one that is too long, as much as shows that it is."""
    while line := file.readline(LINE_BYTES_MAX + 2):
        length, rest = len(line), line
        while not rest.endswith(b"\n") and (rest := file.readline(LINE_BYTES_MAX)):
            length += len(rest)
        yield line, length
