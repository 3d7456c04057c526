"""Why a document is not what it should be, in one line: where, and what was expected there."""

from pydantic import ValidationError

DETAIL_BYTES_MAX = 480  # a hundred of them, with every character escaped in JSON, fit into an ack


def shortened(text: str) -> str:
    """`text` on one line, cut at a whole character, for a place where many of them stand.

    >>> shortened("no such\\nthing")
    'no such thing'
    """
    words = "".join(" " if character < " " else character for character in text).split()
    cut = " ".join(words).encode(errors="replace")[:DETAIL_BYTES_MAX]
    return cut.decode(errors="ignore").rstrip()


def first_of(error: ValidationError, *, skip: int = 0) -> str:
    """The first problem; `skip` leading parts of its place are pydantic's, not the document's."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"][skip:])
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
