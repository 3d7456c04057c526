"""What every store promises to the events that come in: one suite, each implementation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from ledger.core import batch, booking
from ledger.core.batch import Arrived
from ledger.core.booking import Booking, Facts, Known
from ledger.core.books import Head
from ledger.core.masterdata import DocumentRow, ItemRow, LocationRow
from ledger.core.settle import GiveUp
from ledger.store import ingest_sqlite, migrate
from ledger.store.engine import open_readers, open_writer
from ledger.store.ingest import Booked, Ingest
from ledger.store.ingest_sqlite import SqliteIngest
from ledger.store.masterdata import MasterData
from ledger.store.queries import AlertRow, Queries
from ledger.store.verify import verify
from tests.contract.books import (
    DOCK,
    HALL,
    PALLET,
    TEA,
    arrived,
    case,
    event_id,
    payload,
    received,
    told,
)
from wire.event import BizTransaction
from wire.messages import Rejected
from wire.reason import Reason
from wire.topics import Source

NOW_US = 1_795_400_000_000_000
ANNOUNCED = {DOCK.name: "e1"}


@dataclass
class Books:
    """One store, with an item of twelve a case and a hall."""

    ingest: Ingest
    queries: Queries
    engine: Engine

    def book(self, *batch: Arrived, announced: dict[str, str] = ANNOUNCED) -> Booked:
        return self.ingest.book(batch, announced, NOW_US)

    def on_hand(self) -> dict[tuple[str, str], int]:
        rows = self.queries.stock(kind=None)
        return {(row.sku, row.location): row.quantity for row in rows}

    def alerts(self) -> set[tuple[str, str]]:
        return {(row.reason, row.about) for row in self.queries.alerts()}

    def head(self) -> Head:
        (head,) = self.ingest.heads()
        return head

    def settled(self) -> tuple[int, int, int, int]:
        head = self.head()
        return head.committed, head.booked, head.duplicates, head.rejected_total

    def assert_true(self) -> None:
        assert verify(self.engine).problems == ()


def _sqlite(folder: Path) -> Books:
    writer = open_writer(folder / "ledger.sqlite")
    migrate.upgrade(writer)
    ingest = SqliteIngest(writer)
    ingest.found("ledger-1")
    master = MasterData(writer)
    master.take([ItemRow("TEA", "Green tea", "pack", TEA, 12)], 0)
    master.take([LocationRow(HALL, "Hall 1", "internal", "rotterdam")], 0)
    return Books(ingest, Queries(open_readers(folder / "ledger.sqlite")), writer)


STORES: dict[str, Callable[[Path], Books]] = {"sqlite": _sqlite}


@pytest.fixture(params=STORES)
def books(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Books]:
    opened = STORES[request.param](tmp_path)
    yield opened
    opened.queries.engine.dispose()
    opened.engine.dispose()


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
    other = _sqlite(tmp_path / "other")
    books.book(*events)
    for each in events:
        other.book(each)

    assert books.on_hand() == other.on_hand()
    hashes = [row.hash for row in _rows(books, "event")]
    assert len(hashes) == 19
    assert hashes == [row.hash for row in _rows(other, "event")]
    other.queries.engine.dispose()
    other.engine.dispose()


def test_an_order_names_the_supplier_once(books: Books) -> None:
    MasterData(books.engine).take(
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
    booked = books.book(*told(received(1)), announced={})

    assert (booked.heads, booked.entries) == ({}, [])
    assert books.alerts() == {("epoch_refused", "rotterdam/dock-1 e1")}


def test_a_new_epoch_closes_the_old_one_for_ever(books: Books) -> None:
    books.book(*told(received(1), received(2)))
    books.book(*told(received(3), epoch="e2"), announced={DOCK.name: "e2"})
    assert books.head().epoch == "e2"
    assert books.settled() == (1, 1, 0, 0)

    books.book(*told(received(4), first=3), announced={DOCK.name: "e1"})
    books.book(*told(received(5), first=1), announced={DOCK.name: "e1"})

    assert books.head().epoch == "e2"
    assert len(books.queries.movements()) == 3
    books.assert_true()


# -- bad input ------------------------------------------------------------------------------------


def test_an_invalid_event_is_settled_as_rejected_and_stops_nobody(books: Books) -> None:
    bad = payload(received(2), 2).replace(b'"OBSERVE"', b'"SEE"')
    books.book(*told(received(1)), arrived(bad), *told(received(3), first=3))

    assert books.settled() == (3, 2, 0, 1)
    (rejected,) = books.head().rejected
    assert (rejected.seq, rejected.event_id, rejected.reason, rejected.detail) == (
        2,
        event_id(2),
        Reason.INVALID_EVENT,
        "action: Input should be 'ADD', 'OBSERVE' or 'DELETE'",
    )
    assert _rows(books, "reject")[0].payload == bad
    books.assert_true()


def test_a_payload_without_a_number_is_kept_once(books: Books) -> None:
    booked = books.book(arrived(b"junk"), arrived(b"junk"), arrived(b"other"))

    assert booked.unreadable == {DOCK.name}
    assert {row.payload for row in _rows(books, "unreadable")} == {b"junk", b"other"}
    assert books.ingest.heads() == []


def test_what_cannot_be_read_is_kept_up_to_a_bound(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_sqlite, "UNREADABLE_KEPT_MAX", 3)
    for number in range(5):
        books.ingest.book([arrived(b"junk %d" % number)], {}, NOW_US + number)

    assert {row.payload for row in _rows(books, "unreadable")} == {b"junk 2", b"junk 3", b"junk 4"}


def test_a_number_that_will_not_come_is_settled_by_name(books: Books) -> None:
    books.book(*told(received(1)))
    lost = GiveUp(DOCK.name, "e1", 2, Reason.NEVER_ARRIVED)
    booked = books.ingest.give_up([lost], ANNOUNCED, NOW_US)
    books.book(*told(received(3), first=3))

    assert booked.heads[DOCK.name].id == ""
    assert books.settled() == (3, 2, 0, 1)
    assert books.head().rejected == (Rejected(seq=2, reason=Reason.NEVER_ARRIVED),)
    assert ("never_arrived", "rotterdam/dock-1 e1 2") in books.alerts()
    books.assert_true()


def test_what_came_meanwhile_is_not_given_up(books: Books) -> None:
    books.book(*told(received(1), received(2)))

    booked = books.ingest.give_up(
        [GiveUp(DOCK.name, "e1", 2, Reason.NEVER_ARRIVED)], ANNOUNCED, NOW_US
    )

    assert books.settled() == (2, 2, 0, 0)
    assert booked.entries == []


def test_an_event_that_we_fail_on_costs_no_other_anything(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = booking.book

    def breaks(facts: Facts, known: Known) -> Booking:
        if case(2) in facts.serials:
            raise ZeroDivisionError("planted")
        return whole(facts, known)

    monkeypatch.setattr(booking, "book", breaks)
    booked = books.book(*told(received(1, (1,)), received(2, (2,)), received(3, (3,))))

    assert books.settled() == (3, 2, 0, 1)
    assert [entry.row.event_id for entry in booked.entries] == [event_id(1), event_id(3)]
    (rejected,) = books.head().rejected
    assert rejected.reason is Reason.INTERNAL_ERROR
    assert rejected.detail.endswith("ZeroDivisionError: planted\n")
    assert books.on_hand()[("TEA", HALL)] == 24
    books.assert_true()


def test_a_failing_first_event_of_an_epoch_is_settled_too(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> object:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(batch, "facts", breaks)
    books.book(*told(received(1)))

    assert books.settled() == (1, 0, 0, 1)


# -- append-only ----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["event", "event_key", "line", "unit_step"])
@pytest.mark.parametrize("change", ["UPDATE {} SET pseq = 9", "DELETE FROM {}"])
def test_the_book_of_record_refuses_change(books: Books, table: str, change: str) -> None:
    books.book(*told(received(1)))

    with pytest.raises(Exception, match=f"{table} is append-only"), books.engine.begin() as c:
        c.exec_driver_sql(change.format(table))


def test_verify_finds_a_changed_byte(books: Books) -> None:
    books.book(*told(received(1), received(2)))
    with books.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER event_no_update")
        connection.exec_driver_sql(
            "UPDATE event SET body = replace(body, 'receiving', 'receivinG') WHERE sseq = 1"
        )

    assert verify(books.engine).problems == (
        f"event that is not what its hash says: {_rows(books, 'event')[0].part}/1",
    )


def test_verify_finds_a_balance_that_its_lines_do_not_make(books: Books) -> None:
    books.book(*told(received(1)))
    with books.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE balance SET quantity = quantity + 1 WHERE quantity > 0")

    (problem,) = verify(books.engine).problems
    assert problem.startswith("balance that its lines do not add up to: ")


def test_alerts_are_told_newest_first(books: Books) -> None:
    books.ingest.book(told(received(1)), ANNOUNCED, 1)
    books.ingest.book(told(received(2), first=2), ANNOUNCED, 2)

    assert (
        books.queries.alerts()
        == [
            AlertRow(event_id(2), "receiving_without_document", "", 2),
            AlertRow(event_id(2), "received_again", case(1), 2),
            AlertRow(event_id(1), "receiving_without_document", "", 1),
        ][1:]
    )


def _rows(books: Books, table: str) -> list[Any]:
    with books.engine.begin() as connection:
        return list(connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2"))
