import math
from dataclasses import replace

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


@pytest.mark.parametrize("weak_dbm", [-60, -75, -90])
def test_no_shift_is_beyond_two_however_little_one_side_heard(weak_dbm: float) -> None:
    burst = [seen(CASE, INNER[n % 2], 0.017 * n, -55) for n in range(30)]
    lopsided = visit([*burst, seen(CASE, OUTER[0], 3.4, weak_dbm)])

    assert -2.0 <= lopsided.shift < -1.9
    assert lopsided.error == math.inf
    assert not lopsided.is_leaning


def test_reads_within_a_tenth_of_a_second_are_one_look() -> None:
    side = visit([*(seen(CASE, OUTER[0], 0.01 * n) for n in range(10)), seen(CASE, OUTER[0], 2.0)])

    assert side.outer.looks == 2
    assert side.outer.votes == pytest.approx(11**2 / (10**2 + 1))


def test_the_error_is_that_of_the_looks_and_not_of_the_reads() -> None:
    def several(reads: int) -> Visit:
        sides = ((OUTER[0], 1.0), (INNER[0], 2.0))
        return visit(
            seen(CASE, antenna, start_s + 0.25 * look + 0.001 * n, -60 - 4 * (n % 2))
            for antenna, start_s in sides
            for look in range(4)
            for n in range(reads)
        )

    assert several(20).error == pytest.approx(several(2).error, rel=0.05)
    assert several(20).shift == pytest.approx(several(2).shift, rel=0.01)
    assert several(20).is_shifted


def test_the_error_of_equal_looks_is_the_textbook_s() -> None:
    """Five looks a side, 0.5 s apart: s = 0.79 s, and of the mean s / sqrt(5)."""
    reads = [
        seen(CASE, antenna, start_s + 0.5 * n)
        for antenna, start_s in ((OUTER[0], 0.0), (INNER[0], 3.0))
        for n in range(5)
    ]
    within_s2, of_the_mean_s2 = 0.5, 0.625 / 5

    even = visit(reads)

    assert even.shift == pytest.approx(3 / math.sqrt(within_s2 + 9 / 4))
    assert even.error == pytest.approx(
        math.sqrt(2 * of_the_mean_s2) / math.sqrt(within_s2 + 9 / 4), rel=1e-3
    )


def test_a_report_of_several_reads_weighs_as_they_would() -> None:
    levels = [(OUTER[0], 0.0, -60), (OUTER[1], 0.5, -64), (INNER[0], 2.0, -60)]
    singles = [seen(CASE, *read) for read in levels for _ in range(7)]
    last = [seen(CASE, INNER[1], 3.0, -66)]
    reports = [replace(seen(CASE, *read), count=7) for read in levels]

    one_by_one, told_at_once = visit([*singles, *last]), visit([*reports, *last])

    assert told_at_once.reads == one_by_one.reads
    assert told_at_once.shift == pytest.approx(one_by_one.shift)
    assert told_at_once.votes == pytest.approx(one_by_one.votes)
    assert told_at_once.inner.error2_s2 == pytest.approx(one_by_one.inner.error2_s2)


def test_a_tag_at_rest_that_each_side_hears_on_a_channel_of_its_own_does_not_lean() -> None:
    """It is as clear as a walk in time, and as steady as a stone in level."""
    parked = [
        seen(CASE, antenna, start_s + 0.05 * n, -60 - n // 3 % 2, channel)
        for antenna, start_s, channel in ((OUTER[0], 0.0, 1), (INNER[0], 4.0, 2))
        for n in range(40)
    ]
    rested = visit(parked)

    assert abs(rested.shift) > 10 * rested.error
    assert not rested.is_leaning
    assert not rested.moves
    assert not rested.is_still  # nor is that said, as time speaks against it


def test_few_reads_need_a_look_more_where_the_level_bears_no_witness() -> None:
    def few(looks: int) -> Visit:
        return visit(
            seen(CASE, antenna, start_s + 0.2 * n, channel=n)
            for antenna, start_s in ((OUTER[0], 0.0), (INNER[0], 3.0))
            for n in range(looks)
        )

    assert not few(2).is_leaning
    assert few(3).is_leaning


@pytest.mark.parametrize("speeds", [(2, 8), (8, 2), (4, 4)])
@pytest.mark.parametrize("stop_s", [0, 5, 60])
def test_the_ends_of_a_turn_disagree_whatever_the_speeds_and_the_stop(
    speeds: tuple[float, float], stop_s: float
) -> None:
    there_s, back_s = speeds
    way = [*line(-4, 1, there_s), *line(1, 1, stop_s), *line(1, -4, back_s)]
    turned = visit(walk(CASE, way))

    assert turned.came_s > 0.5
    assert turned.went_s < -0.5
    assert not turned.is_shifted


def test_an_end_that_is_hardly_off_nothing_agrees_with_no_way() -> None:
    """Both sides heard it loudly as soon as it was here: it did not come from outside."""
    later = [3.0 + 0.2 * n for n in range(12)]
    sides = ((OUTER[0], [0.1 * n for n in range(12)]), (INNER[0], [0.2, *later]))
    reads = [
        seen(CASE, antenna, at_s, -60 - 3 * (n % 2))
        for antenna, times in sides
        for n, at_s in enumerate(times)
    ]
    begun_between = visit(sorted(reads, key=lambda each: each.at_us))

    assert begun_between.is_leaning
    assert begun_between.came_s == pytest.approx(0.2)
    assert not begun_between.is_shifted


def test_the_ends_of_a_walk_agree() -> None:
    walked = visit(walk(CASE, line(-4, 4, 8)))

    assert walked.came_s == pytest.approx(2.0, abs=0.3)
    assert walked.went_s == pytest.approx(2.0, abs=0.3)
    assert walked.is_shifted


def test_loud_is_what_came_within_ten_decibel_of_the_loudest() -> None:
    """Rising and falling by 2 dB a second: five seconds before the peak, five after."""
    levels = [-80 + 2 * (n if n <= 10 else 20 - n) for n in range(21)]
    side = visit([seen(CASE, INNER[0], n, level) for n, level in enumerate(levels)]).inner

    assert (side.loud_first_s, side.loud_last_s) == (5.0, 15.0)


def test_the_peaks_that_may_be_the_first_loud_one_are_bounded() -> None:
    rising = [seen(CASE, INNER[0], n, -60 + 0.01 * n) for n in range(1000)]

    assert len(visit(rising).inner._rising) == 32


def test_it_takes_time_to_stand_still() -> None:
    burst = [seen(CASE, INNER[0], 0.01 * n, -60 - n % 2) for n in range(40)]
    stood = [seen(CASE, INNER[0], 0.05 * n, -60 - n % 2) for n in range(40)]

    assert not visit(burst).is_still
    assert visit(stood).is_still


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
