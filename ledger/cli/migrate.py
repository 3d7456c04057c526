"""readpoint-ledger migrate: brings the database to this release's schema."""

import sys
from pathlib import Path

from ledger import app
from ledger.settings import SettingsError, load
from ledger.shell.lock import Locked
from ledger.store.engine import StoreError, explain


def migrate(config: Path | None) -> int:
    try:
        print(f"schema {app.migrate_books(load(config))}")
    except StoreError as error:
        print(f"readpoint-ledger: {explain(error)}", file=sys.stderr)
        return 1
    except (SettingsError, Locked, OSError) as error:
        print(f"readpoint-ledger: {error}", file=sys.stderr)
        return 1
    return 0
