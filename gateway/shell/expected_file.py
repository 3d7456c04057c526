"""The expected lists on disk, so that a restart without network still knows them.

One SQLite file beside the outbox, on a thread of its own. The broker has all of it, too, and says
it again at each connection: so a power cut may cost the newest part, and nothing else.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from wire.expected import Place

_SCHEMA = """
CREATE TABLE IF NOT EXISTS part (
    read_point TEXT NOT NULL,
    document TEXT NOT NULL,
    version INTEGER NOT NULL,
    part INTEGER NOT NULL,
    payload BLOB NOT NULL,
    PRIMARY KEY (read_point, document, version, part)
) STRICT, WITHOUT ROWID;
"""

_P = ParamSpec("_P")
_R = TypeVar("_R")


@dataclass(slots=True)
class ExpectedFile:
    """`open` first, `close` last. Every method raises sqlite3.Error."""

    path: Path
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="expected")
    )
    _db: sqlite3.Connection = field(init=False)

    async def open(self) -> list[tuple[Place, bytes]]:
        """All parts there are, older versions first."""
        return await self._run(self._open)

    async def put(self, place: Place, version: int, payload: bytes, keep: Collection[int]) -> None:
        """`keep`: the versions of the list that stay."""
        await self._run(self._put, place, version, payload, keep)

    async def withdraw(self, place: Place) -> None:
        await self._run(self._withdraw, place)

    async def close(self) -> None:
        await self._run(self._db.close)
        self._thread.shutdown()

    def _open(self) -> list[tuple[Place, bytes]]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(self.path, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(_SCHEMA)
        rows = self._db.execute("SELECT * FROM part ORDER BY version")
        return [(Place(point, name, part), payload) for point, name, _, part, payload in rows]

    def _put(self, place: Place, version: int, payload: bytes, keep: Collection[int]) -> None:
        with self._db:
            row = (place.read_point, place.document, version, place.part, payload)
            self._db.execute("INSERT OR REPLACE INTO part VALUES (?, ?, ?, ?, ?)", row)
            kept = ", ".join("?" * len(keep))
            self._db.execute(
                "DELETE FROM part WHERE read_point = ? AND document = ?"
                f" AND version NOT IN ({kept})",
                (place.read_point, place.document, *keep),
            )

    def _withdraw(self, place: Place) -> None:
        with self._db:
            self._db.execute(
                "DELETE FROM part WHERE read_point = ? AND document = ? AND part = ?",
                (place.read_point, place.document, place.part),
            )

    async def _run(self, call: Callable[_P, _R], *args: _P.args, **kwargs: _P.kwargs) -> _R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: call(*args, **kwargs))
