"""Hears one scan from any of the keyboards here, and tells whose it is and of which keymap.

All keyboards are read at once and none is grabbed: one of them may be what a person types on, and
must not die meanwhile. What is typed on it has pauses, and is not kept.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from drivers.base import Clock
from drivers.hid import nodes
from drivers.hid.protocol.calibration import Ambiguous, Found, Unknown, calibrate
from drivers.hid.protocol.codes import EV_KEY, EV_SYN, Event
from drivers.hid.protocol.decoder import Decoder
from drivers.hid.protocol.keymap import US
from drivers.hid.readable import readable

if TYPE_CHECKING:
    import evdev

SILENCE_S = 0.3  # behind the last key: the scan is whole; and a person types slower than this
EVENTS_MAX = 400  # the code by Alt and digits is some 200; what is more is another, or a stuck key
KEYS_MIN = 8  # a person who presses Enter scans nothing


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What one device sent; `result` reads it as the code of the sheet."""

    node: nodes.Node
    result: Found | Ambiguous | Unknown
    text: str  # as of a US keyboard, for a person to see that it was this scan


@dataclass(slots=True)
class _Heard:
    events: list[Event] = field(default_factory=list)

    @property
    def is_a_scan(self) -> bool:
        return sum(event.kind == EV_KEY and event.value == 1 for event in self.events) >= KEYS_MIN


async def calibrated(
    found: Sequence[nodes.Node], seconds: float, clock: Clock
) -> Calibrated | None:
    """The first scan within `seconds`; None where none came.

    One that goes meanwhile costs the others nothing. Raises OSError where all do, ImportError.
    """
    until_us = clock().monotonic_us + round(seconds * 1e6)
    tasks = [asyncio.create_task(_scan(node)) for node in found]
    waiting = set(tasks)
    lost = OSError("no keyboard")
    try:
        while waiting:
            left_s = max(until_us - clock().monotonic_us, 0) / 1e6
            done, waiting = await asyncio.wait(
                waiting, timeout=left_s, return_when=asyncio.FIRST_COMPLETED
            )
            if not done:
                return None
            for task in done:
                try:
                    return task.result()
                except OSError as error:
                    lost = error
        raise lost
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _scan(node: nodes.Node) -> Calibrated:
    import evdev

    device = await asyncio.to_thread(lambda: evdev.InputDevice(str(node.path)))
    try:
        while True:
            heard = await _burst(device)
            if heard.is_a_scan:
                return Calibrated(node, calibrate(heard.events), _as_us(heard.events))
    finally:
        device.close()


async def _burst(device: "evdev.InputDevice[str]") -> _Heard:
    """Keys up to a silence."""
    heard = _Heard()
    await readable(device.fd)
    while True:
        while (event := device.read_one()) is not None:
            if event.type in (EV_KEY, EV_SYN) and len(heard.events) < EVENTS_MAX:
                heard.events.append(Event(event.type, event.code, event.value))
        try:
            async with asyncio.timeout(SILENCE_S):
                await readable(device.fd)
        except TimeoutError:
            return heard


def _as_us(events: Sequence[Event]) -> str:
    said = Decoder(US).receive(events)
    typed = b"".join(each for each in said if isinstance(each, bytes))
    return typed.decode("latin-1").strip()
