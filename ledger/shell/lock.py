"""One process a database: SQLite has one writer, and the chains of events have one end."""

import fcntl
import os
from pathlib import Path


class Locked(Exception):
    """Another process holds the folder."""


def hold(folder: Path) -> int:
    """Hold the folder until the process ends. Raises Locked, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o640)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        raise Locked(f"{folder}: another readpoint-ledger runs on this folder") from None
    return file
