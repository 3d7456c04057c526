"""Path loss, pattern and sensitivity are the textbook's."""

import math

import pytest

from simulator.scene.radio import (
    RSSI_AT_1_M_DBM,
    Antenna,
    dock_door_antennas,
    mean_rssi_dbm,
    pattern_loss_db,
    read_probability,
)

AHEAD = Antenna(port=1, at=(0.0, 0.0, 2.0), boresight=(1.0, 0.0, 0.0))


def test_the_link_budget_of_a_case_one_metre_away_adds_up() -> None:
    assert round(RSSI_AT_1_M_DBM, 3) == -39.4
    assert mean_rssi_dbm(AHEAD, (1.0, 0.0, 2.0)) == pytest.approx(-39.4)


def test_ten_times_the_distance_costs_forty_decibels() -> None:
    assert mean_rssi_dbm(AHEAD, (10.0, 0.0, 2.0)) == pytest.approx(-79.4)


def test_nearer_than_half_a_metre_counts_as_half_a_metre() -> None:
    near = mean_rssi_dbm(AHEAD, (0.5, 0.0, 2.0))

    assert near == pytest.approx(-39.4 + 40 * math.log10(2))
    assert mean_rssi_dbm(AHEAD, (0.1, 0.0, 2.0)) == near
    assert mean_rssi_dbm(AHEAD, AHEAD.at) == near


def test_the_pattern_counts_twice_because_the_tag_answers_over_the_same_antenna() -> None:
    behind = mean_rssi_dbm(AHEAD, (-1.0, 0.0, 2.0))

    assert behind == pytest.approx(-39.4 - 2 * 18.0)


@pytest.mark.parametrize(
    ("angle_deg", "loss_db"), [(0.0, 0.0), (17.0, 0.75), (34.0, 3.0), (68.0, 12.0), (120.0, 18.0)]
)
def test_half_the_power_is_left_at_half_the_beamwidth(angle_deg: float, loss_db: float) -> None:
    assert pattern_loss_db(angle_deg) == pytest.approx(loss_db)


def test_the_four_antennas_hang_in_pairs_inside_and_outside_of_the_door() -> None:
    assert [(antenna.port, antenna.at) for antenna in dock_door_antennas()] == [
        (1, (0.8, -1.5, 2.0)),
        (2, (0.8, 1.5, 2.0)),
        (3, (-0.8, -1.5, 2.0)),
        (4, (-0.8, 1.5, 2.0)),
    ]


def test_each_antenna_looks_across_the_lane_away_from_the_door_and_down() -> None:
    across, away, down = math.cos(math.radians(20)) ** 2, 0.3214, -0.3420

    assert [antenna.boresight for antenna in dock_door_antennas()] == [
        pytest.approx((away, across, down), abs=1e-4),
        pytest.approx((away, -across, down), abs=1e-4),
        pytest.approx((-away, across, down), abs=1e-4),
        pytest.approx((-away, -across, down), abs=1e-4),
    ]
    for antenna in dock_door_antennas():
        assert math.hypot(*antenna.boresight) == pytest.approx(1.0)


def test_a_pair_hears_its_own_side_of_the_door_better() -> None:
    inner, _, outer, _ = dock_door_antennas()

    for x in (0.5, 1.5, 3.0):
        inside, outside = (x, 0.0, 1.0), (-x, 0.0, 1.0)
        assert mean_rssi_dbm(inner, inside) > mean_rssi_dbm(outer, inside)
        assert mean_rssi_dbm(inner, outside) == pytest.approx(mean_rssi_dbm(outer, inside))


def test_reading_fades_out_around_the_threshold() -> None:
    chances = [round(read_probability(rssi), 3) for rssi in (-60, -69, -70, -71, -80)]

    assert chances == [1.0, 0.777, 0.5, 0.223, 0.0]
