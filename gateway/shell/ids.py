"""The one place that draws ids."""

import uuid


def new_epoch() -> str:
    """Names the life of one outbox."""
    return str(uuid.uuid4())


def new_boot() -> str:
    """Names one run of the daemon."""
    return str(uuid.uuid4())
