"""Carries the outbox to the ledger: publishes in order, and believes nobody but the ledger."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import assert_never

import structlog

from drivers.base import Clock
from gateway.core import ack as acks
from gateway.core.delivery import Delivery
from gateway.shell.mqtt import Connected, Disconnected, Heard, Mqtt, Signal, Taken
from gateway.shell.outbox import Outbox
from wire.messages import Ack, BadMessage, Birth, Health, Resend
from wire.topics import Leaf

log = structlog.get_logger()

MakeBirth = Callable[[int], Awaitable[Birth]]  # of the session

UNCONFIRMED_MAX = 200  # sent on one connection without PUBACK: ten windows gone over in vain
HEARD_MAX = 1000  # acks and commands waiting; more are dropped, since the ledger repeats them


@dataclass(frozen=True, slots=True)
class Made:
    """The outbox has committed events up to `seq`."""

    seq: int


@dataclass(slots=True)
class Courier:
    """One task owns it; `tell` may be called on the loop at any time."""

    outbox: Outbox
    mqtt: Mqtt
    clock: Clock
    birth: MakeBirth
    delivery: Delivery
    connected: bool = False
    refused: str | None = None  # why the last ack was not believed
    _broker_lost: bool = False
    _mids: dict[int, int] = field(default_factory=dict)  # mid -> seq
    _inbox: asyncio.Queue[Signal | Made] = field(default_factory=asyncio.Queue)

    def tell(self, signal: Signal | Made) -> None:
        if not isinstance(signal, Heard) or self._inbox.qsize() < HEARD_MAX:
            self._inbox.put_nowait(signal)

    def say_health(self, health: Health) -> None:
        """At most once: the next one is 10 s away, and an old one says nothing."""
        self.mqtt.publish(Leaf.HEALTH, health.to_payload(), qos=0)

    async def run(self) -> None:
        while True:
            for signal in await self._signals():
                await self._take(signal)
            self.delivery.expire(self._now_us())
            await self._publish()

    async def _signals(self) -> list[Signal | Made]:
        """All that is there; waits for the first, or for the delivery's deadline."""
        signals: list[Signal | Made] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._wait_s()):
                signals.append(await self._inbox.get())
        while not self._inbox.empty():
            signals.append(self._inbox.get_nowait())
        return signals

    def _wait_s(self) -> float | None:
        deadline_us = self.delivery.deadline_us()
        return None if deadline_us is None else max(deadline_us - self._now_us(), 0) / 1e6

    async def _take(self, signal: Signal | Made) -> None:
        match signal:
            case Made(seq=seq):
                self.delivery.was_made(seq)
            case Connected(session=session):
                await self._connected(session)
            case Disconnected(why=why):
                self._disconnected(why)
            case Taken(mid=mid):
                taken = self._mids.pop(mid, None)
                if taken is not None:
                    self.delivery.puback(taken)
            case Heard(leaf=leaf, payload=payload):
                await self._heard(leaf, payload)
            case _:
                assert_never(signal)

    async def _connected(self, session: int) -> None:
        """Who we are and what we have comes before any event."""
        if self._broker_lost:
            log.info("broker_back")
        self.connected, self._broker_lost = True, False
        birth = await self.birth(session)
        self.mqtt.say_state("online")
        self.mqtt.publish(Leaf.BIRTH, birth.to_payload(), retain=True)
        self._mids.clear()
        self.delivery.connected(self._now_us())

    def _disconnected(self, why: str) -> None:
        if not self._broker_lost:
            log.warning("broker_lost", why=why)
        self.connected, self._broker_lost = False, True
        self.delivery.disconnected()

    async def _heard(self, leaf: Leaf, payload: bytes) -> None:
        try:
            if leaf is Leaf.ACK:
                await self._acknowledged(Ack.from_payload(payload))
            elif leaf is Leaf.RESEND:
                await self._asked(Resend.from_payload(payload))
        except BadMessage as error:
            log.warning("message_ignored", topic=leaf.value, why=str(error))

    async def _asked(self, resend: Resend) -> None:
        known = await self.outbox.known()
        if resend.epoch == known.epoch:
            self.delivery.asked(resend.from_seq, self._now_us())
        else:
            log.warning("resend_ignored", epoch=resend.epoch, ours=known.epoch)

    async def _acknowledged(self, ack: Ack) -> None:
        known = await self.outbox.known()
        own_id = await self.outbox.event_id(ack.committed)
        meaning = acks.judge(ack, known, own_id)
        match meaning:
            case acks.Settle(committed=committed, rejected=rejected):
                await self.outbox.settle(ack, committed, rejected)
                self.delivery.settled(committed, self._now_us())
            case acks.Rewind(committed=committed, rejected=rejected):
                log.warning("ledger_restored", settled=known.committed, now=committed)
                await self.outbox.settle(ack, committed, rejected)
                self.delivery.rewound(committed, self._now_us())
            case acks.Ignore():
                return
            case acks.Refuse(why=why):
                if why != self.refused:
                    log.error("ack_refused", why=why)
                self.refused = why
                return
            case _:
                assert_never(meaning)
        self.refused = None

    async def _publish(self) -> None:
        while seqs := self.delivery.take(self._now_us()):
            for row in await self.outbox.rows(seqs[0], seqs[-1]):
                mid = self.mqtt.publish(Leaf.EVENT, row.body)
                if mid is not None:
                    self._mids[mid] = row.seq
            if len(self._mids) > UNCONFIRMED_MAX:
                self.mqtt.reconnect("the broker confirms nothing")

    def _now_us(self) -> int:
        return self.clock().monotonic_us
