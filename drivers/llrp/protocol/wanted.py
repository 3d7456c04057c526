"""What the settings ask of a reader, in LLRP's units; see drivers/llrp/settings.py for meanings."""

from dataclasses import dataclass
from enum import Enum, IntEnum


class Purpose(Enum):
    """What an RF mode is wanted for; see `modes.py` for how one is chosen."""

    FAST = "fast"
    DENSE = "dense"
    ROBUST = "robust"


class ReportField(IntEnum):
    """What a report may carry beside EPC, antenna and PC; the value is its bit in the selector."""

    ROSPEC_ID = 0x8000
    SPEC_INDEX = 0x4000
    INVENTORY_PARAMETER_SPEC_ID = 0x2000
    CHANNEL = 0x0800
    RSSI = 0x0400
    FIRST_SEEN = 0x0200
    LAST_SEEN = 0x0100
    SEEN_COUNT = 0x0080
    ACCESSSPEC_ID = 0x0040


REPORT_FIELDS = (
    ReportField.ROSPEC_ID,
    ReportField.CHANNEL,
    ReportField.RSSI,
    ReportField.FIRST_SEEN,
    ReportField.LAST_SEEN,
    ReportField.SEEN_COUNT,
)


class SearchMode(IntEnum):
    """Impinj's inventory search modes."""

    SINGLE = 1
    DUAL = 2
    SINGLE_FOCUS = 3


@dataclass(frozen=True, slots=True)
class AntennaWanted:
    port: int
    power_dbm: float | None = None  # None: the reader's default
    sensitivity_dbm: float | None = None


@dataclass(frozen=True, slots=True)
class FilterWanted:
    """Tags whose EPC begins with these hex digits, and whether they are the ones to read."""

    epc_prefix: str
    include: bool = True


@dataclass(frozen=True, slots=True)
class OnInput:
    """When GPI `port` goes high, or low; where it stops something, after `timeout_ms` at last."""

    port: int
    high: bool = True
    timeout_ms: int = 0  # 0: never


@dataclass(frozen=True, slots=True)
class Immediately:
    """As soon as the reader was told all, and on until it is stopped."""


@dataclass(frozen=True, slots=True)
class Periodically:
    period_ms: int
    offset_ms: int = 0


@dataclass(frozen=True, slots=True)
class Never:
    """Reads until somebody stops it."""


@dataclass(frozen=True, slots=True)
class After:
    duration_ms: int


@dataclass(frozen=True, slots=True)
class EveryReads:
    """A report when so many tag reads are together, and at the end of the ROSpec."""

    reads: int = 1


@dataclass(frozen=True, slots=True)
class EveryPeriod:
    """A report of all that was read in each `period_ms`."""

    period_ms: int


@dataclass(frozen=True, slots=True)
class AtEnd:
    """One report, when the ROSpec ends."""


Start = Immediately | Periodically | OnInput
Stop = Never | After | OnInput
ReportWhen = EveryReads | EveryPeriod | AtEnd


@dataclass(frozen=True, slots=True)
class LowDutyCycle:
    """Impinj: no tag for `empty_ms` turns the field off but for a look each `ping_ms`."""

    empty_ms: int
    ping_ms: int


@dataclass(frozen=True, slots=True)
class ImpinjWanted:
    """What only Impinj's readers do."""

    search_mode: SearchMode | None = None  # None: the reader's choice
    phase: bool = False
    doppler: bool = False
    rssi_hundredths: bool = False
    tid: bool = False
    link_monitor: bool = False
    low_duty_cycle: LowDutyCycle | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is asked of one reader."""

    device: str
    antennas: tuple[AntennaWanted, ...]
    session: int
    population: int
    keepalive_us: int
    response_us: int
    mode: int | Purpose | None = None  # None: the reader's default
    tari_ns: int | None = None
    hop_table: int | None = None
    channels_khz: tuple[int, ...] = ()
    filters: tuple[FilterWanted, ...] = ()
    start: Start = Immediately()
    stop: Stop = Never()
    report: ReportWhen = EveryReads()
    report_fields: tuple[ReportField, ...] = REPORT_FIELDS
    impinj: ImpinjWanted | None = None
    llrp_version: int = 1  # of the message header: 1 is LLRP 1.0.1, 2 is LLRP 1.1
