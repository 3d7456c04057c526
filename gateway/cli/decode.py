"""readpoint-gateway decode: what tags and bar codes name, a line of JSON for each line of JSON."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gateway.core.decoded import LINE_BYTES_MAX, answer
from gs1.trade_number import Region
from wire.json import encode


def decode(source: str, region: str | None) -> int:
    """`source`: a file, or "-" for stdin. Ends when it ends, or when nobody reads the answers."""
    try:
        if source == "-":
            return _decode(sys.stdin.buffer, region)
        with Path(source).open("rb") as file:
            return _decode(file, region)
    except BrokenPipeError:
        # Whoever wanted the answers has enough; what is left in the buffer must not say so at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        print(f"readpoint-gateway: {error}", file=sys.stderr)
        return 1


def _decode(source: BinaryIO, region: str | None) -> int:
    where = None if region is None else Region(region)
    out, asked_live = sys.stdout.buffer, not source.seekable()  # A pipe's writer may wait.
    for line in _lines(source):
        out.write(encode(answer(line, where)).encode() + b"\n")
        if asked_live:
            out.flush()
    out.flush()
    return 0


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """The lines without their ends; of one that is too long, enough to see that it is."""
    while line := source.readline(LINE_BYTES_MAX + 2):
        rest = line
        while not rest.endswith(b"\n") and (rest := source.readline(LINE_BYTES_MAX)):
            pass
        yield line.removesuffix(b"\n").removesuffix(b"\r")
