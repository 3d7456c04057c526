"""What every store does with what it cannot book: settled once, by name, and nobody else waits."""

import pytest
from structlog.testing import capture_logs

from ledger.core import batch, booking
from ledger.core.booking import Booking, Facts, Known
from ledger.core.masterdata import ItemRow
from ledger.core.settle import GiveUp
from ledger.store import ingest_sqlite
from ledger.store.tables import BALANCE_MAX
from tests.contract.books import DOCK, HALL, TEA, arrived, case, event_id, payload, received, told
from tests.contract.stores import ANNOUNCED, NOW_US, Books
from wire import json
from wire.event import Event, Quantity
from wire.messages import Ack, Rejected
from wire.reason import Reason


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
    assert books.rows("reject")[0].payload == bad
    books.assert_true()


def test_a_payload_without_a_number_is_kept_once(books: Books) -> None:
    booked = books.book(arrived(b"junk"), arrived(b"junk"), arrived(b"other"))

    assert booked.unreadable == {DOCK.name}
    assert {row.payload for row in books.rows("unreadable")} == {b"junk", b"other"}
    assert books.ingest.heads() == []


def test_what_cannot_be_read_is_kept_up_to_a_bound(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest_sqlite, "UNREADABLE_KEPT_MAX", 3)
    for number in range(5):
        books.ingest.book([arrived(b"junk %d" % number)], {}, NOW_US + number)

    assert {row.payload for row in books.rows("unreadable")} == {b"junk 2", b"junk 3", b"junk 4"}


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
    with capture_logs() as logs:
        booked = books.book(*told(received(1, (1,)), received(2, (2,)), received(3, (3,))))

    assert books.settled() == (3, 2, 0, 1)
    assert [entry.row.event_id for entry in booked.entries] == [event_id(1), event_id(3)]
    (rejected,) = books.head().rejected
    assert rejected.reason is Reason.INTERNAL_ERROR
    assert rejected.detail == "ZeroDivisionError: planted"
    kept = books.rows("reject")[0].detail
    assert kept.startswith("ZeroDivisionError: planted\nTraceback (most recent call last):\n")
    assert kept.endswith("ZeroDivisionError: planted\n")
    (logged,) = logs
    assert isinstance(logged.pop("exc_info"), ZeroDivisionError)
    assert logged == {
        "event": "event_failed",
        "log_level": "error",
        "source": DOCK.name,
        "epoch": "e1",
        "seq": 2,
        "event_id": event_id(2),
    }
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


def test_what_the_database_refuses_is_told_without_its_statements(
    books: Books,
) -> None:
    """The ack is for everybody on the broker."""
    books.book(*told(received(1)))
    with books.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM chain")  # The books are broken.
    with capture_logs():
        books.book(*told(received(2), first=2))

    (rejected,) = books.head().rejected
    assert rejected == Rejected(
        seq=2,
        event_id=event_id(2),
        reason=Reason.INTERNAL_ERROR,
        detail="IntegrityError: UNIQUE constraint failed: event.part, event.pseq",
    )
    assert "INSERT INTO event" in books.rows("reject")[0].detail


def test_an_ack_with_as_many_rejects_as_there_can_be_is_readable(books: Books) -> None:
    """... also after a restart, when they are read from the books."""
    nasty = '"\\\U0001f600' * 5000
    said = [
        json.encode({"readpoint:epoch": "e1", "readpoint:seq": n, "readpoint:v": nasty}).encode()
        for n in range(1, 102)
    ]
    booked = books.book(*(arrived(each) for each in said))

    assert books.head() == booked.heads[DOCK.name]
    assert [each.seq for each in books.head().rejected] == list(range(101, 1, -1))
    assert books.head().rejected_total == 101
    listed = books.head().rejected
    ack = Ack(ledger="l", incarnation=1, n=1, epoch="e1", committed=1, rejected=listed)
    assert Ack.from_payload(ack.to_payload()) == ack
    assert nasty[:100] in books.rows("reject")[0].detail.replace("\\\\", "\\")


# -- too much -------------------------------------------------------------------------------------


def counted(number: int, quantity: int) -> Event:
    """So many of a class came in."""
    said = (Quantity(epc_class=TEA, quantity=quantity),)
    return received(number, (), quantity_list=said)


def test_a_line_above_the_bound_is_rejected_in_words(books: Books) -> None:
    million = 10**6
    books.take([ItemRow("TEA", "Green tea", "pack", TEA, million)])
    books.book(*told(counted(1, million), counted(2, million + 1), received(3)))

    assert books.settled() == (3, 2, 0, 1)
    assert books.head().rejected == (
        Rejected(
            seq=2,
            event_id=event_id(2),
            reason=Reason.INVALID_EVENT,
            detail="1000001000000 base units in one line: expected at most 1000000000000",
        ),
    )
    assert books.on_hand()[("TEA", HALL)] == 10**12 + million
    books.assert_true()


def test_a_balance_never_leaves_the_whole_numbers(books: Books) -> None:
    """An event that would take it there is rejected; the books stay readable, and true."""
    books.book(*told(counted(1, 1), received(2, (2,))))
    with books.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE balance SET quantity = {BALANCE_MAX} WHERE quantity > 0"
        )

    books.book(*told(received(3, (3,)), received(4, (2,), biz_step="shipping"), first=3))

    assert books.settled() == (4, 3, 0, 1)
    (rejected,) = books.head().rejected
    assert rejected == Rejected(
        seq=3,
        event_id=event_id(3),
        reason=Reason.INVALID_EVENT,
        detail="a balance would be more than 9007199254740991 base units",
    )
    assert books.on_hand()["TEA", HALL] == BALANCE_MAX - 12


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE balance SET quantity = 1.5",
        "UPDATE balance SET quantity = quantity * 1e300",
        "INSERT INTO line VALUES (1, 1, 9, 1, 1, 0, 0, 0, 1.5)",
        "INSERT INTO line VALUES (1, 1, 9, 1, 1, 0, 0, 0, 0)",
        "INSERT INTO line VALUES (1, 1, 9, 1, 1, 0, 0, 0, 1000000000001)",
        "INSERT INTO line VALUES (1, 1, 9, 1, 1, 0, 0, 0, -1000000000001)",
        "INSERT INTO unit VALUES ('urn:x', 1, 0.5, 1, 0)",
        "INSERT INTO code VALUES ('urn:x', 0, 1, 0)",
        "INSERT INTO code VALUES ('urn:x', 0, 1, 0.5)",
    ],
)
def test_the_database_itself_holds_whole_numbers_only(books: Books, statement: str) -> None:
    books.book(*told(received(1)))

    with pytest.raises(Exception, match="CHECK constraint failed"), books.engine.begin() as c:
        c.exec_driver_sql(statement)
