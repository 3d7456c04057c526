"""The gateway's line to the broker: paho on its own thread, all state on the loop.

A connection has a paho client of its own, and a clean session. What was under way when it ends ends
with it: the outbox has all of it, and the next connection begins with the first row that is not
settled. So nothing gathers here, however often a broker closes at the same message.

paho's thread only ever calls `loop.call_soon_threadsafe`; what it has to say is told on the loop,
one signal after the other. `publish` is called from the loop.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from drivers.base import Clock
from gateway.shell.backoff import Backoff
from wire import expected
from wire.expected import Place
from wire.messages import State
from wire.topics import Leaf, Source, parse

KEEPALIVE_S = 30
GREETING_S = 30.0  # from the first packet to the answered subscription; then the next try
GOODBYE_S = 5.0  # for what is queued to go out before we leave
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


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


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a list of what is expected; an empty payload withdraws it."""

    place: Place
    payload: bytes


Signal = Connected | Disconnected | Taken | Heard
Tell = Callable[[Signal], None]
_Say = Callable[[Signal | Listed], None]


@dataclass(slots=True)
class Mqtt:
    source: Source
    boot: str
    host: str
    port: int
    username: str | None
    password: str | None
    clock: Clock
    backoff: Backoff
    listed: Callable[[Listed], None] = lambda _: None  # told on the loop, too
    _session: int = 0
    _line: "_Line | None" = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, tell: Tell) -> None:
        """Connect, for ever. `tell` is called on the loop; Disconnected is a connection's last."""
        while True:
            await self._connection(tell)
            await asyncio.sleep(self.backoff.wait_s())

    async def _connection(self, tell: Tell) -> None:
        loop = asyncio.get_running_loop()
        answered = asyncio.Event()
        connected_us: int | None = None
        self._over = asyncio.Event()
        over = self._over

        def hear(signal: Signal | Listed) -> None:
            nonlocal connected_us
            if isinstance(signal, Listed):
                self.listed(signal)
                return
            if isinstance(signal, Connected):
                connected_us = self.clock().monotonic_us
            elif isinstance(signal, Disconnected):
                self._line = None
                over.set()
            answered.set()
            tell(signal)

        self._session += 1
        self._line = line = self._new_line(lambda signal: _say_on(loop, hear, signal))
        line.connect_async(self.host, self.port, KEEPALIVE_S)
        line.loop_start()
        try:
            async with asyncio.timeout(GREETING_S):
                await answered.wait()
        except TimeoutError:
            line.end(f"no answer in {GREETING_S:g} s")
        await over.wait()
        if connected_us is not None:
            self.backoff.lasted(self.clock().monotonic_us - connected_us)

    def publish(
        self, leaf: Leaf, payload: str | bytes, *, retain: bool = False, qos: int = 1
    ) -> int | None:
        """The mid that `Taken` will name; None where there is no connection: nothing is kept."""
        if self._line is None or not self._line.is_connected():
            return None
        return self._line.publish(self.source.topic(leaf), payload, qos=qos, retain=retain).mid

    def say_state(self, status: str) -> None:
        self.publish(Leaf.STATE, self._state(status), retain=True)

    def reconnect(self, why: str) -> None:
        """End this connection; the next one comes by itself."""
        if self._line is not None:
            self._line.end(why)

    async def stop(self) -> None:
        """Leave politely: what is queued goes out first, as far as the broker takes it."""
        if self._line is not None:
            self._line.end("stopped")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await self._over.wait()

    def _new_line(self, say: _Say) -> "_Line":
        line = _Line(self.source, self._session, say)
        if self.username is not None:
            line.username_pw_set(self.username, self.password)
        # Each connection has its own will: an offline of an older one says nothing.
        line.will_set(self.source.topic(Leaf.STATE), self._state("offline"), qos=1, retain=True)
        return line

    def _state(self, status: str) -> bytes:
        state = {"status": status, "boot": self.boot, "session": self._session}
        return State.model_validate(state).to_payload()


class _Line(paho.Client):
    """One connection. Its callbacks run on paho's thread, and its last word is Disconnected."""

    def __init__(self, source: Source, session: int, say: _Say) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=source.client_id,
            clean_session=True,
            reconnect_on_failure=False,
        )
        self.max_inflight_messages_set(0)  # no window of paho's own: Delivery bounds what is sent
        self._source = source
        self._say = say
        self._why: str | None = None  # the first reason is the true one
        self.on_connect = self._connected
        self.on_disconnect = self._disconnected
        self.on_subscribe = lambda _, __, ___, reasons, ____: self._subscribed(session, reasons)
        self.on_publish = lambda _, __, mid, ___, ____: say(Taken(mid))
        self.on_message = self._heard

    def end(self, why: str) -> None:
        self._why = self._why or why
        self.disconnect()

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """paho's thread. Whatever ends it is told, also a bug: threading prints that one."""
        broken = "the MQTT client failed"
        try:
            ended = super().loop_forever(timeout, retry_first_connection=False)
            broken = "connection lost"
        except OSError as error:
            broken = (error.strerror or str(error)).lower()
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        except UnicodeError as error:  # what Python's resolver says of a host name that is none
            broken = str(error)
            return MQTTErrorCode.MQTT_ERR_NO_CONN
        finally:
            if (left := self.socket()) is not None:  # paho closes it only where it ends by itself
                left.close()
            self._say(Disconnected(self._why or broken))
        return ended

    def _connected(
        self,
        _: paho.Client,
        __: object,
        ___: paho.ConnectFlags,
        reason: ReasonCode,
        ____: Properties | None,
    ) -> None:
        if reason.is_failure:
            self._why = f"refused: {reason}"
        else:
            heard = [self._source.topic(leaf) for leaf in (Leaf.ACK, Leaf.RESEND)]
            heard.append(expected.every_part(self._source))
            self.subscribe([(topic, 1) for topic in heard])

    def _subscribed(self, session: int, reasons: list[ReasonCode]) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        if refused:
            self.end(f"subscription refused: {refused[0]}")  # The next connection asks again.
        else:
            self._say(Connected(session))

    def _disconnected(
        self,
        _: paho.Client,
        __: object,
        ___: paho.DisconnectFlags,
        reason: ReasonCode,
        ____: Properties | None,
    ) -> None:
        unspecified = str(reason) == "Unspecified error"  # paho's word for a socket that closed
        self._why = self._why or ("connection lost" if unspecified else str(reason))

    def _heard(self, _: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        spoken = parse(message.topic)
        if spoken is not None:
            self._say(Heard(spoken[1], bytes(message.payload)))
        elif (place := expected.place(message.topic, self._source)) is not None:
            self._say(Listed(place, bytes(message.payload)))


def _say_on(loop: asyncio.AbstractEventLoop, tell: _Say, signal: Signal | Listed) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(tell, signal)
