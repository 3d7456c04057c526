"""A store with its master data, and short ways to say and to ask: for suites that run on each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ledger.core.batch import Arrived
from ledger.core.books import Head
from ledger.core.masterdata import ItemRow, LocationRow, Rows
from ledger.store import migrate
from ledger.store.engine import open_readers, open_writer
from ledger.store.ingest import Booked, Ingest
from ledger.store.ingest_sqlite import SqliteIngest
from ledger.store.masterdata import MasterData
from ledger.store.queries import Queries
from ledger.store.verify import verify
from tests.contract.books import DOCK, HALL, TEA

NOW_US = 1_795_400_000_000_000
ANNOUNCED = {DOCK.name: "e1"}


@dataclass
class Books:
    """One store, with an item of twelve a case and a hall."""

    ingest: Ingest
    queries: Queries
    engine: Engine

    def book(
        self, *batch: Arrived, announced: dict[str, str] = ANNOUNCED, now_us: int = NOW_US
    ) -> Booked:
        return self.ingest.book(batch, announced, now_us)

    def take(self, rows: Rows, now_us: int = 0) -> int:
        return MasterData(self.engine).take(rows, now_us)

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

    def rows(self, table: str) -> list[Any]:
        with self.engine.begin() as connection:
            return list(connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2"))

    def assert_true(self) -> None:
        assert verify(self.engine).problems == ()

    def close(self) -> None:
        self.queries.engine.dispose()
        self.engine.dispose()


def sqlite(folder: Path) -> Books:
    writer = open_writer(folder / "ledger.sqlite")
    migrate.upgrade(writer)
    ingest = SqliteIngest(writer)
    ingest.found("ledger-1")
    books = Books(ingest, Queries(open_readers(folder / "ledger.sqlite")), writer)
    books.take([ItemRow("TEA", "Green tea", "pack", TEA, 12)])
    books.take([LocationRow(HALL, "Hall 1", "internal", "rotterdam")])
    return books


STORES: dict[str, Callable[[Path], Books]] = {"sqlite": sqlite}
