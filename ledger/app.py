"""The ledger put together: the only place that builds its parts, and runs their tasks."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp

from ledger.core.masterdata import Rows
from ledger.settings import LedgerSettings
from ledger.shell import clock, ids, lock
from ledger.shell.gateways import Gateways
from ledger.shell.inbox import Inbox
from ledger.shell.live import Live
from ledger.shell.mqtt import Mqtt
from ledger.store import migrate
from ledger.store.engine import READERS_MAX, Database, StoreError, open_readers, open_writer
from ledger.store.ingest_sqlite import SqliteIngest
from ledger.store.masterdata import MasterData
from ledger.store.queries import Queries
from ledger.store.verify import Verified, verify
from ledger.web.app import create_app
from ledger.web.services import GatewayView, Services, Status

log = structlog.get_logger()

GOODBYE_S = 2  # how long open pages and requests may take to end


async def serve(settings: LedgerSettings) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsError, Locked, OSError, StoreError."""
    listening = listen(settings.http.host, settings.http.port)
    writer = _open_books(settings)
    ingest = SqliteIngest(writer)
    ledger = ingest.identity().ledger
    live, gateways = Live(), Gateways()
    mqtt = Mqtt(
        settings.mqtt.client_id,
        settings.mqtt.host,
        settings.mqtt.port,
        settings.mqtt.username,
        settings.mqtt.password(),
    )
    inbox = Inbox(
        ingest,
        mqtt,
        gateways,
        clock.utc_us,
        clock.monotonic_us,
        on_entry=lambda _: live.change(),
        on_gateway=lambda _: live.change(),
        on_link=live.change,
    )
    services = Services(
        queries=Queries(open_readers(settings.ledger.database)),
        readers=ThreadPoolExecutor(READERS_MAX, thread_name_prefix="reader"),
        status=lambda: Status(
            ledger,
            version("readpoint"),
            inbox.is_connected,
            inbox.counts.booked,
            inbox.counts.ignored,
            inbox.counts.dropped,
        ),
        gateways=lambda: _views(gateways),
        version=lambda: live.version,
        changes=live.after,
        utc_us=clock.utc_us,
        names={name.lower() for name in (settings.http.host, *settings.http.names)},
    )
    host, port = listening.getsockname()[:2]
    where = f"[{host}]" if ":" in host else host
    log.info("ledger_started", ledger=ledger, url=f"http://{where}:{port}/")
    try:
        await _run(inbox, live, _Server(create_app(services)), listening)
    except BaseExceptionGroup as failed:
        first = _first(failed)
        if isinstance(first, OSError | StoreError):
            raise first from None
        raise
    finally:
        writer.dispose()


async def _run(inbox: Inbox, live: Live, server: "_Server", listening: socket.socket) -> None:
    """All tasks, until a signal; then pages first, then the broker, then the books."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        hearing = group.create_task(inbox.run())
        serving = group.create_task(server.serve(sockets=[listening]))
        await stop.wait()
        log.info("stopping")
        live.close()
        server.should_exit = True
        await serving
        hearing.cancel()
    await inbox.stop()


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    """The error that ended the group: one cause, however many tasks it took with it."""
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first


def take_master_data(settings: LedgerSettings, rows: Rows) -> int:
    """Raises Locked, Conflict, StoreError."""
    return MasterData(_open_books(settings)).take(rows, clock.utc_us())


def migrate_books(settings: LedgerSettings) -> str:
    """Raises Locked, StoreError."""
    _open_books(settings)
    return migrate.head()


def verify_books(settings: LedgerSettings) -> Verified:
    """Reads beside a ledger that runs. Raises FileNotFoundError, StoreError."""
    database = settings.ledger.database
    if not database.exists():
        raise FileNotFoundError(f"{database}: no such database")
    return verify(open_readers(database))


def _open_books(settings: LedgerSettings) -> Database:
    """The writer's engine on a database of this release's schema, with a name, and ours alone."""
    folder: Path = settings.ledger.data_dir
    lock.hold(folder)
    engine = open_writer(settings.ledger.database)
    migrate.upgrade(engine)
    SqliteIngest(engine).found(ids.new_ledger())
    return engine


def _views(gateways: Gateways) -> list[GatewayView]:
    return [
        GatewayView(
            gateway.source.site,
            gateway.source.gateway,
            gateway.is_online,
            gateway.birth,
            gateway.health,
        )
        for gateway in gateways.known.values()
    ]


def listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is touched. Raises OSError that names it."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.create_server(address, family=family, backlog=128)
    except socket.gaierror as error:
        raise OSError(f"http {host}:{port}: {(error.strerror or str(error)).lower()}") from None
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise OSError(f"http {host}:{port}: {why.lower()}") from None
    # asyncio sets this only on sockets that it made itself. Without it each answer waits 40 ms for
    # the acknowledgement of its own headers.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


class _Server(uvicorn.Server):
    """uvicorn as one of our tasks: signals are ours."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=GOODBYE_S,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
