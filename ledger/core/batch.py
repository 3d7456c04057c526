"""What a batch of events comes to, given what the books know: all of ingest but the database.

Pure: `needs` says which keys a batch wants to know, the store loads them into a State, `settle`
gives the rows to write and what to tell. The store writes all of it in one transaction, or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from ledger.core import booking, chain
from ledger.core.booking import (
    LINE_QUANTITY_MAX,
    Alert,
    Booking,
    Document,
    Known,
    Location,
    LocationKind,
    Packed,
    Unit,
)
from ledger.core.books import (
    DECLARATION,
    AlertRow,
    ChainEnd,
    Changes,
    Code,
    Entry,
    EventRow,
    Head,
    KeyRow,
    LineRow,
    Needs,
    Paper,
    RejectRow,
    State,
    StepRow,
    UnitRow,
    UnreadableRow,
    packed_at,
)
from ledger.core.declared import take_back
from ledger.core.facts import Named, facts, local_date, named
from ledger.core.settle import Epoch, GiveUp, position
from wire.event import Event, Received
from wire.messages import REJECTED_LISTED_MAX, Rejected
from wire.reason import Reason
from wire.topics import Source

# Rejects that a person should look at at once: not the sender's plain mistakes.
_ALERTED = frozenset(
    {Reason.ID_CONFLICT, Reason.INTERNAL_ERROR, Reason.NEVER_ARRIVED, Reason.UNREADABLE}
)


@dataclass(frozen=True, slots=True)
class Arrived:
    """One payload on a gateway's event topic, and what could be read of it."""

    source: Source
    payload: bytes
    received: Received


@dataclass(slots=True)
class Settled:
    """What a batch came to. `acks`: the sources whose ack must be said (again)."""

    changes: Changes = field(default_factory=Changes)
    entries: list[Entry] = field(default_factory=list)
    acks: set[str] = field(default_factory=set)
    ahead: dict[str, int] = field(default_factory=dict)  # source -> newest seq that does not follow
    unreadable: set[str] = field(default_factory=set)  # sources


def needs(batch: Sequence[Arrived]) -> Needs:
    """What `settle` must know of the books for this batch."""
    events = [one.received.event for one in batch if one.received.event is not None]
    names = [named(event) for event in events]
    sites = {arrived.source.site for arrived in batch}
    places = {name for one in names for name in (one.location, one.claimed_from) if name}
    return Needs(
        sources=frozenset(arrived.source.name for arrived in batch),
        event_ids=frozenset(event.event_id for event in events),
        declared=frozenset(event.event_id for event in events if event.declared_us),
        classes=frozenset(key for one in names for key in one.classes()),
        units=frozenset(key for one in names for key in one.units),
        locations=frozenset(
            places | {key(site) for site in sites for key in (_unknown_key, _production_key)}
        ),
        documents=frozenset(key for one in names for key in one.documents),
    )


def settle(
    batch: Sequence[Arrived], state: State, announced: Mapping[str, str], now_us: int
) -> Settled:
    """Settle `batch` in its order. `announced`: source -> epoch of its last birth."""
    run = _Run(state, announced, now_us)
    for arrived in batch:
        run.take(arrived)
    return run.settled


def give_up(
    given_up: Sequence[GiveUp], state: State, announced: Mapping[str, str], now_us: int
) -> Settled:
    """Settle numbers that will not come; those that came meanwhile are left alone."""
    missing = [
        Arrived(
            Source(*one.source.split("/")), b"", Received(one.epoch, one.seq, reason=one.reason)
        )
        for one in given_up
    ]
    return settle(missing, state, announced, now_us)


def reject(
    arrived: Arrived,
    reason: Reason,
    detail: str,
    state: State,
    announced: Mapping[str, str],
    now_us: int,
) -> Settled:
    """Settle one event as rejected, whatever it says; if it is the next one."""
    unread = replace(arrived.received, event=None, reason=reason, detail=detail)
    return settle([replace(arrived, received=unread)], state, announced, now_us)


