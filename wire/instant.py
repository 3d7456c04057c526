"""Instants as the wire writes them: ISO 8601 with offset outside, whole microseconds UTC inside."""

from datetime import UTC, datetime, timedelta, tzinfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_END = datetime(9999, 1, 1, tzinfo=UTC)  # a year before datetime's, so that all zones can show it


def to_text(at_us: int, zone: tzinfo = UTC) -> str:
    """`at_us` (µs since 1970, UTC) to the millisecond, with the offset that `zone` has then.

    >>> to_text(1_763_799_330_125_999)
    '2025-11-22T08:15:30.125+00:00'
    """
    return (_EPOCH + at_us * _MICROSECOND).astimezone(zone).isoformat(timespec="milliseconds")


def offset_text(at_us: int, zone: tzinfo = UTC) -> str:
    """The eventTimeZoneOffset that EPCIS wants beside an instant (EPCIS 2.0 §7.4.1).

    >>> offset_text(0)
    '+00:00'
    """
    return to_text(at_us, zone)[-6:]


def to_us(text: str) -> int:
    """Microseconds since 1970, UTC. Raises ValueError where `text` is no instant with an offset.

    >>> to_us("2025-11-22T09:15:30.125+01:00")
    1763799330125000
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r}: expected an ISO 8601 instant") from None
    if instant.tzinfo is None or "T" not in text:
        raise ValueError(f"{text[:40]!r}: expected an ISO 8601 instant with an offset")
    if not _EPOCH <= instant < _END:
        raise ValueError(f"{text[:40]!r}: expected an ISO 8601 instant from 1970 to 9998")
    return (instant - _EPOCH) // _MICROSECOND
