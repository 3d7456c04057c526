"""The name of an event: the same for the same reads, whenever and wherever it is worked out.

A UUIDv8 (RFC 9562 §5.8) without clock or chance: 48 bits of the event time in milliseconds, so
that ids sort by time, then bits of a SHA-256 over what makes the event that event. A pass that is
replayed after a crash has the id it had, and the outbox and the ledger know it again.
"""

from hashlib import sha256

_VERSION_8 = 0x8
_VARIANT = 0b10


def event_id(
    event_us: int,
    gateway: str,
    read_point: str,
    kind: str,
    first_key: str,
    first_us: int,
    part: int,
) -> str:
    """`first_key` and `first_us`: which thing was read first, and when (µs)."""
    said = "\n".join((gateway, read_point, kind, first_key, str(first_us), str(part)))
    digest = int.from_bytes(sha256(said.encode()).digest())
    time_ms = (event_us // 1000) & 0xFFFF_FFFF_FFFF
    value = (
        time_ms << 80
        | _VERSION_8 << 76
        | (digest & 0xFFF) << 64
        | _VARIANT << 62
        | (digest >> 12) & 0x3FFF_FFFF_FFFF_FFFF
    )
    text = f"{value:032x}"
    return f"urn:uuid:{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
