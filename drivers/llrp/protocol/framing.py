"""Where one LLRP message ends and the next begins, and the same for the parameters inside.

A message is a 10-byte header and a body (LLRP 1.0.1 §16.1):

    |rsvd 3|version 3|type 10|  length 32, with the header  |  message id 32  |  body ...

A TLV parameter has a 4-byte header, 6 reserved bits, 10 bits of type, 16 bits of length with the
header; a TV parameter has a 1-byte header with the top bit set and a length that its type fixes
(LLRP 1.0.1 §17.1).

TCP gives bytes in any pieces. There is no mark to find a lost boundary by, so a header that cannot
be is the end of the connection: LlrpError, and a new connection starts with an empty buffer.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from struct import Struct
from typing import NamedTuple

from drivers.llrp.protocol.tables import TV_TYPE_MAX, TV_VALUE_BYTES

HEADER_BYTES = 10
MESSAGE_BYTES_MAX = 4 << 20  # a report is KiB; more is a lost frame boundary: close and reconnect
VERSIONS = (1, 2)  # LLRP 1.0.1 and 1.1

_HEADER = Struct(">HII")
_TLV = Struct(">HH")
TLV_HEADER_BYTES = _TLV.size


class LlrpError(Exception):
    """The peer broke the protocol; the message says what was found and what was expected."""


class Frame(NamedTuple):
    """One message. `type` is an int, because a reader may send types that we do not know.

    A named tuple, since a reader may send a message for each read (docs/decisions/0006).
    """

    type: int
    message_id: int
    body: bytes
    version: int = 1


_new_frame: Callable[[type[Frame], tuple[int, int, bytes, int]], Frame] = tuple.__new__


@dataclass(slots=True)
class FrameReader:
    """Bytes in, frames out; make a new one for every connection.

    Frames are cut from `_data` at `_at`. What comes while a message is not whole waits in `_rest`
    and is joined once that is enough, so that a message in a thousand pieces is copied twice and
    a chunk of a thousand messages not at all.
    """

    _data: bytes = b""
    _at: int = 0
    _rest: bytearray = field(default_factory=bytearray)

    def receive(self, chunk: bytes) -> None:
        """Take bytes as they come. Bounded: one message and one chunk."""
        if self._at == len(self._data) and not self._rest:
            self._data, self._at = chunk, 0
        else:
            self._rest += chunk

    def next_frame(self) -> Frame | None:
        """The next whole message; None until more bytes came. Raises LlrpError."""
        data, at = self._data, self._at
        if len(data) - at < HEADER_BYTES:
            if not self._has(HEADER_BYTES):
                return None
            data, at = self._data, 0
        head, length, message_id = _HEADER.unpack_from(data, at)
        version = head >> 10 & 0b111
        if version not in VERSIONS:
            raise LlrpError(f"message of LLRP version {version}: expected 1 or 2")
        if not HEADER_BYTES <= length <= MESSAGE_BYTES_MAX:
            raise LlrpError(
                f"message of {length} bytes: expected {HEADER_BYTES} to {MESSAGE_BYTES_MAX}"
            )
        if len(data) - at < length:
            if not self._has(length):
                return None
            data, at = self._data, 0
        self._at = at + length
        body = data[at + HEADER_BYTES : at + length]
        return _new_frame(Frame, (head & 0x3FF, message_id, body, version))

    @property
    def holds_part(self) -> bool:
        """Whether a message has begun that is not whole yet; ask when `next_frame` gave None."""
        return self._at < len(self._data) or bool(self._rest)

    def _has(self, size: int) -> bool:
        """Whether `size` bytes are there; if so, `_data` has them from `_at` on."""
        if len(self._data) - self._at + len(self._rest) < size:
            return False
        self._data, self._at = self._data[self._at :] + self._rest, 0
        self._rest = bytearray()
        return True


def encode_message(frame: Frame) -> bytes:
    head = (frame.version & 0b111) << 10 | frame.type & 0x3FF
    return _HEADER.pack(head, HEADER_BYTES + len(frame.body), frame.message_id) + frame.body


def encode_tlv(kind: int, value: bytes) -> bytes:
    """One TLV parameter. Raises LlrpError where it would not fit its 16-bit length."""
    length = TLV_HEADER_BYTES + len(value)
    if length > 0xFFFF:
        raise LlrpError(f"parameter {kind} of {length} bytes: expected at most 65535")
    return _TLV.pack(kind, length) + value


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its type and its value without the header."""

    type: int
    value: bytes


def parameters(data: bytes, offset: int = 0) -> Iterator[Parameter]:
    """The parameters one after the other from `offset` on. Raises LlrpError at a broken one.

    An unknown TLV is given like any other, because its length is known; an unknown TV is an error,
    because nothing says where it ends.
    """
    while offset < len(data):
        kind, start, offset = span_at(data, offset)
        yield Parameter(kind, data[start:offset])


def span_at(data: bytes, offset: int) -> tuple[int, int, int]:
    """The parameter at `offset`: its type, and where its value starts and stops.

    Raises LlrpError where it is broken, or a TV that nobody knows the length of.
    """
    end = len(data)
    first = data[offset]
    if first & 0x80:
        kind = first & TV_TYPE_MAX
        size = TV_VALUE_BYTES.get(kind)
        if size is None:
            raise LlrpError(f"unknown TV parameter {kind} at byte {offset}")
        start, stop = offset + 1, offset + 1 + size
    else:
        if end - offset < TLV_HEADER_BYTES:
            raise LlrpError(f"{end - offset} bytes at {offset}: expected a parameter header")
        head, length = _TLV.unpack_from(data, offset)
        kind = head & 0x3FF
        if length < TLV_HEADER_BYTES:
            raise LlrpError(f"parameter {kind} of {length} bytes: expected at least 4")
        start, stop = offset + TLV_HEADER_BYTES, offset + length
    if stop > end:
        raise LlrpError(f"parameter {kind} at byte {offset}: cut short by {stop - end} bytes")
    return kind, start, stop
