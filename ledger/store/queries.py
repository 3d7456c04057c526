"""What people and systems ask the books. Blocking; for the reader pool's threads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    Table,
    and_,
    false,
    func,
    or_,
    select,
    tuple_,
)

from ledger.core.booking import is_container
from ledger.store import tables as t

PAGE_MAX = 500


@dataclass(frozen=True, slots=True)
class StockRow:
    """What is on hand of one item at one location, in base units."""

    sku: str
    description: str
    unit: str
    unresolved: bool  # a placeholder: nobody has said yet what the key stands for
    location: str
    location_name: str
    location_kind: str
    site: str
    quantity: int


@dataclass(frozen=True, slots=True)
class LineRow:
    sku: str
    location: str
    quantity: int


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One event of the book with its lines. Instants are µs UTC."""

    part: int
    pseq: int
    event_id: str
    source: str
    kind: str
    verdict: str
    biz_step: str | None
    direction: str | None
    read_point: str | None
    event_us: int
    record_us: int
    units: int
    containers: tuple[str, ...]
    lines: tuple[LineRow, ...]


@dataclass(frozen=True, slots=True)
class SourceRow:
    """How far a gateway's events are settled; committed = booked + duplicates + rejected."""

    source: str
    epoch: str
    committed: int
    booked: int
    duplicates: int
    rejected: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """Where a serial or container is, by what was booked, and since when (µs UTC)."""

    key: str
    location: str
    location_name: str
    location_kind: str
    site: str
    event_us: int


@dataclass(frozen=True, slots=True)
class CrossingsRow:
    """How many events were booked through a read point in one direction, and when the last was."""

    source: str
    read_point: str
    direction: str
    count: int
    last_us: int


@dataclass(frozen=True, slots=True)
class AlertRow:
    event_id: str
    reason: str
    about: str
    at_us: int


Position = tuple[int, int, int]  # record_us, part, pseq: where a page of movements ends


@dataclass(frozen=True, slots=True)
class Queries:
    engine: Engine  # of ledger.store.engine.open_readers

    def stock(
        self,
        kind: str | None = "internal",
        sku: str | None = None,
        location: str | None = None,
        after: tuple[str, str] | None = None,
        limit: int = PAGE_MAX,
    ) -> list[StockRow]:
        """Balances that are not 0, by item and location, behind `after` (sku, location key).

        There is one balance of an item at a location, as long as lots, owners and statuses are
        not booked.
        """
        last = after or ("", "")
        wanted = (
            select(
                t.item.c.sku,
                t.item.c.description,
                t.item.c.unit,
                t.item.c.is_placeholder,
                t.location.c.key,
                t.location.c.name,
                t.location.c.kind,
                t.location.c.site,
                t.balance.c.quantity,
            )
            # "+ 0" and ">=": from item to balance, by SKU. Left alone, SQLite reads all balances
            # and sorts them for every page.
            .join_from(t.item, t.balance, t.balance.c.item_id == t.item.c.id + 0)
            .join(t.location, t.location.c.id == t.balance.c.location_id)
            .where(t.balance.c.quantity != 0)
            .where(tuple_(t.item.c.sku, t.location.c.key) > last)
            .where(t.item.c.sku >= last[0])
            .order_by(t.item.c.sku, t.location.c.key)
            .limit(limit)
        )
        if kind is not None:
            wanted = wanted.where(t.location.c.kind == kind)
        if sku is not None:
            wanted = wanted.where(t.item.c.sku == sku)
        if location is not None:
            wanted = wanted.where(t.location.c.key == location)
        with self.engine.connect() as connection:
            return [
                StockRow(sku, description, unit, bool(unresolved), *rest)
                for sku, description, unit, unresolved, *rest in connection.execute(wanted)
            ]

    def movements(
        self,
        verdict: str | None = "booked",
        before: Position | None = None,
        limit: int = PAGE_MAX,
    ) -> list[MovementRow]:
        """Events with their lines, newest record first, those before `before`."""
        e = t.event.c
        wanted = (
            select(t.event).order_by(e.record_us.desc(), e.part.desc(), e.pseq.desc()).limit(limit)
        )
        if verdict is not None:
            wanted = wanted.where(e.verdict == verdict)
        if before is not None:
            wanted = wanted.where(tuple_(e.record_us, e.part, e.pseq) < before)
        with self.engine.connect() as connection:
            events = connection.execute(wanted).all()
            keys = [(row.part, row.pseq) for row in events]
            lines = _lines(connection, keys)
            steps = _steps(connection, keys)
        return [_movement(row, lines, steps) for row in events]

    def unit(self, key: str) -> UnitRow | None:
        """None where nothing was ever booked of it."""
        u, place = t.unit.c, t.location.c
        wanted = (
            select(u.key, place.key, place.name, place.kind, place.site, u.event_us)
            .join_from(t.unit, t.location, place.id == u.location_id)
            .where(u.key == key)
        )
        with self.engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        return None if row is None else UnitRow(*row)

    def crossings(self, since_us: int) -> list[CrossingsRow]:
        """What was booked through each read point since an instant, by event time."""
        e = t.event.c
        wanted = (
            select(e.source, e.read_point, e.direction, func.count(), func.max(e.event_us))
            .where(e.verdict == "booked", e.read_point.is_not(None), e.direction.is_not(None))
            .where(e.event_us >= since_us)
            .group_by(e.source, e.read_point, e.direction)
            .order_by(e.source, e.read_point, e.direction)
        )
        with self.engine.connect() as connection:
            return [CrossingsRow(*row) for row in connection.execute(wanted)]

    def sources(self) -> list[SourceRow]:
        s = t.source_epoch.c
        wanted = (
            select(s.source, s.epoch, s.committed, s.booked, s.duplicates, s.rejected)
            .where(s.is_open == 1)
            .order_by(s.source)
        )
        with self.engine.connect() as connection:
            return [SourceRow(*row) for row in connection.execute(wanted)]

    def alerts(self, limit: int = PAGE_MAX) -> list[AlertRow]:
        """The newest first."""
        a = t.alert.c
        wanted = (
            select(a.event_id, a.reason, a.about, a.at_us)
            .order_by(a.at_us.desc(), a.event_id, a.reason, a.about)
            .limit(limit)
        )
        with self.engine.connect() as connection:
            return [AlertRow(*row) for row in connection.execute(wanted)]

    def ping(self) -> None:
        """Raises sqlalchemy.exc.SQLAlchemyError where the database does not answer."""
        with self.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")


