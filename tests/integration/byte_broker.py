"""An MQTT 3.1.1 broker for one client, spelled out in bytes, that misbehaves as it is told.

What no real broker does at a test's command: to refuse a subscription, to close at a message, to
take messages without a word.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.integration.processes import eventually

(CONNECT, PUBLISH, SUBSCRIBE, PINGREQ) = (1, 3, 8, 12)
GRANTED, REFUSED = 1, 0x80


@dataclass(frozen=True)
class Said:
    """One PUBLISH of the client."""

    leaf: str  # the last part of its topic
    payload: bytes
    mid: int | None  # None: QoS 0


@dataclass
class ByteBroker:
    """`sessions`: what each connection published, in its order."""

    prefix: str = "readpoint/v1/test/dock-gw/"
    greets: bool = True
    subscription: int = GRANTED
    answers_subscriptions: bool = True
    closes_at: str | None = None  # a leaf
    confirms: bool = True  # events
    port: int = 0
    sessions: list[list[Said]] = field(default_factory=list)
    _wire: asyncio.StreamWriter | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["ByteBroker"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self
            self.drop()
            await asyncio.gather(*self._serving)

    def said(self, leaf: str, session: int = -1) -> list[Said]:
        return [each for each in self.sessions[session] if each.leaf == leaf]

    async def until_said(self, leaf: str, count: int, session: int = 0) -> list[Said]:
        """All of that leaf that the connection brought, once there are so many."""
        await eventually(
            lambda: len(self.sessions) > session and len(self.said(leaf, session)) >= count,
            f"{count} of {leaf} on connection {session}",
        )
        return self.said(leaf, session)

    def say(self, leaf: str, payload: bytes) -> None:
        topic = (self.prefix + leaf).encode()
        body = struct.pack(">H", len(topic)) + topic + payload
        self.send(_packet(PUBLISH << 4, body))

    def send(self, data: bytes) -> None:
        assert self._wire is not None
        self._wire.write(data)

    def drop(self) -> None:
        if self._wire is not None:
            self._wire.transport.abort()

    def _accept(self, stream: asyncio.StreamReader, wire: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.create_task(self._serve(stream, wire)))

    async def _serve(self, stream: asyncio.StreamReader, wire: asyncio.StreamWriter) -> None:
        """Until one of the two has enough."""
        session: list[Said] = []
        self.sessions.append(session)
        self._wire = wire
        try:
            while True:
                (head,) = await stream.readexactly(1)
                body = await stream.readexactly(await _length(stream))
                if head >> 4 == PUBLISH:
                    session.append(self._heard(head, body))
                    if session[-1].leaf == self.closes_at:
                        break
                self._answer(wire, head >> 4, body, session)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        wire.close()

    def _heard(self, head: int, body: bytes) -> Said:
        (size,) = struct.unpack_from(">H", body)
        topic, rest = body[2 : 2 + size].decode(), body[2 + size :]
        assert topic.startswith(self.prefix), topic
        leaf = topic.removeprefix(self.prefix)
        if head & 0x06:
            return Said(leaf, rest[2:], struct.unpack_from(">H", rest)[0])
        return Said(leaf, rest, None)

    def _answer(
        self, wire: asyncio.StreamWriter, kind: int, body: bytes, session: list[Said]
    ) -> None:
        if kind == CONNECT and self.greets:
            wire.write(b"\x20\x02\x00\x00")
        elif kind == SUBSCRIBE and self.answers_subscriptions:
            wire.write(_packet(0x90, body[:2] + bytes([self.subscription] * 2)))
        elif kind == PUBLISH:
            mid = session[-1].mid
            if mid is not None and (self.confirms or session[-1].leaf != "event"):
                wire.write(_packet(0x40, struct.pack(">H", mid)))
        elif kind == PINGREQ:
            wire.write(b"\xd0\x00")


def _packet(head: int, body: bytes) -> bytes:
    size, length = len(body), b""
    while True:
        size, digit = divmod(size, 128)
        length += bytes([digit | (0x80 if size else 0)])
        if not size:
            return bytes([head]) + length + body


async def _length(stream: asyncio.StreamReader) -> int:
    """The remaining length: seven bits a byte, the lowest first (MQTT 3.1.1 §2.2.3)."""
    length = shift = 0
    while True:
        (digit,) = await stream.readexactly(1)
        length |= (digit & 0x7F) << shift
        shift += 7
        if not digit & 0x80:
            return length
