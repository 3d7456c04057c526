"""EDGE: strictly in order, go-back-N, two windows, probes after silence."""

import pytest

from gateway.core.delivery import IN_FLIGHT_MAX, PROBE_ROWS, UNSETTLED_MAX, Delivery

S = 1_000_000


def ready(made: int = 0, committed: int = 0) -> Delivery:
    delivery = Delivery(made, committed)
    delivery.connected(0)
    return delivery


def publish_all(delivery: Delivery, now_us: int = 0) -> list[int]:
    """Take and have the broker confirm, until nothing is left to take."""
    published: list[int] = []
    while seqs := delivery.take(now_us):
        published += seqs
        for seq in seqs:
            delivery.puback(seq)
    return published


def test_nothing_is_published_before_the_connection() -> None:
    delivery = Delivery(made=5, committed=0)

    assert list(delivery.take(0)) == []
    delivery.connected(0)
    assert list(delivery.take(0)) == [1, 2, 3, 4, 5]


def test_events_go_out_in_order_as_they_are_made() -> None:
    delivery = ready()
    assert list(delivery.take(0)) == []
    delivery.was_made(2)
    assert list(delivery.take(0)) == [1, 2]
    delivery.was_made(3)
    assert list(delivery.take(0)) == [3]
    assert list(delivery.take(0)) == []


def test_the_broker_holds_so_many_at_once() -> None:
    delivery = ready(made=100)

    assert list(delivery.take(0)) == list(range(1, IN_FLIGHT_MAX + 1))
    assert list(delivery.take(0)) == []
    delivery.puback(1)
    delivery.puback(2)
    assert list(delivery.take(0)) == [IN_FLIGHT_MAX + 1, IN_FLIGHT_MAX + 2]


def test_the_ledger_is_owed_so_many_at_once() -> None:
    delivery = ready(made=2 * UNSETTLED_MAX)

    assert publish_all(delivery) == list(range(1, UNSETTLED_MAX + 1))
    delivery.settled(10, S)
    assert publish_all(delivery) == list(range(UNSETTLED_MAX + 1, UNSETTLED_MAX + 11))


def test_a_puback_settles_nothing() -> None:
    delivery = ready(made=3)
    publish_all(delivery)

    assert delivery.committed == 0
    delivery.disconnected()
    delivery.connected(S)
    assert list(delivery.take(S)) == [1, 2, 3]
    assert delivery.resent == 3


def test_what_is_settled_is_not_sent_again() -> None:
    delivery = ready(made=5)
    publish_all(delivery)
    delivery.settled(3, S)
    delivery.disconnected()
    delivery.connected(2 * S)

    assert list(delivery.take(2 * S)) == [4, 5]


def test_a_ledger_that_has_more_than_was_published_moves_us_on() -> None:
    delivery = ready(made=5)
    delivery.settled(4, 0)

    assert list(delivery.take(0)) == [5]


def test_an_old_ack_moves_nothing() -> None:
    delivery = ready(made=5, committed=3)
    delivery.settled(2, 0)

    assert delivery.committed == 3


def test_silence_of_the_ledger_is_answered_with_probes() -> None:
    delivery = ready(made=100)
    publish_all(delivery)
    now = 0
    for wait_s in (10, 20, 40, 60, 60):
        assert delivery.deadline_us() == now + wait_s * S
        delivery.expire(now + wait_s * S - 1)
        assert list(delivery.take(now)) == []
        now += wait_s * S
        delivery.expire(now)
        assert publish_all(delivery, now) == list(range(1, PROBE_ROWS + 1))

    delivery.settled(20, now)
    assert publish_all(delivery, now) == list(range(21, 101))
    assert delivery.deadline_us() == now + 10 * S


def test_while_nothing_is_under_way_nothing_is_due() -> None:
    delivery = ready(made=2)
    assert delivery.deadline_us() is None
    publish_all(delivery)
    delivery.settled(2, S)
    assert delivery.deadline_us() is None
    delivery.expire(1000 * S)
    assert list(delivery.take(1000 * S)) == []


def test_the_wait_begins_with_what_is_published_not_with_the_connection() -> None:
    delivery = ready()
    delivery.was_made(1)
    delivery.take(100 * S)

    assert delivery.deadline_us() == 110 * S


def test_the_ledger_asks_and_is_given() -> None:
    delivery = ready(made=10)
    publish_all(delivery)
    delivery.settled(4, 0)
    delivery.asked(5, S)

    assert publish_all(delivery, S) == [5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize("from_seq", [0, 4, 11, 99])
def test_what_is_settled_or_not_yet_sent_is_not_asked_for(from_seq: int) -> None:
    delivery = ready(made=10)
    publish_all(delivery)
    delivery.settled(4, 0)
    delivery.asked(from_seq, S)

    assert publish_all(delivery, S) == []


def test_a_restored_ledger_gets_everything_above_its_mark_again() -> None:
    delivery = ready(made=10)
    publish_all(delivery)
    delivery.settled(10, 0)
    delivery.rewound(6, S)

    assert delivery.committed == 6
    assert publish_all(delivery, S) == [7, 8, 9, 10]


def test_a_ledger_restored_to_where_we_are_gets_what_was_under_way_again() -> None:
    """What it had taken and not settled went with the old one."""
    delivery = ready(made=10)
    publish_all(delivery)
    delivery.settled(4, 0)
    delivery.rewound(6, S)

    assert delivery.committed == 6
    assert publish_all(delivery, S) == [7, 8, 9, 10]


def test_a_ledger_restored_to_more_than_was_published_moves_us_on() -> None:
    delivery = ready(made=10)
    delivery.rewound(6, S)

    assert publish_all(delivery, S) == [7, 8, 9, 10]
    assert delivery.resent == 0


def test_the_wait_begins_anew_with_every_step_of_the_mark() -> None:
    delivery = ready(made=10)
    publish_all(delivery)
    delivery.settled(4, 9 * S)

    assert delivery.deadline_us() == 19 * S
    delivery.expire(18 * S)
    assert publish_all(delivery, 18 * S) == []


def test_pubacks_of_what_is_settled_leave_room() -> None:
    """A broker that restarts between PUBLISH and PUBACK never sends it."""
    delivery = ready(made=100)
    delivery.take(0)
    delivery.settled(IN_FLIGHT_MAX, 0)

    assert list(delivery.take(0)) == list(range(IN_FLIGHT_MAX + 1, 2 * IN_FLIGHT_MAX + 1))
