"""What every driver gives and promises; all that the rest of the gateway knows of devices.

A driver turns one device's bytes into Observations. It knows nothing of stock, of read points or
of other drivers. Adding one is a folder with this interface, and a line in drivers/registry.py.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol, runtime_checkable


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


class TagRead(NamedTuple):
    """One TagReportData: a tag was read at one antenna, once or `seen_count` times in a span.

    Times are µs UTC of the host: the reader's own, corrected by its clock offset.

    A named tuple, since there are thousands a second: it is made four times as fast as a frozen
    dataclass (docs/decisions/0006), and cannot be changed either.
    """

    device: str
    antenna: int
    epc: bytes
    first_us: int
    last_us: int
    seen_count: int = 1
    pc: int | None = None  # protocol-control word
    rssi_dbm: float | None = None  # peak of the span
    channel: int | None = None  # index into the reader's hop table
    phase_rad: float | None = None  # of the backscattered wave, 0 to 2 pi
    doppler_hz: float | None = None  # shift by movement along the antenna's axis
    tid: bytes | None = None  # the chip's own number, where the reader was asked for it


@dataclass(frozen=True, slots=True)
class Scan:
    """One decoded barcode, as the scanner gave it."""

    device: str
    at_us: int
    data: bytes
    symbology: str | None = None  # AIM symbology identifier without its "]"


@dataclass(frozen=True, slots=True)
class NoRead:
    """A scanner was triggered and read nothing, which it says with a word of its own.

    It is no Scan, so that no word can be taken for a code; and no mere count, since whoever knows
    which box stood there needs to know when, also in a replay.
    """

    device: str
    at_us: int


@dataclass(frozen=True, slots=True)
class GpiChange:
    """An input of a reader changed: a photo-eye, a door contact.

    `resync`: it is so now, after a connect; what it did while nobody listened was not seen.
    """

    device: str
    at_us: int
    port: int
    high: bool
    resync: bool = False


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


Observation = TagRead | Scan | NoRead | GpiChange | AntennaChange | LinkChange | ClockStepped

Emit = Callable[[Sequence[Observation]], Awaitable[None]]


class DeviceLost(Exception):
    """The device is gone, or does not do what it must. One sentence says why, for the person."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a device tells of itself beside its observations; health shows what is not None."""

    model: str | None = None  # maker, model and firmware, for the person
    clock_offset_us: int | None = None  # the host's UTC less the device's
    temperature_c: float | None = None
    antennas: tuple[tuple[int, bool], ...] = ()  # port, connected
    inputs: tuple[tuple[int, bool], ...] = ()  # GPI port, high
    outputs: tuple[tuple[int, bool], ...] = ()  # GPO port, high
    exceptions: int = 0  # that the device told of itself
    unreadable: int = 0  # parts of its messages that nobody could read
    no_reads: int | None = None  # triggers of a scanner that read nothing


class Driver(Protocol):
    """One device.

    `run` reads until it is cancelled, and emits batches in the order in which things happened on
    this device; an empty batch says that the device was heard and has nothing to say, which makes
    the silence of its tags a silence. `emit` waits while the pipeline is full, and the driver must
    not read on meanwhile, so that the pressure reaches the device. Raises DeviceLost when the
    device is gone; the supervisor waits and calls `run` again, for ever: a driver never reconnects
    by itself. One device that is down never disturbs another: nothing in a driver blocks the loop.

    A device that can do more than observe also is an Outputs, a TagAccess, a Trigger or
    a Beeper.
    """

    @property
    def facts(self) -> Facts: ...

    async def run(self, emit: Emit) -> None: ...


class NotDone(Exception):
    """The device was asked for something and it did not happen. One sentence says why, without the
    device's name: whoever asked knows it.
    """


@runtime_checkable
class Outputs(Protocol):
    """A device with outputs (GPO): a stack light, a buzzer, a gate."""

    async def set_output(self, port: int, *, high: bool) -> None:
        """Back when the device confirmed it. Raises NotDone, also while the device is down."""


@runtime_checkable
class Trigger(Protocol):
    """A scanner that reads when it is told to."""

    async def trigger(self, *, on: bool) -> None:
        """Back when it was told. Raises NotDone, also where the settings know no words for it."""


@runtime_checkable
class Beeper(Protocol):
    """A scanner that can be told to make a noise for the person who holds it."""

    async def beep(self, *, good: bool) -> None:
        """Back when it was told. Raises NotDone, also where the settings know no words for it."""


class Bank(IntEnum):
    """The four memories of a Gen2 tag (Gen2 §6.3.2.1)."""

    RESERVED = 0
    EPC = 1
    TID = 2
    USER = 3


@dataclass(frozen=True, slots=True)
class Target:
    """Which tag: the one whose memory `bank` from bit `bit` on holds `data`, whole bytes."""

    bank: Bank
    bit: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ReadWords:
    """`count` words of 16 bits from `word` on."""

    bank: Bank
    word: int
    count: int


@dataclass(frozen=True, slots=True)
class WriteWords:
    """`data`, whole words of 2 bytes, from `word` on."""

    bank: Bank
    word: int
    data: bytes


@dataclass(frozen=True, slots=True)
class LockBank:
    """Lets the bank be written only with the access password from now on; it can be undone."""

    bank: Bank


Operation = ReadWords | WriteWords | LockBank


@dataclass(frozen=True, slots=True)
class OperationDone:
    """`data` is what was read, empty for all else; `why` says what went wrong, empty if nothing."""

    data: bytes = b""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Accessed:
    """What happened to one tag: an outcome for each operation, in their order.

    Operations behind one that failed are not tried by the tag, and say so.
    """

    epc: bytes  # the tag's EPC when it was singulated, so before it was written
    antenna: int
    outcomes: tuple[OperationDone, ...]


@runtime_checkable
class TagAccess(Protocol):
    """A device that reads and writes the memory of tags."""

    async def access(
        self,
        antenna: int,
        target: Target,
        operations: Sequence[Operation],
        password: int,
        patience_s: float,
    ) -> Accessed:
        """Do it once, to the first tag that `target` fits. `password` 0: none.

        Raises NotDone where the device refuses, is down or is gone meanwhile, and where no such
        tag answered within `patience_s`; then nothing is left waiting in the device.
        """
