"""Pages cost what they hold, however large the books: asked of SQLite's plan, not of a clock."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, event

from ledger.store.queries import Queries
from tests.contract.stores import Books, sqlite

PLACE = (1_795_400_000_000_000, 5, 7)


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    opened = sqlite(tmp_path)
    yield opened
    opened.close()


def plan(books: Books, ask: Callable[[Queries], object]) -> list[str]:
    """How SQLite reads the first thing that is asked."""
    asked: list[tuple[str, tuple[object, ...]]] = []

    @event.listens_for(books.queries.engine, "before_cursor_execute")
    def _hear(
        _connection: Connection,
        _cursor: object,
        statement: str,
        parameters: tuple[object, ...],
        *_: object,
    ) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    ask(books.queries)
    event.remove(books.queries.engine, "before_cursor_execute", _hear)
    statement, parameters = asked[0]
    with books.engine.begin() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return [row.detail for row in rows]


@pytest.mark.parametrize(
    "ask",
    [
        lambda q: q.stock(),
        lambda q: q.stock(after=("TEA", "hall")),
        lambda q: q.stock(kind=None),
        lambda q: q.stock(kind="transit", after=("TEA", "hall")),
        lambda q: q.stock(sku="TEA"),
        lambda q: q.stock(location="hall", after=("TEA", "hall")),
        lambda q: q.movements(),
        lambda q: q.movements(verdict="stored"),
        lambda q: q.movements(verdict="stored", before=PLACE),
        lambda q: q.movements(verdict=None, before=PLACE),
        lambda q: q.crossings(0),
    ],
)
def test_a_page_is_sought_not_sorted_out_of_all(
    books: Books, ask: Callable[[Queries], object]
) -> None:
    steps = plan(books, ask)

    assert [step for step in steps if step.startswith("SCAN")] == []
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


def test_crossings_are_counted_in_the_index_alone(books: Books) -> None:
    """The event's own row holds its body: a day of them would be read for a few numbers."""
    assert plan(books, lambda q: q.crossings(0))[0] == (
        "SEARCH event USING COVERING INDEX event_by_read_point (verdict=? AND event_us>?)"
    )
