"""readpoint-ledger verify: proves the books from their rows."""

import sys
from pathlib import Path

from ledger import app
from ledger.settings import SettingsError, load
from ledger.store.engine import StoreError, explain


def verify(config: Path | None) -> int:
    try:
        verified = app.verify_books(load(config))
    except StoreError as error:
        print(f"readpoint-ledger: {explain(error)}", file=sys.stderr)
        return 1
    except (SettingsError, OSError) as error:
        print(f"readpoint-ledger: {error}", file=sys.stderr)
        return 1
    for problem in verified.problems:
        print(problem, file=sys.stderr)
    print(f"{verified.events} events read, {len(verified.problems)} problems")
    return 1 if verified.problems else 0