@dataclass(slots=True)
class _Run:
    """One batch under way."""

    state: State
    announced: Mapping[str, str]
    now_us: int
    settled: Settled = field(default_factory=Settled)

    def take(self, arrived: Arrived) -> None:
        source, received = arrived.source.name, arrived.received
        if received.epoch is None or received.seq is None:
            self._keep_unreadable(arrived)
            return
        head = self.state.heads.get(source)
        epoch = None if head is None else Epoch(head.epoch, head.committed, head.id)
        announced = self.announced.get(source)
        closed = self.state.closed.get(source, ())
        match position(epoch, closed, announced, received.epoch, received.seq):
            case "next":
                self._take_next(self._open_epoch(source, received.epoch), arrived)
            case "behind":  # Settled long ago, or of a rolled-back copy: the ack tells which.
                self.settled.acks.add(source)
            case "ahead":
                newest = max(self.settled.ahead.get(source, 0), received.seq)
                self.settled.ahead[source] = newest
            case "foreign":
                # While no birth was heard, the next may announce it: the gateway sends it again.
                # Without the epoch: whoever makes them up would make alerts without end.
                if announced is not None or received.epoch in closed:
                    self._alert("", Alert(Reason.EPOCH_REFUSED, source))
            case other:
                assert_never(other)

    def reject(
        self,
        head: Head,
        seq: int,
        event_id: str | None,
        reason: Reason,
        detail: str,
        payload: bytes,
    ) -> None:
        row = RejectRow(
            head.source, head.epoch, seq, self.now_us, event_id or "", reason, detail, payload
        )
        self.settled.changes.rejects.append(row)
        told = Rejected(seq=seq, event_id=event_id, reason=reason, detail=detail)
        if reason in _ALERTED:
            self._alert(event_id or "", Alert(reason, f"{head.source} {head.epoch} {seq}"))
        counted = replace(
            head,
            rejected_total=head.rejected_total + 1,
            rejected=(told, *head.rejected)[:REJECTED_LISTED_MAX],
        )
        self._advance(counted, seq, event_id or "")

    # -- one event --------------------------------------------------------------------------------

    def _take_next(self, head: Head, arrived: Arrived) -> None:
        received, seq = arrived.received, head.committed + 1
        event = received.event
        if event is None:
            reason = received.reason or Reason.INVALID_EVENT
            self.reject(head, seq, received.event_id, reason, received.detail, arrived.payload)
            return
        known_hash = self.state.known_ids.get((event.event_id, event.declared_us))
        if known_hash is None and event.declared_us:
            self._take_back(head, arrived, event)
        elif known_hash is None:
            self._book(head, arrived, event)
        elif known_hash == received.body_hash:
            counted = replace(head, duplicates=head.duplicates + 1)
            self._advance(counted, seq, event.event_id)
        else:
            self._conflict(head, arrived, event.event_id)

    def _conflict(self, head: Head, arrived: Arrived, event_id: str) -> None:
        detail = f"{event_id} is booked with another content"
        seq, reason = head.committed + 1, Reason.ID_CONFLICT
        self.reject(head, seq, event_id, reason, detail, arrived.payload)

    def _keep_unreadable(self, arrived: Arrived) -> None:
        source, detail = arrived.source.name, arrived.received.detail
        row = UnreadableRow(source, self.now_us, detail, arrived.payload)
        self.settled.changes.unreadable.append(row)
        self.settled.unreadable.add(source)

    def _book(self, head: Head, arrived: Arrived, event: Event) -> None:
        names = named(event)
        moves = event.kind == "movement" and booking.books(event.biz_step, event.action)
        moves = moves and event.event_id not in self.state.declared
        booked = self._booking(event, names, arrived.source.site) if moves else Booking()
        if booked.largest > LINE_QUANTITY_MAX:
            most, seq, reason = LINE_QUANTITY_MAX, head.committed + 1, Reason.INVALID_EVENT
            detail = f"{booked.largest} base units in one line: expected at most {most}"
            self.reject(head, seq, event.event_id, reason, detail, arrived.payload)
            return
        self._keep(head, arrived, event, booked, "booked" if moves else "stored")

    def _take_back(self, head: Head, arrived: Arrived, event: Event) -> None:
        """An error declaration: what it repeats must be what is here, and is undone."""
        known_hash = self.state.known_ids.get((event.event_id, 0))
        if known_hash is not None and known_hash != arrived.received.erroneous_hash:
            self._conflict(head, arrived, event.event_id)
            return
        erroneous = self.state.erroneous.get(event.event_id)
        booked = Booking()
        if erroneous is not None and event.event_id not in self.state.declared:
            site = arrived.source.site
            unknown = self._location(_unknown_key(site), LocationKind.UNKNOWN, site)
            booked = take_back(erroneous, self.state.movers, unknown.id)
        is_moved = bool(booked.lines or booked.steps)
        self._keep(head, arrived, event, booked, "booked" if is_moved else "stored")

    def _keep(
        self, head: Head, arrived: Arrived, event: Event, booked: Booking, verdict: str
    ) -> None:
        """Settle it with what it books."""
        row, names = self._chain(head, arrived, event, booked, verdict), named(event)
        self._write(row, booked)
        key = KeyRow(row.event_id, event.declared_us, row.body_hash, row.part, row.pseq)
        self.settled.changes.keys.append(key)
        self.state.known_ids[key.event_id, key.declared_us] = key.body_hash
        self.state.learn_booked(event, booked)
        self._advance(replace(head, booked=head.booked + 1), row.sseq, row.event_id)
        entry = Entry(row, len(names.serials), names.containers, tuple(booked.alerts))
        self.settled.entries.append(entry)

    def _booking(self, event: Event, names: Named, site: str) -> Booking:
        unknown = self._location(_unknown_key(site), LocationKind.UNKNOWN, site)
        production = None
        if event.biz_step == booking.COMMISSIONING:
            key = _production_key(site)
            production = self._location(key, LocationKind.PRODUCTION, site)
        packed = {key: self._packed(key, event.event_us) for key in names.classes(self.state.units)}
        documents = {
            key: self._document(self.state.documents[key], site)
            for key in names.documents
            if key in self.state.documents
        }
        said = facts(event, names, site, self.state.locations, documents)
        known = Known(unknown, self.state.places, packed, self.state.units, production)
        return booking.book(said, known)

    def _chain(
        self, head: Head, arrived: Arrived, event: Event, booked: Booking, verdict: str
    ) -> EventRow:
        part = chain.part_of(head.source)
        end = self.state.chains.setdefault(part, ChainEnd())
        lines_hash = chain.lines_hash(booked.lines, booked.steps)
        # Whichever came first must be told by its time alone, also after the clock stepped back.
        self.state.record_us = max(self.now_us, self.state.record_us + 1)
        link = chain.Chained(
            part=part,
            pseq=end.pseq + 1,
            event_id=event.event_id,
            source=head.source,
            epoch=head.epoch,
            sseq=head.committed + 1,
            event_us=event.event_us,
            record_us=self.state.record_us,
            posting_date=local_date(event),
            actor=head.source,
            verdict=verdict,
            body_hash=arrived.received.body_hash,
            lines_hash=lines_hash,
        )
        end.hash = chain.link(end.hash, link)
        end.pseq = link.pseq
        return EventRow(
            part=link.part,
            pseq=link.pseq,
            event_id=link.event_id,
            source=link.source,
            epoch=link.epoch,
            sseq=link.sseq,
            event_us=link.event_us,
            record_us=link.record_us,
            posting_date=link.posting_date,
            actor=link.actor,
            verdict=link.verdict,
            kind=DECLARATION if event.declared_us else event.kind,
            biz_step=event.biz_step,
            direction=None if event.declared_us else event.direction,  # it crossed nothing
            read_point=event.read_point.id if event.read_point else None,
            body=arrived.payload.decode(),
            body_hash=link.body_hash,
            lines_hash=link.lines_hash,
            hash=end.hash,
        )

    def _write(self, row: EventRow, booked: Booking) -> None:
        changes = self.settled.changes
        changes.events.append(row)
        for n, line in enumerate(booked.lines):
            changes.lines.append(
                LineRow(row.part, row.pseq, n, line.item, line.location, line.quantity)
            )
        for step in booked.steps:
            key, item, quantity = step.key, step.goods.item, step.goods.quantity
            place = step.destination
            changes.steps.append(
                StepRow(row.part, row.pseq, key, row.event_us, item, quantity, step.source, place)
            )
            changes.units[key] = UnitRow(key, item, quantity, place, row.event_us)
            self.state.units[key] = Unit(place, step.goods)
        for alert in booked.alerts:
            self._alert(row.event_id, alert)

    # -- what the books get to know ---------------------------------------------------------------

    def _open_epoch(self, source: str, epoch: str) -> Head:
        head = self.state.heads.get(source)
        if head is None or head.epoch != epoch:
            if head is not None:
                self.settled.changes.closed_epochs.append((source, head.epoch))
            head = Head(source, epoch)
        return head

    def _advance(self, counted: Head, seq: int, event_id: str) -> None:
        """Settle `seq`; `counted` is the head with that already in one of its three counts."""
        assert seq == counted.committed + 1, (seq, counted.committed)
        moved = replace(counted, committed=seq, id=event_id, n=counted.n + 1)
        assert moved.committed == moved.booked + moved.duplicates + moved.rejected_total
        self.state.heads[moved.source] = moved
        self.settled.acks.add(moved.source)

    def _alert(self, event_id: str, alert: Alert) -> None:
        row = AlertRow(event_id, alert.reason, alert.about, self.now_us)
        self.settled.changes.alerts.setdefault((event_id, alert.reason, alert.about), row)

    def _packed(self, key: str, at_us: int) -> Packed:
        """What a class key stood for then; one that nobody has explained gets a placeholder."""
        if key not in self.state.codes:
            item = self._new_id()
            self.state.codes[key] = [Code(0, Packed(item, 1, is_placeholder=True))]
            self.settled.changes.new_items.append((item, key))
        return packed_at(self.state.codes[key], at_us)

    def _location(self, key: str, kind: LocationKind, site: str) -> Location:
        location = self.state.locations.get(key)
        if location is None:
            location = Location(self._new_id(), key, kind, site)
            self.state.learn(location)
            self.settled.changes.new_locations.append(location)
        return location

    def _document(self, paper: Paper, site: str) -> Document:
        kind = paper.place_kind
        return Document(paper.kind, self._location(paper.place_key, kind, site).id)

    def _new_id(self) -> int:
        self.state.next_id += 1
        return self.state.next_id - 1


def _unknown_key(site: str) -> str:
    return f"unknown:{site}"


def _production_key(site: str) -> str:
    return f"production:{site}"
