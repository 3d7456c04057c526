"""What the rest of the store relies on in SQLite."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from ledger.store.engine import open_readers, open_writer

FULL = 2  # PRAGMA synchronous


@pytest.mark.parametrize("open_", [open_writer, open_readers])
def test_what_is_committed_is_on_the_disk(open_: Callable[[Path], Engine], tmp_path: Path) -> None:
    """WAL with synchronous=FULL: an acknowledged event survives a power cut."""
    engine = open_(tmp_path / "ledger.sqlite")
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": FULL,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_a_second_writer_is_refused_where_it_begins(tmp_path: Path) -> None:
    """Not at its first write, when what it has read may be old."""
    one, two = (open_writer(tmp_path / "ledger.sqlite") for _ in range(2))
    raw = two.raw_connection()
    raw.cursor().execute("PRAGMA busy_timeout = 0")
    raw.close()

    with one.begin() as first:
        first.exec_driver_sql("SELECT 1")
        with pytest.raises(OperationalError, match="database is locked"), two.begin():
            pass
    with two.begin():
        pass
    for engine in (one, two):
        engine.dispose()


def test_readers_read_while_a_writer_writes(tmp_path: Path) -> None:
    """Each transaction sees what was there when it first looked."""
    writer, readers = (open_(tmp_path / "ledger.sqlite") for open_ in (open_writer, open_readers))
    with writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n)")
    count = "SELECT COUNT(*) FROM t"
    with readers.connect() as before:
        assert before.exec_driver_sql(count).scalar_one() == 0
        with writer.begin() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        assert before.exec_driver_sql(count).scalar_one() == 0
    with readers.connect() as after:
        assert after.exec_driver_sql(count).scalar_one() == 1
    for engine in (writer, readers):
        engine.dispose()


@pytest.mark.parametrize("name", ["what?", "a#b", "50%25", "a b", "file:x"])
def test_the_database_is_where_it_was_said(name: str, tmp_path: Path) -> None:
    engine = open_writer(tmp_path / name / "ledger.sqlite")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n)")
    engine.dispose()

    assert (tmp_path / name / "ledger.sqlite").stat().st_size > 0
    assert [found.name for found in tmp_path.iterdir()] == [name]
