"""readpoint-gateway export-ring: what the daemon keeps of the last reads, as a recording."""

import sys
from pathlib import Path
from typing import BinaryIO

from gateway import app
from gateway.core.recording import to_line
from gateway.settings.file import SettingsError, load_for_replay
from gateway.shell.excerpt import Excerpt
from wire import instant

STDOUT = "-"


def export_ring(config: Path, from_us: int, to_us: int, output: str) -> int:
    """The observations of [from_us, to_us), in the order in which they came."""
    try:
        excerpt = Excerpt(app.ring(load_for_replay(config).settings), from_us, to_us)
        if not excerpt.ring.folder.is_dir():
            print(f"{excerpt.ring.folder}: no ring is there", file=sys.stderr)
            return 1
        if output == STDOUT:
            count = _write(excerpt, sys.stdout.buffer)
        else:
            with Path(output).open("xb") as file:
                count = _write(excerpt, file)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    except FileExistsError:
        print(f"{output}: is there already: expected a new file", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
        return 1
    print("\n".join([f"{count} observations in {output}", *_told(excerpt)]), file=sys.stderr)
    return 0


def _write(excerpt: Excerpt, file: BinaryIO) -> int:
    count = 0
    for observation in excerpt:
        file.write(to_line(observation))
        count += 1
    file.flush()
    return count


def _told(excerpt: Excerpt) -> list[str]:
    """What whoever asked might not expect."""
    ring = excerpt.ring.folder
    told = []
    if excerpt.first_us is None or excerpt.last_us is None:
        told.append(f"{ring}: holds nothing")
    elif excerpt.from_us < excerpt.first_us or excerpt.to_us <= excerpt.first_us:
        since = instant.to_text(excerpt.first_us)
        told.append(f"{ring}: holds nothing from before {since}")
    elif excerpt.last_us < excerpt.from_us:
        told.append(f"{ring}: holds nothing from after {instant.to_text(excerpt.last_us)}")
    if excerpt.gone:
        told.append(f"{ring}: its oldest segments went meanwhile: {excerpt.gone}")
    if excerpt.missing:
        told.append(f"{ring}: {excerpt.missing} observations between its first and last are gone")
    if excerpt.bad:
        told.append(f"{ring}: {excerpt.bad} lines that are no observation left out")
    return told
