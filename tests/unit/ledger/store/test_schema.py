"""The migrations make the tables that ledger/store/tables.py tells of."""

from pathlib import Path

from sqlalchemy import Engine, inspect

from ledger.store import migrate, tables
from ledger.store.engine import open_writer


def schema(engine: Engine) -> dict[str, object]:
    """All that a database can be asked about its tables, in an order of its own."""
    found = inspect(engine)
    said: dict[str, object] = {}
    for name in found.get_table_names():
        lists = (
            found.get_columns(name),
            found.get_indexes(name),
            found.get_unique_constraints(name),
            found.get_foreign_keys(name),
            found.get_check_constraints(name),
        )
        said[name] = [
            found.get_pk_constraint(name)["constrained_columns"],
            *(sorted(str(each) for each in one) for one in lists),
        ]
    return said


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    migrated, declared = open_writer(tmp_path / "1.sqlite"), open_writer(tmp_path / "2.sqlite")
    migrate.upgrade(migrated)
    tables.metadata.create_all(declared)

    made = schema(migrated)
    del made["alembic_version"]
    assert made == schema(declared)
    for engine in (migrated, declared):
        engine.dispose()


def test_every_table_of_the_book_refuses_changes(tmp_path: Path) -> None:
    engine = open_writer(tmp_path / "1.sqlite")
    migrate.upgrade(engine)
    with engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
        triggers = {name for (name,) in rows}

    changes = ("update", "delete")
    assert triggers == {f"{table}_no_{each}" for table in tables.APPEND_ONLY for each in changes}
    engine.dispose()
