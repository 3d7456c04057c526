"""readpoint-ledger import: master data from a CSV file, all of it or none."""

import sys
from pathlib import Path

from ledger import app
from ledger.core import masterdata
from ledger.settings import SettingsError, load
from ledger.shell.lock import Locked
from ledger.store.engine import StoreError, explain
from ledger.store.masterdata import Conflict


def import_(config: Path | None, file: Path, *, dry_run: bool) -> int:
    try:
        table = masterdata.read(file.read_text(encoding="utf-8"))
        if isinstance(table, masterdata.Refused):
            for error in table.errors:
                print(f"{file}: {error}", file=sys.stderr)
            print(f"{file}: nothing taken, {len(table.errors)} errors", file=sys.stderr)
            return 1
        if dry_run:
            print(f"{file}: good: {len(table.rows)} rows, nothing taken")
            return 0
        taken = app.take_master_data(load(config), table.rows)
    except StoreError as error:
        print(f"readpoint-ledger: {file}: {explain(error)}", file=sys.stderr)
        return 1
    except (SettingsError, Locked, Conflict, OSError, UnicodeError) as error:
        print(f"readpoint-ledger: {file}: {error}", file=sys.stderr)
        return 1
    print(f"{file}: {taken} rows taken")
    return 0
