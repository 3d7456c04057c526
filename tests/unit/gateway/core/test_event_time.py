"""Sightings of several readers in the order of their own times."""

import pytest

from drivers.base import LinkChange
from gateway.core import event_time
from gateway.core.event_time import EventTime
from gateway.core.identify import Sighting
from tests.unit.gateway.core.scenes import START_US, thing

TAG = thing()


def at(elapsed_s: float) -> int:
    return START_US + round(elapsed_s * 1e6)


def read(device: str, elapsed_s: float) -> Sighting:
    return Sighting(TAG, f"{device}:1", at(elapsed_s), -60.0, 1, 1)


def event_times() -> EventTime:
    """At 0 s, both readers up."""
    time = EventTime(steady_us=3_000_000, patience_us=120_000_000)
    time.advance(at(0))
    return time


def told(time: EventTime) -> list[tuple[str, float]]:
    return [(each.antenna.partition(":")[0], (each.at_us - START_US) / 1e6) for each in time.due()]


def down(time: EventTime, device: str, elapsed_s: float) -> None:
    time.link(LinkChange(device, at(elapsed_s), up=False))


def up(time: EventTime, device: str, elapsed_s: float, *, held: bool) -> None:
    time.link(LinkChange(device, at(elapsed_s), up=True, held=held))


# -- readers that come and go ---------------------------------------------------------------------


def test_what_is_heard_is_due_at_once_and_the_clock_is_the_host_s() -> None:
    time = event_times()
    time.take(read("a", 1.0))
    time.take(read("b", 0.9))

    assert told(time) == [("b", 0.9), ("a", 1.0)]
    time.advance(at(5))
    assert time.clock_us == at(5)
    assert not time.is_blind_after(at(0))


def test_while_a_reader_is_not_heard_the_others_wait_and_all_comes_in_order() -> None:
    time = event_times()
    down(time, "b", 1)
    for elapsed_s in (0.9, 1.5, 2.5, 20.0):
        time.take(read("a", elapsed_s))
    assert told(time) == [("a", 0.9)]
    assert time.has_waiting
    time.advance(at(21))
    assert time.clock_us == at(1)

    time.take(read("b", 2.0))
    assert told(time) == [("a", 1.5), ("b", 2.0)]
    assert time.clock_us == at(2)
    up(time, "b", 22, held=True)

    assert told(time) == [("a", 2.5), ("a", 20.0)]
    assert not time.has_waiting
    assert (time.blind_us, time.is_blind_after(at(0))) == (0, False)


def test_what_a_reader_held_may_come_out_of_order() -> None:
    time = event_times()
    down(time, "b", 1)
    time.take(read("b", 2.0))
    time.take(read("b", 1.5))
    time.advance(at(10))

    assert time.clock_us == at(2)


def test_a_reader_that_could_not_hold_leaves_a_blind_time() -> None:
    time = event_times()
    down(time, "b", 1)
    up(time, "b", 5, held=False)

    assert time.blind_us == 4_000_000
    assert time.is_blind_after(at(5))
    assert not time.is_blind_after(at(5.1))


def test_a_reader_that_says_nothing_is_not_waited_for_for_ever() -> None:
    time = event_times()
    down(time, "b", 1)
    time.take(read("a", 2.0))
    time.advance(at(120.9))
    assert (told(time), time.clock_us) == ([], at(1))

    time.advance(at(121))

    assert (told(time), time.clock_us) == ([("a", 2.0)], at(121))
    assert time.is_blind_after(at(121))
    up(time, "b", 130, held=True)
    assert (time.is_blind_after(at(130)), time.is_blind_after(at(131))) == (True, False)
    assert time.blind_us == 0


def test_a_reader_that_delivers_is_waited_for_however_long_it_was_away() -> None:
    time = event_times()
    time.take(read("b", 0.5))
    down(time, "b", 1)
    time.advance(at(600))

    time.take(read("b", 1.5))
    time.advance(at(600.1))

    assert told(time) == [("b", 0.5), ("b", 1.5)]
    assert time.clock_us == at(1.5)


