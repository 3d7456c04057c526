"""What is frozen stays, what moves changes, and both by the amounts the docstrings name."""

import math
import statistics
from random import Random

import pytest

from simulator.scene.air import (
    BIAS_SD_DB,
    DECORRELATION_M,
    LOAD_ECHO_SHARE,
    TAG_LOSS_SD_DB,
    Air,
    MovingTag,
    ParkedTag,
    fade_db,
    goods_loss_db,
    way_in_load_m,
)
from simulator.scene.chance import FrozenChance
from simulator.scene.radio import Antenna, Point, mean_rssi_dbm

ANTENNA = Antenna(port=1, at=(0.0, -1.5, 2.0), boresight=(0.0, 1.0, 0.0))
NEAR: Point = (0.0, 1.0, 1.5)


def air(seed: int = 1) -> Air:
    return Air(FrozenChance.drawn_from(Random(seed)))


def epc(number: int) -> bytes:
    return number.to_bytes(12)


def test_a_frozen_draw_is_the_same_in_whatever_order_it_is_asked_for() -> None:
    names = [number.to_bytes(2) for number in range(50)]
    forwards, backwards = (FrozenChance.drawn_from(Random(7)) for _ in range(2))

    asked = {name: forwards.normal(name) for name in names}

    assert {name: backwards.normal(name) for name in reversed(names)} == asked
    assert FrozenChance.drawn_from(Random(8)).normal(names[0]) != asked[names[0]]


def test_normal_draws_have_mean_zero_and_deviation_one() -> None:
    chance = FrozenChance.drawn_from(Random(1))
    draws = [chance.normal(number.to_bytes(4)) for number in range(4_000)]

    assert statistics.mean(draws) == pytest.approx(0.0, abs=0.05)
    assert statistics.stdev(draws) == pytest.approx(1.0, abs=0.05)


def test_tags_and_antenna_channels_differ_by_the_named_deviations() -> None:
    scene = air()
    losses = [scene.tag_loss_db(epc(number)) for number in range(2_000)]
    biases = [scene.bias_db(port, channel) for port in range(1, 41) for channel in range(1, 51)]

    assert statistics.stdev(losses) == pytest.approx(TAG_LOSS_SD_DB, rel=0.05)
    assert statistics.stdev(biases) == pytest.approx(BIAS_SD_DB, rel=0.05)


def test_a_parked_tag_is_heard_alike_for_ever_and_differently_on_each_channel() -> None:
    tag = ParkedTag.placed(epc(1), NEAR, 0.0, air())
    hop = [tag.rssi_dbm(ANTENNA, channel, None) for channel in range(1, 51)]

    assert [tag.rssi_dbm(ANTENNA, channel, None) for channel in range(1, 51)] == hop
    assert len(set(hop)) == 50


def test_a_parked_tag_is_heard_by_the_mean_its_losses_and_its_fading() -> None:
    scene = air()
    tag = ParkedTag.placed(epc(1), NEAR, 0.5, scene)

    assert tag.rssi_dbm(ANTENNA, 9, None) == pytest.approx(
        mean_rssi_dbm(ANTENNA, NEAR)
        - scene.tag_loss_db(epc(1))
        - goods_loss_db(0.5)
        + scene.bias_db(1, 9)
        + fade_db(scene.echoes(epc(1), 1, 9, 0.0))
    )


def test_a_load_that_drives_by_stirs_a_parked_tag_a_little() -> None:
    tag = ParkedTag.placed(epc(1), NEAR, 0.0, air())
    alone = tag.rssi_dbm(ANTENNA, 9, None)
    stirred = [tag.rssi_dbm(ANTENNA, 9, 11.0 + step * 0.1) for step in range(100)]

    assert 0.2 < statistics.stdev(stirred) < 3.0
    assert abs(statistics.mean(stirred) - alone) < 3.0


