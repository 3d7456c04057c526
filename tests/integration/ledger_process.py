"""A real ledger process, its folder filled beforehand, and what it says over HTTP."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from ledger.core.batch import Arrived
from ledger.core.masterdata import Rows
from ledger.store import migrate
from ledger.store.engine import open_writer
from ledger.store.ingest_sqlite import SqliteIngest
from ledger.store.masterdata import MasterData
from tests.integration.processes import command, free_port, running, until


@dataclass(frozen=True)
class Folder:
    """Where one ledger has its settings, its database and its log."""

    path: Path
    http_port: int
    broker_port: int

    @property
    def config(self) -> Path:
        return self.path / "ledger.toml"

    @property
    def database(self) -> Path:
        return self.path / "ledger.sqlite"

    @property
    def log(self) -> Path:
        return self.path / "ledger.log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.http_port}"

    def take(self, *tables: Rows) -> None:
        """Master data, as `import` takes it."""
        with self._ingest() as (_, master):
            for rows in tables:
                master.take(rows, 0)

    def book(self, *batches: tuple[Sequence[Arrived], int], announced: dict[str, str]) -> None:
        """Each batch at its time (µs UTC), as the process would book it."""
        with self._ingest() as (ingest, _):
            for batch, now_us in batches:
                ingest.book(batch, announced, now_us)

    @contextmanager
    def _ingest(self) -> Iterator[tuple[SqliteIngest, MasterData]]:
        writer = open_writer(self.database)
        migrate.upgrade(writer)
        ingest = SqliteIngest(writer)
        ingest.found("ledger-1")
        yield ingest, MasterData(writer)
        writer.dispose()


def folder(path: Path, broker_port: int | None = None) -> Folder:
    """Settings for free ports; without a broker's port for one that nobody listens on."""
    path.mkdir(parents=True, exist_ok=True)
    made = Folder(path, free_port(), broker_port or free_port())
    made.config.write_text(
        f'[ledger]\ndata_dir = "{path}"\n\n'
        f"[http]\nport = {made.http_port}\n\n"
        f"[mqtt]\nport = {made.broker_port}\n"
    )
    return made


@dataclass(frozen=True)
class Ledger:
    process: "subprocess.Popen[bytes]"
    client: httpx.Client

    def get(self, path: str, **asked: str | int) -> Any:
        answer = self.client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def walk(self, name: str, **asked: str | int) -> list[Any]:
        """All rows of a list, page by page."""
        rows: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = self.get(f"/api/v1/{name}", **asked, **cursor)
            rows += page[name]
            if page["next"] is None:
                return rows
            cursor = {"cursor": page["next"]}

    def on_hand(self) -> dict[str, int]:
        """By item, over all internal locations."""
        stock: dict[str, int] = {}
        for row in self.walk("stock"):
            stock[row["item"]] = stock.get(row["item"], 0) + row["quantity"]
        return stock

    def until(self, true: Callable[["Ledger"], bool], what: str) -> None:
        until(lambda: true(self), what)

    def until_it_hears(self) -> None:
        """It is subscribed: before the first time, a broker keeps nothing for it."""
        self.until(lambda one: one.get("/healthz")["status"] == "ok", "the ledger hears")


@contextmanager
def serving(files: Folder) -> Iterator[Ledger]:
    """The process, once it answers; ended with the block."""
    with (
        running(command("ledger", "serve", "--config", files.config), files.log) as process,
        httpx.Client(base_url=files.url, timeout=30) as client,
    ):

        def answers() -> bool:
            assert process.poll() is None, files.log.read_text()
            try:
                return client.get("/healthz").status_code == 200
            except httpx.TransportError:
                return False

        until(answers, "the ledger answers")
        yield Ledger(process, client)
