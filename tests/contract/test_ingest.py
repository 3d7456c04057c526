"""What every store promises to the events that come in: one suite, each implementation."""

from pathlib import Path
from typing import Any

import pytest

from ledger.core.books import Head
from ledger.core.chain import part_of
from ledger.core.masterdata import DocumentRow, ItemRow, LocationRow
from ledger.store.queries import AlertRow
from tests.contract.books import DOCK, HALL, PALLET, TEA, event_id, received, told
from tests.contract.stores import ANNOUNCED, NOW_US, Books, sqlite
from wire import instant
from wire.event import BizTransaction, Event, Place, Quantity
from wire.messages import Rejected
from wire.reason import Reason
from wire.topics import Source

# -- booking --------------------------------------------------------------------------------------


def test_an_event_books_lines_balances_and_units_at_once(books: Books) -> None:
    booked = books.book(*told(received(1, (1, 2), pallet=PALLET)))

    assert books.on_hand() == {("TEA", HALL): 24, ("TEA", "unknown:rotterdam"): -24}
    (movement,) = books.queries.movements()
    assert (movement.event_id, movement.units, movement.containers) == (event_id(1), 2, (PALLET,))
    assert [(line.location, line.quantity) for line in movement.lines] == [
        (HALL, 24),
        ("unknown:rotterdam", -24),
    ]
    (entry,) = booked.entries
    assert (entry.row.verdict, entry.units, entry.containers) == ("booked", 2, (PALLET,))
    assert books.alerts() == {("receiving_without_document", "")}
    books.assert_true()


def test_what_came_in_goes_out_from_where_it_is(books: Books) -> None:
    books.book(*told(received(1, (1, 2)), received(2, (2,), biz_step="shipping")))

    assert books.on_hand() == {("TEA", HALL): 12, ("TEA", "unknown:rotterdam"): -12}
    books.assert_true()


def test_a_batch_books_as_its_events_would_one_by_one(books: Books, tmp_path: Path) -> None:
    events = told(*(received(n, (n % 3, 10 + n % 5)) for n in range(1, 20)))
    other = sqlite(tmp_path / "other")
    books.book(*events)
    for each in events:
        other.book(each)

    assert books.on_hand() == other.on_hand()
    hashes = [row.hash for row in books.rows("event")]
    assert len(hashes) == 19
    assert hashes == [row.hash for row in other.rows("event")]
    other.close()


def test_an_order_names_the_supplier_once(books: Books) -> None:
    books.take(
        [
            DocumentRow("urn:x:po-1", "purchase", "acme"),
            DocumentRow("urn:x:po-2", "purchase", "acme"),
        ],
        0,
    )
    orders = [
        received(n, (n,), biz_transaction_list=(BizTransaction(biz_transaction=f"urn:x:po-{n}"),))
        for n in (1, 2)
    ]
    first, second = told(*orders)
    books.book(first)
    books.book(second)

    assert books.on_hand() == {("TEA", HALL): 24, ("TEA", "supplier:acme"): -24}
    assert books.alerts() == set()


def test_an_unknown_item_gets_one_placeholder(books: Books) -> None:
    other = "https://id.gs1.org/01/09521141098769"
    for number in (1, 2):
        keys = (f"{other}/21/{number}",)
        event = received(number).model_copy(update={"epc_list": keys})
        books.book(*told(event, first=number))

    (row,) = [row for row in books.queries.stock() if row.unresolved]
    assert (row.sku, row.unit, row.quantity) == (other, "read", 2)
    assert ("unknown_item", other) in books.alerts()
    books.assert_true()


@pytest.mark.parametrize("said", [{"kind": "review"}, {"biz_step": "storing"}])
def test_what_moves_no_stock_is_stored(books: Books, said: dict[str, str]) -> None:
    books.book(*told(received(1, **said)))

    assert books.on_hand() == {}
    assert books.queries.movements(verdict="stored")[0].event_id == event_id(1)
    assert books.settled() == (1, 1, 0, 0)


def commissioned(number: int, serial: object = 1, **said: Any) -> Event:
    place: dict[str, Any] = {
        "biz_location": Place(id=HALL),
        "action": "ADD",
        "disposition": "active",
    }
    return received(number, (serial,), biz_step="commissioning", **(place | said))


def test_a_thing_that_got_its_tag_comes_from_production_and_goes_out_from_where_it_is(
    books: Books,
) -> None:
    first, second, third = told(
        commissioned(1), commissioned(2, 2), received(3, (2,), biz_step="shipping")
    )
    books.book(first)
    books.book(first)
    books.book(second, third)

    assert books.on_hand() == {
        ("TEA", HALL): 12,
        ("TEA", "production:rotterdam"): -24,
        ("TEA", "unknown:rotterdam"): 12,
    }
    assert books.alerts() == {("shipping_without_document", "")}
    books.assert_true()


