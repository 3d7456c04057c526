"""Serves the local page (gateway.core.local_page) over HTTP/1.1, to be looked at and nothing else.

One page, one method, no state: so this is forty lines of HTTP and no library of it. A connection is
one request and its answer. Whoever sends anything else, or too slowly, or too much, is answered
with one line or dropped; none of it reaches the rest of the gateway.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import tzinfo
from ipaddress import ip_address

import structlog

from drivers.base import Clock
from gateway.core.bound_door import BoundDoor
from gateway.core.local_page import (
    SCANS_SHOWN,
    Shown,
    ShownDevice,
    ShownLight,
    ShownPoint,
    document,
    page,
)
from gateway.core.read_point import Light
from gateway.core.station import Station
from gateway.shell.vitals import Vitals
from wire import instant

log = structlog.get_logger()

HEAD_BYTES_MAX = 8 << 10  # of a request; browsers send one
REQUEST_S = 5.0  # for the request to come, and again for the answer to be taken
CLIENTS_MAX = 32  # screens at one box; more are dropped

_MARKS = {"moved": "✓ as expected", "uncertain": "? uncertain", "wrong": "✗ wrong"}
_HEADERS = (
    "Content-Type: text/html; charset=utf-8\r\n"
    "Cache-Control: no-store\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Connection: close\r\n"
)


@dataclass(slots=True)
class Board:
    """What the page shows: what was told to people, and how the gateway is."""

    source: str
    vitals: Vitals
    is_connected: Callable[[], bool]
    clock: Clock
    zone: tzinfo
    _lights: dict[str, deque[ShownLight]] = field(default_factory=dict)

    def shine(self, light: Light) -> None:
        lights = self._lights.setdefault(light.read_point, deque(maxlen=SCANS_SHOWN))
        is_good = light.word in ("accepted", "moved")
        at, mark = self._time(self.clock().utc_us), _MARKS.get(light.word, "")
        lights.appendleft(ShownLight(at, is_good, light.text, mark))

    async def shown(self) -> str:
        health, now_us = await self.vitals.health(), self.clock().utc_us
        shown = Shown(
            gateway=self.source,
            at=self._time(now_us),
            is_connected=self.is_connected(),
            waiting=health.waiting,
            oldest_s=health.oldest_s,
            points=self._points(now_us),
            devices=[
                ShownDevice(each.name, each.driver, each.up, each.why)
                for each in self.vitals.devices
            ],
        )
        return page(shown)

    def _points(self, now_us: int) -> list[ShownPoint]:
        return [
            ShownPoint(
                name=each.name,
                kind=each.kind,
                mode=each.voice.mode,
                passes=each.passes,
                lights=list(self._lights.get(each.name, ())),
                status=each.machine.status(now_us) if isinstance(each.machine, Station) else None,
                more=_bound(each.machine, now_us),
            )
            for each in self.vitals.pipeline.read_points
        ]

    def _time(self, at_us: int) -> str:
        return instant.to_text(at_us, self.zone)[len("YYYY-MM-DDT") :][: len("hh:mm:ss")]


def _bound(machine: object, now_us: int) -> str:
    if not isinstance(machine, BoundDoor):
        return ""
    status = machine.matcher.status(now_us)
    age_us = status.list_age_us
    return document(status.bound, None if age_us is None else age_us / 1e6)


@dataclass(slots=True)
class LocalPage:
    """`run` until cancelled. The gateway works as well without it: so nothing here ends it."""

    address: tuple[str, int] | None  # None: there is to be no page
    shown: Callable[[], Awaitable[str]]
    _clients: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        server = None if self.address is None else await self._listening(*self.address)
        try:
            await asyncio.Event().wait()
        finally:
            if server is not None:
                server.close()
            for client in self._clients:
                client.cancel()

    async def _listening(self, host: str, port: int) -> asyncio.Server | None:
        try:
            return await asyncio.start_server(self._connected, host, port, limit=HEAD_BYTES_MAX)
        except OSError as error:
            why = error.strerror or str(error)
            log.warning("local_page_failed", listen=f"{host}:{port}", why=why)
            return None

    def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._clients) >= CLIENTS_MAX:
            writer.transport.abort()
            return
        client = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._clients.add(client)
        client.add_done_callback(self._gone)

    def _gone(self, client: asyncio.Task[None]) -> None:
        self._clients.discard(client)
        error = None if client.cancelled() else client.exception()
        if error is not None:
            log.error("local_page_answer_failed", exc_info=error)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_S):
                head = await reader.readuntil(b"\r\n\r\n")
            answer = await self._answer(head)
            writer.write(answer)
            async with asyncio.timeout(REQUEST_S):
                await writer.drain()
                writer.write_eof()
                await reader.read(HEAD_BYTES_MAX)  # Its FIN: a reset would take the answer back.
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            log.debug("local_page_client_gone")
        finally:
            writer.transport.abort()

    async def _answer(self, head: bytes) -> bytes:
        lines = head.decode("latin-1").split("\r\n")
        method, _, rest = lines[0].partition(" ")
        target, _, version = rest.partition(" ")
        if not version.startswith("HTTP/1."):
            return _response("400 Bad Request", "no HTTP/1 request")
        if not self._is_asked_by_its_name(lines):
            return _response("421 Misdirected Request", "asked by a name that is not its own")
        if method not in ("GET", "HEAD"):
            return _response("405 Method Not Allowed", "this page can be read, and no more")
        if target.partition("?")[0] != "/":
            return _response("404 Not Found", "the page is /")
        answer = _response("200 OK", await self.shown())
        return answer if method == "GET" else answer.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"

    def _is_asked_by_its_name(self, lines: list[str]) -> bool:
        """A page on the web whose name leads to this host must not read it in a browser here."""
        hosts = [line[5:].strip() for line in lines if line[:5].lower() == "host:"]
        host = hosts[0].rpartition(":")[0] or hosts[0] if len(hosts) == 1 else ""
        return host == "localhost" or _is_address(host.strip("[]"))


def _is_address(host: str) -> bool:
    with suppress(ValueError):
        ip_address(host)
        return True
    return False


def _response(status: str, body: str) -> bytes:
    data = body.encode()
    head = f"HTTP/1.1 {status}\r\n{_HEADERS}Content-Length: {len(data)}\r\n\r\n"
    return head.encode() + data
