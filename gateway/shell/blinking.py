"""Lights of a door that blink: 500 ms on, 500 ms off, each edge written by this daemon (EDGE §7).

An output of a reader keeps its level when nobody writes it any more: when the daemon is killed, the
network is cut, the host is gone. So a steady light says nothing, whichever it is, and neither does
a dark one: only what blinks was told by somebody who is alive. That is why no blinking is ever left
to the reader, which could do it by itself and would go on.

Each output has a task of its own, with one write under way at most: what a reader could not be told
in time must not reach it later, all at once.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from drivers.base import Clock, Driver, NotDone, Outputs
from gateway.core.read_point import Light
from gateway.settings.dock_door import DockDoorTable, Word

log = structlog.get_logger()

HALF_S = 0.5
GOODBYE_S = 1.0  # for a reader to put a light out when the daemon stops; steady says nothing either
# Beyond the silence that ends a pass: a load of which a reader tells later went long ago, and who
# stands at the door now must not take its light for his.
LATE_US = 15_000_000


@dataclass(slots=True)
class Blinker:
    """One output. `run` until cancelled, which leaves it dark."""

    name: str  # for the log
    outputs: Outputs
    port: int
    half_s: float = HALF_S
    _left: int = 0  # times to blink
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _failing: bool = False

    def blink(self, times: int) -> None:
        """So many times from now on; 0: dark at once."""
        self._left = times
        self._changed.set()

    async def run(self) -> None:
        try:
            while True:
                self._changed.clear()
                if self._left:
                    await self._blink()
                else:
                    await self._changed.wait()
        finally:
            with contextlib.suppress(NotDone, TimeoutError):
                async with asyncio.timeout(GOODBYE_S):
                    await self.outputs.set_output(self.port, high=False)

    async def _blink(self) -> None:
        """Once; ends early where something else is wanted meanwhile."""
        await self._set(high=True)
        await self._hold()
        await self._set(high=False)
        if self._changed.is_set():
            return
        await self._hold()
        if not self._changed.is_set():
            self._left -= 1

    async def _hold(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.half_s):
                await self._changed.wait()

    async def _set(self, *, high: bool) -> None:
        try:
            await self.outputs.set_output(self.port, high=high)
        except NotDone as error:
            if not self._failing:
                log.warning("light_failed", light=self.name, why=str(error))
            self._failing = True
        except Exception:  # noqa: BLE001 - a driver's bug costs this edge, and is told
            log.error("light_broke", light=self.name, exc_info=True)
        else:
            if self._failing:
                log.info("light_back", light=self.name)
            self._failing = False


@dataclass(frozen=True, slots=True)
class DoorLights:
    """The outputs of one door, by the word that they say."""

    blinkers: tuple[tuple[Word, Blinker], ...]
    times: int
    late_us: int  # how old a pass may be


@dataclass(slots=True)
class Blinking:
    """By door. `run` until cancelled."""

    doors: Mapping[str, DoorLights]
    clock: Clock

    def shine(self, light: Light) -> None:
        """Never waits. What is no word of a pass changes no light."""
        door = self.doors.get(light.read_point)
        if door is None or light.word not in ("moved", "uncertain", "wrong"):
            return
        if light.at_us is not None and self.clock().utc_us - light.at_us > door.late_us:
            return
        for word, blinker in door.blinkers:
            blinker.blink(door.times if word == light.word else 0)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for door in self.doors.values():
                for _, blinker in door.blinkers:
                    group.create_task(blinker.run())
            await asyncio.Event().wait()


def blinking(
    doors: tuple[DockDoorTable, ...], drivers: Mapping[str, Driver], clock: Clock
) -> Blinking:
    return Blinking(
        {door.name: _lights(door, drivers) for door in doors if door.lights is not None}, clock
    )


def _lights(door: DockDoorTable, drivers: Mapping[str, Driver]) -> DoorLights:
    assert door.lights is not None
    blinkers: list[tuple[Word, Blinker]] = []
    for word, name in door.lights.named:
        device, _, port = name.partition(":gpo")
        driver = drivers[device]
        assert isinstance(driver, Outputs), name  # of a reader, by the settings
        blinkers.append((word, Blinker(name, driver, int(port))))
    times = max(round(door.lights.show_s / (2 * HALF_S)), 1)
    return DoorLights(tuple(blinkers), times, int(door.idle_s * 1e6) + LATE_US)
