"""From the broker to the books and back: the task that hears, books and acknowledges.

A batch is what the socket had to give, at most BATCH_MAX. The order is fixed: commit, then tell the
broker (PUBACK), then tell the gateway (`ack`). A crash between any two of them costs a repeat.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import structlog

from ledger.core.batch import Arrived
from ledger.core.books import Entry, Head
from ledger.core.settle import AskAgain, GiveUp
from ledger.shell import ids
from ledger.shell.gateways import GATEWAYS_MAX, Gateways
from ledger.shell.mqtt import Heard, Link, Mqtt
from ledger.store.ingest import Booked, Identity, Ingest
from wire import event
from wire.messages import Ack, BadMessage, Birth, Health, Resend, State
from wire.topics import Leaf, Source

log = structlog.get_logger()

BATCH_MAX = 500
WAITING_MAX = 20_000  # signals; the broker holds the rest, since it gets no PUBACK
LOOK_S = 1.0  # how often gaps are looked at while nothing comes

_R = TypeVar("_R")
_SPOKEN: dict[Leaf, type[State | Birth | Health]] = {
    Leaf.STATE: State,
    Leaf.BIRTH: Birth,
    Leaf.HEALTH: Health,
}


@dataclass(slots=True)
class Counts:
    """Since the start."""

    booked: int = 0
    ignored: int = 0  # messages that were none
    dropped: int = 0  # signals over WAITING_MAX; what is not acknowledged is sent again


@dataclass(slots=True)
class Inbox:
    """One task owns it; `tell` is called on the loop."""

    ingest: Ingest
    mqtt: Mqtt
    gateways: Gateways
    clock_us: Callable[[], int]
    monotonic_us: Callable[[], int]
    on_entry: Callable[[Entry], None]
    on_gateway: Callable[[Source], None]  # it spoke of itself, or is settled up to elsewhere
    on_link: Callable[[], None]
    is_connected: bool = False
    counts: Counts = field(default_factory=Counts)
    _identity: Identity = field(init=False)
    _heads: dict[str, Head] = field(default_factory=dict)
    _broker_lost: bool = False
    _too_many: bool = False
    _signals: asyncio.Queue[Heard | Link] = field(default_factory=asyncio.Queue)
    _writer: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="writer")
    )

    def tell(self, signal: Heard | Link) -> None:
        if isinstance(signal, Heard) and self._signals.qsize() >= WAITING_MAX:
            self.counts.dropped += 1
            return
        self._signals.put_nowait(signal)

    async def run(self) -> None:
        self._identity = await self._write(self.ingest.identity)
        for head in await self._write(self.ingest.heads):
            self._heads[head.source] = head
            self.gateways.gaps.of(head.source, head.epoch, head.committed)
        self.mqtt.start(self.tell)
        while True:
            await self._take(await self._next_signals())
            await self._look_at_gaps()

    async def stop(self) -> None:
        await self.mqtt.stop()
        self._writer.shutdown()

    async def _next_signals(self) -> list[Heard | Link]:
        """All that is there, at most a batch; waits for the first, but not for ever."""
        signals: list[Heard | Link] = []
        try:
            async with asyncio.timeout(LOOK_S):
                signals.append(await self._signals.get())
        except TimeoutError:
            return signals
        while len(signals) < BATCH_MAX and not self._signals.empty():
            signals.append(self._signals.get_nowait())
        return signals

    async def _take(self, signals: Sequence[Heard | Link]) -> None:
        """What gateways say of themselves first: a birth makes its epoch's events welcome."""
        events: list[Heard] = []
        for signal in signals:
            if isinstance(signal, Link):
                self._link(signal)
                continue
            self.gateways.gaps.heard(signal.source.name)
            if signal.leaf is Leaf.EVENT:
                events.append(signal)
            else:
                self._spoken(signal)
                self.mqtt.done(signal)
        if events:
            await self._book(events)

    async def _book(self, events: Sequence[Heard]) -> None:
        batch = [
            Arrived(heard.source, heard.payload, event.receive(heard.payload)) for heard in events
        ]
        announced = self.gateways.announced()
        booked = await self._write(lambda: self.ingest.book(batch, announced, self.clock_us()))
        for heard in events:
            self.mqtt.done(heard)
        self._tell_all(booked)

    def _tell_all(self, booked: Booked) -> None:
        self.counts.booked += len(booked.entries)
        for source, seq in booked.ahead.items():
            head = self._heads.get(source)
            if head is not None:
                self.gateways.gaps.of(source, head.epoch, head.committed).came_ahead(seq)
        for head in booked.heads.values():
            self._heads[head.source] = head
            self.gateways.gaps.of(head.source, head.epoch, head.committed).settled(head.committed)
            self._acknowledge(head)
            self.on_gateway(Source.of_name(head.source))
        for source in booked.unreadable:
            self._unreadable(source)
        for entry in booked.entries:
            self.on_entry(entry)

    def _unreadable(self, source: str) -> None:
        log.warning("event_unreadable", source=source)
        head = self._heads.get(source)
        if head is not None:
            self.gateways.gaps.of(source, head.epoch, head.committed).unreadable = True

    def _acknowledge(self, head: Head) -> None:
        ack = Ack(
            ledger=self._identity.ledger,
            incarnation=self._identity.incarnation,
            n=head.n,
            epoch=head.epoch,
            committed=head.committed,
            id=head.id,
            rejected=head.rejected,
            rejected_total=head.rejected_total,
        )
        topic = Source.of_name(head.source).topic(Leaf.ACK)
        self.mqtt.publish(topic, ack.to_payload(), retain=True)

    async def _look_at_gaps(self) -> None:
        if not self._signals.empty():
            return  # What seems to be missing may be among them.
        due = self.gateways.gaps.due(self.monotonic_us()) if self.is_connected else []
        for ask in due:
            if isinstance(ask, AskAgain):
                resend = Resend(
                    transaction=ids.new_transaction(), epoch=ask.epoch, from_seq=ask.seq
                )
                topic = Source.of_name(ask.source).topic(Leaf.RESEND)
                self.mqtt.publish(topic, resend.to_payload(), retain=False)
        lost = [ask for ask in due if isinstance(ask, GiveUp)]
        if lost:
            announced = self.gateways.announced()
            settled = await self._write(
                lambda: self.ingest.give_up(lost, announced, self.clock_us())
            )
            for ask in lost:
                if ask.source in settled.heads:
                    log.error("event_given_up", source=ask.source, seq=ask.seq, why=ask.reason)
            self._tell_all(settled)

    def _spoken(self, heard: Heard) -> None:
        try:
            said = _SPOKEN[heard.leaf].from_payload(heard.payload)
        except (BadMessage, KeyError) as error:
            self.counts.ignored += 1
            log.warning(
                "message_ignored",
                source=heard.source.name,
                topic=heard.leaf.value,
                why=str(error),
            )
            return
        if not self.gateways.heard(heard.source, said):
            self.counts.ignored += 1
            if not self._too_many:
                log.error("too_many_gateways", source=heard.source.name, expected=GATEWAYS_MAX)
            self._too_many = True
            return
        head = self._heads.get(heard.source.name)
        if isinstance(said, Birth) and head is not None:
            self._acknowledge(head)
        self.on_gateway(heard.source)

    def _link(self, link: Link) -> None:
        if link.up:
            if self._broker_lost:
                log.info("broker_back")
            self.gateways.gaps.start_over()
            for head in self._heads.values():
                self._acknowledge(head)
        elif not self._broker_lost:
            log.warning("broker_lost", why=link.why)
        self.is_connected, self._broker_lost = link.up, not link.up
        self.on_link()

    async def _write(self, call: Callable[[], _R]) -> _R:
        return await asyncio.get_running_loop().run_in_executor(self._writer, call)
