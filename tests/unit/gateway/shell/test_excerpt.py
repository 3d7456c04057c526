"""A part of the ring, while the daemon goes on writing it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.base import GpiChange, Observation, TagRead
from gateway.core.recording import BadLine
from gateway.shell import excerpt as module
from gateway.shell import ring as ring_module
from gateway.shell.excerpt import Excerpt
from gateway.shell.ring import Ring

ALL = (0, 1 << 60)


def read(number: int) -> TagRead:
    return TagRead("dock-1", 1, number.to_bytes(12), number, number + 3)


def segments(ring: Ring) -> list[Path]:
    return sorted(ring.folder.iterdir())


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ring:
    """Three segments of ten reads, 0 to 29."""
    monkeypatch.setattr(ring_module, "SEGMENT_BYTES", 1)
    made = Ring(tmp_path / "ring", 64 << 20)
    made.open()
    for first in (0, 10, 20):
        made.append(first, [read(number) for number in range(first, first + 10)])
    assert len(segments(made)) == 3
    return made


def test_what_began_in_the_span_is_in_it(ring: Ring) -> None:
    excerpt = Excerpt(ring, 5, 25)

    assert list(excerpt) == [read(number) for number in range(5, 25)]
    assert (excerpt.first_us, excerpt.last_us) == (0, 29)
    assert (excerpt.missing, excerpt.gone, excerpt.bad) == (0, 0, 0)


def test_times_that_go_back_are_looked_at_too(ring: Ring) -> None:
    ring.append(30, [GpiChange("dock-1", 7, 1, high=True)])

    assert list(Excerpt(ring, 7, 8)) == [read(7), GpiChange("dock-1", 7, 1, high=True)]


def test_an_empty_ring_has_nothing(tmp_path: Path) -> None:
    ring = Ring(tmp_path / "ring", 64 << 20)
    ring.open()
    excerpt = Excerpt(ring, *ALL)

    assert list(excerpt) == []
    assert (excerpt.first_us, excerpt.last_us) == (None, None)


def test_no_ring_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(Excerpt(Ring(tmp_path / "none", 64 << 20), *ALL))


def test_lines_that_are_no_observations_are_left_out_and_counted(ring: Ring) -> None:
    middle = segments(ring)[1]
    middle.write_bytes(middle.read_bytes().replace(b'"epc"', b'"epd"', 2))
    excerpt = Excerpt(ring, *ALL)

    assert len(list(excerpt)) == 28
    assert (excerpt.bad, excerpt.missing) == (2, 0)


def test_a_line_that_is_being_written_is_not_there_yet(ring: Ring) -> None:
    newest = segments(ring)[-1]
    newest.write_bytes(newest.read_bytes()[:-10])
    excerpt = Excerpt(ring, *ALL)

    assert len(list(excerpt)) == 29
    assert excerpt.bad == 0


def taken(excerpt: Excerpt, at: int, then: Callable[[], None]) -> list[Observation]:
    """What comes out where, after `at` observations, something happens to the ring."""
    found: list[Observation] = []
    for observation in excerpt:
        found.append(observation)
        if len(found) == at:
            then()
    return found


def test_a_segment_that_goes_while_it_is_read_is_read_to_its_end(ring: Ring) -> None:
    excerpt = Excerpt(ring, *ALL)

    assert taken(excerpt, 3, segments(ring)[0].unlink) == [read(number) for number in range(30)]
    assert excerpt.gone == 0


def test_a_segment_that_goes_before_it_is_read_is_told_and_the_rest_is_read(ring: Ring) -> None:
    excerpt = Excerpt(ring, *ALL)

    found = taken(excerpt, 3, segments(ring)[1].unlink)

    assert found == [read(number) for number in (*range(10), *range(20, 30))]
    assert (excerpt.gone, excerpt.missing) == (1, 10)


class Vanishing(Ring):
    """A folder in which something is listed that never can be opened."""

    def replay(self, number: int) -> Iterator[tuple[int, Observation | BadLine]]:
        raise FileNotFoundError(number)


def test_what_goes_for_ever_is_an_error(ring: Ring) -> None:
    vanishing = Vanishing(ring.folder, ring.bytes_max)
    excerpt = Excerpt(vanishing, *ALL)

    with pytest.raises(FileNotFoundError):
        list(excerpt)
    assert excerpt.gone == module.GONE_MAX
