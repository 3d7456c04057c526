"""The driver of a scanner at a serial port."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from drivers.base import Clock, DeviceLost, Emit, Facts, LinkChange, NotDone, Warn
from drivers.scanner.listening import Ears, beep_bytes, trigger_bytes
from drivers.serial.port import Port, open_port
from drivers.serial.settings import SerialSettings

LOOK_S = 0.25  # how often to look whether it is plugged in


@dataclass(slots=True)
class SerialScanner:
    """See drivers.base.Driver, Trigger and Beeper."""

    settings: SerialSettings
    clock: Clock
    warn: Warn
    _ears: Ears = field(init=False)
    _port: Port | None = field(default=None, init=False)
    _told_missing: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._ears = Ears(self.clock, self.warn)

    @property
    def facts(self) -> Facts:
        return self._ears.facts

    async def run(self, emit: Emit) -> None:
        await self._plugged_in()
        port = await open_port(self.settings)
        self._port = port
        try:
            await emit([LinkChange(self.settings.name, self.clock().utc_us, up=True)])
            hearing = self._ears.hearing(self.settings)
            await self._ears.listen(port.read, hearing, emit, self.settings.silence_s)
        finally:
            self._port = None
            port.close()
        raise DeviceLost(f"{self.settings.device}: the device is gone")

    async def _plugged_in(self) -> None:
        """Where it was told that it is not there, wait until it is.

        The supervisor's waits grow to half a minute, which is long for who has just plugged it in.
        """
        path = Path(self.settings.device)
        while self._told_missing and not path.exists():
            await asyncio.sleep(LOOK_S)
        self._told_missing = not path.exists()

    async def trigger(self, *, on: bool) -> None:
        await self._tell(trigger_bytes(self.settings, on=on))

    async def beep(self, *, good: bool) -> None:
        await self._tell(beep_bytes(self.settings, good=good))

    async def _tell(self, told: bytes) -> None:
        if self._port is None:
            raise NotDone("not connected")
        await self._port.write(told)