def test_a_thing_that_got_another_tag_is_not_made_twice(books: Books) -> None:
    books.book(*told(received(1), commissioned(2), commissioned(3, biz_location=None)))

    assert books.on_hand() == {("TEA", HALL): 12, ("TEA", "unknown:rotterdam"): -12}
    assert books.settled() == (3, 3, 0, 0)
    books.assert_true()


def test_what_a_commissioning_does_not_add_is_stored(books: Books) -> None:
    books.book(*told(commissioned(1, action="DELETE")))

    assert books.on_hand() == {}
    assert [row.verdict for row in books.queries.movements(verdict=None)] == ["stored"]


# -- once -----------------------------------------------------------------------------------------


def test_a_repeat_is_success_and_books_nothing(books: Books) -> None:
    (first,) = told(received(1))
    books.book(first)
    again = books.book(first)

    assert again.entries == []
    assert again.heads[DOCK.name].committed == 1  # the ack is said again
    assert books.on_hand()[("TEA", HALL)] == 12
    assert books.settled() == (1, 1, 0, 0)


def test_the_same_event_under_a_new_number_is_a_duplicate(books: Books) -> None:
    books.book(*told(received(1), received(1)))

    assert books.settled() == (2, 1, 1, 0)
    assert books.on_hand()[("TEA", HALL)] == 12
    books.assert_true()


def test_the_same_event_from_another_gateway_is_a_duplicate(books: Books) -> None:
    other = Source("rotterdam", "dock-2")
    books.book(*told(received(1)))
    books.book(*told(received(1), source=other), announced=ANNOUNCED | {other.name: "e1"})

    assert [head.duplicates for head in sorted(books.ingest.heads(), key=lambda h: h.source)] == [
        0,
        1,
    ]


def test_an_id_with_another_content_is_rejected_with_an_alert(books: Books) -> None:
    books.book(*told(received(1), received(1, (7,))))

    assert books.settled() == (2, 1, 0, 1)
    (rejected,) = books.head().rejected
    assert rejected == Rejected(
        seq=2,
        event_id=event_id(1),
        reason=Reason.ID_CONFLICT,
        detail=f"{event_id(1)} is booked with another content",
    )
    assert ("id_conflict", "rotterdam/dock-1 e1 2") in books.alerts()


# -- in order -------------------------------------------------------------------------------------


def test_an_event_that_does_not_follow_is_not_booked(books: Books) -> None:
    one, two, three = told(received(1), received(2), received(3))
    booked = books.book(one, three)

    assert booked.ahead == {DOCK.name: 3}
    assert books.settled() == (1, 1, 0, 0)
    books.book(two, three)
    assert books.settled() == (3, 3, 0, 0)


def test_a_head_says_what_the_ack_says(books: Books) -> None:
    booked = books.book(*told(received(1), received(2)))

    assert booked.heads == {
        DOCK.name: Head(DOCK.name, "e1", committed=2, id=event_id(2), n=2, booked=2)
    }
    assert books.ingest.heads() == list(booked.heads.values())


def test_an_epoch_that_no_birth_announced_is_not_booked(books: Books) -> None:
    booked = books.book(*told(received(1)), announced={DOCK.name: "e2"})

    assert (booked.heads, booked.entries) == ({}, [])
    assert books.alerts() == {("epoch_refused", "rotterdam/dock-1")}


def test_before_any_birth_was_heard_a_new_epoch_may_be_announced_yet(books: Books) -> None:
    """What the broker kept for a ledger that was away comes before what it retains."""
    booked = books.book(*told(received(1)), announced={})

    assert (booked.heads, booked.entries, books.alerts()) == ({}, [], set())


def test_a_source_that_is_refused_again_and_again_is_one_alert_of_the_last_time(
    books: Books,
) -> None:
    """Whatever epochs it makes up; and a page that shows the last day shows it on every day."""
    for day in range(3):
        now_us = NOW_US + day * 86_400_000_000
        announced = {DOCK.name: "e9"}
        books.book(*told(received(day), epoch=f"e{day}"), announced=announced, now_us=now_us)

    assert books.queries.alerts() == [
        AlertRow("", "epoch_refused", DOCK.name, NOW_US + 2 * 86_400_000_000)
    ]


def test_a_new_epoch_closes_the_old_one_for_ever(books: Books) -> None:
    books.book(*told(received(1), received(2)))
    books.book(*told(received(3), epoch="e2"), announced={DOCK.name: "e2"})
    assert books.head().epoch == "e2"
    assert books.settled() == (1, 1, 0, 0)

    books.book(*told(received(4), first=3), announced={DOCK.name: "e1"})
    books.book(*told(received(5), first=1), announced={DOCK.name: "e1"})

    assert books.head().epoch == "e2"
    assert len(books.queries.movements()) == 3
    assert ("epoch_refused", DOCK.name) in books.alerts()
    books.assert_true()


def test_a_closed_epoch_that_speaks_alerts_though_no_birth_was_heard_since_the_start(
    books: Books,
) -> None:
    books.book(*told(received(1)))
    books.book(*told(received(2), epoch="e2"), announced={DOCK.name: "e2"})
    books.book(*told(received(3), first=2), announced={})

    assert ("epoch_refused", DOCK.name) in books.alerts()


