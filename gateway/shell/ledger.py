"""Asks the ledger whether it knows a thing: before a tag that says so is written or replaced."""

import asyncio
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from wire import json

ANSWER_S = 3.0
ANSWER_BYTES_MAX = 64 << 10


class NotTold(Exception):
    """The ledger cannot be asked; one sentence says why."""


async def place_of(url: str | None, key: str) -> str | None:
    """Where the ledger has the thing, by the place's name; None where it knows it not.

    Raises NotTold.
    """
    if url is None:
        raise NotTold("no url in [ledger], so nobody knows whether this number is in use")
    return await asyncio.to_thread(_place_of, url, key)


def _place_of(url: str, key: str) -> str | None:
    asked = Request(f"{url.rstrip('/')}/api/v1/units?key={quote(key, safe='')}")
    try:
        with urlopen(asked, timeout=ANSWER_S) as answer:
            said = json.decode_object(answer.read(ANSWER_BYTES_MAX + 1), ANSWER_BYTES_MAX)
    except (URLError, OSError, ValueError) as error:
        why = error.reason if isinstance(error, URLError) else error
        raise NotTold(f"{url}: the ledger does not answer: {why}") from None
    units = said.get("units")
    if not isinstance(units, list):
        raise NotTold(f"{url}: expected a ledger, which tells its units")
    first = units[0] if units else None
    return None if first is None else str(first.get("location") if isinstance(first, dict) else "")
