"""How a load moves along its lane."""

import pytest

from simulator.scene.motion import Motion, stopped, straight


def test_a_load_that_goes_straight_in_ends_as_far_inside_as_it_began_outside() -> None:
    motion = straight(1_000_000, "in", 2.0)

    assert motion.knots == ((1_000_000, -5.0), (6_000_000, 5.0))
    assert (motion.direction, motion.crossed_us) == ("in", 3_500_000)


def test_a_load_that_goes_out_is_the_mirror_image() -> None:
    assert straight(0, "out", 5.0).knots == ((0, 5.0), (2_000_000, -5.0))
    assert straight(0, "out", 5.0).direction == "out"


def test_a_stop_takes_time_and_no_way() -> None:
    motion = stopped(0, "in", 1.0, 0.5, 20.0, returns=False)

    assert motion.knots == ((0, -5.0), (5_500_000, 0.5), (25_500_000, 0.5), (30_000_000, 5.0))
    assert motion.at(10_000_000) == motion.at(20_000_000) == (0.5, 5.5)
    assert motion.crossed_us == 5_000_000


def test_who_turns_back_goes_no_way_and_travels_on() -> None:
    motion = stopped(0, "in", 1.0, -1.0, 2.0, returns=True)

    assert motion.direction is None
    assert motion.at(motion.end_us) == (-5.0, 8.0)
    assert motion.crossed_us == 4_000_000  # never: it was nearest then


def test_a_stop_of_no_time_is_no_knot() -> None:
    assert len(stopped(0, "in", 1.0, 0.0, 0.0, returns=True).knots) == 3


def test_before_and_after_it_stands_at_the_ends() -> None:
    motion = straight(1_000_000, "in", 10.0)

    assert motion.at(0) == (-5.0, 0.0)
    assert motion.at(9_000_000) == (5.0, 10.0)
    assert not motion.is_near(9_000_000, 5.0)  # it is gone
    assert motion.is_near(1_500_000, 0.1)


@pytest.mark.parametrize("knots", [((0, 1.0),), ((5, 1.0), (5, 2.0))])
def test_times_that_do_not_rise_are_refused(knots: tuple[tuple[int, float], ...]) -> None:
    with pytest.raises(ValueError, match="expected two and more, rising"):
        Motion(knots)


def test_a_load_without_speed_is_refused() -> None:
    with pytest.raises(ValueError, match=r"speed 0.0 m/s: expected more than 0"):
        straight(0, "in", 0.0)
