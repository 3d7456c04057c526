"""The ledger's ear and mouth on the broker: paho on its own thread, all state on the loop.

A persistent session, and acknowledged by hand: the broker is told that an event was received only
after it is booked and on the disk. What was not told comes again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wire.topics import Leaf, Source, every_gateway, parse

KEEPALIVE_S = 30
RECONNECT_S = (1, 30)
HEARD = (Leaf.BIRTH, Leaf.STATE, Leaf.HEALTH, Leaf.EVENT)  # who speaks, before what they say


@dataclass(frozen=True, slots=True)
class Heard:
    """One message, and by which name the broker knows it on which connection."""

    source: Source
    leaf: Leaf
    payload: bytes
    mid: int
    qos: int
    connection: int


@dataclass(frozen=True, slots=True)
class Link:
    """The line to the broker is there, or it is not, and why."""

    up: bool
    why: str = ""


Tell = Callable[[Heard | Link], None]


@dataclass(slots=True)
class Mqtt:
    client_id: str
    host: str
    port: int
    username: str | None
    password: str | None
    _connection: int = 0
    _client: paho.Client = field(init=False)
    _say: Tell = field(init=False)

    def start(self, tell: Tell) -> None:
        """Begin to connect, for ever; call it on the loop. `tell` is called there, too."""
        loop = asyncio.get_running_loop()
        self._say = lambda signal: _say_on(loop, tell, signal)
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.client_id,
            clean_session=False,
            manual_ack=True,
        )
        if self.username is not None:
            client.username_pw_set(self.username, self.password)
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        self._client = client
        client.connect_async(self.host, self.port, KEEPALIVE_S)
        client.loop_start()

    def publish(self, topic: str, payload: bytes, *, retain: bool) -> None:
        """QoS 1. While there is no line, paho keeps it for the next."""
        self._client.publish(topic, payload, qos=1, retain=retain)

    def done(self, heard: Heard) -> None:
        """Tell the broker that this message is dealt with; on another connection it comes again."""
        if heard.connection == self._connection:
            self._client.ack(heard.mid, heard.qos)

    async def stop(self) -> None:
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    # -- on paho's thread -----------------------------------------------------------------------

    def _on_connect(
        self,
        client: paho.Client,
        _: object,
        __: paho.ConnectFlags,
        reason: ReasonCode,
        ___: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._say(Link(up=False, why=f"refused: {reason}"))
            return
        self._connection += 1
        client.subscribe([(every_gateway(leaf), 1) for leaf in HEARD])

    def _on_subscribe(
        self,
        _: paho.Client,
        __: object,
        ___: int,
        reasons: list[ReasonCode],
        ____: Properties | None,
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        why = f"subscription refused: {refused[0]}" if refused else ""
        self._say(Link(up=not refused, why=why))

    def _on_connect_fail(self, _: paho.Client, __: object) -> None:
        self._say(Link(up=False, why="no connection"))

    def _on_disconnect(
        self,
        _: paho.Client,
        __: object,
        ___: paho.DisconnectFlags,
        reason: ReasonCode,
        ____: Properties | None,
    ) -> None:
        unspecified = str(reason) == "Unspecified error"  # paho's word for a socket that closed
        self._say(Link(up=False, why="connection lost" if unspecified else str(reason)))

    def _on_message(self, client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        spoken = parse(message.topic)
        if spoken is None:
            client.ack(message.mid, message.qos)  # Nobody of ours: not kept for ever.
            return
        source, leaf = spoken
        said = bytes(message.payload)
        self._say(Heard(source, leaf, said, message.mid, message.qos, self._connection))


def _say_on(loop: asyncio.AbstractEventLoop, tell: Tell, signal: Heard | Link) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(tell, signal)
