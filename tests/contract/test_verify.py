"""The books refuse to be changed, and `verify` finds what was changed all the same."""

import pytest
from sqlalchemy import Connection

from ledger.core import chain
from ledger.core.booking import Line, Packed, UnitStep
from ledger.store.tables import APPEND_ONLY
from ledger.store.verify import verify
from tests.contract.books import DOCK, arrived, case, event_id, payload, received, told
from tests.contract.stores import NOW_US, Books
from wire.topics import Source

PART = chain.part_of(DOCK.name)
HASH = "event that is not what its hash says"
MOVED = "lines that are not what their units moved"
SUM = "lines of an event that do not add up to 0"
BALANCE = "balance that its lines do not add up to"
UNIT = "unit that is not what and where its last step says"
STEP = "step that does not begin as and where the one before ended"
TIME = "event that was not known after the one before"
COUNT = "epoch whose settled numbers are not one of booked, duplicate, rejected each"
ENDS = f"chain {PART} ends elsewhere"


@pytest.fixture
def filled(books: Books) -> Books:
    """Two cases in (TEA is item 1, the hall 2, unknown 3), one of them out; then a reject."""
    bad = payload(received(3), 3).replace(b'"OBSERVE"', b'"SEE"')
    events = told(received(1, (1, 2)), received(2, (2,), biz_step="shipping"))
    books.book(*events, arrived(bad))
    assert [row.id for row in books.rows("location")] == [2, 3]
    return books


def tamper(connection: Connection, *statements: str) -> None:
    """As somebody who may write to the database can."""
    for table in APPEND_ONLY:
        for change in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{change}")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    for statement in statements:
        connection.exec_driver_sql(statement)


def forge(connection: Connection) -> None:
    """Hash everything anew, so that only what the rows say can give the change away."""
    end = chain.GENESIS
    for row in connection.exec_driver_sql("SELECT * FROM event ORDER BY pseq").all():
        lines = connection.exec_driver_sql(
            "SELECT item_id, location_id, quantity FROM line WHERE pseq = ? ORDER BY n", (row.pseq,)
        )
        steps = connection.exec_driver_sql(
            "SELECT key, item_id, quantity, source_id, destination_id FROM unit_step"
            " WHERE pseq = ?",
            (row.pseq,),
        )
        moved = [UnitStep(key, Packed(item, n), *places) for key, item, n, *places in steps]
        lines_hash = chain.lines_hash([Line(*line) for line in lines], moved)
        said = {name: getattr(row, name) for name in chain.Chained.__slots__}
        end = chain.link(end, chain.Chained(**said | {"lines_hash": lines_hash}))
        connection.exec_driver_sql(
            "UPDATE event SET lines_hash = ?, hash = ? WHERE pseq = ?", (lines_hash, end, row.pseq)
        )
    connection.exec_driver_sql("UPDATE chain SET hash = ?", (end,))


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["UPDATE {} SET rowid = 9", "DELETE FROM {}"])
def test_the_book_of_record_refuses_change(filled: Books, table: str, change: str) -> None:
    with pytest.raises(Exception, match=f"{table} is append-only"), filled.engine.begin() as c:
        c.exec_driver_sql(change.format(table))


def test_good_books_are_read_whole(filled: Books) -> None:
    assert verify(filled.engine).events == 2
    filled.assert_true()


@pytest.mark.parametrize(
    ("fault", "problems"),
    [
        (
            "UPDATE event SET body = replace(body, 'receiving', 'receivinG') WHERE pseq = 1",
            [f"{HASH}: {PART}/1"],
        ),
        ("UPDATE event SET body = '' WHERE pseq = 1", [f"{HASH}: {PART}/1"]),
        ("UPDATE event SET hash = x'00' WHERE pseq = 2", [f"{HASH}: {PART}/2", ENDS]),
        ("UPDATE chain SET hash = x'00'", [ENDS]),
        ("UPDATE chain SET pseq = 3", [ENDS]),
        ("DELETE FROM chain", [ENDS]),
        (
            "INSERT INTO chain VALUES (64, 1, 1, x'00')",
            ["chain 64 ends elsewhere"],
        ),
        (
            "UPDATE line SET quantity = 25 WHERE pseq = 1 AND quantity = 24",
            [
                f"{SUM}: {PART}/1, 1, 1",
                f"{BALANCE}: 1, 2, 1",
                f"{HASH}: {PART}/1",
                f"{MOVED}: {PART}/1",
            ],
        ),
        ("UPDATE balance SET quantity = 13 WHERE location_id = 2", [f"{BALANCE}: 1, 2, -1"]),
        ("DELETE FROM balance WHERE location_id = 2", [f"{BALANCE}: 1, 2, 12"]),
        ("INSERT INTO balance VALUES (1, 2, 0, 0, 1, 1)", [f"{BALANCE}: 1, 2, -1"]),
        (f"UPDATE unit SET location_id = 2 WHERE key = '{case(2)}'", [f"{UNIT}: {case(2)}"]),
        (f"UPDATE unit SET quantity = 10 WHERE key = '{case(1)}'", [f"{UNIT}: {case(1)}"]),
        (f"UPDATE unit SET item_id = 5 WHERE key = '{case(1)}'", [f"{UNIT}: {case(1)}"]),
        (f"DELETE FROM unit WHERE key = '{case(1)}'", [f"{UNIT}: {case(1)}"]),
        (f"INSERT INTO unit VALUES ('{case(3)}', 1, 12, 2, 0)", [f"{UNIT}: {case(3)}"]),
        (
            "DELETE FROM event_key WHERE pseq = 2",
            [f"event without its key: {event_id(2)}"],
        ),
        (
            "UPDATE event_key SET body_hash = x'00' WHERE pseq = 2",
            [f"event without its key: {event_id(2)}"],
        ),
        (
            "INSERT INTO event_key VALUES ('urn:x', 0, x'00', 0, 1)",
            ["key without its event: urn:x"],
        ),
        (
            "UPDATE source_epoch SET committed = 4",
            [f"{COUNT}: rotterdam/dock-1 e1"],
        ),
        (
            "UPDATE source_epoch SET booked = 3, rejected = 0",
            [f"{COUNT}: rotterdam/dock-1 e1"],
        ),
        (
            "UPDATE source_epoch SET duplicates = 1, rejected = 0",
            [f"{COUNT}: rotterdam/dock-1 e1"],
        ),
        (
            "UPDATE source_epoch SET duplicates = 1, booked = 1",
            [f"{COUNT}: rotterdam/dock-1 e1"],
        ),
        (
            "UPDATE reject SET sseq = 2",
            ["number that is settled twice: rotterdam/dock-1 e1 2"],
        ),
    ],
)  # fmt: skip
def test_verify_finds(filled: Books, fault: str, problems: list[str]) -> None:
    with filled.engine.begin() as connection:
        tamper(connection, fault)

    assert list(verify(filled.engine).problems) == problems


