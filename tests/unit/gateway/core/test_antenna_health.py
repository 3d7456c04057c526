"""An antenna that no longer hears what its neighbours hear."""

from collections.abc import Sequence

import pytest

from drivers.base import NoRead
from gateway.core.antenna_health import NEVER_MIN, PASSES_MIN, AntennaHealth
from gateway.core.dock_door import DockDoor
from gateway.core.judgement import Verdict
from gateway.core.read_point import ReadPoint, Replays
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
from tests.unit.gateway.core.test_read_point import VOICE, Echo, shown

ALL = (*INNER, *OUTER)


def load(antennas: Sequence[str], tags: int = 3) -> list[Visit]:
    """Each of the tags was heard by one of these."""
    visits = []
    for number in range(tags):
        what = thing(f"case-{number}")
        visit = Visit(what, START_US, START_US)
        visit.add(seen(what, antennas[number % len(antennas)]), inner=True)
        visits.append(visit)
    return visits


def told(*passes: Sequence[Visit]) -> AntennaHealth:
    health = AntennaHealth(ALL)
    for each in passes:
        health.tell(each)
    return health


def test_an_antenna_that_heard_every_load_is_missed_after_three() -> None:
    before = [load(ALL, 4)] * 30

    assert told(*before, *[load(ALL[1:])] * (PASSES_MIN - 1)).silent == ()
    assert told(*before, *[load(ALL[1:])] * PASSES_MIN).silent == (ALL[0],)


def test_one_that_hears_again_is_silent_no_longer() -> None:
    before = [*[load(ALL, 4)] * 30, *[load(ALL[1:])] * 5]

    assert told(*before, load(ALL, 4)).silent == ()


@pytest.mark.parametrize(("every", "silent_after"), [(2, 14), (4, 32)])
def test_one_that_seldom_hears_is_waited_for_longer(every: int, silent_after: int) -> None:
    """With one load in two heard, 13 unheard come by chance once in 8,192; 14 in 16,384."""
    passes = [load(ALL, 4) if n % every == 0 else load(ALL[1:]) for n in range(400)]
    while passes[-1] != passes[0]:
        passes.pop()

    assert told(*passes, *[load(ALL[1:])] * (silent_after - 1)).silent == ()
    assert told(*passes, *[load(ALL[1:])] * silent_after).silent == (ALL[0],)


def test_one_that_never_heard_is_told_when_others_heard_often() -> None:
    assert told(*[load(ALL[1:])] * (NEVER_MIN - 1)).silent == ()
    assert told(*[load(ALL[1:])] * NEVER_MIN).silent == (ALL[0],)


def test_of_two_tags_it_may_be_chance_who_hears_them() -> None:
    assert told(*[load(ALL[1:], 2)] * (2 * NEVER_MIN)).silent == ()


def test_where_nothing_went_by_nobody_is_missed() -> None:
    assert told(*[[]] * 100).silent == ()


def test_a_read_point_tells_it_of_what_went_by() -> None:
    point = ReadPoint(
        "count",
        Echo(Replays.NOTHING),
        VOICE,
        shown,
        health=AntennaHealth(ALL),
        went_by=lambda _: load(ALL[1:]),
    )
    for number in range(NEVER_MIN):
        point.notice(number, NoRead("belt-1", START_US))

    assert point.health is not None
    assert point.health.silent == (ALL[0],)


def test_the_tags_of_a_pass_that_moved_tell_who_hears() -> None:
    tags = [thing(f"case-{n}") for n in range(3)]
    deaf = [s for what in tags for s in walk(what, line(-4, 4, 6)) if s.antenna != ALL[0]]
    (door_pass,) = run(DockDoor(PLAN), deaf)
    went_by = [tag.visit for tag in door_pass.of(Verdict.MOVED)]

    assert len(went_by) == 3
    assert told(*[went_by] * NEVER_MIN).silent == (ALL[0],)
