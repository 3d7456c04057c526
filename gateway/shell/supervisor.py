"""Keeps one device running, for ever: the only place that reconnects, backs off, and says so."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from drivers.base import (
    Clock,
    DeviceLost,
    Driver,
    Emit,
    Facts,
    LinkChange,
    Observation,
    Scan,
    TagRead,
)
from gateway.shell.backoff import Backoff

log = structlog.get_logger()

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
WARNINGS_TOLD_MAX = 64  # different ones; a broken reader can invent a new one a second


@dataclass(slots=True)
class Device:
    """What is known of one device; health tells it."""

    name: str
    driver: str
    up: bool = False
    why: str | None = None
    reads: int = 0
    lost: int = 0
    warnings: int = 0
    heard_us: int = 0  # when it last said anything, by the monotonic clock
    facts: Callable[[], Facts] = Facts  # what it tells of itself, as its driver has it now
    _told: set[str] = field(default_factory=set)

    def warn(self, text: str) -> None:
        """Count a warning of the driver; tell each different one once."""
        self.warnings += 1
        if text not in self._told and len(self._told) < WARNINGS_TOLD_MAX:
            self._told.add(text)
            log.warning("device_warning", device=self.name, what=text)


@dataclass(slots=True)
class Supervisor:
    """Runs `driver` until cancelled."""

    device: Device
    driver: Driver
    emit: Emit
    clock: Clock
    backoff: Backoff
    _up_since_us: int | None = None

    def __post_init__(self) -> None:
        self.device.facts = lambda: self.driver.facts

    async def run(self) -> None:
        while True:
            why = await self._run_once()
            await self._lost(why)
            await asyncio.sleep(self.backoff.wait_s())

    async def _run_once(self) -> str:
        """Run the driver until it ends, which it does only by an error; gives the reason."""
        try:
            await self.driver.run(self._pass_on)
        except DeviceLost as lost:
            return str(lost)
        except Exception as error:  # noqa: BLE001 - a bug in one driver costs that device alone
            log.exception("driver_failed", device=self.device.name)
            return f"{type(error).__name__}: {error}"
        return "the driver ended"

    async def _pass_on(self, observations: Sequence[Observation]) -> None:
        self.device.heard_us = self.clock().monotonic_us
        for observation in observations:
            if isinstance(observation, TagRead):
                self.device.reads += observation.seen_count
            elif isinstance(observation, Scan):
                self.device.reads += 1
            elif isinstance(observation, LinkChange) and observation.up:
                self._is_up()
        if observations:
            await self.emit(observations)

    def _is_up(self) -> None:
        self._up_since_us = self.clock().monotonic_us
        if self.device.lost:
            log.info("device_back", device=self.device.name)
        else:
            log.info("device_up", device=self.device.name)
        self.device.up, self.device.why = True, None

    async def _lost(self, why: str) -> None:
        now = self.clock()
        up_since_us, self._up_since_us = self._up_since_us, None
        if up_since_us is not None:
            self.backoff.lasted(now.monotonic_us - up_since_us)
        if self.device.why is None:
            log.warning("device_lost", device=self.device.name, why=why)
        was_up, self.device.up, self.device.why = self.device.up, False, why
        self.device.lost += 1
        if was_up:
            heard_us = now.utc_us - (now.monotonic_us - self.device.heard_us)
            await self.emit([LinkChange(self.device.name, heard_us, up=False)])
