"""EDGE: the smallest (arrival - newest LastSeen) of the last 60 s of live reports."""

from drivers.llrp.protocol.offset import AHEAD_MAX_US, SET_REPORTS, ClockOffset

S = 1_000_000
FAR = 1_700_000_000 * S  # the reader's clock is UTC, the host's monotonic


def greeted() -> ClockOffset:
    offset = ClockOffset()
    offset.greeted(FAR, 0)
    return offset


def test_before_the_first_word_nothing_is_known() -> None:
    assert ClockOffset().us is None


def test_the_greeting_tells_the_clock() -> None:
    assert greeted().us == -FAR


def test_a_reader_that_greets_without_a_time_tells_it_by_its_reports() -> None:
    offset = ClockOffset()
    offset.reported(FAR, 3 * S)

    assert offset.us == 3 * S - FAR


def test_the_report_that_was_least_delayed_counts() -> None:
    offset = greeted()
    offset.reported(FAR + 1 * S, 1 * S - 30)  # the greeting took 30 µs longer
    offset.reported(FAR + 2 * S, 2 * S + 500)
    offset.reported(FAR + 3 * S, 3 * S + 9_000_000)  # held up on the way

    assert offset.us == -FAR - 30


def test_a_clock_that_runs_fast_is_followed_at_once() -> None:
    offset = greeted()
    for second in range(1, 3601):
        offset.reported(FAR + second * S + second * 50, second * S)

    assert offset.us == -FAR - 3600 * 50


def test_a_clock_that_runs_slow_is_followed_within_the_window() -> None:
    offset = greeted()
    for second in range(1, 3601):
        offset.reported(FAR + second * S - second * 50, second * S)

    assert offset.us is not None
    behind_us = -FAR + 3600 * 50 - offset.us
    assert 60 * 50 <= behind_us <= 70 * 50


def test_a_clock_that_was_set_back_is_believed_when_the_window_is_over() -> None:
    offset = greeted()
    hour_us = 3600 * S
    for second in range(1, 60):
        offset.reported(FAR + second * S - hour_us, second * S)
        assert offset.us == -FAR
    for second in range(60, 71):
        offset.reported(FAR + second * S - hour_us, second * S)

    assert offset.us == hour_us - FAR


def test_what_waited_while_the_host_was_held_up_is_no_sample_of_its_own() -> None:
    offset = greeted()
    for second in (11, 71):
        offset.reported(FAR + second * S, second * S)
    for waited_us in range(9):
        offset.reported(FAR + 72 * S + waited_us * S, 3600 * S + waited_us)
        assert offset.us == -FAR


def test_a_clock_that_was_set_back_in_a_pause_is_believed_after_ten_seconds_of_reports() -> None:
    offset = greeted()
    offset.reported(FAR + 11 * S, 11 * S)
    believed = []
    for second in range(600, 625):
        offset.reported(FAR + second * S - 30 * S, second * S)
        believed.append(offset.us == 30 * S - FAR)

    assert believed == [False] * 10 + [True] * 15


def test_a_clock_that_was_set_forward_is_believed_after_so_many_reports() -> None:
    offset = greeted()
    ahead_us = AHEAD_MAX_US + 1
    for number in range(1, SET_REPORTS):
        offset.reported(FAR + number + ahead_us, number)
        assert offset.us == -FAR
    offset.reported(FAR + SET_REPORTS + ahead_us, SET_REPORTS)

    assert offset.us == -FAR - ahead_us
    offset.reported(FAR + S, S)  # what the old clock said does not come back within the window
    assert offset.us == -FAR - ahead_us


def test_broken_times_among_good_ones_change_nothing() -> None:
    offset = greeted()
    for second in range(1, 100):
        offset.reported(2**64 - 1, second * S)
        offset.reported(FAR + second * S, second * S)

    assert offset.us == -FAR


def test_a_clock_that_is_a_few_seconds_ahead_is_followed_at_once() -> None:
    offset = greeted()
    offset.reported(FAR + S + AHEAD_MAX_US, S)

    assert offset.us == -FAR - AHEAD_MAX_US


def test_its_memory_is_bounded() -> None:
    offset = greeted()
    for step in range(100_000):
        offset.reported(FAR + step * 10_000, step * 10_000)

    assert len(offset._slots) <= 8
