"""readpoint-gateway run: the daemon."""

import asyncio
import sqlite3
import sys
from pathlib import Path

from gateway import app
from gateway.settings.file import SettingsError, load
from gateway.shell import log
from gateway.shell.lock import Locked


def run(config: Path) -> int:
    try:
        loaded = load(config)
        log.configure(loaded.settings.log.level, loaded.settings.log.format)
        asyncio.run(app.run(loaded))
    except (SettingsError, Locked) as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, sqlite3.Error) as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
        return 1
    return 0
