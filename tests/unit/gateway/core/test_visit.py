import math

import pytest

from gateway.core.visit import Visit
from tests.unit.gateway.core.scenes import INNER, OUTER, START_US, line, seen, still, thing, walk

CASE = thing()


def visit(sightings: object) -> Visit:
    found: Visit | None = None
    for sighting in sightings:  # type: ignore[attr-defined]
        found = found or Visit(CASE, sighting.at_us, sighting.at_us)
        found.add(sighting, inner=sighting.antenna in INNER)
    assert found is not None
    return found


@pytest.mark.parametrize("speed_m_s", [0.3, 1.0, 3.0])
def test_the_shift_of_a_walk_in_does_not_depend_on_its_speed(speed_m_s: float) -> None:
    walked = visit(walk(CASE, line(-4, 4, 8 / speed_m_s)))

    assert walked.shift == pytest.approx(1.5, abs=0.3)


def test_the_shift_of_a_walk_out_is_negative() -> None:
    assert visit(walk(CASE, line(4, -4, 8))).shift == pytest.approx(-1.5, abs=0.3)


def test_the_shift_of_a_turn_back_is_none() -> None:
    turned = visit(walk(CASE, [*line(-4, 0, 4), *line(0, -4, 4)]))

    assert turned.shift == pytest.approx(0.0, abs=0.15)


def test_a_side_that_heard_nothing_gives_no_shift_and_no_votes() -> None:
    one_sided = visit(walk(CASE, line(-4, 4, 8), antennas=INNER))

    assert (one_sided.shift, one_sided.votes) == (0.0, 0)


def test_reads_at_one_instant_give_no_shift() -> None:
    at_once = visit([seen(CASE, INNER[0]), seen(CASE, OUTER[0])])

    assert (at_once.shift, at_once.votes) == (0.0, 1)


def test_the_votes_are_the_reads_of_the_side_that_heard_less() -> None:
    assert visit([seen(CASE, INNER[0]), seen(CASE, INNER[1]), seen(CASE, OUTER[0])]).votes == 1


def test_weak_reads_beside_a_strong_one_hardly_count_as_votes() -> None:
    outer = [seen(CASE, OUTER[0], at_s=n) for n in range(10)]
    inner = [seen(CASE, INNER[0], at_s=n, rssi_dbm=-80) for n in range(9)]

    assert visit([*outer, *inner]).votes == pytest.approx(9)
    assert visit([*outer, *inner, seen(CASE, INNER[0], at_s=9)]).votes == pytest.approx(1.19, 0.01)


def test_the_spread_is_within_antenna_and_channel() -> None:
    levels = [(INNER[0], 1, -40.0), (INNER[0], 2, -60.0), (OUTER[0], 1, -70.0)]
    reads = [
        seen(CASE, antenna, at_s=n, rssi_dbm=level + n % 2 * 2.0, channel=channel)
        for n in range(4)
        for antenna, channel, level in levels
    ]

    spread = visit(reads)

    assert spread.freedom == 9
    assert spread.spread_db == pytest.approx(math.sqrt(12 / 9))  # each ±1 dB around its own mean


def test_a_tag_at_rest_is_within_a_decibel_and_a_moving_one_is_not() -> None:
    assert visit(still(CASE, 3.0, 10)).spread_db < 1.0
    assert visit(walk(CASE, line(-4, 4, 8))).spread_db > 3.0


def test_one_read_of_each_level_says_nothing_of_movement() -> None:
    alone = visit([seen(CASE, INNER[0]), seen(CASE, OUTER[0])])

    assert (alone.freedom, alone.spread_db) == (0, 0.0)


def test_the_centre_is_when_it_was_nearest() -> None:
    walked = visit(walk(CASE, line(-4, 4, 8), start_s=1.0))

    assert walked.centre_us == pytest.approx(START_US + 5_000_000, abs=300_000)


def test_a_reader_that_tells_no_rssi_still_tells_a_direction() -> None:
    near = [(-1.5, OUTER[0]), (-1.0, OUTER[1]), (0.0, OUTER[0]), (0.0, INNER[0]), (1.0, INNER[1])]
    silent = visit([seen(CASE, antenna, at_s=2 + s, rssi_dbm=None) for s, antenna in near])

    assert silent.shift > 1.0
    assert silent.spread_db == 0.0
    assert silent.heard[OUTER[0]].peak_dbm is None


def test_reports_out_of_order_are_summed_alike() -> None:
    reads = list(walk(CASE, line(-4, 4, 8)))
    late = [*reads[1:], reads[0]]

    assert visit(late).last_us == visit(reads).last_us
    assert visit(late).shift == pytest.approx(visit(reads).shift)


def test_what_each_antenna_heard_is_kept() -> None:
    heard = visit([seen(CASE, INNER[0], rssi_dbm=-60), seen(CASE, INNER[0], rssi_dbm=-50)]).heard

    assert heard[INNER[0]].reads == 2
    assert heard[INNER[0]].peak_dbm == -50