@pytest.mark.parametrize(
    ("faults", "problems"),
    [
        (
            # The units moved 24, the lines say 20, all the sums are right.
            [
                "UPDATE line SET quantity = quantity * 10 / 12",
                "UPDATE balance SET quantity = quantity * 10 / 12",
            ],
            [f"{MOVED}: {PART}/1", f"{MOVED}: {PART}/2"],
        ),
        (
            # A unit goes out as less than it came in as.
            [
                "UPDATE line SET quantity = quantity * 10 / 12 WHERE pseq = 2",
                "UPDATE balance SET quantity = (SELECT SUM(quantity) FROM line"
                " WHERE line.location_id = balance.location_id)",
                "UPDATE unit_step SET quantity = 10 WHERE pseq = 2",
                f"UPDATE unit SET quantity = 10 WHERE key = '{case(2)}'",
            ],
            [f"{STEP}: {PART}/2, {case(2)}"],
        ),
        (
            # ... or as another item.
            [
                "UPDATE line SET item_id = 9 WHERE pseq = 2",
                "DELETE FROM balance",
                "INSERT INTO balance SELECT item_id, location_id, 0, 0, 0, SUM(quantity)"
                " FROM line GROUP BY item_id, location_id",
                "UPDATE unit_step SET item_id = 9 WHERE pseq = 2",
                f"UPDATE unit SET item_id = 9 WHERE key = '{case(2)}'",
            ],
            [f"{STEP}: {PART}/2, {case(2)}"],
        ),
        (
            # A unit leaves from where it is not.
            ["UPDATE unit_step SET source_id = NULL WHERE pseq = 2"],
            [f"{STEP}: {PART}/2, {case(2)}"],
        ),
        (
            # An event was taken out of the chain.
            [
                f"UPDATE {table} SET pseq = 3 WHERE pseq = 2"
                for table in ("event", "event_key", "line", "unit_step", "chain")
            ],
            [f"{HASH}: {PART}/3"],
        ),
    ],
)  # fmt: skip
def test_verify_finds_what_was_forged(
    filled: Books, faults: list[str], problems: list[str]
) -> None:
    with filled.engine.begin() as connection:
        tamper(connection, *faults)
        forge(connection)

    assert list(verify(filled.engine).problems) == problems


@pytest.mark.parametrize("record_us", [NOW_US, NOW_US - 1])
def test_verify_finds_events_whose_order_nobody_could_tell(books: Books, record_us: int) -> None:
    books.book(*told(received(1, (1,)), received(2, (2,))))
    with books.engine.begin() as connection:
        tamper(connection, f"UPDATE event SET record_us = {record_us} WHERE pseq = 2")
        forge(connection)

    assert verify(books.engine).problems == (f"{TIME}: {PART}/2",)


def test_verify_finds_events_of_two_chains_at_one_time(books: Books) -> None:
    other = Source("rotterdam", "dock-3")
    books.book(*told(received(1, (1,))), announced={DOCK.name: "e1"})
    books.book(*told(received(2, (2,)), source=other), announced={other.name: "e1"})
    with books.engine.begin() as connection:
        tamper(connection, f"UPDATE event SET record_us = {NOW_US}")

    first, second = sorted((PART, chain.part_of(other.name)))
    later = next(row.part for row in books.rows("event") if row.source == other.name)
    assert set(verify(books.engine).problems) == {f"{TIME}: {second}/1", f"{HASH}: {later}/1"}
    assert first != second
