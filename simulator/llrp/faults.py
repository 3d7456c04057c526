"""What a reader should not do, on demand: so that a client can be tested against it.

Two kinds. `Faults` are knobs that hang on a reader and change what it does with the next messages.
The functions below make bytes that no reader should send; put between good reports, by
`SimulatedReader.inject`, they show what a client loses to them.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from struct import pack, unpack_from

from drivers.llrp.protocol.tables import MessageType, ParameterType, StatusCode
from simulator.llrp.encoder import HEADER_BYTES, Content, Sighting, message, tag_report, tlv
from simulator.llrp.numbers import ReportField

UNKNOWN_MESSAGE = 999
UNKNOWN_TLV = 1_000
UNKNOWN_TV = 127


@dataclass(frozen=True, slots=True)
class Refusal:
    code: StatusCode
    why: str


@dataclass(frozen=True, slots=True)
class _Cut:
    at: int
    hang_up: bool


@dataclass(slots=True)
class Faults:
    """`mute` stops all output while the socket stays open: set before a client comes, it is not
    even greeted. `dribble` sends one byte at a time. `hang_up` is set where the connection must end
    at once.
    """

    mute: bool = False
    dribble: bool = False
    hang_up: bool = False
    _refusals: dict[int, deque[Refusal | None]] = field(default_factory=dict)
    _delays_us: dict[int, int] = field(default_factory=dict)
    _cuts: dict[int, _Cut] = field(default_factory=dict)

    def refuse(
        self,
        request: int,
        why: str = "refused by a test",
        code: StatusCode = StatusCode.DEVICE_ERROR,
        times: int = 1,
        after: int = 0,
    ) -> None:
        """The next requests of that message type fail, `after` so many that do not. One that has no
        response of its own, as ENABLE_EVENTS_AND_REPORTS, gets an ERROR_MESSAGE.
        """
        waiting = self._refusals.setdefault(request, deque())
        waiting.extend([*[None] * after, *[Refusal(code, why)] * times])

    def delay(self, request: int, delay_us: int) -> None:
        """Answers to that message type come so late, until it is set to 0."""
        self._delays_us[request] = delay_us

    def truncate(self, kind: int, at: int, *, hang_up: bool = True) -> None:
        """The next message of that type that goes out ends at byte `at`; then the connection does,
        or else what comes next follows at once.
        """
        self._cuts[kind] = _Cut(at, hang_up)

    def refusal_of(self, request: int) -> Refusal | None:
        """Takes it: the next one may be another."""
        waiting = self._refusals.get(request)
        return waiting.popleft() if waiting else None

    def delay_us(self, request: int) -> int:
        return self._delays_us.get(request, 0)

    def outgoing(self, data: bytes) -> bytes:
        """A message as it goes out."""
        if not self._cuts:
            return data
        cut = self._cuts.pop(_kind(data), None)
        if cut is None:
            return data
        self.hang_up = self.hang_up or cut.hang_up
        return data[: cut.at]


def unknown_message(message_id: int = 0) -> bytes:
    return message(UNKNOWN_MESSAGE, message_id, b"?!")


def garbage(size: int, seed: int) -> bytes:
    """Always the same for a seed, and never the header of a message: its version is 7."""
    return b"\xff" + Random(seed).randbytes(size - 1)


def wrong_length(data: bytes, length: int) -> bytes:
    """A message whose header claims another length."""
    return data[:2] + pack(">I", length) + data[6:]


def wrong_version(data: bytes, version: int = 7) -> bytes:
    """A message of an LLRP version that there is not."""
    (head,) = unpack_from(">H", data)
    return pack(">H", head & 0x3FF | version << 10) + data[2:]


def report(sightings: Sequence[Sighting], message_id: int = 0) -> bytes:
    """An RO_ACCESS_REPORT with every field, as a whole message."""
    return _report(sightings, message_id, lambda body: body)


def report_with_unknown_tlv(sightings: Sequence[Sighting], message_id: int = 0) -> bytes:
    """Its tags carry a parameter of unknown type, that says its length: a client can go on."""
    return _report(sightings, message_id, lambda body: body + tlv(UNKNOWN_TLV, b"\x01\x02\x03"))


def report_with_unknown_tv(sightings: Sequence[Sighting], message_id: int = 0) -> bytes:
    """Its tags carry a parameter whose length nothing tells: the rest of that tag is lost."""
    return _report(sightings, message_id, lambda body: body + bytes((0x80 | UNKNOWN_TV, 1, 2)))


def _report(
    sightings: Sequence[Sighting], message_id: int, changed: Callable[[bytes], bytes]
) -> bytes:
    everything = Content(ReportField(0xFFC0))
    tags = (tag_report(sighting, everything)[4:] for sighting in sightings)
    body = b"".join(tlv(ParameterType.TAG_REPORT_DATA, changed(tag)) for tag in tags)
    return message(MessageType.RO_ACCESS_REPORT, message_id, body)


def _kind(data: bytes) -> int:
    if len(data) < HEADER_BYTES:
        return -1  # injected, and no message
    (head,) = unpack_from(">H", data)
    return int(head) & 0x3FF
