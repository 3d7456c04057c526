"""What an ack of the ledger means to the rows of this outbox.

An ack is believed only where it fits what we know: the same ledger, not older than the last one,
of this epoch, and naming at `committed` the very event that our row there is. A retained ack can be
years old, a ledger can be a restored copy, and our own database can be one.
"""

from dataclasses import dataclass

from wire.messages import Ack, Rejected


@dataclass(frozen=True, slots=True)
class Known:
    """What this gateway holds of ledger and epoch. `ledger` is "" before the first ack."""

    ledger: str
    incarnation: int
    n: int
    epoch: str
    made: int
    committed: int


@dataclass(frozen=True, slots=True)
class Settle:
    """All up to `committed` is the ledger's now; those in `rejected` it did not book."""

    committed: int
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class Rewind:
    """The ledger was restored: send again what is above `committed`, wherever that is.

    What was published and not settled went with the old one, also where its mark is ours.
    """

    committed: int
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True, slots=True)
class Ignore:
    """Nothing new, and nothing wrong."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """A person must look; the sentence says at what."""

    why: str


Meaning = Settle | Rewind | Ignore | Refuse


def judge(ack: Ack, known: Known, own_id: str | None) -> Meaning:
    """`own_id` is the event id of our row `ack.committed`; None where we have no such row."""
    if known.ledger and ack.ledger != known.ledger:
        return Refuse(f"ack of ledger {ack.ledger}: this gateway belongs to {known.ledger}")
    if (ack.incarnation, ack.n) < (known.incarnation, known.n):
        return Ignore()
    if ack.epoch != known.epoch:
        return Ignore()
    if ack.committed > known.made:
        return Refuse(
            f"ledger has {ack.committed} events of this epoch, the outbox made {known.made}:"
            " the outbox is a copy or was rolled back"
        )
    if ack.committed and ack.id != own_id and not _gave_up(ack):
        return Refuse(
            f"event {ack.committed} is {ack.id} in the ledger and {own_id} here:"
            " the outbox is a copy or was rolled back"
        )
    if ack.incarnation > known.incarnation and known.ledger:
        return Rewind(ack.committed, ack.rejected)
    if ack.committed < known.committed:
        return Ignore()
    return Settle(ack.committed, ack.rejected)


def _gave_up(ack: Ack) -> bool:
    """Whether the event at `committed` has no id there, because it never came or was unreadable."""
    return not ack.id and any(one.seq == ack.committed for one in ack.rejected)
