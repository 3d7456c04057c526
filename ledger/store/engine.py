"""How the store talks to SQLite: one writer, whole transactions, on the disk at commit."""

from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import (
    DatabaseError,
    DBAPIError,
    InternalError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

Database = Engine  # what the rest of the ledger holds, and only hands on
StoreError = SQLAlchemyError  # what every call of the store may raise

SQLITE_MIN = (3, 40)  # Debian 12; STRICT, UPSERT and RETURNING are there
READERS_MAX = 4


def explain(error: Exception) -> str:
    """The database's own words, in one line."""
    words = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return words.splitlines()[0] if words else type(error).__name__


def is_broken(error: Exception) -> bool:
    """Whether the database or the machine failed: what it was asked to do is not to blame.

    SQLite tells a locked file or a full disk as OperationalError, a damaged one as the bare
    DatabaseError.
    """
    of_machine = isinstance(error, OperationalError | InternalError | MemoryError)
    return of_machine or type(error) is DatabaseError


def open_writer(path: Path) -> Engine:
    """An engine whose every transaction takes the write lock at once. For one thread."""
    return _engine(path, begin="BEGIN IMMEDIATE", size=1)


def open_readers(path: Path) -> Engine:
    """An engine for READERS_MAX threads that only read, each from one snapshot a transaction."""
    return _engine(path, begin="BEGIN", size=READERS_MAX)


def _engine(path: Path, begin: str, size: int) -> Engine:
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        URL.create("sqlite", database=str(path)),  # As text, a "?" would end the path.
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        # The driver would begin transactions by itself, late and without the lock.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "busy_timeout = 5000",
            "foreign_keys = ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
