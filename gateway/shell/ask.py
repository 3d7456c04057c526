"""Asks the daemon on this box, by its Unix socket: the other end of gateway.shell.local."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from gateway.core.recording import LINE_BYTES_MAX
from wire import json
from wire.json import JsonObject, JsonValue

ANSWER_BYTES_MAX = 64 << 10  # facts of forty readers
CHUNK_BYTES = 64 << 10
GOODBYE_S = 5.0  # for a daemon to end a recording


class NoAnswer(Exception):
    """The daemon refuses, or went away; one sentence says why."""


@dataclass(slots=True)
class Daemon:
    """A connection to the daemon, for one request."""

    path: Path
    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    async def ask(self, request: JsonObject) -> JsonValue:
        """Raises NoAnswer."""
        try:
            self._writer.write(json.encode(request).encode() + b"\n")
            await self._writer.drain()
            line = await self._reader.readline()
            said = json.decode_object(line, ANSWER_BYTES_MAX) if line else {}
        except (OSError, ValueError) as error:  # NotJson, and a line that is too long, are values
            raise NoAnswer(f"{self.path}: {error}") from None
        if "error" in said:
            raise NoAnswer(str(said["error"]))
        if "ok" not in said:
            raise NoAnswer(f"{self.path}: the gateway went away without an answer")
        return said["ok"]

    async def lines(self, enough: asyncio.Event) -> AsyncIterator[tuple[bytes, int]]:
        """The recording in whole lines, and how many were dropped, until `enough` is set.

        Raises NoAnswer where the daemon goes before the recording has its end.
        """
        goodbye = asyncio.create_task(self._say_enough(enough))
        rest = b""
        try:
            while chunk := await self._reader.read(CHUNK_BYTES):
                whole, newline, rest = (rest + chunk).rpartition(b"\n")
                if len(rest) > LINE_BYTES_MAX:
                    break
                said, dropped = _parted(whole + newline)
                yield said, dropped or 0
                if dropped is not None:
                    return
        except OSError as error:
            raise NoAnswer(f"{self.path}: {error}") from None
        finally:
            goodbye.cancel()
        raise NoAnswer(f"{self.path}: the gateway broke the recording off")

    async def _say_enough(self, enough: asyncio.Event) -> None:
        """Half-close; a daemon that does not end the recording then is left."""
        await enough.wait()
        if self._writer.can_write_eof():
            self._writer.write_eof()
        await asyncio.sleep(GOODBYE_S)
        self._writer.transport.abort()


def _parted(lines: bytes) -> tuple[bytes, int | None]:
    """The lines of the recording, and how many were dropped where the last line is its end."""
    before, _, last = lines.rstrip(b"\n").rpartition(b"\n")
    if not last.startswith(b'{"end":'):
        return lines, None
    end = json.decode_object(last)["end"]
    dropped = end.get("dropped") if isinstance(end, dict) else None
    return before + b"\n" if before else b"", dropped if isinstance(dropped, int) else 0


@asynccontextmanager
async def daemon(path: Path) -> AsyncIterator[Daemon | None]:
    """The daemon that listens at `path`; None where none does. Raises NoAnswer."""
    try:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=ANSWER_BYTES_MAX)
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
        yield None
        return
    except OSError as error:
        raise NoAnswer(f"{path}: {error.strerror or error}") from None
    try:
        yield Daemon(path, reader, writer)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
