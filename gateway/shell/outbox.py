"""What was decided and is not the ledger's yet: events on disk, numbered, in order.

One SQLite file, written by one thread, a transaction a group of events, on the disk before anybody
hears of them (WAL, synchronous=FULL). A row is stored as the JSON that is sent, and sent unchanged
however often. Rows are settled by a mark, not deleted: a ledger that is restored from a backup asks
for them again.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import ParamSpec, TypeVar

from gateway.core.ack import Known
from gateway.core.read_point import Memory
from wire import json
from wire.event import Event, as_document
from wire.json import JsonValue
from wire.messages import Ack, Rejected

EVENT_BYTES_MAX = 128 << 10  # what every broker and the ledger take

NOTHING: Mapping[str, Memory] = MappingProxyType({})

_EVENT = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY,
    event_id TEXT NOT NULL,
    declared_us INTEGER NOT NULL,
    made_us INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (event_id, declared_us)
) STRICT;
"""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS mark (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    epoch TEXT NOT NULL,
    made INTEGER NOT NULL,
    committed INTEGER NOT NULL CHECK (committed <= made),
    ledger TEXT NOT NULL,
    incarnation INTEGER NOT NULL,
    ack_n INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS resume (
    read_point TEXT PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS memory (
    read_point TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (read_point, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dead_letter (
    seq INTEGER PRIMARY KEY,
    event_id TEXT,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
"""

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class Row:
    seq: int
    event_id: str
    body: str


@dataclass(slots=True)
class Outbox:
    """Every method runs on the outbox's own thread; open() first, close() last."""

    path: Path
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="outbox")
    )
    _file: "_File" = field(init=False)

    async def open(self, new_epoch: str) -> Known:
        """What the file knows; a new file starts `new_epoch`. Raises sqlite3.Error, OSError."""
        self._file = await self._run(_File.open, self.path, new_epoch)
        return await self.known()

    async def append(
        self,
        events: Sequence[Event],
        resume: Mapping[str, int],
        now_us: int,
        changes: Mapping[str, Memory] = NOTHING,
    ) -> int:
        """Commit events, from where a replay resumes, and what read points remember, together.

        Gives the newest seq. An event whose id is there already, settled or not, is left out: it is
        a replay's. `resume` has every read point there is: what another one left is forgotten, or a
        door that is switched on again would book what passed while it was off.
        """
        return await self._run(self._file.append, events, resume, now_us, changes)

    async def rows(self, first: int, last: int) -> list[Row]:
        return await self._run(self._file.rows, first, last)

    async def event_id(self, seq: int) -> str | None:
        return await self._run(self._file.event_id, seq)

    async def settle(self, ack: Ack, committed: int, rejected: Sequence[Rejected]) -> None:
        """Move the mark, forth or (after a restore of the ledger) back; keep what was rejected."""
        await self._run(self._file.settle, ack, committed, rejected)

    async def known(self) -> Known:
        return await self._run(self._file.known)

    async def resume(self) -> dict[str, int]:
        return await self._run(self._file.resume)

    async def memory(self) -> dict[str, dict[str, JsonValue]]:
        """What each read point remembers."""
        return await self._run(self._file.memory)

    async def has_commissioned(self, key: str) -> bool:
        """Whether an event says that this thing got its tag here."""
        return await self._run(self._file.has_commissioned, key)

    async def oldest_waiting_us(self) -> int | None:
        """When the oldest unsettled event was made; None where none waits."""
        return await self._run(self._file.oldest_waiting_us)

    async def close(self) -> None:
        await self._run(self._file.close)
        self._thread.shutdown()

    async def _run(self, call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(*args, **kwargs))


@dataclass(slots=True)
class _File:
    """The SQLite file, on its thread."""

    _db: sqlite3.Connection

    @classmethod
    def open(cls, path: Path, new_epoch: str) -> "_File":
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA busy_timeout = 5000")
        db.executescript(_SCHEMA)
        _make_events(db)
        db.execute("INSERT OR IGNORE INTO mark VALUES (1, ?, 0, 0, '', 0, 0)", (new_epoch,))
        return cls(db)

    def append(
        self,
        events: Sequence[Event],
        resume: Mapping[str, int],
        now_us: int,
        changes: Mapping[str, Memory],
    ) -> int:
        with _Transaction(self._db):
            epoch, made = self._db.execute("SELECT epoch, made FROM mark").fetchone()
            for event in events:
                if self._body(event.event_id, event.declared_us) is not None:
                    continue
                made += 1
                body = self._numbered(event, epoch, made)
                row = (made, event.event_id, event.declared_us, now_us, body)
                self._db.execute("INSERT INTO event VALUES (?, ?, ?, ?, ?)", row)
            self._db.execute("UPDATE mark SET made = ?", (made,))
            self._db.execute("DELETE FROM resume")
            self._db.executemany("INSERT INTO resume VALUES (?, ?)", list(resume.items()))
            self._remember(resume, changes)
        return int(made)

    def _remember(self, read_points: Collection[str], changes: Mapping[str, Memory]) -> None:
        for (read_point,) in self._db.execute("SELECT DISTINCT read_point FROM memory").fetchall():
            if read_point not in read_points:
                self._db.execute("DELETE FROM memory WHERE read_point = ?", (read_point,))
        for read_point, changed in changes.items():
            gone = [(read_point, key) for key, value in changed.items() if value is None]
            kept = [
                (read_point, key, json.encode(value))
                for key, value in changed.items()
                if value is not None
            ]
            self._db.executemany("DELETE FROM memory WHERE read_point = ? AND key = ?", gone)
            self._db.executemany("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", kept)

    def rows(self, first: int, last: int) -> list[Row]:
        found = self._db.execute(
            "SELECT seq, event_id, body FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq",
            (first, last),
        )
        return [Row(*row) for row in found]

    def event_id(self, seq: int) -> str | None:
        row = self._db.execute("SELECT event_id FROM event WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else str(row[0])

    def settle(self, ack: Ack, committed: int, rejected: Sequence[Rejected]) -> None:
        with _Transaction(self._db):
            self._db.executemany(
                "INSERT OR IGNORE INTO dead_letter VALUES (?, ?, ?, ?)",
                [(one.seq, one.event_id, one.reason, one.detail) for one in rejected],
            )
            self._db.execute(
                "UPDATE mark SET committed = ?, ledger = ?, incarnation = ?, ack_n = ?",
                (committed, ack.ledger, ack.incarnation, ack.n),
            )

    def known(self) -> Known:
        row = self._db.execute(
            "SELECT ledger, incarnation, ack_n, epoch, made, committed FROM mark"
        ).fetchone()
        return Known(*row)

    def resume(self) -> dict[str, int]:
        return dict(self._db.execute("SELECT read_point, number FROM resume"))

    def memory(self) -> dict[str, dict[str, JsonValue]]:
        found: dict[str, dict[str, JsonValue]] = {}
        for read_point, key, value in self._db.execute("SELECT * FROM memory"):
            found.setdefault(read_point, {})[key] = json.decode(value.encode())
        return found

    def has_commissioned(self, key: str) -> bool:
        """Reads every row, and parses those that name the key: some 0.1 s for 100,000."""
        found = self._db.execute(
            "SELECT 1 FROM event WHERE instr(body, ?) > 0"
            " AND json_extract(body, '$.bizStep') = 'commissioning'"
            " AND json_extract(body, '$.epcList[0]') = ? LIMIT 1",
            (json.encode(key), key),
        )
        return found.fetchone() is not None

    def oldest_waiting_us(self) -> int | None:
        row = self._db.execute(
            "SELECT made_us FROM event WHERE seq > (SELECT committed FROM mark)"
            " ORDER BY seq LIMIT 1"
        ).fetchone()
        return None if row is None else int(row[0])

    def close(self) -> None:
        self._db.close()

    def _body(self, event_id: str, declared_us: int) -> str | None:
        row = self._db.execute(
            "SELECT body FROM event WHERE event_id = ? AND declared_us = ?", (event_id, declared_us)
        ).fetchone()
        return None if row is None else str(row[0])

    def _numbered(self, event: Event, epoch: str, seq: int) -> str:
        """The JSON that is stored and sent.

        An error declaration repeats its event as it was sent, number and all; so its own stands
        inside it.
        """
        number: dict[str, str | int | None] = {"epoch": epoch, "seq": seq}
        if event.error_declaration is not None:
            declared = event.error_declaration.model_copy(update=number)
            sent = json.decode_object((self._body(event.event_id, 0) or "{}").encode())
            first = {"epoch": sent.get("readpoint:epoch"), "seq": sent.get("readpoint:seq")}
            stamped = event.model_copy(update={**first, "error_declaration": declared})
        else:
            stamped = event.model_copy(update=number)
        body = json.encode(as_document(stamped))
        assert len(body.encode()) <= EVENT_BYTES_MAX, f"event of {len(body)} characters"
        return body


@dataclass(slots=True)
class _Transaction:
    """BEGIN IMMEDIATE to COMMIT, or nothing of it."""

    _db: sqlite3.Connection

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _make_events(db: sqlite3.Connection) -> None:
    """The table of events; one of before there were error declarations is brought up to date."""
    columns = [row[1] for row in db.execute("PRAGMA table_info(event)")]
    if not columns or "declared_us" in columns:
        db.executescript(_EVENT)
        return
    with _Transaction(db):
        db.execute("ALTER TABLE event RENAME TO event_before")
        db.execute(_EVENT)
        db.execute("INSERT INTO event SELECT seq, event_id, 0, made_us, body FROM event_before")
        db.execute("DROP TABLE event_before")
