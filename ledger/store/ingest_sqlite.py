"""Ingest on SQLite: a batch is a few statements over JSON arrays, and one transaction."""

import json
import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row
from sqlalchemy.exc import IntegrityError

from ledger.core import batch as core
from ledger.core.batch import Arrived, Settled
from ledger.core.booking import Line, Location, LocationKind, Packed, Unit, UnitStep
from ledger.core.books import ChainEnd, Changes, Code, Head, Needs, Paper, State
from ledger.core.chain import part_of
from ledger.core.declared import Erroneous
from ledger.core.settle import GiveUp
from ledger.store.engine import explain, is_broken
from ledger.store.ingest import Booked, Identity
from ledger.store.tables import BALANCE_MAX, BALANCE_RANGE
from wire.messages import REJECTED_LISTED_MAX, Rejected
from wire.reason import Reason

UNREADABLE_KEPT_MAX = 1000  # of a source; the oldest go: they are evidence, not stock
TRACEBACK_CHARACTERS_MAX = 100_000  # its end says what happened; longer is an endless recursion
FAILURE_CHARACTERS_MAX = 200  # of an error's own words

log = structlog.get_logger()

_HEADS = """
SELECT source, epoch, committed, committed_id, ack_n, booked, duplicates, rejected
FROM source_epoch WHERE is_open = 1 AND source IN (SELECT value FROM json_each(?))
"""
_CLOSED = """
SELECT source, epoch FROM source_epoch
WHERE is_open = 0 AND source IN (SELECT value FROM json_each(?))
"""
_REJECTED = """
SELECT sseq, event_id, reason, detail FROM reject
WHERE source = ? AND epoch = ? ORDER BY sseq DESC LIMIT ?
"""
_KNOWN_IDS = """
SELECT event_id, declared_us, body_hash FROM event_key
WHERE event_id IN (SELECT value FROM json_each(?))
"""
_ERRONEOUS = """
SELECT event_key.event_id, biz_step, part, pseq FROM event_key JOIN event USING (part, pseq)
WHERE declared_us = 0 AND event_key.event_id IN (SELECT value FROM json_each(?))
"""
_LINES_OF = "SELECT item_id, location_id, quantity FROM line WHERE part = ? AND pseq = ? ORDER BY n"
_STEPS_OF = """
SELECT key, item_id, quantity, source_id, destination_id FROM unit_step
WHERE part = ? AND pseq = ?
"""
_MOVERS = """
SELECT unit_step.key, event.event_id FROM unit_step JOIN event USING (part, pseq)
WHERE unit_step.key IN (SELECT value FROM json_each(?)) AND NOT EXISTS (
    SELECT 1 FROM event_key AS declared
    WHERE declared.event_id = event.event_id AND declared.declared_us > 0)
ORDER BY event.record_us
"""
_CODES = """
SELECT code.key, code.valid_from_us, code.item_id, code.quantity, item.is_placeholder
FROM code JOIN item ON item.id = code.item_id
WHERE code.key IN (SELECT value FROM json_each(?))
ORDER BY code.key, code.valid_from_us
"""
_UNITS = """
SELECT unit.key, unit.location_id, unit.item_id, unit.quantity, item.is_placeholder
FROM unit LEFT JOIN item ON item.id = unit.item_id
WHERE unit.key IN (SELECT value FROM json_each(?))
"""
_DOCUMENTS = """
SELECT key, kind, party FROM document WHERE key IN (SELECT value FROM json_each(?))
"""
_LOCATIONS = """
SELECT id, key, kind, site FROM location
WHERE key IN (SELECT value FROM json_each(?)) OR id IN (SELECT value FROM json_each(?))
"""
_CHAINS = """
SELECT part, pseq, hash FROM chain WHERE part IN (SELECT value FROM json_each(?))
"""

