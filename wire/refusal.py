"""Why a document is not what it should be, in one line: where, and what was expected there."""

from pydantic import ValidationError


def first_of(error: ValidationError, *, skip: int = 0) -> str:
    """The first problem; `skip` leading parts of its place are pydantic's, not the document's."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"][skip:])
    what = first["msg"].removeprefix("Value error, ")
    return f"{where}: {what}" if where else what
