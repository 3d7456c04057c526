"""EDGE §7: a document is bound to a door, and ends by close or time-out."""

import pytest

from gateway.core import binding
from gateway.core.binding import CHANGES_MAX, Bindings, Bound
from wire.json import JsonValue

HOUR_US = 3_600_000_000
INWARD = Bound("desadv", "in", "urn:x:4711")
OUTWARD = Bound("po", "out", "urn:x:4712")


def bindings(*changes: tuple[int, Bound | None]) -> Bindings:
    made = Bindings(HOUR_US)
    for at_us, bound in changes:
        made.take(at_us, binding.said(bound).decode())
    return made


def test_what_is_said_of_a_document_can_be_read_in_a_recording() -> None:
    assert binding.said(INWARD) == b"$RP.BIND desadv in urn:x:4711"
    assert binding.said(None) == b"$RP.UNBIND"
    assert binding.source("door-1") == "door-1:binding"


def test_a_document_is_bound_until_the_next_one_or_none() -> None:
    made = bindings((100, INWARD), (300, None), (200, OUTWARD))  # and not in their order

    found = [made.at(at_us) for at_us in (99, 100, 199, 200, 299, 300)]

    assert found == [None, INWARD, INWARD, OUTWARD, OUTWARD, None]


def test_a_binding_ends_by_itself() -> None:
    made = bindings((100, INWARD))

    assert made.at(100 + HOUR_US - 1) == INWARD
    assert made.at(100 + HOUR_US) is None


@pytest.mark.parametrize(
    "text",
    [
        "$RP.BIND",
        "$RP.BIND desadv in ",
        "$RP.BIND desadv up urn:x",
        "$RP.BIND letter in urn:x",
        "$RP.BIND desadv in urn:x y",
        "$RP.DONE",
        "urn:x:4711",
    ],
)
def test_what_is_no_change_is_passed_over(text: str) -> None:
    made = Bindings(HOUR_US)

    made.take(100, text)

    assert (made.at(100), made.changes()) == (None, {})


def test_bindings_move_with_a_clock_that_is_set() -> None:
    made = bindings((100, INWARD))

    made.shift(50)

    assert (made.at(149), made.at(150)) == (None, INWARD)


def test_what_moved_under_a_document_counts_once_and_not_when_it_is_back() -> None:
    made = bindings((100, INWARD))

    made.move(INWARD.uri, ["a", "b", "a"])
    made.move(INWARD.uri, ["b", "c"], back=True)

    assert made.moved(INWARD.uri) == {"a"}
    assert made.moved(OUTWARD.uri) == ()


def test_of_one_document_no_more_is_counted_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binding, "MOVED_MAX", 2)
    made = bindings((100, INWARD))

    made.move(INWARD.uri, ["a"])
    assert not made.is_full(INWARD.uri)
    made.move(INWARD.uri, ["b", "c"])

    assert made.is_full(INWARD.uri)
    assert made.moved(INWARD.uri) == {"a", "b"}


def test_what_is_remembered_is_told_once_and_found_again() -> None:
    made = bindings((100, INWARD))
    made.move(INWARD.uri, ["a", "b"])
    disk: dict[str, JsonValue] = dict(made.changes())
    assert made.changes() == {}
    made.take(200, "$RP.UNBIND")
    made.move(INWARD.uri, ["a"], back=True)
    for key, value in made.changes().items():
        disk[key] = value
        if value is None:
            del disk[key]

    again = Bindings(HOUR_US)
    again.recall(disk)

    assert disk == {
        "bindings": [[100, "$RP.BIND desadv in urn:x:4711"], [200, "$RP.UNBIND"]],
        "urn:x:4711 b": True,
    }
    assert again == made


def test_a_replay_of_what_is_known_changes_nothing() -> None:
    made = bindings((100, INWARD), (200, None))
    made.changes()

    made.take(100, binding.said(INWARD).decode())

    assert (made.at(150), made.at(200), made.changes()) == (INWARD, None, {})


def test_memory_that_is_of_nobody_is_passed_over() -> None:
    made = Bindings(HOUR_US)

    made.recall({"bindings": [[1], "x", ["a", 2]], "urn:x:1 a": True, "visit": 7})
    made.recall({"bindings": "x"})

    assert made == Bindings(HOUR_US)


def test_the_oldest_go_and_with_them_what_moved_under_their_documents() -> None:
    made = bindings((1, OUTWARD))
    made.move(OUTWARD.uri, ["a"])
    made.changes()

    for number in range(CHANGES_MAX):
        made.take(2 + number, binding.said(INWARD).decode())

    assert (made.at(1), made.at(2)) == (None, INWARD)
    assert made.moved(OUTWARD.uri) == ()
    assert made.changes().get("urn:x:4712 a", True) is None
