"""Whether a tag is back where it stood, and what that spares a door."""

from collections.abc import Iterator

import pytest

from gateway.core import home
from gateway.core.dock_door import DockDoor
from gateway.core.home import GROUPS, Homes
from gateway.core.identify import Sighting
from gateway.core.judgement import Verdict
from gateway.core.visit import Visit
from tests.unit.gateway.core.scenes import (
    INNER,
    OUTER,
    PLAN,
    START_US,
    line,
    run,
    seen,
    thing,
    walk,
)

STRAY = thing("stray")
CASES = [thing(f"case-{n}") for n in range(1, 6)]


def stood(name: str = "stray", channels: int = GROUPS) -> Visit:
    """At -60 dBm on each channel."""
    visit = Visit(thing(name), START_US, START_US)
    for channel in range(channels):
        visit.add(seen(thing(name), channel=channel), inner=True)
    return visit


def heard(homes: Homes, rssi_dbm: float | None, channels: range = range(GROUPS)) -> bool:
    for channel in channels:
        homes.hear(seen(STRAY, rssi_dbm=rssi_dbm, channel=channel))
    return homes.is_there(STRAY.key)


@pytest.mark.parametrize(("rssi_dbm", "there"), [(-60.0, True), (-61.5, True), (-62.0, False)])
def test_a_tag_is_there_while_it_is_heard_at_the_levels_of_before(
    rssi_dbm: float, there: bool
) -> None:
    homes = Homes()
    homes.settle(stood())

    assert heard(homes, rssi_dbm) is there


def test_one_level_less_than_needed_tells_nothing() -> None:
    homes = Homes()
    homes.settle(stood())

    assert not heard(homes, -60.0, range(GROUPS - 1))
    assert heard(homes, -60.0, range(GROUPS - 1, GROUPS))


def test_the_newest_of_each_level_counts() -> None:
    homes = Homes()
    homes.settle(stood())
    heard(homes, -50.0)

    assert heard(homes, -60.0)
    assert not heard(homes, -50.0, range(1))


def test_only_so_many_newest_levels_count() -> None:
    homes = Homes()
    homes.settle(stood(channels=2 * GROUPS))
    heard(homes, -50.0)

    assert heard(homes, -60.0, range(GROUPS, 2 * GROUPS))


def test_levels_that_were_not_known_tell_nothing() -> None:
    homes = Homes()
    homes.settle(stood())

    assert not heard(homes, -60.0, range(100, 100 + GROUPS))
    assert not heard(homes, None)


def test_who_never_stood_is_nowhere() -> None:
    assert not heard(Homes(), -60.0)


def test_a_tag_that_stands_elsewhere_now_is_at_home_there() -> None:
    homes = Homes()
    homes.settle(stood())
    moved = Visit(STRAY, START_US, START_US)
    for channel in range(GROUPS):
        moved.add(seen(STRAY, rssi_dbm=-50.0, channel=channel), inner=True)
    homes.settle(moved)

    assert heard(homes, -50.0)


def test_what_was_heard_before_it_seemed_to_move_is_home_where_nothing_better_is_known() -> None:
    homes = Homes()
    homes.settle(stood(channels=3))
    seeming = Visit(STRAY, START_US, START_US)
    for channel in range(GROUPS):
        seeming.add(seen(STRAY, rssi_dbm=-50.0, channel=channel), inner=True)
    homes.meet(seeming)

    assert not heard(homes, -50.0)
    heard(homes, -60.0, range(3))
    assert heard(homes, -50.0, range(3, GROUPS))


def test_the_home_of_the_longest_unheard_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(home, "HOMES_MAX", 2)
    homes = Homes()
    for name in ("stray", "b", "stray", "c"):
        homes.settle(stood(name))

    assert heard(homes, -60.0)
    homes.settle(stood("d"))
    homes.settle(stood("e"))
    assert not heard(homes, -60.0)


def shaded(from_s: float, until_s: float, elsewhere_db: float = 0.0) -> Iterator[Sighting]:
    """A stray for a minute, at one level for each of 16 antennas and channels. A load that goes in
    takes the sight of it first from the outer side, for half of the time, and then from the inner.
    From then on its levels are otherwise by so much, one up, one down.
    """
    middle_s = (from_s + until_s) / 2
    antennas = (*INNER, *OUTER)
    for step in range(2_000):
        at_s, antenna, channel = step * 0.03, antennas[step % 4], step // 20 % 4
        outer = antenna in OUTER
        level_dbm = -55.0 - 3 * channel - (step % 4) + (step // 4) % 2
        if (from_s < at_s < middle_s and outer) or (middle_s < at_s < until_s and not outer):
            level_dbm -= 20.0
        if at_s >= until_s:
            level_dbm += elsewhere_db if channel % 2 else -elsewhere_db
        yield seen(STRAY, antenna, at_s, level_dbm, channel)


def load(start_s: float) -> list[Sighting]:
    return [s for n, tag in enumerate(CASES) for s in walk(tag, line(-4, 4, 6), start_s + n * 0.01)]


@pytest.mark.parametrize("known_s", [20.0, 3.0])
def test_a_stray_that_a_load_took_the_sight_of_holds_no_pass_open(known_s: float) -> None:
    """Known from a visit in peace, or only from its first seconds in this one."""
    door = DockDoor(PLAN)

    first, *_ = passes = run(door, [*shaded(known_s, known_s + 6.0), *load(known_s)])

    assert first.ended == "silence"
    assert {tag.thing for tag in first.of(Verdict.MOVED)} == set(CASES)
    assert not first.of(Verdict.UNCERTAIN)
    assert len(passes) == 1


def test_a_tag_that_leaned_and_stands_elsewhere_since_is_not_at_home() -> None:
    door = DockDoor(PLAN)

    first, *_ = run(door, [*shaded(20.0, 26.0, elsewhere_db=6.0), *load(20.0)])

    assert STRAY in {tag.thing for tag in first.of(Verdict.UNCERTAIN)}
