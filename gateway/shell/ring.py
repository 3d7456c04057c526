"""The last reads on disk: what an open pass is found again from, and "why?" is answered from.

Segments of NDJSON (gateway.core.recording), each named by the number of its first observation.
Written per batch without a buffer of ours, so that a killed daemon loses nothing; given to the disk
once a second and before the next segment begins, so that a power cut takes at most the last second.
When it is full, the oldest segment goes.
"""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

import structlog

from drivers.base import Observation
from gateway.core.recording import BadLine, from_line, to_line

log = structlog.get_logger()

SEGMENT_BYTES = 8 << 20  # some 50,000 reads: what goes at once when the ring is full
FOREIGN_TOLD_MAX = 10  # names of files that are not ours, in one line of the log
_SEGMENT = re.compile(r"[0-9]{20}\.ndjson")


@dataclass(slots=True)
class Ring:
    """For one thread at a time. Numbers count observations since the ring began."""

    folder: Path
    bytes_max: int
    _file: int | None = None
    _size: int = 0
    _dirty: bool = field(default=False)

    def open(self) -> int:
        """The number of the next observation. A half-written last line is cut off."""
        self.folder.mkdir(parents=True, exist_ok=True)
        foreign = sorted(each.name for each in self.folder.iterdir() if not _is_segment(each))
        if foreign:
            log.warning("ring_files_ignored", files=foreign[:FOREIGN_TOLD_MAX])
        segments = self._segments()
        if not segments:
            return 0
        last = segments[-1]
        whole = last.read_bytes()
        kept = whole.rfind(b"\n") + 1
        if kept < len(whole):
            os.truncate(last, kept)
        return _first_of(last) + whole.count(b"\n", 0, kept)

    def append(self, number: int, observations: Sequence[Observation]) -> None:
        """Write a batch whose first observation is `number`. Raises OSError."""
        data = b"".join(map(to_line, observations))
        try:
            if self._file is None or self._size + len(data) > SEGMENT_BYTES:
                self._begin_segment(number)
            assert self._file is not None
            _write_whole(self._file, data)
        except OSError:
            self._end_segment()  # The next batch begins a segment, so that numbers stay true.
            raise
        self._size += len(data)
        self._dirty = True

    def sync(self) -> None:
        """Give the disk what was written. Raises OSError."""
        if self._dirty and self._file is not None:
            os.fdatasync(self._file)
            self._dirty = False

    def replay(self, number: int) -> Iterator[tuple[int, Observation | BadLine]]:
        """All observations from `number` on that are still there, with their numbers."""
        segments = self._segments()
        for segment, following in zip_longest(segments, segments[1:]):
            if following is not None and _first_of(following) <= number:
                continue
            with segment.open("rb") as lines:
                for at, line in enumerate(lines, start=_first_of(segment)):
                    if not line.endswith(b"\n"):
                        break  # Being written at this moment: another process reads its ring.
                    if at >= number:
                        yield at, from_line(line)

    def close(self) -> None:
        self._end_segment()

    def _begin_segment(self, number: int) -> None:
        self._end_segment()
        segments = self._segments()
        while segments and sum(s.stat().st_size for s in segments) > self.bytes_max - SEGMENT_BYTES:
            segments.pop(0).unlink()
        path = self.folder / f"{number:020d}.ndjson"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o640)
        self._size = 0
        _sync_folder(self.folder)  # A file whose name is not on the disk is not there either.

    def _end_segment(self) -> None:
        """The disk gets what it has not got yet: nobody comes back to a segment that is closed."""
        try:
            self.sync()
        finally:
            if self._file is not None:
                os.close(self._file)
            self._file, self._dirty = None, False

    def _segments(self) -> list[Path]:
        return sorted(path for path in self.folder.iterdir() if _is_segment(path))


def _is_segment(path: Path) -> bool:
    return _SEGMENT.fullmatch(path.name) is not None


def _first_of(segment: Path) -> int:
    return int(segment.stem)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _write_whole(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
