"""The daemon's Unix socket: what a command on the same box may ask of the devices it holds.

A connection is one request and its answer, each one line of JSON:

    {"do": "devices"}             {"ok": ...}  or  {"error": "one sentence"}
    {"do": "record"}              {"ok": {}}, then a recording (gateway.core.recording) until the
                                  client half-closes, then {"end": {"dropped": 0}}

Whoever may open the file may ask: it is of the daemon's user and group (0660). A client that sends
too much, asks nothing or does not read its answer is dropped; none can disturb the daemon.
"""

import asyncio
import errno
import os
import socket
import stat
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from gateway.core.recording import to_line
from gateway.shell.tap import Listener, Tap
from wire import json
from wire.json import JsonObject, JsonValue

log = structlog.get_logger()

REQUEST_BYTES_MAX = 8 << 10  # a tag's whole user memory in hexadecimal; more is refused
CLIENTS_MAX = 8  # whose request is being done: people at one box; more are told that it is busy
CONNECTIONS_MAX = 64  # with those that have not asked yet; what is beyond is closed
REQUEST_S = 10.0  # for the request to come; it is one line and was typed before
ANSWER_S = 10.0  # for the client to read something of what waits for it; then it is dropped
CHUNK = 200  # observations written at once, some 30 KB: a slow client reads that much in ANSWER_S
MODE = 0o660

Handler = Callable[[JsonObject], Awaitable[JsonValue]]


class Refused(Exception):
    """What was asked is not done; one sentence says why."""


@dataclass(slots=True)
class Local:
    """`open` first, then `close`; requests are answered by the loop in between."""

    path: Path
    tap: Tap
    handlers: Mapping[str, Handler]
    _server: asyncio.Server | None = None
    _clients: set[asyncio.Task[None]] = field(default_factory=set)
    _listeners: list[Listener] = field(default_factory=list)
    _busy: set[asyncio.Task[None]] = field(default_factory=set)  # whose request is being done

    async def open(self) -> None:
        """Raises OSError where the file cannot be made, or another process listens there."""
        bound = _bind(self.path)
        self._server = await asyncio.start_unix_server(
            self._connected, sock=bound, limit=REQUEST_BYTES_MAX
        )

    async def close(self) -> None:
        """Recordings end whole; what is being done to a tag is brought to its end."""
        if self._server is None:
            return
        self._server.close()
        with suppress(FileNotFoundError):
            self.path.unlink()
        for listener in self._listeners:
            listener.end()
        if self._busy:
            await asyncio.wait(self._busy, timeout=ANSWER_S)
        for client in self._clients:  # who has not asked yet, and who does not read
            client.cancel()

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._clients.add(client)
        client.add_done_callback(self._gone)

    def _gone(self, client: asyncio.Task[None]) -> None:
        """A bug in an answer costs that answer: it is told, and the daemon goes on."""
        self._clients.discard(client)
        self._busy.discard(client)
        error = None if client.cancelled() else client.exception()
        if error is not None:
            log.error("local_answer_failed", exc_info=error)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.set_write_buffer_limits(
            high=0
        )  # drained: the client has it, or its socket
        try:
            if len(self._clients) > CONNECTIONS_MAX:
                return
            request = await _request(reader)  # Also of whom is refused: or the answer is lost.
            if len(self._busy) >= CLIENTS_MAX:
                raise Refused(f"{CLIENTS_MAX} commands are busy with this gateway: try again later")
            self._busy |= self._clients & {asyncio.current_task()}
            await self._do(request, reader, writer)
        except Refused as refused:
            with suppress(OSError):
                await _say(writer, {"error": str(refused)})
        except OSError:
            log.debug("local_client_gone")
        finally:
            if writer.transport.get_write_buffer_size():
                writer.transport.abort()
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _do(
        self, request: JsonObject, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if request.get("do") == "record":
            await self._record(reader, writer)
        else:
            await _say(writer, {"ok": await self._answer(request)})

    async def _answer(self, request: JsonObject) -> JsonValue:
        name = request.get("do")
        handler = self.handlers.get(name) if isinstance(name, str) else None
        if handler is None:
            raise Refused(f"{str(name)[:64]!r}: nothing that this gateway does")
        return await handler(request)

    async def _record(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """All that the devices say until the client has enough, or the daemon ends."""
        with self.tap.listening() as listener:
            self._listeners.append(listener)
            enough = asyncio.create_task(reader.read(1))
            enough.add_done_callback(lambda _: listener.end())
            try:
                await _say(writer, {"ok": {}})
                while (taken := await listener.take()) is not None:
                    for first in range(0, len(taken), CHUNK):
                        writer.write(b"".join(map(to_line, taken[first : first + CHUNK])))
                        await _drained(writer)
                await _say(writer, {"end": {"dropped": listener.dropped}})
            finally:
                self._listeners.remove(listener)
                enough.cancel()


async def _request(reader: asyncio.StreamReader) -> JsonObject:
    """Raises Refused, OSError."""
    try:
        async with asyncio.timeout(REQUEST_S):
            line = await reader.readline()
    except ValueError:  # what asyncio says of a line beyond its limit
        raise Refused(f"a request of more than {REQUEST_BYTES_MAX} bytes") from None
    except TimeoutError:
        raise Refused(f"no request within {REQUEST_S:g} s") from None
    try:
        return json.decode_object(line, REQUEST_BYTES_MAX)
    except json.NotJson as error:
        raise Refused(f"no request: {error}") from None


async def _say(writer: asyncio.StreamWriter, said: JsonObject) -> None:
    writer.write(json.encode(said).encode() + b"\n")
    await _drained(writer)


async def _drained(writer: asyncio.StreamWriter) -> None:
    """Raises TimeoutError, which is an OSError, where the client does not read."""
    async with asyncio.timeout(ANSWER_S):
        await writer.drain()


def _bind(path: Path) -> socket.socket:
    """A listening place at `path`; what a dead daemon left there goes. Raises OSError."""
    if path.exists() or path.is_symlink():
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise OSError(errno.EEXIST, "there is something that is no socket", str(path))
        if _is_alive(path):
            raise OSError(errno.EADDRINUSE, "another process listens here", str(path))
        path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        bound.bind(os.fspath(path))
        path.chmod(MODE)  # Nobody can connect before it listens.
    except OSError as error:
        bound.close()
        raise OSError(error.errno, error.strerror, str(path)) from None
    return bound


def _is_alive(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(os.fspath(path))
        except ConnectionRefusedError:
            return False
    return True
