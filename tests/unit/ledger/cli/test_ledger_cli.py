"""What the commands say when something is not as they want it: one line, and exit code 1."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.cli.import_ import import_
from ledger.cli.migrate import migrate
from ledger.cli.verify import verify
from ledger.store import migrate as schema
from ledger.store.engine import open_writer

ITEMS = "sku,description,unit,gtin,quantity\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "ledger.toml"
    file.write_text(f'[ledger]\ndata_dir = "{tmp_path}/data"\n[http]\nport = 0\n')
    return file


@pytest.mark.parametrize("command", [migrate, verify])
def test_a_database_of_a_newer_release_is_told_in_one_line(
    command: Callable[[Path], int],
    config: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine = open_writer(tmp_path / "data" / "ledger.sqlite")
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    engine.dispose()

    assert command(config) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        "readpoint-ledger: the database has schema 0099, of a newer release;"
        " this one knows up to 0001\n"
    )


def test_good_books_are_told_as_good(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert migrate(config) == 0
    assert verify(config) == 0

    assert capsys.readouterr().out == "schema 0001\n0 events read, 0 problems\n"


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (f"A,{'x' * 200_000},p,09521141012345,1\n", "row 2: row '': expected cells of at most"),
        ("A,t\x0bx,p,09521141012345,1\n", "row 2: description 't\\x0bx': expected no control"),
        ("A,t,p,09521141012345,1\nB,t,p,9521141012345,1\n", "row 3: gtin '9521141012345': exp"),
    ],
)
def test_a_bad_file_is_told_by_row_and_column(
    rows: str, told: str, config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "items.csv"
    file.write_text(ITEMS + rows)

    assert import_(config, file, dry_run=False) == 1

    first, last = capsys.readouterr().err.splitlines()
    assert first.startswith(f"{file}: {told}")
    assert last == f"{file}: nothing taken, 1 errors"


def test_a_file_that_contradicts_the_books_is_refused(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "items.csv"
    file.write_text(ITEMS + "A,t,p,09521141012345,1\nA,t,kg,9521141098769,1\n")

    assert import_(config, file, dry_run=False) == 1

    assert capsys.readouterr().err == (
        f"readpoint-ledger: {file}: item A: unit 'kg': the books count it in 'p'\n"
    )
