"""readpoint-gateway check: every error of a configuration, and nothing started."""

import sys
from pathlib import Path

from drivers import registry
from gateway.settings.file import SettingsError, load


def check(config: Path) -> int:
    try:
        settings = load(config).settings
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    for scanner in settings.scanner:
        doubt = registry.doubt(scanner)
        if doubt:  # no error: the file may be for another host
            print(f'{config}: warning: scanner "{scanner.name}": {doubt}', file=sys.stderr)
    counts = (
        _count(len(settings.reader), "reader"),
        *([_count(len(settings.scanner), "scanner")] if settings.scanner else []),
        f"{len(settings.read_point)} read points",
    )
    print(f"{config}: good: {', '.join(counts)}")
    return 0


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
