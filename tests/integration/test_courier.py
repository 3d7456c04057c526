"""The gateway's courier and its line, with a broker and a ledger that the test plays.

Every event that is committed reaches the ledger, whatever the broker does; and nobody but the
ledger moves the mark.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from structlog.testing import capture_logs

from drivers.base import Now
from gateway.core.delivery import IN_FLIGHT_MAX, Delivery
from gateway.core.identify import Identifier
from gateway.core.pipeline import Pipeline
from gateway.shell import clock, mqtt
from gateway.shell.backoff import Backoff
from gateway.shell.courier import HEARD_MAX, Courier, Made
from gateway.shell.mqtt import Heard, Mqtt
from gateway.shell.outbox import Outbox
from gateway.shell.vitals import Vitals
from tests.integration.byte_broker import GRANTED, REFUSED, ByteBroker
from tests.integration.processes import background, eventually
from wire.event import ObjectEvent
from wire.messages import Ack, Rejected
from wire.topics import Leaf, Source


def nothing_read() -> Pipeline:
    return Pipeline(Identifier(accept_raw=False), [])


def event(number: int) -> ObjectEvent:
    return ObjectEvent(
        event_id=event_id(number),
        event_time="2026-11-22T08:15:30.125+01:00",
        event_time_zone_offset="+01:00",
        action="OBSERVE",
        gateway="dock-gw",
        kind="movement",
        epc_list=(f"urn:test:{number}",),
    )


def event_id(number: int) -> str:
    return f"urn:uuid:0190a0b0-0000-8000-8000-{number:012d}"


@dataclass
class Box:
    """A courier with an outbox on disk, as app.py puts them together."""

    outbox: Outbox
    courier: Courier
    line: Mqtt
    hand_us: int | None = None  # a clock by hand, once it is moved

    async def make(self, count: int) -> None:
        made = (await self.outbox.known()).made
        events = [event(number) for number in range(made + 1, made + count + 1)]
        self.courier.tell(Made(await self.outbox.append(events, {}, 0)))

    async def settled(self, seq: int) -> None:
        await eventually(lambda: self.courier.delivery.committed == seq, f"settled up to {seq}")

    async def pass_time(self, seconds: int) -> None:
        self.hand_us = self.now().monotonic_us + seconds * 1_000_000
        self.courier.tell(Made(0))  # Whoever waits looks at the clock again.

    def now(self) -> Now:
        now = clock.now()
        return now if self.hand_us is None else Now(now.utc_us, self.hand_us)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with background(self.line.run(self.courier.tell)):
            async with background(self.courier.run()):
                yield
            self.line.say_state("offline")
            await self.line.stop()


async def box(folder: Path, port: int, outbox: type[Outbox] = Outbox) -> Box:
    opened = outbox(folder / "outbox.sqlite")
    known = await opened.open("e1")
    source = Source("test", "dock-gw")
    waits = Backoff(Random(1), 0.01, 0.01)
    made: list[Box] = []

    def now() -> Now:
        return made[0].now() if made else clock.now()

    line = Mqtt(source, "boot-1", "127.0.0.1", port, None, None, now, waits)
    vitals = Vitals("boot-1", "0.1.0", "c", [], nothing_read(), opened, now)
    courier = Courier(opened, line, now, vitals.birth, Delivery(known.made, known.committed))
    made.append(Box(opened, courier, line))
    return made[0]


def seqs(said: Sequence[Any]) -> list[int]:
    return [json.loads(each.payload)["readpoint:seq"] for each in said]


def ack(committed: int, n: int = 1, incarnation: int = 1, ledger: str = "l") -> bytes:
    return Ack(
        ledger=ledger,
        incarnation=incarnation,
        n=n,
        epoch="e1",
        committed=committed,
        id=event_id(committed) if committed else "",
    ).to_payload()


async def test_each_connection_begins_with_who_we_are_and_the_first_unsettled(
    tmp_path: Path,
) -> None:
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(3)
        async with gateway.running():
            await broker.until_said("event", 3)
            broker.say("ack", ack(1))
            await gateway.settled(1)
            broker.drop()
            await broker.until_said("event", 2, session=1)

    first, second = broker.sessions
    assert [each.leaf for each in first] == ["state", "birth", "event", "event", "event"]
    assert [each.leaf for each in second] == ["state", "birth", "event", "event", "state"]
    states = [json.loads(each.payload) for each in (first[0], second[0], second[-1])]
    assert [(each["status"], each["session"]) for each in states] == [
        ("online", 1),
        ("online", 2),
        ("offline", 2),
    ]
    assert seqs(broker.said("event", 0)) == [1, 2, 3]
    assert seqs(broker.said("event", 1)) == [2, 3]


async def test_a_broker_that_closes_at_every_event_gathers_nothing_here(tmp_path: Path) -> None:
    """As for one above its packet limit: each connection brings the same, and no more."""
    async with ByteBroker(closes_at="event").listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(40)
        async with gateway.running():
            await eventually(lambda: len(broker.sessions) > 10, "ten connections")
            broker.closes_at = None
            last = len(broker.sessions)
            await eventually(
                lambda: any(len(each) >= 42 for each in broker.sessions[last - 1 :]), "all"
            )

    for session in broker.sessions[: last - 1]:
        assert [each.leaf for each in session] == ["state", "birth", "event"]
        assert seqs([session[-1]]) == [1]


async def test_a_subscription_that_is_refused_is_asked_for_again(tmp_path: Path) -> None:
    async with ByteBroker(subscription=REFUSED).listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(1)
        with capture_logs() as logged:
            async with gateway.running():
                await eventually(lambda: len(broker.sessions) > 3, "it tries again")
                broker.subscription = GRANTED
                await eventually(lambda: broker.said("event") != [], "it is heard")

    assert logged[0]["why"].startswith("subscription refused: ")
    assert [line["event"] for line in logged] == ["broker_lost", "broker_back"]
    assert broker.sessions[:3] == [[], [], []]


async def test_a_subscription_that_is_never_answered_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt, "GREETING_S", 0.1)
    async with ByteBroker(answers_subscriptions=False).listening() as broker:
        gateway = await box(tmp_path, broker.port)
        with capture_logs() as logged:
            async with gateway.running():
                await eventually(lambda: len(broker.sessions) > 2, "it tries again")

    assert [(line["event"], line["why"]) for line in logged] == [
        ("broker_lost", "no answer in 0.1 s")
    ]


async def test_a_host_that_is_no_name_is_tried_again(tmp_path: Path) -> None:
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        gateway.line.host = "broker" * 11
        with capture_logs() as logged:
            async with gateway.running():
                await eventually(lambda: logged != [], "it is told")
                gateway.line.host = "127.0.0.1"
                await broker.until_said("birth", 1)

    assert [line["event"] for line in logged] == ["broker_lost", "broker_back"]
    assert "label" in logged[0]["why"]


async def test_a_client_that_breaks_is_replaced(tmp_path: Path) -> None:
    """paho's thread ends by an error of its own: at a topic that is no UTF-8."""
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(1)
        with capture_logs() as logged:
            async with gateway.running():
                await broker.until_said("event", 1)
                broker.send(b"\x30\x03\x00\x01\xff")
                await broker.until_said("event", 1, session=1)

    assert [(line["event"], line.get("why")) for line in logged] == [
        ("broker_lost", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        ("broker_back", None),
    ]


async def test_while_the_broker_is_gone_nothing_counts_as_sent(tmp_path: Path) -> None:
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        async with gateway.running():
            await broker.until_said("birth", 1)
            port = broker.port
            gateway.line.port = 1  # nobody listens there
            broker.drop()
            await eventually(lambda: not gateway.courier.connected, "the broker is lost")
            await gateway.make(3)
            await eventually(lambda: gateway.courier.delivery.made == 3, "made")
            gateway.line.port = port
            await broker.until_said("event", 3, session=1)

    assert seqs(broker.said("event", 1)) == [1, 2, 3]
    assert gateway.courier.delivery.resent == 0


async def test_before_the_broker_greets_nothing_is_kept_for_it(tmp_path: Path) -> None:
    async with ByteBroker(greets=False).listening() as broker:
        gateway = await box(tmp_path, broker.port)
        async with gateway.running():
            await eventually(lambda: len(broker.sessions) == 1, "a connection")
            assert gateway.line.publish(Leaf.EVENT, b"{}") is None


@pytest.mark.parametrize(("lasted_s", "most_s"), [(59, 0.04), (61, 0.02)])
async def test_only_a_connection_that_lasted_starts_the_waits_anew(
    tmp_path: Path, lasted_s: int, most_s: float
) -> None:
    """EDGE: 60 s of a stable session. One that is made and lost at once is no sign of health."""
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        waits = gateway.line.backoff = Backoff(Random(1), 0.01, 60.0)
        async with gateway.running():
            for session in range(2):
                await broker.until_said("birth", 1, session)
                await gateway.pass_time(lasted_s if session else 0)
                broker.drop()
            await broker.until_said("birth", 1, session=2)
            waited_s = waits.wait_s()

    assert most_s / 2 <= waited_s <= most_s


async def test_health_is_said_once_and_never_kept(tmp_path: Path) -> None:
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        health = await Vitals(
            "boot-1",
            "0.1.0",
            "c",
            [],
            nothing_read(),
            gateway.outbox,
            clock.now,
        ).health()
        gateway.courier.say_health(health)
        async with gateway.running():
            await broker.until_said("birth", 1)
            gateway.courier.say_health(health)
            (said,) = await broker.until_said("health", 1)

    assert said.mid is None
    assert json.loads(said.payload)["boot"] == "boot-1"


async def test_what_is_no_message_costs_one_line_and_nothing_else(tmp_path: Path) -> None:
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(1)
        with capture_logs() as logged:
            async with gateway.running():
                await broker.until_said("event", 1)
                broker.say("ack", b"\xff")
                broker.say("cmd/resend", b"{}")
                broker.say("ack", ack(1))
                await gateway.settled(1)

    assert [(line["event"], line["topic"]) for line in logged] == [
        ("message_ignored", "ack"),
        ("message_ignored", "cmd/resend"),
    ]


async def test_the_ledger_asks_and_is_given_where_it_means_this_epoch(tmp_path: Path) -> None:
    def resend(epoch: str) -> bytes:
        said = {"transaction": "t", "epoch": epoch, "from": 2}
        return json.dumps(said).encode()

    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(3)
        with capture_logs() as logged:
            async with gateway.running():
                await broker.until_said("event", 3)
                broker.say("cmd/resend", resend("e0"))
                await eventually(lambda: logged != [], "it is told")
                broker.say("cmd/resend", resend("e1"))
                await broker.until_said("event", 5)

    assert seqs(broker.said("event", 0)) == [1, 2, 3, 2, 3]
    assert logged == [
        {"event": "resend_ignored", "log_level": "warning", "epoch": "e0", "ours": "e1"}
    ]


async def test_a_ledger_that_was_restored_gets_what_it_lost(tmp_path: Path) -> None:
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(5)
        async with gateway.running():
            await broker.until_said("event", 5)
            broker.say("ack", ack(5))
            await gateway.settled(5)
            broker.say("ack", ack(2, incarnation=2))
            await broker.until_said("event", 8)

        assert seqs(broker.said("event", 0)) == [1, 2, 3, 4, 5, 3, 4, 5]
        assert (await gateway.outbox.known()).committed == 2


async def test_an_ack_that_is_refused_is_told_once_until_one_is_believed(tmp_path: Path) -> None:
    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(2)
        with capture_logs() as logged:
            async with gateway.running():
                await broker.until_said("event", 2)
                for committed, n, ledger in ((1, 1, "l"), (2, 2, "x"), (2, 3, "x"), (2, 4, "l")):
                    broker.say("ack", ack(committed, n, ledger=ledger))
                await gateway.settled(2)
                broker.say("ack", ack(2, 5, ledger="x"))
                await eventually(lambda: len(logged) == 2, "told again")

    why = "ack of ledger x: this gateway belongs to l"
    assert logged == [{"event": "ack_refused", "log_level": "error", "why": why}] * 2


async def test_the_mark_moves_on_disk_before_it_moves_here(tmp_path: Path) -> None:
    class BrokenOutbox(Outbox):
        async def settle(self, ack: Ack, committed: int, rejected: Sequence[Rejected]) -> None:
            raise OSError("Input/output error")

    async with ByteBroker().listening() as broker:
        gateway = await box(tmp_path, broker.port, BrokenOutbox)
        await gateway.make(1)
        async with background(gateway.line.run(gateway.courier.tell)):
            running = asyncio.create_task(gateway.courier.run())
            await broker.until_said("event", 1)
            broker.say("ack", ack(1))
            with pytest.raises(OSError, match="Input/output error"):
                await asyncio.wait_for(running, 10)

    assert gateway.courier.delivery.committed == 0


async def test_what_an_old_connection_had_under_way_opens_no_window_of_the_new_one(
    tmp_path: Path,
) -> None:
    """A PUBACK names a number that each connection counts anew."""
    async with ByteBroker(confirms=False).listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(60)
        async with gateway.running():
            await broker.until_said("event", IN_FLIGHT_MAX)
            broker.say("ack", ack(5))
            await broker.until_said("event", IN_FLIGHT_MAX + 5)
            broker.drop()
            await broker.until_said("event", IN_FLIGHT_MAX, session=1)
            for count in range(2, 10):
                gateway.line.say_state("online")
                await broker.until_said("state", count, session=1)
            gateway.courier.tell(Made(60))
            broker.say("ack", ack(6))
            await gateway.settled(6)
            await broker.until_said("event", IN_FLIGHT_MAX + 1, session=1)

    assert seqs(broker.said("event", 1)) == list(range(6, 6 + IN_FLIGHT_MAX + 1))


async def test_a_broker_that_confirms_nothing_is_left(tmp_path: Path) -> None:
    """It keeps the connection alive and takes no event: what it owes is bounded."""
    async with ByteBroker(confirms=False).listening() as broker:
        gateway = await box(tmp_path, broker.port)
        await gateway.make(20)
        with capture_logs() as logged:
            async with gateway.running():
                for count in range(1, 11):
                    await broker.until_said("event", 20 * count)
                    await gateway.pass_time(61)
                await broker.until_said("event", 20, session=1)

    assert len(broker.said("event", 0)) <= 220
    assert (logged[0]["event"], logged[0]["why"]) == ("broker_lost", "the broker confirms nothing")


async def test_a_flood_of_messages_is_bounded_and_hides_nothing_of_ours(tmp_path: Path) -> None:
    gateway = await box(tmp_path, 1)
    for _ in range(HEARD_MAX + 500):
        gateway.courier.tell(Heard(Leaf.ACK, b"?"))
    gateway.courier.tell(Made(7))
    with capture_logs() as logged:
        async with background(gateway.courier.run()):
            await eventually(lambda: gateway.courier.delivery.made == 7, "ours is taken")

    assert [line["event"] for line in logged] == ["message_ignored"] * HEARD_MAX
