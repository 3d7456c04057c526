"""The one place that draws ids."""

import uuid


def new_ledger() -> str:
    """Names a ledger: a copy of its database that goes its own way gets another."""
    return str(uuid.uuid4())


def new_transaction() -> str:
    """Names one command, so that it is run once."""
    return str(uuid.uuid4())
