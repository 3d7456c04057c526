"""readpoint-gateway record: what the devices say, to a file that `replay` reads."""

import asyncio
import sys
from pathlib import Path

from gateway import app
from gateway.settings.file import SettingsError, load
from gateway.shell import log
from gateway.shell.ask import NoAnswer
from gateway.shell.lock import Locked


def record(config: Path, output: str, *, append: bool) -> int:
    try:
        loaded = load(config)
        log.configure(loaded.settings.log.level, loaded.settings.log.format)
        done = asyncio.run(app.record(loaded, output, append=append))
    except (SettingsError, Locked, NoAnswer) as error:
        print(error, file=sys.stderr)
        return 1
    except FileExistsError:
        print(f"{output}: is there already: expected a new file, or --append", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
        return 1
    dropped = f"; {done.dropped} dropped: {output} is too slow" if done.dropped else ""
    print(f"{done.observations} observations in {output}{dropped}", file=sys.stderr)
    return 1 if done.dropped else 0
