"""The HID driver: a scanner that plays a keyboard, read by evdev and taken away from the console.

The device is grabbed: what it types goes nowhere else, neither to a login prompt nor to the
desktop. It is grabbed while no key is down, or whoever had it before would never hear that key's
release, and repeat it for ever. The light of Caps lock is kept dark: see protocol/decoder.py.
"""

import asyncio
import contextlib
import errno
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.base import (
    Clock,
    DeviceLost,
    Emit,
    Facts,
    LinkChange,
    Now,
    Warn,
)
from drivers.hid import hotplug, nodes
from drivers.hid.protocol.codes import EV_LED, LED_CAPS_LOCK, Event
from drivers.hid.protocol.decoder import Decoder, Spoilt
from drivers.hid.protocol.keymap import KEYMAPS
from drivers.hid.readable import readable
from drivers.hid.settings import NEEDS, HidSettings
from drivers.scanner.listening import Ears
from drivers.scanner.protocol.message import Heard, Hearing

if TYPE_CHECKING:
    import evdev

KEYS_UP_S = 5.0  # for keys to come up before the grab; one that never does is stuck, and told
LATE_US_MAX = 60_000_000  # older than that is no event, but a clock that was set meanwhile


@dataclass(slots=True)
class HidScanner:
    """See drivers.base.Driver. A device that is not there is waited for, once that was told."""

    settings: HidSettings
    clock: Clock
    warn: Warn
    _is_told: bool = field(default=False, init=False)
    _model: str | None = field(default=None, init=False)
    _ears: Ears = field(init=False)

    def __post_init__(self) -> None:
        self._ears = Ears(self.clock, self.warn)

    @property
    def facts(self) -> Facts:
        return replace(self._ears.facts, model=self._model)

    async def run(self, emit: Emit) -> None:
        path = self.settings.device
        if not path.exists():
            if not self._is_told:
                self._is_told = True
                raise DeviceLost(f"{path}: not plugged in")
            await hotplug.plugged_in(path)
        try:
            device = await asyncio.to_thread(open_device, self.settings)
            self._is_told = True  # from here on its end is told
            try:
                await self._read(device, emit)
            finally:
                device.close()
        except OSError as error:
            raise DeviceLost(await asyncio.to_thread(told, path, error)) from None

    async def _read(self, device: "evdev.InputDevice[str]", emit: Emit) -> None:
        await grab(device, self.warn)
        self._model = device.name
        self._keep_dark(device)
        settings = self.settings
        decoder = Decoder(KEYMAPS[settings.keymap], settings.gs_key)
        hearing = Hearing(settings.name, settings.framing(), settings.rules())
        await emit([LinkChange(settings.name, self.clock().utc_us, up=True)])
        while True:
            await self._wait(device, hearing)
            heard, error = self._drain(device, decoder, hearing)
            heard += hearing.expire(self.clock()) if error is None else hearing.end()
            await self._ears.pass_on(heard, emit, is_heard=False)
            if error is not None:
                raise error

    async def _wait(self, device: "evdev.InputDevice[str]", hearing: Hearing) -> None:
        """Until there are events, or silence ends a scan."""
        due_us = hearing.deadline_us
        wait_s = None if due_us is None else max(due_us - self.clock().monotonic_us, 0) / 1e6
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await readable(device.fd)

    def _drain(
        self, device: "evdev.InputDevice[str]", decoder: Decoder, hearing: Hearing
    ) -> tuple[list[Heard], OSError | None]:
        """All that is there, by the kernel's time of it: a busy host lets no scan run into another.

        With the error that ended it: what was whole before is a scan.
        """
        heard: list[Heard] = []
        try:
            while (event := device.read_one()) is not None:
                if event.type == EV_LED and event.code == LED_CAPS_LOCK and event.value:
                    self._keep_dark(device)
                now = at(event.sec * 1_000_000 + event.usec, self.clock())
                for said in decoder.receive([Event(event.type, event.code, event.value)]):
                    if isinstance(said, Spoilt):
                        self.warn(said.why)  # The scan itself is counted at its end.
                        hearing.spoil(now)
                    else:
                        heard += hearing.receive(said, now)
        except OSError as error:
            return heard, error
        return heard, None

    def _keep_dark(self, device: "evdev.InputDevice[str]") -> None:
        from evdev import EvdevError

        if LED_CAPS_LOCK in device.leds():
            try:
                device.set_led(LED_CAPS_LOCK, 0)
                device.syn()  # or whoever listens hears of it with the next key
            except EvdevError:
                self.warn("Caps lock is lit and cannot be put out: no permission to write")


def at(utc_us: int, now: Now) -> Now:
    """When an event was that the kernel gave this time; `now` where that cannot be."""
    late_us = now.utc_us - utc_us
    if not 0 <= late_us <= LATE_US_MAX:
        return now
    return Now(utc_us, now.monotonic_us - late_us)


def open_device(settings: HidSettings, sys: Path = nodes.SYS) -> "evdev.InputDevice[str]":
    """Raises OSError, and DeviceLost where the library is absent. Blocks."""
    try:
        import evdev
    except ImportError:
        raise DeviceLost(NEEDS) from None
    shared = nodes.shared_by(settings.device, sys)
    if shared:
        raise DeviceLost(
            f"{settings.device}: one name of several devices of one make ({', '.join(shared)}):"
            " expected a path of /dev/input/by-path"
        )
    return evdev.InputDevice(str(settings.device))


async def grab(device: "evdev.InputDevice[str]", warn: Warn) -> None:
    """Take the device once no key is down; what was typed before is not ours. Raises OSError."""
    try:
        async with asyncio.timeout(KEYS_UP_S):
            while device.active_keys():
                await readable(device.fd)
                _forget(device)
    except TimeoutError:
        warn(f"keys were down for {KEYS_UP_S:g} s: {device.active_keys()}: taken all the same")
    device.grab()
    _forget(device)


def _forget(device: "evdev.InputDevice[str]") -> None:
    while device.read_one() is not None:
        pass


def told(path: Path, error: OSError) -> str:
    """Why it is lost, in words. Blocks: it may look for who has the device."""
    if error.errno in (errno.ENODEV, errno.ENOENT, errno.ENXIO):
        return f"{path}: unplugged"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{path}: no permission: expected this user in the group input"
    if error.errno == errno.EBUSY:
        names = ", ".join(nodes.holders(path, os.getpid())) or "a process not seen here"
        return f"{path}: taken by another program; open in: {names}"
    return f"{path}: {error.strerror or error}"
