"""The driver of a scanner at a serial port."""

from dataclasses import dataclass, field

from drivers.base import Clock, DeviceLost, Emit, Facts, LinkChange, NotDone, Warn
from drivers.scanner.listening import Ears, trigger_bytes
from drivers.serial.port import Port, open_port
from drivers.serial.settings import SerialSettings


@dataclass(slots=True)
class SerialScanner:
    """See drivers.base.Driver and Trigger."""

    settings: SerialSettings
    clock: Clock
    warn: Warn
    _ears: Ears = field(init=False)
    _port: Port | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._ears = Ears(self.clock, self.warn)

    @property
    def facts(self) -> Facts:
        return self._ears.facts

    async def run(self, emit: Emit) -> None:
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

    async def trigger(self, *, on: bool) -> None:
        told = trigger_bytes(self.settings, on=on)
        if self._port is None:
            raise NotDone("not connected")
        await self._port.write(told)
