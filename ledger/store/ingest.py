"""What every store promises to the events that come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ledger.core.batch import Arrived
from ledger.core.books import Entry, Head
from ledger.core.settle import GiveUp


@dataclass(slots=True)
class Booked:
    """What a batch came to. `heads`: every source that wants an ack, moved or not."""

    heads: dict[str, Head] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    ahead: dict[str, int] = field(default_factory=dict)  # source -> newest seq that does not follow
    unreadable: set[str] = field(default_factory=set)

    def add(self, other: "Booked") -> None:
        """Take in what came of a later batch."""
        self.heads |= other.heads
        self.entries += other.entries
        self.ahead |= other.ahead
        self.unreadable |= other.unreadable


@dataclass(frozen=True, slots=True)
class Identity:
    """Which ledger this is; a restore raises the incarnation."""

    ledger: str
    incarnation: int


class Ingest(Protocol):
    """Blocking; for one thread. Each call is one transaction, on the disk when it returns.

    The books change for an event id once. An event that the store cannot book for a fault of our
    own is settled as rejected, with its traceback, and costs no other event anything.
    """

    def identity(self) -> Identity: ...

    def heads(self) -> list[Head]:
        """The open epochs of all sources."""
        ...

    def book(self, batch: Sequence[Arrived], announced: Mapping[str, str], now_us: int) -> Booked:
        """Settle a batch in its order. `announced`: source -> epoch of its last birth."""
        ...

    def give_up(
        self, given_up: Sequence[GiveUp], announced: Mapping[str, str], now_us: int
    ) -> Booked:
        """Settle numbers that will not come."""
        ...
