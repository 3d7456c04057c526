"""The chain of hashes that makes a changed row show.

Each part of the ledger's events is a chain: an event's hash is taken over the hash before it and
over everything that is booked for it, in fixed-width big-endian fields or with a length in front,
so that no two different events are the same bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from struct import Struct
from zlib import crc32

from ledger.core.booking import Line, UnitStep

PARTS = 64  # chains that can grow independently of each other
GENESIS = bytes(32)

_NUMBERS = Struct(">HQQqq")  # part, pseq, sseq, event_us, record_us
_COUNT = Struct(">Q")
_LINE = Struct(">qqqqqq")  # item, location, lot, owner, status, quantity
_STEP = Struct(">qqqq")  # item, quantity, source, destination; no item, no source: 0


@dataclass(frozen=True, slots=True)
class Chained:
    """What the hash of one event stands for. Instants are µs UTC."""

    part: int
    pseq: int  # place in the chain, from 1
    event_id: str
    source: str
    epoch: str
    sseq: int
    event_us: int
    record_us: int
    posting_date: str
    actor: str
    verdict: str
    body_hash: bytes
    lines_hash: bytes


def part_of(source: str) -> int:
    """Which chain the events of `source` are in."""
    return crc32(source.encode()) % PARTS


def lines_hash(lines: Sequence[Line], steps: Sequence[UnitStep]) -> bytes:
    """Over the lines in their order, and what moved with them, by key.

    Lot, owner and status of a line are 0 (none, own, available).
    """
    packed = [_LINE.pack(line.item, line.location, 0, 0, 0, line.quantity) for line in lines]
    moved = [
        _STEP.pack(step.goods.item, step.goods.quantity, step.source or 0, step.destination)
        + _measured(step.key.encode())
        for step in sorted(steps, key=lambda step: step.key)
    ]
    return sha256(_COUNT.pack(len(packed)) + b"".join(packed + moved)).digest()


def link(previous: bytes, event: Chained) -> bytes:
    """The hash of `event` behind `previous`."""
    numbers = _NUMBERS.pack(event.part, event.pseq, event.sseq, event.event_us, event.record_us)
    texts = (
        event.event_id,
        event.source,
        event.epoch,
        event.posting_date,
        event.actor,
        event.verdict,
    )
    said = b"".join(_measured(text.encode()) for text in texts)
    whole = previous + numbers + said + event.body_hash + event.lines_hash
    return sha256(whole).digest()


def _measured(text: bytes) -> bytes:
    return len(text).to_bytes(4) + text