def test_the_loads_share_of_the_echoes_replaces_as_much_of_the_tags_own() -> None:
    scene = air()
    tag = ParkedTag.placed(epc(1), NEAR, 0.0, scene)
    own = scene.echoes(epc(1), 1, 9, 0.0)
    by_load = scene.echoes(epc(1), 1, 9, 14.0)
    mixed = math.sqrt(1 - LOAD_ECHO_SHARE) * own + math.sqrt(LOAD_ECHO_SHARE) * by_load

    stirred = tag.rssi_dbm(ANTENNA, 9, 14.0) - tag.rssi_dbm(ANTENNA, 9, None)

    assert stirred == pytest.approx(fade_db(mixed) - fade_db(own))


def test_a_moving_tag_changes_over_a_quarter_wavelength_and_not_at_once() -> None:
    scene = air()

    def likeness(apart_m: float) -> float:
        pairs = [
            (scene.echoes(epc(number), 1, 1, 1.0), scene.echoes(epc(number), 1, 1, 1.0 + apart_m))
            for number in range(1_500)
        ]
        return sum((here.conjugate() * there).real for here, there in pairs) / len(pairs)

    assert likeness(0.0) == pytest.approx(1.0, abs=0.1)
    assert likeness(0.005) == pytest.approx(1.0, abs=0.1)
    assert 0.3 < likeness(DECORRELATION_M / 2) < 0.9
    assert likeness(3 * DECORRELATION_M) == pytest.approx(0.0, abs=0.1)


def test_a_moving_tag_is_heard_by_the_mean_its_losses_its_goods_and_its_fading() -> None:
    scene = air()
    offset: Point = (0.3, 0.1, 1.0)
    tag = MovingTag.placed(epc(2), offset, scene)
    load_at: Point = (0.2, 0.0, 0.0)

    assert tag.rssi_dbm(ANTENNA, 3, load_at, 4.8) == pytest.approx(
        mean_rssi_dbm(ANTENNA, (0.5, 0.1, 1.0))
        - scene.tag_loss_db(epc(2))
        + scene.bias_db(1, 3)
        - goods_loss_db(way_in_load_m(offset, (-0.2, -1.5, 2.0)))
        + fade_db(scene.echoes(epc(2), 1, 3, 4.8))
    )


def test_what_is_too_far_to_be_read_is_not_worked_out() -> None:
    tag = MovingTag.placed(epc(2), (0.0, 0.0, 1.0), air())

    assert tag.rssi_dbm(ANTENNA, 3, (0.0, -30.0, 0.0), 0.0) is None


@pytest.mark.parametrize(
    ("offset", "target", "way_m"),
    [
        ((0.0, -0.4, 1.0), (0.0, -1.5, 1.0), 0.0),  # on the side that faces the antenna
        ((0.0, 0.4, 1.0), (0.0, -1.5, 1.0), 0.8),  # on the other
        ((0.0, 0.0, 1.0), (3.0, 0.0, 1.0), 0.6),  # from behind
        ((0.0, 0.0, 1.5), (0.0, 0.0, 5.0), 0.15),  # from above
        ((0.0, 0.0, 1.0), (0.0, 0.0, -1.0), 1.0),  # from below
        ((0.0, 0.0, 1.0), (0.3, 0.4, 1.0), 0.5),  # no further than to the target itself
        ((0.0, 0.0, 0.65), (0.5, 0.0, 1.65), math.hypot(0.5, 1.0)),  # out at the top
    ],
)
def test_the_way_through_the_goods_ends_where_the_load_does(
    offset: Point, target: Point, way_m: float
) -> None:
    assert way_in_load_m(offset, target) == pytest.approx(way_m)


def test_goods_swallow_on_the_way_out_and_on_the_way_back() -> None:
    assert goods_loss_db(0.5) == pytest.approx(10.0)


def test_fading_is_of_both_ways_and_never_without_a_logarithm() -> None:
    assert fade_db(1 + 0j) == pytest.approx(40 * math.log10(0.9424 + 0.3344), abs=0.01)
    assert fade_db(complex(-0.9424 / 0.3344, 0.0)) == pytest.approx(40 * math.log10(0.05))