def test_what_comes_after_its_time_was_judged_is_dropped() -> None:
    time = event_times()
    time.take(read("b", 0.5))
    down(time, "b", 1)
    time.take(read("a", 100.0))
    time.advance(at(200))
    assert told(time) == [("b", 0.5), ("a", 100.0)]

    time.take(read("b", 97.0))
    time.take(read("b", 98.0))

    assert told(time) == [("b", 98.0)]
    assert time.dropped == 1


def test_a_second_word_changes_nothing() -> None:
    time = event_times()
    down(time, "b", 1)
    down(time, "b", 3)
    up(time, "b", 5, held=False)
    up(time, "b", 9, held=False)

    assert time.blind_us == 4_000_000


def test_what_waits_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_time, "WAITING_MAX", 2)
    time = event_times()
    down(time, "b", 1)
    for elapsed_s in (2.0, 3.0, 4.0):
        time.take(read("a", elapsed_s))

    assert told(time) == [("a", 2.0)]
    assert (time.is_blind_after(at(2)), time.is_blind_after(at(2.1))) == (True, False)


# -- one timestamp --------------------------------------------------------------------------------


def test_the_first_read_is_believed_when_the_next_or_the_clock_says_so() -> None:
    for confirm in ("read", "clock"):
        time = EventTime(steady_us=3_000_000, patience_us=120_000_000)
        time.take(read("a", 1.0))
        assert (told(time), time.is_unsure_of("a")) == ([], True)
        if confirm == "read":
            time.take(read("a", 1.1))
        else:
            time.advance(at(1.1))

        assert told(time)[0] == ("a", 1.0)
        assert not time.is_unsure_of("a")


@pytest.mark.parametrize("odd_s", [3600.0, 4.0, -3600.0, -2.0])
def test_one_timestamp_that_no_other_confirms_is_dropped(odd_s: float) -> None:
    time = event_times()
    time.take(read("a", 1.0))
    time.take(read("a", odd_s))
    time.advance(at(1.0))
    time.take(read("a", 1.1))

    assert told(time) == [("a", 1.0), ("a", 1.1)]
    assert time.dropped == 1


@pytest.mark.parametrize("odd_s", [60.0, -60.0])
def test_where_the_next_read_went_there_too_time_did(odd_s: float) -> None:
    time = event_times()
    time.take(read("a", 1.0))
    assert told(time) == [("a", 1.0)]
    time.take(read("a", odd_s))
    time.take(read("a", odd_s + 0.1))

    assert told(time) == [("a", odd_s), ("a", odd_s + 0.1)]
    assert time.dropped == 0


def test_a_silence_that_ends_is_time_that_went_on() -> None:
    """Without a clock between, as in a replay; and then another tag a minute later."""
    time = event_times()
    for elapsed_s in (1.0, 11.0, 71.0, 71.1):
        time.take(read("a", elapsed_s))

    assert told(time) == [("a", 1.0), ("a", 11.0), ("a", 71.0), ("a", 71.1)]


def test_the_clock_confirms_no_time_that_went_back() -> None:
    time = event_times()
    time.take(read("a", 60.0))
    time.take(read("a", 60.1))
    time.take(read("a", 1.0))
    time.advance(at(61))

    assert told(time) == [("a", 60.0), ("a", 60.1)]


def test_a_wall_clock_that_is_set_moves_all_of_it() -> None:
    time = event_times()
    time.take(read("a", 1.0))
    assert told(time) == [("a", 1.0)]
    down(time, "b", 1)
    time.take(read("a", 2.0))
    time.take(read("a", 9.0))

    time.shift(3_600_000_000)

    assert told(time) == []
    time.advance(at(3609))
    assert time.clock_us == at(3601)
    up(time, "b", 3610, held=False)
    assert told(time) == [("a", 3602.0), ("a", 3609.0)]
    assert time.blind_us == 9_000_000
