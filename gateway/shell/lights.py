"""Lights and beeps: what a read point says to the people who stand there.

A `Light` of the pipeline becomes a pulse of outputs, or a beep of scanners. Each lamp has a task of
its own, so a reader that does not answer costs its lamp and nothing else: `shine` never waits.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from drivers.base import Beeper, Driver, NotDone, Outputs
from gateway.core.read_point import Light
from gateway.settings.file import GatewaySettings

log = structlog.get_logger()

WAITING_MAX = 2  # pulses of one lamp; a person who scans faster cannot tell more apart
GAP_S = 0.1  # dark between two pulses, so that they are two
DONE_S = 5.0  # for a device to answer; the next pulse says something else

Play = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Lamp:
    """One thing that can be seen or heard. `play` does it once; raises NotDone where it cannot."""

    name: str  # for the log
    play: Play
    dropped: int = 0  # the lamp was busy with those before
    _waiting: int = 0
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _failing: bool = False

    def ask(self) -> None:
        if self._waiting == WAITING_MAX:
            self.dropped += 1
            return
        self._waiting += 1
        self._more.set()

    async def run(self) -> None:
        while True:
            await self._more.wait()
            await self._play()
            self._waiting -= 1
            if not self._waiting:
                self._more.clear()

    async def _play(self) -> None:
        try:
            async with asyncio.timeout(DONE_S):
                await self.play()
        except NotDone as error:
            self._failed(str(error))
        except TimeoutError:
            self._failed(f"no answer within {DONE_S:g} s")
        except Exception:  # noqa: BLE001 - a driver's bug costs this lamp's pulse, and is told
            log.error("light_broke", light=self.name, exc_info=True)
        else:
            if self._failing:
                log.info("light_back", light=self.name)
            self._failing = False

    def _failed(self, why: str) -> None:
        if not self._failing:
            log.warning("light_failed", light=self.name, why=why)
        self._failing = True


@dataclass(slots=True)
class Lights:
    """`lamps`: by read point and word of a light."""

    lamps: Mapping[tuple[str, str], Sequence[Lamp]]

    def shine(self, light: Light) -> None:
        for lamp in self.lamps.get((light.read_point, light.word), ()):
            lamp.ask()

    async def run(self) -> None:
        """Until cancelled; then all that were high are low."""
        async with asyncio.TaskGroup() as group:
            for lamps in self.lamps.values():
                for lamp in lamps:
                    group.create_task(lamp.run())
            await asyncio.Event().wait()


def lamps(
    settings: GatewaySettings, drivers: Mapping[str, Driver]
) -> dict[tuple[str, str], list[Lamp]]:
    """By read point and word: the outputs of the settings, and scanners that have words to beep."""
    found: dict[tuple[str, str], list[Lamp]] = {}
    scanners = {each.name: each for each in settings.scanner}
    for point in settings.read_point:
        for word, name, high_s in point.pulses:
            device, _, port = name.partition(":gpo")
            driver = drivers[device]
            assert isinstance(driver, Outputs), name  # of a reader, by the settings
            lamp = Lamp(name, pulse(driver, int(port), high_s))
            found.setdefault((point.name, word), []).append(lamp)
        for _, name in point.scanners:
            for word, good in (("accepted", True), ("refused", False)):
                driver = drivers[name]
                if scanners[name].beep(good=good) and isinstance(driver, Beeper):
                    lamp = Lamp(f"{name} {word}", partial(driver.beep, good=good))
                    found.setdefault((point.name, word), []).append(lamp)
    return found


def pulse(outputs: Outputs, port: int, high_s: float) -> Play:
    """High for so long, then low; low also where it is stopped meanwhile."""

    async def play() -> None:
        try:
            await outputs.set_output(port, high=True)
            await asyncio.sleep(high_s)
        except BaseException:
            with contextlib.suppress(NotDone):
                await outputs.set_output(port, high=False)
            raise
        await outputs.set_output(port, high=False)
        await asyncio.sleep(GAP_S)

    return play
