"""What every driver gives and promises; all that the rest of the gateway knows of devices.

A driver turns one device's bytes into Observations. It knows nothing of stock, of read points or
of other drivers. Adding one is a folder with this interface, and a line in drivers/registry.py.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Now:
    """One reading of both clocks. Event time uses the first; silence and deadlines the second."""

    utc_us: int  # µs since 1970, UTC; may step
    monotonic_us: int  # µs since some start; never steps


Clock = Callable[[], Now]
Warn = Callable[[str], None]  # a sentence that a person should see; the device goes on

# Names of devices stand in topics, labels and file names.
NAME_PATTERN = r"^[a-z0-9][a-z0-9-]{0,31}$"
NAME_MEANING = 'a-z, 0-9 and "-", at most 32 of them'


@dataclass(frozen=True, slots=True)
class TagRead:
    """One TagReportData: a tag was read at one antenna, once or `count` times in a span.

    Times are µs UTC of the host: the reader's own, corrected by its clock offset.
    """

    device: str
    antenna: int
    epc: bytes
    first_us: int
    last_us: int
    count: int = 1
    pc: int | None = None  # protocol-control word
    rssi_dbm: float | None = None  # peak of the span
    channel: int | None = None  # index into the reader's hop table


@dataclass(frozen=True, slots=True)
class Scan:
    """One decoded barcode, as the scanner gave it."""

    device: str
    at_us: int
    data: bytes
    symbology: str | None = None  # AIM symbology identifier without its "]"


@dataclass(frozen=True, slots=True)
class GpiChange:
    """An input of a reader changed: a photo-eye, a door contact."""

    device: str
    at_us: int
    port: int
    high: bool


@dataclass(frozen=True, slots=True)
class AntennaChange:
    """A reader says that an antenna was connected or is gone."""

    device: str
    at_us: int
    antenna: int
    connected: bool


@dataclass(frozen=True, slots=True)
class LinkChange:
    """A device is heard again, or no longer: then `at_us` is when it was last.

    `up` is said when all that the device had held for us was delivered, so that what is silent
    from then on is silence. `held` tells whether it could hold: where it could not, what happened
    while it was down was never seen.
    """

    device: str
    at_us: int
    up: bool
    held: bool = False


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """The host's wall clock was set by `step_us`; times before and after differ by that much."""

    at_us: int
    step_us: int


Observation = TagRead | Scan | GpiChange | AntennaChange | LinkChange | ClockStepped

Emit = Callable[[Sequence[Observation]], Awaitable[None]]


class DeviceLost(Exception):
    """The device is gone, or does not do what it must. One sentence says why, for the person."""


class Driver(Protocol):
    """One device.

    `run` reads until it is cancelled, and emits batches in the order in which things happened on
    this device; an empty batch says that the device was heard and has nothing to say, which makes
    the silence of its tags a silence. `emit` waits while the pipeline is full, and the driver must
    not read on meanwhile, so that the pressure reaches the device. Raises DeviceLost when the
    device is gone; the supervisor waits and calls `run` again, for ever: a driver never reconnects
    by itself. One device that is down never disturbs another: nothing in a driver blocks the loop.
    """

    async def run(self, emit: Emit) -> None: ...
