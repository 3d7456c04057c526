"""A database of another release is told apart in one line, and left as it is."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from ledger.store import migrate
from ledger.store.engine import StoreError, explain, open_readers, open_writer
from ledger.store.verify import verify


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_writer(tmp_path / "ledger.sqlite")


def of_release(engine: Engine, revision: str) -> None:
    migrate.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = ?", (revision,))


def test_an_empty_database_is_brought_to_the_newest_schema(engine: Engine) -> None:
    assert migrate.upgrade(engine) == migrate.upgrade(engine) == migrate.head()

    with engine.connect() as connection:
        migrate.check(connection)


def test_a_database_of_a_newer_release_is_not_touched(engine: Engine) -> None:
    of_release(engine, "0099")

    with pytest.raises(StoreError) as refused:
        migrate.upgrade(engine)

    assert explain(refused.value) == (
        "the database has schema 0099, of a newer release; this one knows up to 0001"
    )
    with engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version").all()
    assert rows == [("0099",)]


def test_books_of_another_schema_are_not_verified(engine: Engine) -> None:
    of_release(engine, "0099")

    with pytest.raises(StoreError, match="the database has schema 0099, of a newer release"):
        verify(engine)


def test_a_database_without_books_is_not_called_good(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="the database has no schema; 'readpoint-ledger migrate'"):
        verify(open_readers(tmp_path / "empty.sqlite"))
