"""Whether the books are what they say: proved from the rows, by reading all of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row

from ledger.core import chain
from ledger.core.booking import Line, Packed, UnitStep
from ledger.core.facts import named
from ledger.store import migrate
from wire import event

_EVENTS = "SELECT * FROM event ORDER BY part, pseq"
_LINES = "SELECT item_id, location_id, quantity FROM line WHERE part = ? AND pseq = ? ORDER BY n"
_STEPS = """
SELECT key, item_id, quantity, source_id, destination_id FROM unit_step
WHERE part = ? AND pseq = ?
"""
_HEADS = "SELECT part, pseq, hash FROM chain ORDER BY part"

# Each finds rows that must not be there, and says what they are about.
_SUMS = {
    "lines of an event that do not add up to 0": """
        SELECT part || '/' || pseq, item_id, SUM(quantity) FROM line
        GROUP BY part, pseq, item_id, lot_id, owner_id HAVING SUM(quantity) <> 0""",
    "balance that its lines do not add up to": """
        SELECT item_id, location_id, SUM(quantity) FROM (
            SELECT item_id, location_id, lot_id, owner_id, status_id, quantity FROM line
            UNION ALL
            SELECT item_id, location_id, lot_id, owner_id, status_id, -quantity FROM balance)
        GROUP BY item_id, location_id, lot_id, owner_id, status_id HAVING SUM(quantity) <> 0""",
    "unit that is not what and where its last step says": """
        SELECT DISTINCT key FROM (
            SELECT key, item_id, quantity, destination_id, event_us FROM (
                SELECT unit_step.*, ROW_NUMBER() OVER (
                    PARTITION BY key ORDER BY record_us DESC) AS back
                FROM unit_step JOIN event USING (part, pseq))
            WHERE back = 1
            UNION ALL
            SELECT key, item_id, quantity, location_id, event_us FROM unit)
        GROUP BY key, item_id, quantity, destination_id, event_us HAVING COUNT(*) <> 2""",
    "step that does not begin as and where the one before ended": """
        SELECT part || '/' || pseq, key FROM (
            SELECT unit_step.*, LAG(destination_id) OVER past AS place,
                LAG(item_id) OVER past AS item, LAG(unit_step.quantity) OVER past AS goods
            FROM unit_step JOIN event USING (part, pseq)
            WINDOW past AS (PARTITION BY key ORDER BY record_us))
        WHERE source_id IS NOT place
           OR place IS NOT NULL AND (item_id <> item OR quantity <> goods)""",
    "event that was not known after the one before": """
        SELECT part || '/' || pseq FROM (
            SELECT part, pseq, record_us, LAG(record_us) OVER (ORDER BY record_us, part) AS by_time,
                LAG(record_us) OVER (PARTITION BY part ORDER BY pseq) AS in_chain FROM event)
        WHERE record_us <= by_time OR record_us <= in_chain""",
    "event without its key": """
        SELECT event_id FROM event WHERE NOT EXISTS (
            SELECT 1 FROM event_key WHERE event_key.event_id = event.event_id
            AND event_key.part = event.part AND event_key.pseq = event.pseq
            AND event_key.body_hash = event.body_hash)""",
    "key without its event": """
        SELECT event_id FROM event_key WHERE NOT EXISTS (
            SELECT 1 FROM event WHERE event.part = event_key.part
            AND event.pseq = event_key.pseq AND event.event_id = event_key.event_id)""",
    "epoch whose settled numbers are not one of booked, duplicate, rejected each": """
        SELECT source || ' ' || epoch FROM source_epoch AS e
        WHERE committed <> booked + duplicates + rejected
           OR booked <> (SELECT COUNT(*) FROM event
                         WHERE event.source = e.source AND event.epoch = e.epoch)
           OR rejected <> (SELECT COUNT(*) FROM reject
                           WHERE reject.source = e.source AND reject.epoch = e.epoch)""",
    "number that is settled twice": """
        SELECT source || ' ' || epoch || ' ' || sseq FROM (
            SELECT source, epoch, sseq FROM event
            UNION ALL SELECT source, epoch, sseq FROM reject)
        GROUP BY source, epoch, sseq HAVING COUNT(*) > 1""",
}


@dataclass(frozen=True, slots=True)
class Verified:
    """What was read, and what is wrong."""

    events: int
    problems: tuple[str, ...]


def verify(engine: Engine) -> Verified:
    """Read all of the books, from one snapshot. Raises StoreError, of another schema too."""
    with engine.connect() as connection:
        migrate.check(connection)
        problems = list(_sums(connection))
        events, broken = _chains(connection)
    return Verified(events, (*problems, *broken))


def _sums(connection: Connection) -> Iterator[str]:
    for what, sql in _SUMS.items():
        for row in connection.exec_driver_sql(sql):
            yield f"{what}: {', '.join(str(value) for value in row)}"


def _chains(connection: Connection) -> tuple[int, list[str]]:
    """How many events there are, and each that is not what its hash or its steps say."""
    problems: list[str] = []
    ends: dict[int, tuple[int, bytes]] = {}
    count = 0
    for row in connection.exec_driver_sql(_EVENTS):
        count += 1
        about = row.part, row.pseq
        lines = [Line(*line) for line in connection.exec_driver_sql(_LINES, about)]
        steps = [_step(*step) for step in connection.exec_driver_sql(_STEPS, about)]
        said = event.receive(row.body.encode())
        pseq, previous = ends.get(row.part, (0, chain.GENESIS))
        linked = _linked(row, said.body_hash, chain.lines_hash(lines, steps))
        if row.pseq != pseq + 1 or chain.link(previous, linked) != row.hash:
            problems.append(f"event that is not what its hash says: {row.part}/{row.pseq}")
        if said.event and not named(said.event).quantities and not _are_moved(lines, steps):
            problems.append(f"lines that are not what their units moved: {row.part}/{row.pseq}")
        ends[row.part] = (row.pseq, row.hash)
    heads = {part: (pseq, end) for part, pseq, end in connection.exec_driver_sql(_HEADS)}
    parts = sorted(heads.keys() | ends.keys())
    problems += [f"chain {n} ends elsewhere" for n in parts if heads.get(n) != ends.get(n)]
    return count, problems


def _step(key: str, item: int, quantity: int, source: int | None, destination: int) -> UnitStep:
    return UnitStep(key, Packed(item, quantity), source, destination)


def _linked(row: Row[*tuple[Any, ...]], body_hash: bytes, lines_hash: bytes) -> chain.Chained:
    return chain.Chained(
        part=row.part,
        pseq=row.pseq,
        event_id=row.event_id,
        source=row.source,
        epoch=row.epoch,
        sseq=row.sseq,
        event_us=row.event_us,
        record_us=row.record_us,
        posting_date=row.posting_date,
        actor=row.actor,
        verdict=row.verdict,
        body_hash=body_hash,
        lines_hash=lines_hash,
    )


def _are_moved(lines: Sequence[Line], steps: Sequence[UnitStep]) -> bool:
    """Whether lines that add up to 0 are what `steps` moved; of an event that counted nothing else.

    The step of a unit that was first seen does not say where it came from: all that an event saw
    first came from one place.
    """
    rest: Counter[tuple[int, int]] = Counter()
    for line in lines:
        rest[line.item, line.location] += line.quantity
    for step in steps:
        rest[step.goods.item, step.destination] -= step.goods.quantity
        if step.source is not None:
            rest[step.goods.item, step.source] += step.goods.quantity
    return len({place for (_, place), quantity in rest.items() if quantity}) <= 1