# -- what a key stands for ------------------------------------------------------------------------


def test_a_unit_leaves_as_what_it_came_in_as(books: Books) -> None:
    """Its class key may stand for something else by then; what came in must go out whole."""
    books.book(*told(received(1)))
    books.take([ItemRow("TEA", "Green tea", "pack", TEA, 10)], NOW_US)
    books.book(*told(received(2, biz_step="shipping"), first=2))

    assert books.on_hand() == {}
    books.assert_true()


def test_what_came_in_as_a_placeholder_goes_out_as_one(books: Books) -> None:
    oats = "https://id.gs1.org/01/09521141098769"
    unit = {"epc_list": (f"{oats}/21/1",)}
    books.book(*told(received(1).model_copy(update=unit)))
    books.take([ItemRow("OATS", "Oats", "pack", oats, 20)], NOW_US)
    books.book(*told(received(2, biz_step="shipping").model_copy(update=unit), first=2))

    assert books.on_hand() == {}
    assert [row for row in books.queries.alerts() if row.reason == "unknown_item"] == [
        AlertRow(event_id(number), "unknown_item", oats, NOW_US) for number in (1, 2)
    ]
    books.assert_true()


def test_a_key_stands_for_what_it_stood_for_when_it_happened(books: Books) -> None:
    """A pack is changed at noon; the case of the morning is told later than that of the evening."""
    (evening,) = told(received(2, (2,), event_time="2026-11-22T18:00:00+01:00"))
    (morning,) = told(received(1, (1,)), first=2)
    books.take([ItemRow("TEA", "Green tea", "pack", TEA, 10)], instant.to_us("2026-11-22T12:00Z"))

    books.book(evening)
    assert books.on_hand()["TEA", HALL] == 10
    books.book(morning)
    assert books.on_hand()["TEA", HALL] == 10 + 12


def test_the_first_explanation_of_a_key_holds_for_what_was_before_it(books: Books) -> None:
    """Placeholders are for keys that nobody has explained by the time that the event comes."""
    oats = "https://id.gs1.org/01/09521141098769"
    one, two = (received(n).model_copy(update={"epc_list": (f"{oats}/21/{n}",)}) for n in (1, 2))
    books.book(*told(one))
    books.take([ItemRow("OATS", "Oats", "pack", oats, 20)], NOW_US)
    books.book(*told(two, first=2))

    assert books.on_hand()["OATS", HALL] == 20
    assert books.on_hand()[oats, HALL] == 1


# -- when it was known ----------------------------------------------------------------------------


def test_what_is_booked_later_is_known_later_whichever_gateway_told_it(books: Books) -> None:
    """Two events of one gateway, then one of another that moves the same unit."""
    other = Source("rotterdam", "dock-3")
    assert part_of(other.name) != part_of(DOCK.name)
    told_by_both = (
        *told(received(1, (9,)), received(2, (1,))),
        *told(received(3, (1,), biz_step="shipping"), source=other),
    )
    books.book(*told_by_both, announced=ANNOUNCED | {other.name: "e1"})

    rows = books.queries.movements()
    assert [(row.event_id, row.record_us) for row in rows] == [
        (event_id(3), NOW_US + 2),
        (event_id(2), NOW_US + 1),
        (event_id(1), NOW_US),
    ]
    books.assert_true()


def test_time_goes_on_in_the_books_though_the_clock_steps_back(books: Books) -> None:
    other = Source("rotterdam", "dock-3")
    back_us = NOW_US - 1_000_000
    books.book(*told(received(1)))
    out = told(received(2, biz_step="shipping"), source=other)
    books.book(*out, announced={other.name: "e1"}, now_us=back_us)
    books.book(*told(received(3), first=2), now_us=back_us)

    times = [row.record_us for row in books.queries.movements()]
    assert times == [NOW_US + 2, NOW_US + 1, NOW_US]
    books.assert_true()


def test_goods_without_serial_leave_the_zone_that_the_read_point_claims(books: Books) -> None:
    """They have no place of their own; without a claim that we know they leave from unknown."""
    rack = "urn:x:rack-7"
    books.take([LocationRow(rack, "Rack 7", "internal", "rotterdam")])
    two = (Quantity(epc_class=TEA, quantity=2),)
    counted: dict[str, Any] = {"quantity_list": two, "biz_step": "shipping"}
    books.book(
        *told(
            received(1, (), claimed_from=rack, **counted),
            received(2, (), claimed_from="urn:x:nowhere", **counted),
        )
    )

    assert books.on_hand() == {("TEA", rack): -24, ("TEA", "unknown:rotterdam"): 24}
    assert ("unknown_location", "readpoint:from") in books.alerts()
    assert [row.event_id for row in books.queries.alerts() if row.reason == "unknown_location"] == [
        event_id(2)
    ]
    books.assert_true()
