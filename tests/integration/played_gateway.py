"""A gateway that a test plays: on a real broker, with the wire's own words, on paho."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from tests.contract.books import DOCK, payload
from tests.integration.processes import PATIENCE_S, until
from wire.event import Event
from wire.messages import Ack, Birth, Device, Health, ReadPoint, Resend, State
from wire.topics import Leaf, Source


@dataclass
class PlayedGateway:
    """Numbered events, sent when the test says so, and again from where the ledger asks.

    `rows`: seq -> payload; None is one that never leaves, however often it is asked for.
    """

    source: Source
    client: paho.Client
    epoch: str = "e1"
    boot: str = "boot-1"
    devices: tuple[Device, ...] = (Device(name="dock-1", driver="llrp", up=True),)
    read_points: tuple[ReadPoint, ...] = ()
    answers: bool = True  # a resend
    rows: dict[int, bytes | None] = field(default_factory=dict)
    on_ack: Callable[[Ack], None] = lambda _: None  # on paho's thread
    acks: list[Ack] = field(default_factory=list)
    resends: list[Resend] = field(default_factory=list)

    # -- what it says -----------------------------------------------------------------------------

    def announce(self) -> None:
        """What every connection begins with: state and birth, retained."""
        self.state("online")
        birth = Birth(
            boot=self.boot,
            session=1,
            software="0.1.0",
            config_hash="c",
            epoch=self.epoch,
            first_kept=1,
            made=len(self.rows),
            settled=0,
            devices=self.devices,
            read_points=self.read_points,
        )
        self._publish(Leaf.BIRTH, birth.to_payload(), retain=True)

    def state(self, status: str) -> None:
        state = State.model_validate({"status": status, "boot": self.boot, "session": 1})
        self._publish(Leaf.STATE, state.to_payload(), retain=True)

    def health(self, *devices: Device) -> None:
        health = Health(
            at="2026-11-22T08:00:00.000+00:00",
            boot=self.boot,
            epoch=self.epoch,
            made=len(self.rows),
            settled=0,
            waiting=0,
            oldest_s=0.0,
            devices=devices or self.devices,
            read_points=self.read_points,
        )
        self._publish(Leaf.HEALTH, health.to_payload())

    def make(self, *events: Event | bytes | None) -> list[int]:
        """Number events (or whatever stands in their place) without sending them."""
        first = len(self.rows) + 1
        for seq, said in enumerate(events, start=first):
            if isinstance(said, bytes | None):
                self.rows[seq] = said
            else:
                self.rows[seq] = payload(said, seq, self.epoch)
        return list(range(first, first + len(events)))

    def send(self, seqs: list[int]) -> None:
        """Publish in this order, and wait until the broker has all of it."""
        sent = [
            self.client.publish(self.source.topic(Leaf.EVENT), row, qos=1)
            for seq in seqs
            if (row := self.rows[seq]) is not None
        ]
        for each in sent:
            each.wait_for_publish(PATIENCE_S)

    def say(self, *events: Event | bytes | None) -> list[int]:
        seqs = self.make(*events)
        self.send(seqs)
        return seqs

    def _publish(self, leaf: Leaf, said: bytes, *, retain: bool = False) -> None:
        sent = self.client.publish(self.source.topic(leaf), said, qos=1, retain=retain)
        sent.wait_for_publish(PATIENCE_S)

    # -- what it is told --------------------------------------------------------------------------

    @property
    def ack(self) -> Ack:
        return self.acks[-1]

    @property
    def committed(self) -> int:
        return self.ack.committed if self.acks else 0

    def until_committed(self, seq: int) -> Ack:
        until(lambda: self.committed == seq, f"{self.source.name} is settled up to {seq}")
        return self.ack

    def on_message(self, _: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        """On paho's thread."""
        said = bytes(message.payload)
        if message.topic == self.source.topic(Leaf.ACK):
            self.acks.append(Ack.from_payload(said))
            self.on_ack(self.ack)
            return
        resend = Resend.from_payload(said)
        self.resends.append(resend)
        if self.answers:
            for seq in range(resend.from_seq, len(self.rows) + 1):
                if (row := self.rows[seq]) is not None:
                    self.client.publish(self.source.topic(Leaf.EVENT), row, qos=1)


@contextmanager
def played(
    port: int, source: Source = DOCK, read_points: tuple[ReadPoint, ...] = ()
) -> Iterator[PlayedGateway]:
    """Connected and subscribed; its state is said offline by the broker when it goes silent."""
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=source.client_id)
    gateway = PlayedGateway(source, client, read_points=read_points)
    subscribed: list[list[ReasonCode]] = []
    client.on_message = gateway.on_message
    client.on_subscribe = lambda *told: subscribed.append(told[3])

    def on_connect(
        client: paho.Client,
        _: object,
        __: paho.ConnectFlags,
        ___: ReasonCode,
        ____: Properties | None,
    ) -> None:
        client.subscribe([(source.topic(leaf), 1) for leaf in (Leaf.ACK, Leaf.RESEND)])

    client.on_connect = on_connect
    client.reconnect_delay_set(1, 1)
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        until(lambda: bool(subscribed), "the played gateway hears")
        yield gateway
    finally:
        client.disconnect()
        client.loop_stop()
