"""One device as the gateway runs it: settings, driver, supervisor, and all that they said."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from drivers.base import (
    AntennaChange,
    Clock,
    DeviceLost,
    Emit,
    GpiChange,
    LinkChange,
    Now,
    Observation,
    TagRead,
)
from drivers.llrp.settings import Antenna, LlrpSettings
from drivers.registry import open_driver
from gateway.shell.backoff import Backoff
from gateway.shell.clock import now
from gateway.shell.supervisor import Device, Supervisor
from tests.integration.processes import PATIENCE_S, eventually

NAME = "dock-1"
EPOCH_US = 1_763_800_000_000_000  # when the clock by hand begins
MONOTONIC_US = 77_000_000


@dataclass
class HandClock:
    """A clock that stands until it is moved: so times are exact."""

    elapsed_us: int = 0

    def now(self) -> Now:
        return Now(EPOCH_US + self.elapsed_us, MONOTONIC_US + self.elapsed_us)

    def at(self, elapsed_s: int) -> None:
        self.elapsed_us = elapsed_s * 1_000_000


@dataclass
class Heard:
    """What a device said, in its order."""

    device: Device = field(default_factory=lambda: Device(NAME, "llrp"))
    observations: list[Observation] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    async def emit(self, observations: Sequence[Observation]) -> None:
        self.observations += observations

    def warn(self, text: str) -> None:
        self.warnings.append(text)
        self.device.warn(text)

    @property
    def reads(self) -> list[TagRead]:
        return [each for each in self.observations if isinstance(each, TagRead)]

    @property
    def told(self) -> list[Observation]:
        """All but how inputs and antennas are, which a reader is asked for at each connect."""
        return [each for each in self.observations if not _is_a_state(each)]

    @property
    def links(self) -> list[LinkChange]:
        return [each for each in self.observations if isinstance(each, LinkChange)]

    async def until_up(self) -> None:
        await eventually(lambda: self.device.up, "the link is up")

    async def until_reads(self, count: int) -> None:
        await eventually(lambda: len(self.reads) >= count, f"{count} reads")


def _is_a_state(observation: Observation) -> bool:
    return isinstance(observation, AntennaChange) or (
        isinstance(observation, GpiChange) and observation.resync
    )


def settings(
    port: int,
    antennas: Sequence[int] = (1, 2),
    keepalive_s: float = PATIENCE_S,
    response_s: float = PATIENCE_S,
    power_dbm: float | None = None,
) -> LlrpSettings:
    """Without a time limit that matters, where none is asked for."""
    return LlrpSettings(
        name=NAME,
        host="127.0.0.1",
        port=port,
        antennas=tuple(Antenna(port=each, power_dbm=power_dbm) for each in antennas),
        keepalive_s=keepalive_s,
        response_s=response_s,
    )


async def supervise(
    heard: Heard, wanted: LlrpSettings, clock: Clock = now, emit: Emit | None = None
) -> None:
    """A driver under its supervisor, for ever."""
    driver = open_driver(wanted, clock, heard.warn)
    backoff = Backoff(Random(1), 0.5, 30.0)
    await Supervisor(heard.device, driver, emit or heard.emit, clock, backoff).run()


async def lost(heard: Heard, wanted: LlrpSettings, clock: Clock = now) -> str:
    """A driver alone, until its device is lost; gives why."""
    async with asyncio.timeout(PATIENCE_S):
        with pytest.raises(DeviceLost) as why:
            await open_driver(wanted, clock, heard.warn).run(heard.emit)
    return str(why.value)


def link(elapsed_s: int, *, up: bool, held: bool = False) -> LinkChange:
    """By the clock by hand."""
    return LinkChange(NAME, EPOCH_US + elapsed_s * 1_000_000, up, held)
