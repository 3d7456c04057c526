"""readpoint-ledger serve: books events, answers requests."""

import asyncio
import sys
from pathlib import Path

from ledger import app
from ledger.settings import SettingsError, load
from ledger.shell import log
from ledger.shell.lock import Locked
from ledger.store.engine import StoreError, explain


def serve(config: Path | None) -> int:
    try:
        settings = load(config)
        log.configure(settings.log.level, settings.log.format)
        asyncio.run(app.serve(settings))
    except StoreError as error:
        print(f"readpoint-ledger: {explain(error)}", file=sys.stderr)
        return 1
    except (SettingsError, Locked, OSError) as error:
        print(f"readpoint-ledger: {error}", file=sys.stderr)
        return 1
    return 0
