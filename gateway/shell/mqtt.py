"""The gateway's line to the broker: paho on its own thread, all state on the loop.

paho's network thread only ever calls `loop.call_soon_threadsafe`; what it has to say is told on the
loop, one signal after the other. `publish` is called from the loop.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from wire.messages import State
from wire.topics import Leaf, Source, parse

KEEPALIVE_S = 30
RECONNECT_S = (1, 60)
IN_FLIGHT_MAX = 20  # as gateway.core.delivery: paho shall queue nothing of its own


@dataclass(frozen=True, slots=True)
class Connected:
    """Connected and subscribed; `session` counts the connections of this boot."""

    session: int


@dataclass(frozen=True, slots=True)
class Disconnected:
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The broker has taken the message `mid` (PUBACK)."""

    mid: int


@dataclass(frozen=True, slots=True)
class Heard:
    leaf: Leaf
    payload: bytes


Signal = Connected | Disconnected | Taken | Heard
Tell = Callable[[Signal], None]


@dataclass(slots=True)
class Mqtt:
    source: Source
    boot: str
    host: str
    port: int
    username: str | None
    password: str | None
    _session: int = 0
    _client: paho.Client = field(init=False)
    _say: Tell = field(init=False)

    def start(self, tell: Tell) -> None:
        """Begin to connect, for ever; call it on the loop. `tell` is called there, too."""
        loop = asyncio.get_running_loop()
        self._say = lambda signal: _say_on(loop, tell, signal)
        client = paho.Client(
            CallbackAPIVersion.VERSION2, client_id=self.source.client_id, clean_session=False
        )
        if self.username is not None:
            client.username_pw_set(self.username, self.password)
        client.max_inflight_messages_set(IN_FLIGHT_MAX)
        client.reconnect_delay_set(*RECONNECT_S)
        client.on_pre_connect = self._on_pre_connect
        client.on_connect = self._on_connect
        client.on_connect_fail = self._on_connect_fail
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        self._client = client
        client.connect_async(self.host, self.port, KEEPALIVE_S)
        client.loop_start()

    def publish(self, leaf: Leaf, payload: str | bytes, *, retain: bool = False) -> int:
        """QoS 1; gives the mid that `Taken` will name."""
        return self._client.publish(self.source.topic(leaf), payload, qos=1, retain=retain).mid

    def say_state(self, status: str) -> None:
        self.publish(Leaf.STATE, self._state(status), retain=True)

    async def stop(self) -> None:
        """Leave politely: what is queued goes out first, as far as the broker takes it."""
        self._client.disconnect()
        await asyncio.to_thread(self._client.loop_stop)

    def _state(self, status: str) -> bytes:
        state = {"status": status, "boot": self.boot, "session": self._session}
        return State.model_validate(state).to_payload()

    # -- on paho's thread -----------------------------------------------------------------------

    def _on_pre_connect(self, client: paho.Client, _: object) -> None:
        """Each connection has its own will: an offline of an older one says nothing."""
        self._session += 1
        topic = self.source.topic(Leaf.STATE)
        client.will_set(topic, self._state("offline"), qos=1, retain=True)

    def _on_connect(
        self,
        client: paho.Client,
        _: object,
        __: paho.ConnectFlags,
        reason: ReasonCode,
        ___: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._say(Disconnected(f"refused: {reason}"))
            return
        heard = (Leaf.ACK, Leaf.RESEND)
        client.subscribe([(self.source.topic(leaf), 1) for leaf in heard])

    def _on_subscribe(
        self,
        _: paho.Client,
        __: object,
        ___: int,
        reasons: list[ReasonCode],
        ____: Properties | None,
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        self._say(
            Disconnected(f"subscription refused: {refused[0]}")
            if refused
            else Connected(self._session)
        )

    def _on_connect_fail(self, _: paho.Client, __: object) -> None:
        self._say(Disconnected("no connection"))

    def _on_disconnect(
        self,
        _: paho.Client,
        __: object,
        ___: paho.DisconnectFlags,
        reason: ReasonCode,
        ____: Properties | None,
    ) -> None:
        unspecified = str(reason) == "Unspecified error"  # paho's word for a socket that closed
        self._say(Disconnected("connection lost" if unspecified else str(reason)))

    def _on_publish(
        self,
        _: paho.Client,
        __: object,
        mid: int,
        ___: ReasonCode,
        ____: Properties,
    ) -> None:
        self._say(Taken(mid))

    def _on_message(self, _: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        spoken = parse(message.topic)
        if spoken is not None:
            self._say(Heard(spoken[1], bytes(message.payload)))


def _say_on(loop: asyncio.AbstractEventLoop, tell: Tell, signal: Signal) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(tell, signal)
