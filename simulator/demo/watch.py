"""What anybody can hear on the broker: the demo's own subscriber."""

import asyncio
from collections.abc import Callable

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from simulator.demo.referee import Told
from wire import event
from wire.event import AggregationEvent
from wire.topics import Leaf, every_gateway


def watch(port: int, on_told: Callable[[Told], None]) -> paho.Client:
    """Hear all events, also those said while the broker or we were away; called on the loop."""
    loop = asyncio.get_running_loop()
    client = paho.Client(
        CallbackAPIVersion.VERSION2, client_id="readpoint-demo", clean_session=False
    )
    client.reconnect_delay_set(1, 2)

    def on_connect(
        client: paho.Client,
        _: object,
        __: paho.ConnectFlags,
        ___: ReasonCode,
        ____: Properties | None,
    ) -> None:
        client.subscribe(every_gateway(Leaf.EVENT), qos=1)

    def on_message(_: paho.Client, __: object, message: paho.MQTTMessage) -> None:
        told = _told(bytes(message.payload))
        if told is not None and not loop.is_closed():
            loop.call_soon_threadsafe(on_told, told)

    client.on_connect = on_connect
    client.on_message = on_message
    client.connect_async("127.0.0.1", port, keepalive=10)
    client.loop_start()
    return client


def _told(payload: bytes) -> Told | None:
    said = event.receive(payload).event
    if said is None:
        return None
    if isinstance(said, AggregationEvent):
        keys = frozenset((said.parent_id, *said.child_epcs))
    else:
        keys = frozenset(said.epc_list)
    return Told(
        event_id=said.event_id,
        kind=said.kind,
        door=said.read_point.id if said.read_point else "",
        direction=said.direction or "unknown",
        event_us=said.event_us,
        keys=keys,
    )
