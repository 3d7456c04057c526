"""readpoint-gateway check: every error of a configuration, and nothing started."""

import sys
from pathlib import Path

from gateway.settings import SettingsError, load


def check(config: Path) -> int:
    try:
        settings = load(config).settings
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    readers = f"{len(settings.reader)} readers" if len(settings.reader) != 1 else "1 reader"
    print(f"{config}: good: {readers}, {len(settings.read_point)} read points")
    return 0
