"""The rows of the books: what a batch needs to know of them, and what it changes.

`Needs` names keys, the store loads them into a `State`, and writes the `Changes` that come out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, assert_never

from ledger.core import chain
from ledger.core.booking import Alert, Booking, Location, LocationKind, Packed, Unit
from ledger.core.declared import Erroneous
from wire.event import Event
from wire.messages import Rejected

DECLARATION = "declaration"  # the kind of a row that says of another that it never happened


@dataclass(frozen=True, slots=True)
class Head:
    """How far the open epoch of one source is settled: what its ack says, and its counts."""

    source: str
    epoch: str
    committed: int = 0
    id: str = ""
    n: int = 0
    booked: int = 0  # or stored
    duplicates: int = 0
    rejected_total: int = 0
    rejected: tuple[Rejected, ...] = ()


class EventRow(NamedTuple):
    part: int
    pseq: int
    event_id: str
    source: str
    epoch: str
    sseq: int
    event_us: int
    record_us: int
    posting_date: str
    actor: str
    verdict: str
    kind: str
    biz_step: str | None
    direction: str | None
    read_point: str | None
    body: str
    body_hash: bytes
    lines_hash: bytes
    hash: bytes


class KeyRow(NamedTuple):
    event_id: str
    declared_us: int  # of an error declaration; 0 for the event itself
    body_hash: bytes
    part: int
    pseq: int


class LineRow(NamedTuple):
    part: int
    pseq: int
    n: int
    item_id: int
    location_id: int
    quantity: int


class StepRow(NamedTuple):
    part: int
    pseq: int
    key: str
    event_us: int
    item_id: int  # 0, and no quantity: a container
    quantity: int
    source_id: int | None
    destination_id: int


class UnitRow(NamedTuple):
    key: str
    item_id: int  # as in its steps: what it was booked as when it was first seen
    quantity: int
    location_id: int
    event_us: int


class RejectRow(NamedTuple):
    source: str
    epoch: str
    sseq: int
    at_us: int
    event_id: str
    reason: str
    detail: str
    payload: bytes


class UnreadableRow(NamedTuple):
    source: str
    at_us: int
    detail: str
    payload: bytes


class AlertRow(NamedTuple):
    event_id: str
    reason: str
    about: str
    at_us: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One event that was booked or stored now, for those who watch."""

    row: EventRow
    units: int
    containers: tuple[str, ...]
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that the ledger knows, and the place outside the house that it speaks of."""

    key: str
    kind: Literal["purchase", "sale", "transfer"]
    party: str

    @property
    def place_kind(self) -> LocationKind:
        match self.kind:
            case "purchase":
                return LocationKind.SUPPLIER
            case "sale":
                return LocationKind.CUSTOMER
            case "transfer":
                return LocationKind.TRANSIT
            case _:
                assert_never(self.kind)

    @property
    def place_key(self) -> str:
        """One place a party, and one a transfer."""
        return f"{self.place_kind}:{self.key if self.kind == 'transfer' else self.party}"


@dataclass(frozen=True, slots=True)
class Code:
    """What a class key stands for from an instant on."""

    valid_from_us: int
    packed: Packed


def packed_at(codes: Sequence[Code], at_us: int) -> Packed:
    """What a class key, whose rows are `codes`, oldest first, stood for at an instant.

    The first explanation holds for all time before it too: whoever explains a key today means the
    goods of yesterday, whose events may come late.
    """
    explained = [code for code in codes if not code.packed.is_placeholder]
    held = [code for code in explained if code.valid_from_us <= at_us]
    return (held or explained[:1] or codes)[-1].packed


@dataclass(frozen=True, slots=True)
class Needs:
    """Keys that the store must look up."""

    sources: frozenset[str]
    event_ids: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()  # event ids that an error declaration names
    classes: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    locations: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()


@dataclass(slots=True)
class ChainEnd:
    pseq: int = 0
    hash: bytes = chain.GENESIS


@dataclass(slots=True)
class State:
    """What the books know of all that a batch needs; `settle` carries it on, event by event."""

    next_id: int
    heads: dict[str, Head] = field(default_factory=dict)
    closed: dict[str, set[str]] = field(default_factory=dict)  # source -> closed epochs
    # (event id, when it was declared an error, or 0) -> body hash
    known_ids: dict[tuple[str, int], bytes] = field(default_factory=dict)
    erroneous: dict[str, Erroneous] = field(default_factory=dict)  # by event id
    declared: set[str] = field(default_factory=set)  # ids of those that were declared errors before
    # By unit of those: the events that moved it and stand, the newest last.
    movers: dict[str, list[str]] = field(default_factory=dict)
    codes: dict[str, list[Code]] = field(default_factory=dict)  # by class key, oldest first
    units: dict[str, Unit] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)  # by key
    places: dict[int, Location] = field(default_factory=dict)  # the same, by id
    documents: dict[str, Paper] = field(default_factory=dict)
    chains: dict[int, ChainEnd] = field(default_factory=dict)
    record_us: int = 0  # of the newest event of all chains

    def learn_booked(self, event: Event, booked: Booking) -> None:
        """What an error declaration of the event in the same batch has to know."""
        id_, lines, steps = event.event_id, tuple(booked.lines), tuple(booked.steps)
        if event.declared_us:
            self.declared.add(id_)
            for step in steps:
                self.movers[step.key].pop()
            return
        self.erroneous[id_] = Erroneous(id_, event.biz_step, lines, steps)
        for step in steps:
            self.movers.setdefault(step.key, []).append(id_)

    def learn(self, location: Location) -> None:
        self.locations[location.key] = location
        self.places[location.id] = location


@dataclass(slots=True)
class Changes:
    """The rows that a batch adds or replaces."""

    events: list[EventRow] = field(default_factory=list)
    keys: list[KeyRow] = field(default_factory=list)  # of the events
    lines: list[LineRow] = field(default_factory=list)
    steps: list[StepRow] = field(default_factory=list)
    units: dict[str, UnitRow] = field(default_factory=dict)
    rejects: list[RejectRow] = field(default_factory=list)
    unreadable: list[UnreadableRow] = field(default_factory=list)
    alerts: dict[tuple[str, str, str], AlertRow] = field(default_factory=dict)
    new_items: list[tuple[int, str]] = field(default_factory=list)  # placeholders: id, class key
    new_locations: list[Location] = field(default_factory=list)
    closed_epochs: list[tuple[str, str]] = field(default_factory=list)
