"""What doors expect: takes lists from the broker, keeps them, and binds documents to doors.

The broker says all that is retained after each subscription, and not when it is done with that. A
list that it said nothing of was withdrawn while we were away: so what was not heard again by the
time that nothing more comes for a while is forgotten. Until then, and while the broker is away,
lists from disk count as they are; how old they are is told beside what they say.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from drivers.base import Clock, Emit, Observation, Scan
from gateway.core import binding
from gateway.core.binding import Bound
from gateway.core.bound_door import BoundDoor
from gateway.core.commands import Command
from gateway.core.expected import Document, Lists
from gateway.core.matching import AGAINST_MAX
from gateway.core.read_point import Light
from gateway.shell.expected_file import ExpectedFile
from gateway.shell.local import Refused
from gateway.shell.mqtt import Connected, Disconnected, Listed, Signal
from gs1 import barcode
from wire.expected import Expected, Place
from wire.json import DOCUMENT_BYTES_MAX, JsonObject, JsonValue
from wire.messages import BadMessage

log = structlog.get_logger()

QUIET_S = 30.0  # without a list, on a new connection: then it has said all that it retains
WAITING_BYTES_MAX = 64 << 20  # of lists to be taken; what is beyond is told, and lost until then


@dataclass(slots=True)
class Expecting:
    """`open`, then `run` until cancelled; `tell` and `emit` from any task meanwhile.

    `forward` is where observations go on to, `shine` where the person at a door is told something.
    """

    lists: Lists
    doors: Mapping[str, BoundDoor]
    file: ExpectedFile
    clock: Clock
    forward: Emit
    shine: Callable[[Light], None] = lambda _: None
    quiet_s: float = QUIET_S
    _inbox: asyncio.Queue[Listed | Connected | Disconnected] = field(default_factory=asyncio.Queue)
    _waiting_bytes: int = 0
    _heard: set[Place] = field(default_factory=set)  # on this connection
    _is_settling: bool = False  # connected, and the broker may still tell what it retains
    _turned: set[str] = field(default_factory=set)  # doors of which it was told

    async def open(self) -> None:
        """Raises sqlite3.Error, OSError."""
        for place, payload in await self.file.open():
            self._put(place, payload)

    def tell(self, signal: Signal | Listed) -> None:
        if isinstance(signal, Connected | Disconnected):
            self._inbox.put_nowait(signal)
        elif isinstance(signal, Listed):
            if self._waiting_bytes + len(signal.payload) > WAITING_BYTES_MAX:
                log.error("expected_dropped", **_named(signal.place))
                return
            self._waiting_bytes += len(signal.payload)
            self._inbox.put_nowait(signal)

    async def run(self) -> None:
        try:
            while True:
                await self._next()
        finally:
            await self.file.close()

    async def emit(self, observations: Sequence[Observation]) -> None:
        """Pass them on; a scan at a door is followed by what it binds."""
        await self.forward(observations)
        for each in observations:
            if isinstance(each, Scan):
                for name, door in self.doors.items():
                    if door.scanner == each.device:
                        await self._scanned(name, each)

    async def bind(self, request: JsonObject) -> JsonValue:
        """The command; says what was bound. Raises Refused."""
        door, text = self._door(request), str(request.get("document", ""))
        document = self.lists.named(door, text, text)
        if document is None:
            raise Refused(self._unknown(door, text, text))
        await self._bind(door, document, self.clock().utc_us)
        return document.uri

    async def unbind(self, request: JsonObject) -> JsonValue:
        """Raises Refused."""
        door = self._door(request)
        await self._bind(door, None, self.clock().utc_us)
        return None

    def shown(self, light: Light) -> None:
        """A light of the pipeline, on its way: of a door that may be set up the wrong way."""
        door = self.doors.get(light.read_point)
        if door is None:
            return
        if door.matcher.against < AGAINST_MAX:
            self._turned.discard(door.name)
        elif door.name not in self._turned:
            self._turned.add(door.name)
            log.warning("door_seems_turned", read_point=door.name, passes=door.matcher.against)

    # -- lists ------------------------------------------------------------------------------------

    async def _next(self) -> None:
        try:
            async with asyncio.timeout(self.quiet_s):
                signal = await self._inbox.get()
        except TimeoutError:
            if self._is_settling:
                self._is_settling = False
                await self._forget_unheard()
            return
        match signal:
            case Connected():
                self._is_settling = True
            case Disconnected():
                self._is_settling = False
                self._heard.clear()
            case Listed(place=place, payload=payload):
                self._waiting_bytes -= len(payload)
                await self._listed(place, payload)

    async def _listed(self, place: Place, payload: bytes) -> None:
        self._heard.add(place)
        if not payload:
            await self._withdraw(place)
        elif said := self._put(place, payload):
            keep = self.lists.versions(place)
            await self.file.put(place, said.version, payload, keep)

    async def _forget_unheard(self) -> None:
        for place in sorted(self.lists.places() - self._heard, key=str):
            await self._withdraw(place)

    async def _withdraw(self, place: Place) -> None:
        self.lists.withdraw(place)
        await self.file.withdraw(place)

    def _put(self, place: Place, payload: bytes) -> Expected | None:
        try:
            if len(payload) > DOCUMENT_BYTES_MAX:
                raise BadMessage(f"{len(payload)} bytes: expected at most {DOCUMENT_BYTES_MAX}")
            said = Expected.from_payload(payload)
        except BadMessage as error:
            log.warning("expected_refused", **_named(place), why=str(error))
            return None
        if why := self.lists.put(place, said):
            log.warning("expected_refused", **_named(place), why=why)
            return None
        return said

    # -- bindings ---------------------------------------------------------------------------------

    async def _scanned(self, door: str, scan: Scan) -> None:
        text, key = scan.data.decode("utf-8", "replace"), _key(scan)
        document = self.lists.named(door, text, key)
        if text == Command.DONE.code:
            await self._bind(door, None, scan.at_us)
        elif document is not None:
            await self._bind(door, document, scan.at_us)
        else:
            self.shine(Light(door, "refused", self._unknown(door, text, key)))

    async def _bind(self, door: str, document: Document | None, at_us: int) -> None:
        bound = None
        if document is not None:
            bound = Bound(document.type, document.direction, document.uri)
        await self.forward([Scan(binding.source(door), at_us, binding.said(bound))])
        text = "no document is bound" if document is None else f"bound: {document.uri}"
        self.shine(Light(door, "accepted", text))

    def _door(self, request: JsonObject) -> str:
        name = str(request.get("read_point"))
        if name not in self.doors:
            raise Refused(f"no door {name[:64]!r} at work")
        return name

    def _unknown(self, door: str, text: str, key: str) -> str:
        for other in sorted(self.doors.keys() - {door}):
            if self.lists.named(other, text, key) is not None:
                return f"{text[:64]!r}: wrong door, it is expected at {other}"
        return f"{text[:64]!r}: no document that is expected here"


def _key(scan: Scan) -> str:
    return barcode.parse(scan.data, scan.symbology).key


def _named(place: Place) -> dict[str, object]:
    return {"read_point": place.read_point, "document": place.document, "part": place.part}
