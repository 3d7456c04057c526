"""Brings a database to the schema that this release wants, in one transaction or not at all."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from ledger.store.engine import StoreError


class WrongSchema(StoreError):
    """The database is of another release; the sentence says what to do."""


def upgrade(engine: Engine) -> str:
    """Migrate to the newest revision; gives its name. All of it, or nothing.

    Raises WrongSchema where the database is of a newer release.
    """
    config = _config()
    with engine.begin() as connection:
        _known(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return head()


def check(connection: Connection) -> None:
    """Raises WrongSchema unless the database is at the schema that this release reads."""
    found = _known(connection)
    if found != head():
        what = "no schema" if found is None else f"schema {found}, of an older release"
        raise WrongSchema(f"the database has {what}; 'readpoint-ledger migrate' brings it up")


def head() -> str:
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


def _known(connection: Connection) -> str | None:
    """The revision that the database is at. Raises WrongSchema where this release has none such."""
    revision = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise WrongSchema(
            f"the database has schema {revision}, of a newer release; this one knows up to {head()}"
        )
    return revision


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
