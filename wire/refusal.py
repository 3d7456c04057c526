"""Why a document is not what it should be, in one line: where, and what was expected there."""

from itertools import accumulate

from pydantic import ValidationError

from wire import json

# As JSON in UTF-8, escapes included. A hundred of these with their ids and reasons, as an ack lists
# them, are 115 KB at most; json.DOCUMENT_BYTES_MAX is 128 KiB.
DETAIL_BYTES_MAX = 1000
_CUT = "…"


def shortened(detail: str) -> str:
    """The first line of `detail`, printable, and cut where there is no room for more of it.

    >>> shortened("no such\\tthing\\nTraceback:")
    'no such thing'
    """
    line = detail.partition("\n")[0]
    # Cut before it is looked at: a character is a byte at least.
    plain = [char if char.isprintable() else " " for char in line[: DETAIL_BYTES_MAX + 1]]
    sizes = list(accumulate(map(_bytes, plain)))
    if not sizes or sizes[-1] <= DETAIL_BYTES_MAX:
        return "".join(plain)
    room = DETAIL_BYTES_MAX - _bytes(_CUT)
    return "".join(plain[: sum(size <= room for size in sizes)]) + _CUT


def _bytes(char: str) -> int:
    """How long `char` is within a JSON string."""
    return len(json.encode(char).encode()) - len('""')


def first_of(error: ValidationError, *, skip: int = 0) -> str:
    """The first problem; `skip` leading parts of its place are pydantic's, not the document's."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"][skip:])
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
