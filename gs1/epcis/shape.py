"""JSON as EPCIS events are made of, and instants in it."""

import re
from dataclasses import dataclass
from decimal import Decimal

JsonValue = None | bool | int | float | Decimal | str | list["JsonValue"] | dict[str, "JsonValue"]
JsonObject = dict[str, JsonValue]

_INSTANT = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?", re.ASCII
)
_OFFSET = re.compile(r"[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)", re.ASCII)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20\x7f\"<>\\^`{|}]+", re.ASCII)
_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Instant:
    """The parts of a dateTimeStamp as written, each within its range."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    fraction: str  # digits behind the point, any number of them
    offset: str  # "Z", "+01:00", or "" where none is said


def instant(text: JsonValue) -> Instant | None:
    """
    >>> instant("2026-11-22T08:15:30.125+01:00").offset
    '+01:00'
    >>> instant("2026-13-22T08:15:30Z") is None
    True
    """
    found = _INSTANT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups()[:6])
    offset = found[8] or ""
    in_day = hour < 24 and minute < 60 and second < 60
    sound = in_day and (offset in ("", "Z") or is_offset(offset))
    if not sound or not _is_date(year, month, day):
        return None
    return Instant(year, month, day, hour, minute, second, found[7] or "", offset)


def is_offset(text: JsonValue) -> bool:
    """Whether `text` is a time zone offset as EPCIS writes it (EPCIS 2.0 §7.4.1)."""
    return isinstance(text, str) and _OFFSET.fullmatch(text) is not None


def is_uri(text: JsonValue) -> bool:
    """Whether `text` is an absolute URI (RFC 3986 §3), in the characters of one."""
    return isinstance(text, str) and _URI.fullmatch(text) is not None


def _is_date(year: int, month: int, day: int) -> bool:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    in_month = 1 <= month <= 12 and 1 <= day <= _MONTH_DAYS[month - 1]
    return year > 0 and in_month and (month != 2 or day < 29 or leap)
