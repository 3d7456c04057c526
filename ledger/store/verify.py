"""Whether the books are what they say: proved from the rows, by reading all of them."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from ledger.core import chain
from ledger.core.booking import Line
from wire import event

_EVENTS = "SELECT * FROM event ORDER BY part, pseq"
_LINES = "SELECT item_id, location_id, quantity FROM line WHERE part = ? AND pseq = ? ORDER BY n"
_HEADS = "SELECT part, pseq, hash FROM chain ORDER BY part"

# Each finds rows that must not be there; the first column says what they are about.
_SUMS = {
    "lines of an item that do not add up to 0": """
        SELECT item_id, SUM(quantity) FROM line
        GROUP BY item_id, lot_id, owner_id HAVING SUM(quantity) <> 0""",
    "balance that its lines do not add up to": """
        SELECT item_id, location_id, SUM(quantity) FROM (
            SELECT item_id, location_id, lot_id, owner_id, status_id, quantity FROM line
            UNION ALL
            SELECT item_id, location_id, lot_id, owner_id, status_id, -quantity FROM balance)
        GROUP BY item_id, location_id, lot_id, owner_id, status_id HAVING SUM(quantity) <> 0""",
    "unit that is not where its last step took it": """
        SELECT key FROM unit WHERE location_id <> (
            SELECT destination_id FROM unit_step
            WHERE unit_step.key = unit.key ORDER BY
            (SELECT record_us FROM event WHERE event.part = unit_step.part
             AND event.pseq = unit_step.pseq) DESC LIMIT 1)""",
    "event without its key": """
        SELECT event_id FROM event WHERE NOT EXISTS (
            SELECT 1 FROM event_key WHERE event_key.event_id = event.event_id
            AND event_key.part = event.part AND event_key.pseq = event.pseq)""",
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
    """Read all of the books, from one snapshot."""
    with engine.connect() as connection:
        problems = list(_sums(connection))
        events, broken = _chains(connection)
    return Verified(events, (*problems, *broken))


def _sums(connection: Connection) -> Iterator[str]:
    for what, sql in _SUMS.items():
        for row in connection.exec_driver_sql(sql):
            yield f"{what}: {', '.join(str(value) for value in row)}"


def _chains(connection: Connection) -> tuple[int, list[str]]:
    """How many events there are, and each that is not what its hash says."""
    problems: list[str] = []
    ends: dict[int, tuple[int, bytes]] = {}
    count = 0
    for row in connection.exec_driver_sql(_EVENTS):
        count += 1
        pseq, previous = ends.get(row.part, (0, chain.GENESIS))
        lines = connection.exec_driver_sql(_LINES, (row.part, row.pseq))
        linked = chain.Chained(
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
            body_hash=event.receive(row.body.encode()).body_hash,
            lines_hash=chain.lines_hash([Line(*line) for line in lines]),
        )
        if row.pseq != pseq + 1 or chain.link(previous, linked) != row.hash:
            problems.append(f"event that is not what its hash says: {row.part}/{row.pseq}")
        ends[row.part] = (row.pseq, row.hash)
    heads = {part: (pseq, end) for part, pseq, end in connection.exec_driver_sql(_HEADS)}
    problems += [f"chain {part} ends elsewhere" for part in heads if heads[part] != ends.get(part)]
    return count, problems