_PUT_EVENT = f"INSERT INTO event VALUES ({', '.join('?' * 19)})"
_PUT_EVENT_KEY = "INSERT INTO event_key VALUES (?, ?, ?, ?, ?)"
_PUT_LINE = "INSERT INTO line VALUES (?, ?, ?, ?, ?, 0, 0, 0, ?)"
_PUT_STEP = "INSERT INTO unit_step VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_BALANCE = """
INSERT INTO balance VALUES (?, ?, 0, 0, 0, ?)
ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity
"""
_PUT_UNIT = """
INSERT INTO unit VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET location_id = excluded.location_id, event_us = excluded.event_us
"""
_PUT_REJECT = "INSERT INTO reject VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_UNREADABLE = "INSERT OR IGNORE INTO unreadable VALUES (?, ?, ?, ?, ?)"
_DROP_UNREADABLE = """
DELETE FROM unreadable WHERE source = ?1 AND digest NOT IN (
    SELECT digest FROM unreadable WHERE source = ?1 ORDER BY at_us DESC LIMIT ?2)
"""
# Only what is of no event happens again, and is then told of the last time.
_PUT_ALERT = """
INSERT INTO alert VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at_us = excluded.at_us
"""
_PUT_ITEM = "INSERT INTO item VALUES (?, ?, 'unresolved', 'read', 1)"
_PUT_CODE = "INSERT INTO code VALUES (?, 0, ?, 1)"
_PUT_LOCATION = "INSERT INTO location VALUES (?, ?, ?, ?, ?)"
_PUT_CHAIN = """
INSERT INTO chain VALUES (?, ?, ?, ?)
ON CONFLICT DO UPDATE SET pseq = excluded.pseq, record_us = excluded.record_us, hash = excluded.hash
"""
_CLOSE_EPOCH = "UPDATE source_epoch SET is_open = 0 WHERE source = ? AND epoch = ?"
_PUT_HEAD = """
INSERT INTO source_epoch VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET committed = excluded.committed, committed_id = excluded.committed_id,
    ack_n = excluded.ack_n, booked = excluded.booked, duplicates = excluded.duplicates,
    rejected = excluded.rejected
