"""The ledger's inbox on a real broker, in this process: what it tells the broker, and when."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ledger.core.batch import Arrived
from ledger.core.books import Head
from ledger.core.settle import GiveUp
from ledger.shell.gateways import Gateways
from ledger.shell.inbox import Inbox
from ledger.shell.mqtt import Mqtt
from ledger.store import migrate
from ledger.store.engine import StoreError, open_writer
from ledger.store.ingest import Booked, Identity, Ingest
from ledger.store.ingest_sqlite import SqliteIngest
from tests.contract.books import event_id, received
from tests.integration.played_gateway import PlayedGateway, played
from tests.integration.processes import background, eventually, mosquitto


@dataclass
class Torn:
    """Books on a disk that fails before the commit."""

    books: Ingest
    batches: list[list[Arrived]] = field(default_factory=list)

    def identity(self) -> Identity:
        return self.books.identity()

    def heads(self) -> list[Head]:
        return self.books.heads()

    def book(self, batch: Sequence[Arrived], announced: Mapping[str, str], now_us: int) -> Booked:
        self.batches.append(list(batch))
        raise StoreError("disk I/O error")

    def give_up(
        self, given_up: Sequence[GiveUp], announced: Mapping[str, str], now_us: int
    ) -> Booked:
        return self.books.give_up(given_up, announced, now_us)


@contextmanager
def books(path: Path) -> Iterator[SqliteIngest]:
    writer = open_writer(path / "ledger.sqlite")
    migrate.upgrade(writer)
    ingest = SqliteIngest(writer)
    ingest.found("ledger-1")
    yield ingest
    writer.dispose()


def inbox(ingest: Ingest, broker: int) -> Inbox:
    return Inbox(
        ingest,
        Mqtt("readpoint-ledger", "127.0.0.1", broker, None, None),
        Gateways(),
        clock_us=lambda: 1_795_400_000_000_000,
        monotonic_us=lambda: round(asyncio.get_running_loop().time() * 1e6),
        on_entry=lambda _: None,
        on_gateway=lambda _: None,
        on_link=lambda: None,
    )


@asynccontextmanager
async def hearing(ingest: Ingest, broker: int) -> AsyncIterator["asyncio.Task[None]"]:
    one = inbox(ingest, broker)
    try:
        async with background(one.run()) as running:
            await eventually(lambda: one.is_connected, "it is subscribed")
            yield running
    finally:
        await one.stop()


async def say(gateway: PlayedGateway, *numbers: int) -> None:
    await asyncio.to_thread(gateway.say, *[received(n, (f"s{n}",)) for n in numbers])


async def test_the_broker_is_told_after_the_commit(tmp_path: Path) -> None:
    """EDGE §2: commit, PUBACK, ack. What was not booked comes again, though nobody sends it."""
    with mosquitto(tmp_path) as broker, played(broker) as gateway, books(tmp_path) as whole:
        gateway.answers = False
        async with hearing(whole, broker):
            gateway.announce()
            await say(gateway, 1)
            await eventually(lambda: gateway.committed == 1, "the epoch is open")
        torn = Torn(whole)
        with pytest.raises(StoreError):
            async with hearing(torn, broker) as failing:
                await say(gateway, 2, 3)
                await eventually(lambda: bool(torn.batches), "it tried to book")
                await failing
        assert gateway.committed == 1

        async with hearing(whole, broker):
            await eventually(lambda: gateway.committed == 3, "all are settled")
        assert gateway.ack.id == event_id(3)


async def test_messages_of_any_quality_of_service_are_heard(tmp_path: Path) -> None:
    """A broker ends a connection on which something is acknowledged that wants no answer."""
    with mosquitto(tmp_path) as broker, played(broker) as gateway, books(tmp_path) as whole:
        links: list[bool] = []
        one = inbox(whole, broker)
        one.on_link = lambda: links.append(one.is_connected)
        async with background(one.run()):
            await eventually(lambda: one.is_connected, "it is subscribed")
            gateway.announce()
            for topic, qos in (("state", 0), ("health", 2), ("event", 0)):
                told = gateway.client.publish(f"readpoint/v1/rotterdam/x/{topic}", b"hello", qos)
                await asyncio.to_thread(told.wait_for_publish)
            await say(gateway, 1)
            await eventually(lambda: gateway.committed == 1, "the event is settled")
            await eventually(lambda: one.counts.ignored == 2, "the others were heard")
        await one.stop()

    assert links == [True]


async def test_gateways_that_are_too_many_are_told_of_once(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker, played(broker) as gateway, books(tmp_path) as whole:
        one = inbox(whole, broker)
        one.gateways.known = {f"s/g{n}": None for n in range(10_000)}  # type: ignore[misc]
        async with background(one.run()):
            await eventually(lambda: one.is_connected, "it is subscribed")
            gateway.announce()
            await eventually(lambda: one.counts.ignored == 2, "state and birth were refused")
        await one.stop()
