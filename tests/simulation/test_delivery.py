"""Both halves of the delivery in one process, over a network and a broker that misbehave by seed.

The real parts: the gateway's Delivery and ack rules, the ledger's ingest on SQLite and its gap
rules. What is played: time, the network, the broker, and the memory that a crash takes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from gateway.core import ack as acks
from gateway.core.delivery import Delivery
from ledger.core.batch import Arrived
from ledger.core.books import Head
from ledger.core.settle import AskAgain, Gaps
from ledger.store import migrate
from ledger.store.engine import open_writer
from ledger.store.ingest_sqlite import SqliteIngest
from ledger.store.verify import verify
from tests.contract.books import DOCK, arrived, event_id, payload, received
from wire.messages import Ack

STEP_US = 100_000
EVENTS = 120
PATIENCE_US = 3_600_000_000  # of played time


@dataclass
class Gateway:
    """Rows on disk (they survive), and a Delivery in memory (it does not)."""

    rows: list[bytes] = field(default_factory=list)
    known: acks.Known = field(default_factory=lambda: acks.Known("", 0, 0, "e1", 0, 0))
    delivery: Delivery = field(default_factory=lambda: Delivery(0, 0))

    def make(self) -> None:
        number = len(self.rows) + 1
        self.rows.append(payload(received(number, (number,)), number))
        self._know(made=number)
        self.delivery.was_made(number)

    def crash(self) -> None:
        self.delivery = Delivery(len(self.rows), self.known.committed)

    def hear(self, ack: Ack, now_us: int) -> None:
        own = event_id(ack.committed) if 0 < ack.committed <= len(self.rows) else None
        match acks.judge(ack, self.known, own):
            case acks.Settle(committed=committed):
                self._know(committed=committed, ack=ack)
                self.delivery.settled(committed, now_us)
            case acks.Rewind(committed=committed):
                self._know(committed=committed, ack=ack)
                self.delivery.rewound(committed, now_us)
            case acks.Ignore():
                pass
            case acks.Refuse(why=why):
                raise AssertionError(why)

    def _know(
        self, made: int | None = None, committed: int | None = None, ack: Ack | None = None
    ) -> None:
        k = self.known
        self.known = acks.Known(
            ack.ledger if ack else k.ledger,
            ack.incarnation if ack else k.incarnation,
            ack.n if ack else k.n,
            k.epoch,
            k.made if made is None else made,
            k.committed if committed is None else committed,
        )


@dataclass
class World:
    """One seed. Messages are on their way until their instant; a broker that dies loses them."""

    chance: Random
    ingest: SqliteIngest
    now_us: int = 0
    gateway: Gateway = field(default_factory=Gateway)
    gaps: Gaps = field(default_factory=Gaps)
    events: list[tuple[int, int, bytes]] = field(default_factory=list)  # due, seq, payload
    acks: list[tuple[int, Ack]] = field(default_factory=list)
    retained: Ack | None = None
    down_until_us: int = 0  # the broker
    faults: int = 0

    def run(self) -> None:
        self.connect()
        while self.now_us < PATIENCE_US:
            self.now_us += STEP_US
            if len(self.gateway.rows) < EVENTS and self.chance.random() < 0.3:
                self.gateway.make()
            self.misbehave()
            self.gateway_turn()
            self.ledger_turn()
            done = len(self.gateway.rows) == EVENTS
            if done and self.gateway.known.committed == EVENTS:
                return
        raise AssertionError(f"{self.gateway.known} after an hour")

    def connect(self) -> None:
        """A new connection: the gateway hears the retained ack, then begins to send."""
        if self.retained is not None:
            self.gateway.hear(self.retained, self.now_us)
        self.gateway.delivery.connected(self.now_us)
        self.gaps.is_online(DOCK.name, online=True)

    def misbehave(self) -> None:
        if self.now_us < self.down_until_us or self.chance.random() > 0.02:
            return
        self.faults += 1
        match self.chance.randrange(4):
            case 0:  # the broker dies with all that it had confirmed
                self.events.clear()
                self.acks.clear()
                self.gateway.delivery.disconnected()
                self.gaps.is_online(DOCK.name, online=False)
                self.retained = None if self.chance.random() < 0.5 else self.retained
                self.down_until_us = self.now_us + self.chance.randrange(1, 100) * STEP_US
            case 1:
                self.gateway.crash()
                self.connect()
            case 2:  # the ledger forgets what it had in memory
                self.gaps = Gaps()
                self.gaps.is_online(DOCK.name, online=True)
                for head in self.ingest.heads():
                    self.acknowledge(head)
            case _:  # a network that repeats and reorders
                self.events += self.chance.sample(self.events, len(self.events) // 2)
                self.chance.shuffle(self.events)

    def gateway_turn(self) -> None:
        if self.down_until_us:
            if self.now_us < self.down_until_us:
                return
            self.down_until_us = 0
            self.connect()
        delivery = self.gateway.delivery
        delivery.expire(self.now_us)
        for seq in delivery.take(self.now_us):
            delivery.puback(seq)  # it proves nothing
            if self.chance.random() < 0.9:
                due_us = self.now_us + self.chance.randrange(1, 5) * STEP_US
                self.events.append((due_us, seq, self.gateway.rows[seq - 1]))
        for due in [each for each in self.acks if each[0] <= self.now_us]:
            self.acks.remove(due)
            self.gateway.hear(due[1], self.now_us)

    def ledger_turn(self) -> None:
        due = [each for each in self.events if each[0] <= self.now_us]
        self.events = [each for each in self.events if each[0] > self.now_us]
        if due:
            self.book([arrived(data) for _, _, data in due])
        health = self.chance.random() < 0.05 and self.now_us >= self.down_until_us
        gap = self.gaps.of(DOCK.name, "e1", self.committed())
        if health:
            gap.claims(len(self.gateway.rows))
        for ask in self.gaps.due(self.now_us):
            if isinstance(ask, AskAgain) and self.chance.random() < 0.8:
                self.gateway.delivery.asked(ask.seq, self.now_us)
            # A GiveUp is not carried out: here, everything can still come.

    def book(self, batch: list[Arrived]) -> None:
        booked = self.ingest.book(batch, {DOCK.name: "e1"}, self.now_us)
        for source, seq in booked.ahead.items():
            self.gaps.of(source, "e1", self.committed()).came_ahead(seq)
        for head in booked.heads.values():
            self.gaps.of(head.source, "e1", head.committed).settled(head.committed)
            self.acknowledge(head)

    def acknowledge(self, head: Head) -> None:
        self.retained = Ack(
            ledger="l",
            incarnation=1,
            n=head.n,
            epoch=head.epoch,
            committed=head.committed,
            id=head.id,
        )
        if self.now_us >= self.down_until_us and self.chance.random() < 0.8:
            due_us = self.now_us + self.chance.randrange(1, 5) * STEP_US
            self.acks.append((due_us, self.retained))

    def committed(self) -> int:
        heads = self.ingest.heads()
        return heads[0].committed if heads else 0


@pytest.fixture
def ingest(tmp_path: Path) -> Iterator[SqliteIngest]:
    engine = open_writer(tmp_path / "ledger.sqlite")
    migrate.upgrade(engine)
    made = SqliteIngest(engine)
    made.found("l")
    yield made
    engine.dispose()


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_lost_nothing_twice_and_all_in_order(seed: int, ingest: SqliteIngest) -> None:
    world = World(Random(seed), ingest)

    world.run()

    assert world.faults > 0
    (head,) = ingest.heads()
    assert (head.committed, head.booked, head.rejected_total) == (EVENTS, EVENTS, 0)
    with ingest.engine.begin() as connection:
        booked = connection.exec_driver_sql("SELECT event_id FROM event ORDER BY pseq").all()
    assert [row[0] for row in booked] == [event_id(number) for number in range(1, EVENTS + 1)]
    assert verify(ingest.engine).problems == ()
