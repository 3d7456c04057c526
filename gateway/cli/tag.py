"""readpoint-gateway tag read, tag write: the one tag at an antenna."""

import asyncio
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from gateway import app
from gateway.settings.file import SettingsError, load
from gateway.shell import log
from gateway.shell.ask import NoAnswer
from gateway.shell.local import Refused
from gateway.shell.lock import Locked
from gateway.shell.tagging import TagOrder
from wire import refusal


def tag(config: Path, said: Mapping[str, object]) -> int:
    try:
        order = TagOrder.model_validate(said)
    except ValidationError as error:
        print(f"readpoint-gateway tag: {refusal.first_of(error)}", file=sys.stderr)
        return 2
    try:
        loaded = load(config)
        log.configure("error", loaded.settings.log.format)  # what it says is said by one line
        lines = asyncio.run(app.tag(loaded, order))
    except (SettingsError, Locked, NoAnswer, Refused) as error:
        print(error, file=sys.stderr)
        return 1
    except (OSError, sqlite3.Error) as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0
