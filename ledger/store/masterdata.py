"""Master data into the books, a file a transaction."""

from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from ledger.core.masterdata import DocumentRow, ItemRow, LocationRow, Rows

_ITEM = "SELECT id, unit FROM item WHERE sku = ?"
_PUT_ITEM = """
INSERT INTO item VALUES (?, ?, ?, ?, 0)
ON CONFLICT (sku) DO UPDATE SET description = excluded.description
"""
_CODE = """
SELECT item_id, quantity, valid_from_us FROM code
WHERE key = ? ORDER BY valid_from_us DESC LIMIT 1
"""
_PUT_CODE = "INSERT INTO code VALUES (?, ?, ?, ?)"
_PUT_LOCATION = """
INSERT INTO location VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET name = excluded.name
"""
_LOCATION = "SELECT kind, site FROM location WHERE key = ?"
_PUT_DOCUMENT = "INSERT OR IGNORE INTO document VALUES (?, ?, ?)"
_DOCUMENT = "SELECT kind, party FROM document WHERE key = ?"


class Conflict(Exception):
    """What a file says contradicts the books; the sentence says in what."""


@dataclass(frozen=True, slots=True)
class MasterData:
    engine: Engine  # of ledger.store.engine.open_writer

    def take(self, rows: Rows, now_us: int) -> int:
        """All rows, or none; gives how many. What a code stood for before stays in its row.

        Raises Conflict.
        """
        with self.engine.begin() as connection:
            for row in rows:
                _put(connection, row, now_us)
        return len(rows)


def _put(connection: Connection, row: ItemRow | LocationRow | DocumentRow, now_us: int) -> None:
    match row:
        case ItemRow():
            _put_item(connection, row, now_us)
        case LocationRow():
            _put_location(connection, row)
        case DocumentRow():
            _put_document(connection, row)


def _put_item(connection: Connection, row: ItemRow, now_us: int) -> None:
    values = (_new_id(connection), row.sku, row.description, row.unit)
    connection.exec_driver_sql(_PUT_ITEM, values)
    item, unit = connection.exec_driver_sql(_ITEM, (row.sku,)).one()
    if unit != row.unit:
        raise Conflict(f"item {row.sku}: unit {row.unit!r}: the books count it in {unit!r}")
    known = connection.exec_driver_sql(_CODE, (row.class_key,)).one_or_none()
    if known is None:
        connection.exec_driver_sql(_PUT_CODE, (row.class_key, now_us, item, row.quantity))
    elif known[:2] != (item, row.quantity):
        # Whatever the clock says: what is imported later holds later.
        from_us = max(now_us, known.valid_from_us + 1)
        connection.exec_driver_sql(_PUT_CODE, (row.class_key, from_us, item, row.quantity))


def _put_location(connection: Connection, row: LocationRow) -> None:
    """Only its name may change: the stock in it is where it is."""
    values = (_new_id(connection), row.key, row.name, row.kind, row.site)
    connection.exec_driver_sql(_PUT_LOCATION, values)
    known = connection.exec_driver_sql(_LOCATION, (row.key,)).one()
    for column, said, is_ in (("kind", row.kind, known.kind), ("site", row.site, known.site)):
        if said != is_:
            raise Conflict(f"location {row.key}: {column} {said!r}: the books have it as {is_!r}")


def _put_document(connection: Connection, row: DocumentRow) -> None:
    """It does not change: what was booked on it is booked on what it was then."""
    connection.exec_driver_sql(_PUT_DOCUMENT, tuple(row))
    known = connection.exec_driver_sql(_DOCUMENT, (row.key,)).one()
    for column, said, is_ in (("kind", row.kind, known.kind), ("party", row.party, known.party)):
        if said != is_:
            raise Conflict(f"document {row.key}: {column} {said!r}: the books have it as {is_!r}")


def _new_id(connection: Connection) -> int:
    """Some are never used, where the row was there already: ids need not be dense."""
    found = connection.exec_driver_sql(
        "UPDATE identity SET next_id = next_id + 1 RETURNING next_id - 1"
    )
    return int(found.scalar_one())
