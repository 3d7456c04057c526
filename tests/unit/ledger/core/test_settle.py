"""EDGE: in order, gaps asked for, what never comes given up by name."""

import pytest

from ledger.core.settle import AskAgain, Epoch, Gap, Gaps, GiveUp, Position, position
from wire.reason import Reason

S = 1_000_000
OPEN = Epoch("e1", 5, "urn:5")


@pytest.mark.parametrize(
    ("epoch", "announced", "said", "seq", "expected"),
    [
        (OPEN, "e1", "e1", 6, "next"),
        (OPEN, None, "e1", 6, "next"),
        (OPEN, "e1", "e1", 5, "behind"),
        (OPEN, "e1", "e1", 1, "behind"),
        (OPEN, "e1", "e1", 7, "ahead"),
        (OPEN, "e1", "e2", 6, "foreign"),
        (OPEN, "e2", "e2", 1, "next"),
        (OPEN, "e2", "e2", 2, "foreign"),
        (OPEN, "e0", "e0", 1, "foreign"),
        (None, "e1", "e1", 1, "next"),
        (None, None, "e1", 1, "foreign"),
        (None, "e1", "e1", 2, "foreign"),
    ],
)
def test_where_an_event_stands(
    epoch: Epoch | None, announced: str | None, said: str, seq: int, expected: Position
) -> None:
    assert position(epoch, {"e0"}, announced, said, seq) == expected


def test_nothing_is_missing_while_all_that_was_made_is_settled() -> None:
    gap = Gap("s", "e1", committed=5, made=5)

    assert gap.due(0) is None
    assert gap.due(100 * S) is None


def test_an_event_that_does_not_follow_is_a_certain_gap_and_asked_for_at_once() -> None:
    gap = Gap("s", "e1", committed=5)
    gap.came_ahead(8)

    assert gap.due(0) == AskAgain("s", "e1", 6)
    gap.heard()
    assert gap.due(5 * S - 1) is None
    assert gap.due(5 * S) == AskAgain("s", "e1", 6)


def test_a_missing_tail_is_asked_for_after_a_while() -> None:
    """It may be on its way: health says made before the event has come."""
    gap = Gap("s", "e1", committed=5)
    gap.claims(6)

    assert gap.due(0) is None
    assert gap.due(5 * S - 1) is None
    assert gap.due(5 * S) == AskAgain("s", "e1", 6)


def test_what_arrives_meanwhile_is_not_asked_for() -> None:
    gap = Gap("s", "e1", committed=5)
    gap.claims(6)
    gap.due(0)
    gap.settled(6)

    assert gap.due(5 * S) is None


@pytest.mark.parametrize(
    ("unreadable", "reason"), [(False, Reason.NEVER_ARRIVED), (True, Reason.UNREADABLE)]
)
def test_what_was_asked_for_three_times_is_given_up(unreadable: bool, reason: Reason) -> None:
    gap = Gap("s", "e1", committed=5)
    gap.came_ahead(7)
    gap.unreadable = unreadable
    asked = [ask_and_hear(gap, n * 5 * S) for n in range(3)]

    assert asked == [AskAgain("s", "e1", 6)] * 3
    assert gap.due(15 * S) == GiveUp("s", "e1", 6, reason)
    assert gap.due(20 * S) == AskAgain("s", "e1", 6)  # Where the books could not settle it.


def test_what_a_silent_gateway_was_asked_is_not_held_against_it() -> None:
    """A cable can be out for long before the broker says that the gateway is offline."""
    gap = Gap("s", "e1", committed=5)
    gap.came_ahead(7)
    assert gap.due(0) == AskAgain("s", "e1", 6)

    assert gap.due(3600 * S) is None

    gap.heard()
    assert gap.due(3600 * S) == AskAgain("s", "e1", 6)
    assert gap.due(7200 * S) is None


def test_what_was_asked_before_a_gateway_was_away_does_not_count() -> None:
    gaps = Gaps()
    gap = gaps.of("a", "e1", 5)
    gap.came_ahead(7)
    gaps.is_online("a", online=True)
    assert [ask_and_hear(gap, n * 5 * S) for n in range(3)] == [AskAgain("a", "e1", 6)] * 3

    gaps.is_online("a", online=False)
    gaps.is_online("a", online=True)

    assert gaps.due(3600 * S) == [AskAgain("a", "e1", 6)]


def test_what_was_asked_on_an_old_line_to_the_broker_does_not_count() -> None:
    gaps = Gaps()
    gap = gaps.of("a", "e1", 5)
    gap.came_ahead(7)
    gaps.is_online("a", online=True)
    for n in range(3):
        assert gaps.due(n * 5 * S) == [AskAgain("a", "e1", 6)]
        gaps.heard("a")

    gaps.start_over()

    assert gaps.due(3600 * S) == [AskAgain("a", "e1", 6)]


def test_of_gateways_without_a_gap_nothing_is_kept() -> None:
    gaps = Gaps()
    gaps.heard("a")
    gaps.is_online("a", online=True)

    assert gaps.due(0) == []


def test_each_missing_event_has_a_reason_of_its_own() -> None:
    gap = Gap("s", "e1", committed=5)
    gap.came_ahead(8)
    gap.unreadable = True
    for n in range(3):
        ask_and_hear(gap, n * 5 * S)
    assert gap.due(15 * S) == GiveUp("s", "e1", 6, Reason.UNREADABLE)
    gap.settled(6)
    gap.came_ahead(8)
    for n in range(4, 7):
        ask_and_hear(gap, n * 5 * S)

    assert gap.due(35 * S) == GiveUp("s", "e1", 7, Reason.NEVER_ARRIVED)


def test_the_next_gap_begins_anew() -> None:
    gap = Gap("s", "e1", committed=5)
    gap.came_ahead(8)
    for n in range(4):
        ask_and_hear(gap, n * 5 * S)
    gap.settled(6)

    assert gap.due(20 * S) is None  # 7 may be on its way
    assert gap.due(25 * S) == AskAgain("s", "e1", 7)


def test_an_old_mark_changes_nothing() -> None:
    gap = Gap("s", "e1", committed=5, made=9)
    gap.settled(4)

    assert gap.committed == 5


def test_only_those_who_are_online_are_asked() -> None:
    gaps = Gaps()
    for source in ("a", "b"):
        gaps.of(source, "e1", 0).came_ahead(2)
    gaps.is_online("a", online=True)

    assert gaps.due(0) == [AskAgain("a", "e1", 1)]
    gaps.is_online("a", online=False)
    assert gaps.due(10 * S) == []


def test_a_new_epoch_starts_without_a_gap() -> None:
    gaps = Gaps()
    gaps.of("a", "e1", 3).came_ahead(9)

    assert gaps.of("a", "e1", 3).ahead
    assert gaps.known("a", "e2") is None
    assert not gaps.of("a", "e2", 0).ahead
    assert gaps.known("a", "e2") is gaps.of("a", "e2", 0)


def ask_and_hear(gap: Gap, now_us: int) -> AskAgain | GiveUp | None:
    """What is due, of a gateway that speaks afterwards."""
    due = gap.due(now_us)
    gap.heard()
    return due