def _movement(
    row: Row[*tuple[Any, ...]],
    lines: Mapping[tuple[int, int], Sequence[LineRow]],
    steps: Mapping[tuple[int, int], Sequence[str]],
) -> MovementRow:
    units = steps.get((row.part, row.pseq), ())
    containers = tuple(key for key in units if is_container(key))
    return MovementRow(
        part=row.part,
        pseq=row.pseq,
        event_id=row.event_id,
        source=row.source,
        kind=row.kind,
        verdict=row.verdict,
        biz_step=row.biz_step,
        direction=row.direction,
        read_point=row.read_point,
        event_us=row.event_us,
        record_us=row.record_us,
        units=len(units) - len(containers),
        containers=containers,
        lines=tuple(lines.get((row.part, row.pseq), ())),
    )


def _lines(
    connection: Connection, keys: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[LineRow]]:
    found: dict[tuple[int, int], list[LineRow]] = {}
    wanted = (
        select(t.line.c.part, t.line.c.pseq, t.item.c.sku, t.location.c.key, t.line.c.quantity)
        .join_from(t.line, t.item, t.item.c.id == t.line.c.item_id)
        .join(t.location, t.location.c.id == t.line.c.location_id)
        .where(_of_events(t.line, keys))
        .order_by(t.line.c.part, t.line.c.pseq, t.line.c.n)
    )
    for part, pseq, *line in connection.execute(wanted):
        found.setdefault((part, pseq), []).append(LineRow(*line))
    return found


def _steps(
    connection: Connection, keys: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[str]]:
    found: dict[tuple[int, int], list[str]] = {}
    step = t.unit_step.c
    wanted = (
        select(step.part, step.pseq, step.key)
        .where(_of_events(t.unit_step, keys))
        .order_by(step.part, step.pseq, step.key)
    )
    for part, pseq, key in connection.execute(wanted):
        found.setdefault((part, pseq), []).append(key)
    return found


def _of_events(table: Table, keys: Sequence[tuple[int, int]]) -> ColumnElement[bool]:
    """The rows of these events (part, pseq), by the primary key.

    SQLite answers `(part, pseq) IN (VALUES ...)` by reading the whole table.
    """
    by_part: dict[int, list[int]] = {}
    for part, pseq in keys:
        by_part.setdefault(part, []).append(pseq)
    return or_(
        false(),
        *(and_(table.c.part == part, table.c.pseq.in_(each)) for part, each in by_part.items()),
    )