"""


@dataclass(slots=True)
class SqliteIngest:
    """See ledger.store.ingest.Ingest."""

    engine: Engine  # of ledger.store.engine.open_writer

    def identity(self) -> Identity:
        with self.engine.begin() as connection:
            row = connection.exec_driver_sql("SELECT ledger, incarnation FROM identity").one()
        return Identity(row[0], row[1])

    def found(self, ledger: str) -> None:
        """Give a new database its name; one that has a name keeps it."""
        with self.engine.begin() as connection:
            connection.exec_driver_sql(
                "INSERT OR IGNORE INTO identity VALUES (1, ?, 1, 1)", (ledger,)
            )

    def heads(self) -> list[Head]:
        with self.engine.begin() as connection:
            sources = connection.exec_driver_sql("SELECT DISTINCT source FROM source_epoch")
            return list(_heads(connection, [row[0] for row in sources]).values())

    def book(self, batch: Sequence[Arrived], announced: Mapping[str, str], now_us: int) -> Booked:
        try:
            return self._settle(batch, announced, now_us)
        except Exception as error:
            if is_broken(error):
                raise
            return self._one_by_one(batch, announced, now_us)

    def give_up(
        self, given_up: Sequence[GiveUp], announced: Mapping[str, str], now_us: int
    ) -> Booked:
        with self.engine.begin() as connection:
            state = _load(connection, Needs(frozenset(one.source for one in given_up)))
            return _write(connection, core.give_up(given_up, state, announced, now_us), state)

    def _settle(
        self, batch: Sequence[Arrived], announced: Mapping[str, str], now_us: int
    ) -> Booked:
        with self.engine.begin() as connection:
            state = _load(connection, core.needs(batch))
            return _write(connection, core.settle(batch, state, announced, now_us), state)

    def _one_by_one(
        self, batch: Sequence[Arrived], announced: Mapping[str, str], now_us: int
    ) -> Booked:
        """Find the event that the batch failed on: it alone is rejected, with the traceback."""
        booked = Booked()
        for arrived in batch:
            try:
                booked.add(self._settle([arrived], announced, now_us))
            except Exception as error:
                if is_broken(error):
                    raise
                # A bug of ours, or the one event that goes too far, must not stop a gateway.
                reason, detail = _why(error)
                if reason is Reason.INTERNAL_ERROR:
                    _log(arrived, error)
                booked.add(self._reject(arrived, reason, detail, announced, now_us))
        return booked

    def _reject(
        self,
        arrived: Arrived,
        reason: Reason,
        detail: str,
        announced: Mapping[str, str],
        now_us: int,
    ) -> Booked:
        with self.engine.begin() as connection:
            state = _load(connection, Needs(frozenset({arrived.source.name})))
            settled = core.reject(arrived, reason, detail, state, announced, now_us)
            return _write(connection, settled, state)


def _why(error: Exception) -> tuple[Reason, str]:
    """What to say of an event that could not be booked: first what its sender may know."""
    if isinstance(error, IntegrityError) and BALANCE_RANGE in explain(error):
        return Reason.INVALID_EVENT, f"a balance would be more than {BALANCE_MAX} base units"
    first = f"{type(error).__name__}: {explain(error)}"[:FAILURE_CHARACTERS_MAX]
    trace = "".join(traceback.format_exception(error))[-TRACEBACK_CHARACTERS_MAX:]
    return Reason.INTERNAL_ERROR, f"{first}\n{trace}"


def _log(arrived: Arrived, error: Exception) -> None:
    said = arrived.received
    log.error(
        "event_failed",
        source=arrived.source.name,
        epoch=said.epoch,
        seq=said.seq,
        event_id=said.event_id,
        exc_info=error,
    )


def _load(connection: Connection, needs: Needs) -> State:
    """The rows that `needs` names: one statement a table."""
    next_id = connection.exec_driver_sql("SELECT next_id FROM identity").scalar_one()
    state = State(next_id, heads=_heads(connection, needs.sources))
    for source, epoch in _rows(connection, _CLOSED, needs.sources):
        state.closed.setdefault(source, set()).add(epoch)
    for id_, declared_us, body_hash in _rows(connection, _KNOWN_IDS, needs.event_ids):
        state.known_ids[id_, declared_us] = body_hash
        if declared_us:
            state.declared.add(id_)
    if needs.declared:
        _load_erroneous(connection, needs.declared, state)
    for key, from_us, item, quantity, is_placeholder in _rows(connection, _CODES, needs.classes):
        code = Code(from_us, Packed(item, quantity, bool(is_placeholder)))
        state.codes.setdefault(key, []).append(code)
    for key, place, item, quantity, is_placeholder in _rows(connection, _UNITS, needs.units):
        state.units[key] = Unit(place, Packed(item, quantity, bool(is_placeholder)))
    for key, kind, party in _rows(connection, _DOCUMENTS, needs.documents):
        state.documents[key] = Paper(key, kind, party)
    keys = needs.locations | {paper.place_key for paper in state.documents.values()}
    ids = frozenset(unit.location for unit in state.units.values()) | {
        line.location for one in state.erroneous.values() for line in one.lines
    }
    for number, key, kind, site in _rows(connection, _LOCATIONS, keys, ids):
        state.learn(Location(number, key, LocationKind(kind), site))
    parts = frozenset(part_of(source) for source in needs.sources)
    for part, pseq, end in _rows(connection, _CHAINS, parts):
        state.chains[part] = ChainEnd(pseq, end)
    newest = connection.exec_driver_sql("SELECT MAX(record_us) FROM chain").scalar_one()
    state.record_us = newest or 0
    return state


def _load_erroneous(connection: Connection, ids: frozenset[str], state: State) -> None:
    """What is booked of events that are declared errors, and who moved their units."""
    for id_, biz_step, part, pseq in _rows(connection, _ERRONEOUS, ids):
        lines = connection.exec_driver_sql(_LINES_OF, (part, pseq))
        steps = connection.exec_driver_sql(_STEPS_OF, (part, pseq))
        state.erroneous[id_] = Erroneous(
            id_,
            biz_step,
            tuple(Line(*line) for line in lines),
            tuple(
                UnitStep(key, Packed(item, quantity), source, destination)
                for key, item, quantity, source, destination in steps
            ),
        )
    keys = frozenset(step.key for one in state.erroneous.values() for step in one.steps)
    for key, id_ in _rows(connection, _MOVERS, keys):
        state.movers.setdefault(key, []).append(id_)


def _rows(
    connection: Connection, sql: str, *keys: Iterable[str | int]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """What `sql` finds for arrays of keys: one parameter each, however many keys."""
    return connection.exec_driver_sql(sql, tuple(json.dumps(sorted(each)) for each in keys)).all()


def _heads(connection: Connection, sources: Iterable[str]) -> dict[str, Head]:
    heads = {}
    for row in _rows(connection, _HEADS, sources):
        source, epoch, committed, committed_id, n, booked, duplicates, rejected_total = row
        heads[source] = Head(
            source=source,
            epoch=epoch,
            committed=committed,
            id=committed_id,
            n=n,
            booked=booked,
            duplicates=duplicates,
            rejected_total=rejected_total,
            rejected=_rejected(connection, source, epoch) if rejected_total else (),
        )
    return heads


def _rejected(connection: Connection, source: str, epoch: str) -> tuple[Rejected, ...]:
    """The newest rejects of an epoch, newest first."""
    rows = connection.exec_driver_sql(_REJECTED, (source, epoch, REJECTED_LISTED_MAX))
    return tuple(
        Rejected(seq=seq, event_id=event_id or None, reason=Reason(reason), detail=detail)
        for seq, event_id, reason, detail in rows
    )


def _write(connection: Connection, settled: Settled, state: State) -> Booked:
    """Put all changes in, and give what is to be told of them."""
    changes = settled.changes
    put = _Put(connection)
    put.many(_PUT_ITEM, changes.new_items)
    put.many(_PUT_CODE, [(key, item) for item, key in changes.new_items])
    put.many(
        _PUT_LOCATION,
        [(one.id, one.key, one.key, one.kind.value, one.site) for one in changes.new_locations],
    )
    _write_book(put, changes)
    _write_rest(put, changes)
    put.many(_CLOSE_EPOCH, changes.closed_epochs)
    moved = [state.heads[source] for source in sorted(settled.acks)]
    put.many(
        _PUT_HEAD,
        [
            (
                head.source,
                head.epoch,
                head.committed,
                head.id,
                head.n,
                head.booked,
                head.duplicates,
                head.rejected_total,
            )
            for head in moved
        ],
    )
    put.many("UPDATE identity SET next_id = ?", [(state.next_id,)])
    heads = {head.source: head for head in moved}
    return Booked(heads, settled.entries, settled.ahead, settled.unreadable)


def _write_book(put: "_Put", changes: Changes) -> None:
    """Events, lines and steps, and what they add up to."""
    put.many(_PUT_EVENT, changes.events)
    put.many(_PUT_EVENT_KEY, changes.keys)
    put.many(_PUT_LINE, changes.lines)
    put.many(_PUT_STEP, changes.steps)
    put.many(_PUT_UNIT, list(changes.units.values()))
    put.many(_PUT_BALANCE, [(row.item_id, row.location_id, row.quantity) for row in changes.lines])
    ends = {row.part: (row.part, row.pseq, row.record_us, row.hash) for row in changes.events}
    put.many(_PUT_CHAIN, [ends[part] for part in sorted(ends)])


def _write_rest(put: "_Put", changes: Changes) -> None:
    """What was not booked, and what a person should look at."""
    put.many(_PUT_REJECT, changes.rejects)
    put.many(
        _PUT_UNREADABLE,
        [
            (row.source, sha256(row.payload).digest(), row.at_us, row.detail, row.payload)
            for row in changes.unreadable
        ],
    )
    sources = sorted({row.source for row in changes.unreadable})
    put.many(_DROP_UNREADABLE, [(source, UNREADABLE_KEPT_MAX) for source in sources])
    put.many(_PUT_ALERT, list(changes.alerts.values()))


@dataclass(frozen=True, slots=True)
class _Put:
    connection: Connection

    def many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self.connection.exec_driver_sql(sql, list(rows))
