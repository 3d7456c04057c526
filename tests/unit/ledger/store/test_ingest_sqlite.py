"""A database that fails is no event's fault: nothing is settled, and all of it is booked later."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import DatabaseError, OperationalError

from ledger.core import booking
from ledger.core.booking import Booking, Facts, Known
from ledger.store.engine import StoreError
from tests.contract.books import HALL, case, received, told
from tests.contract.stores import Books, sqlite


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = sqlite(tmp_path)
    yield opened
    opened.close()


def pragma(books: Books, words: str) -> int:
    """On the writer's own connection, outside of any transaction."""
    raw = books.engine.raw_connection()
    (found,) = raw.cursor().execute(f"PRAGMA {words}").fetchone()
    raw.close()
    return int(found)


def assert_nothing_settled(books: Books) -> None:
    assert books.ingest.heads() == []
    assert (books.rows("reject"), books.rows("event"), books.rows("alert")) == ([], [], [])


def test_a_locked_database_rejects_nothing(books: Books, tmp_path: Path) -> None:
    pragma(books, "busy_timeout = 0")
    other = sqlite3.connect(tmp_path / "ledger.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(OperationalError, match="database is locked"):
        books.book(*told(received(1), received(2)))

    other.execute("ROLLBACK")
    other.close()
    assert_nothing_settled(books)
    books.book(*told(received(1), received(2, (2,))))
    assert books.on_hand()["TEA", HALL] == 24


def test_a_full_disk_rejects_nothing(books: Books) -> None:
    full = pragma(books, "page_count")
    pragma(books, f"max_page_count = {full}")
    cases = range(1, 900)

    with pytest.raises(OperationalError, match="database or disk is full"):
        books.book(*told(received(1, cases), received(2)))

    assert_nothing_settled(books)
    pragma(books, "max_page_count = 100000")
    books.book(*told(received(1, cases)))
    assert books.on_hand()["TEA", HALL] == 899 * 12
    books.assert_true()


def damage(books: Books, folder: Path, table: str) -> None:
    page = pragma(books, "page_size")
    with books.engine.begin() as connection:
        root = connection.exec_driver_sql(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
        ).scalar_one()
    books.close()
    with (folder / "ledger.sqlite").open("r+b") as file:
        file.seek((root - 1) * page)
        file.write(b"\xff" * page)


def test_a_damaged_database_rejects_nothing(books: Books, tmp_path: Path) -> None:
    damage(books, tmp_path, "balance")

    with pytest.raises(DatabaseError, match="malformed") as raised:
        books.book(*told(received(1)))

    assert isinstance(raised.value, StoreError)
    assert_nothing_settled(books)


def test_nor_does_it_where_another_event_of_the_batch_failed_by_itself(
    books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then they are booked one by one, and the first that meets the damage stops it."""
    damage(books, tmp_path, "balance")
    whole = booking.book

    def breaks(facts: Facts, known: Known) -> Booking:
        if case(2) in facts.serials:
            raise ZeroDivisionError("planted")
        return whole(facts, known)

    monkeypatch.setattr(booking, "book", breaks)
    with pytest.raises(DatabaseError, match="malformed"):
        books.book(*told(received(1, (1,)), received(2, (2,))))

    assert_nothing_settled(books)
