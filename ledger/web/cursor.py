"""Where a page of a list ended, as text that nobody but us takes apart.

A cursor holds the sort key of the last row. What comes meanwhile before that row moves nothing of
the pages that follow, so a walk sees each row that was there all the time exactly once.
"""

import base64
import binascii
from collections.abc import Sequence

from wire import json

CURSOR_CHARACTERS_MAX = 4096  # two names of 200 characters, four bytes each, escaped, in base64
INTEGER_MAX = (1 << 63) - 1  # what a database column holds


class BadCursor(ValueError):
    """The text is no cursor of this list."""

    def __init__(self) -> None:
        super().__init__("query.cursor: expected a `next` of this list")


def encode(place: Sequence[str | int]) -> str:
    """
    >>> encode(["TEA", 7])
    'WyJURUEiLDdd'
    """
    return base64.urlsafe_b64encode(json.encode(list(place)).encode()).decode().rstrip("=")


def texts(cursor: str, count: int) -> list[str]:
    """The texts in `cursor`. Raises BadCursor."""
    found = [part for part in _place(cursor) if isinstance(part, str)]
    if len(found) != count or encode(found) != cursor:
        raise BadCursor
    return found


def integers(cursor: str, count: int) -> list[int]:
    """The numbers in `cursor`. Raises BadCursor."""
    found = [
        part
        for part in _place(cursor)
        if isinstance(part, int) and not isinstance(part, bool) and abs(part) <= INTEGER_MAX
    ]
    if len(found) != count or encode(found) != cursor:
        raise BadCursor
    return found


def _place(cursor: str) -> list[json.JsonValue]:
    """What is in `cursor`, whatever it is: that it is ours shows when it is written again."""
    try:
        place = json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise BadCursor from None
    if not isinstance(place, list):
        raise BadCursor
    return place
