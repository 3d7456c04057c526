import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from drivers.base import Observation, TagRead
from gateway.core.recording import BadLine
from gateway.shell import ring as module
from gateway.shell.ring import Ring


def read(number: int) -> TagRead:
    return TagRead("dock-1", 1, number.to_bytes(12), number, number)


def batch(first: int, count: int) -> list[Observation]:
    return [read(number) for number in range(first, first + count)]


@pytest.fixture
def ring(tmp_path: Path) -> Ring:
    made = Ring(tmp_path / "ring", bytes_max=64 << 20)
    assert made.open() == 0
    return made


def test_an_empty_ring_replays_nothing(ring: Ring) -> None:
    assert list(ring.replay(0)) == []


def test_what_was_written_is_replayed_with_its_numbers(ring: Ring) -> None:
    ring.append(0, batch(0, 3))
    ring.append(3, batch(3, 2))

    assert list(ring.replay(2)) == [(2, read(2)), (3, read(3)), (4, read(4))]


def test_a_ring_goes_on_where_it_ended(ring: Ring) -> None:
    ring.append(0, batch(0, 5))
    ring.close()

    again = Ring(ring.folder, ring.bytes_max)
    assert again.open() == 5
    again.append(5, batch(5, 1))

    assert [number for number, _ in again.replay(0)] == [0, 1, 2, 3, 4, 5]


def test_a_line_that_was_half_written_is_cut_off(ring: Ring) -> None:
    ring.append(0, batch(0, 3))
    (segment,) = ring.folder.iterdir()
    segment.write_bytes(segment.read_bytes()[:-10])

    again = Ring(ring.folder, ring.bytes_max)
    assert again.open() == 2
    again.append(2, [read(7)])

    assert list(again.replay(0)) == [(0, read(0)), (1, read(1)), (2, read(7))]


def test_a_broken_line_keeps_its_number(ring: Ring) -> None:
    ring.append(0, batch(0, 2))
    (segment,) = ring.folder.iterdir()
    segment.write_bytes(b"junk\n" + segment.read_bytes().split(b"\n", 1)[1])

    assert list(ring.replay(0)) == [
        (0, BadLine("Expecting value at character 0")),
        (1, read(1)),
    ]


def test_the_oldest_segment_goes_when_the_ring_is_full(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 500)
    ring.bytes_max = 2000
    for first in range(0, 100, 4):
        ring.append(first, batch(first, 4))

    kept = [number for number, _ in ring.replay(0)]
    size = sum(path.stat().st_size for path in ring.folder.iterdir())
    assert size <= 2000
    assert kept == list(range(kept[0], 100))
    assert kept[0] > 0


def test_a_disk_that_is_full_costs_numbers_not_order(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.append(0, batch(0, 2))

    def full(file: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write_whole", full)
    with pytest.raises(OSError, match="No space left"):
        ring.append(2, batch(2, 2))
    monkeypatch.undo()
    ring.append(4, batch(4, 1))

    assert [number for number, _ in ring.replay(0)] == [0, 1, 4]
    ring.close()
    assert Ring(ring.folder, ring.bytes_max).open() == 5


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was given to the disk, by name and size: a power cut cannot be had otherwise."""
    given: list[tuple[str, int]] = []

    def note(file: int) -> None:
        path = Path(f"/proc/self/fd/{file}").readlink()
        given.append((path.name, 0 if path.is_dir() else path.stat().st_size))

    monkeypatch.setattr(os, "fdatasync", note)
    monkeypatch.setattr(os, "fsync", note)
    return given


def test_sync_gives_the_disk_what_is_new_and_closing_twice_is_nothing(
    ring: Ring, synced: list[tuple[str, int]]
) -> None:
    ring.sync()
    ring.append(0, batch(0, 1))
    (segment,) = ring.folder.iterdir()
    size = segment.stat().st_size
    ring.sync()
    ring.sync()
    ring.close()
    ring.close()

    assert synced == [("ring", 0), (segment.name, size)]
    assert list(ring.replay(0)) == [(0, read(0))]


def test_a_segment_is_on_the_disk_before_the_next_one_begins(
    ring: Ring, synced: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SEGMENT_BYTES", 500)
    for first in range(0, 12, 4):
        ring.append(first, batch(first, 4))
    sizes = [(path.name, path.stat().st_size) for path in sorted(ring.folder.iterdir())]

    assert len(sizes) == 3
    assert all(size <= 500 for _, size in sizes)
    assert synced == [("ring", 0), sizes[0], ("ring", 0), sizes[1], ("ring", 0)]


def test_a_segment_that_cannot_be_begun_takes_no_later_batch(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring.append(0, batch(0, 2))
    ring.close()

    def broken(file: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output error"):
        ring.append(2, batch(2, 2))
    monkeypatch.undo()
    ring.append(4, batch(4, 1))

    assert list(ring.replay(0)) == [(0, read(0)), (1, read(1)), (4, read(4))]


def test_what_is_not_a_segment_is_left_alone_and_told_once(ring: Ring) -> None:
    ring.append(0, batch(0, 2))
    ring.close()
    for name in ("backup.ndjson", "0.ndjson", "notes.txt"):
        (ring.folder / name).write_text("not ours\n")

    with capture_logs() as logged:
        again = Ring(ring.folder, ring.bytes_max)
        assert again.open() == 2
        again.append(2, batch(2, 1))
        kept = [number for number, _ in again.replay(0)]

    assert kept == [0, 1, 2]
    assert logged == [
        {
            "event": "ring_files_ignored",
            "log_level": "warning",
            "files": ["0.ndjson", "backup.ndjson", "notes.txt"],
        }
    ]
    assert (ring.folder / "backup.ndjson").read_text() == "not ours\n"
