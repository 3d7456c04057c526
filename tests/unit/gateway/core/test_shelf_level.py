"""What a zone hears of a tag, as a level and a change of it; seconds and dBm."""

from collections.abc import Iterable

import pytest

from gateway.core.shelf_level import LEVEL_LOOKS, LOOK_US, Level

MOVE_S = 15


def heard(*looks: tuple[int, float]) -> Level:
    level = Level(MOVE_S * LOOK_US)
    for at_s, dbm in looks:
        level.hear(dbm, at_s * LOOK_US)
    return level


def steady(from_s: int, to_s: int, dbm: float) -> Iterable[tuple[int, float]]:
    return [(at_s, dbm) for at_s in range(from_s, to_s)]


def test_of_a_look_the_loudest_read_counts() -> None:
    level = Level(MOVE_S * LOOK_US)
    for at_us, dbm in ((0, -70.0), (1, -60.0), (2, -65.0), (LOOK_US, -50.0)):
        level.hear(dbm, at_us)
    level.settle()

    assert level.base is not None
    assert (level.base.dbm, level.base.looks) == (-60.0, 1)


def test_what_is_heard_anew_is_louder_when_it_has_lasted() -> None:
    assert not heard(*steady(0, MOVE_S + 1, -60)).is_louder  # the newest look is not over yet
    assert heard(*steady(0, MOVE_S + 2, -60)).is_louder
    assert not heard(*steady(0, MOVE_S + 2, -60)).is_weaker


@pytest.mark.parametrize(
    ("dbm", "is_louder", "is_weaker"),
    [(-67, False, True), (-65, False, False), (-55, False, False), (-53, True, False)],
)
def test_a_change_is_louder_or_weaker_by_what_people_do_not_do(
    dbm: float, *, is_louder: bool, is_weaker: bool
) -> None:
    level = heard(*steady(0, 200, -60), *steady(200, 217, dbm))

    assert (level.is_louder, level.is_weaker) == (is_louder, is_weaker)


def test_after_a_move_what_did_not_change_there_is_still_the_level() -> None:
    level = heard(*steady(0, 200, -60))

    level.renew(201 * LOOK_US)
    assert level.base is not None
    level.renew(216 * LOOK_US)
    assert level.base is None


def test_a_level_is_that_of_the_last_minutes() -> None:
    level = heard(*steady(0, 200, -60), *steady(200, 200 + 5 * LEVEL_LOOKS, -57))

    assert level.base is not None
    assert -57.1 < level.base.dbm < -57.0
