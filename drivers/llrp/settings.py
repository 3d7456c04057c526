"""What a `[[reader]]` with driver = "llrp" may say; docs/readers.md has a table of it.

What a reader can do is seen only when it is asked; here is what cannot be for any reader.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic import model_validator as on_model

from drivers.base import NAME_MEANING, NAME_PATTERN
from drivers.llrp.protocol.rospec import EVERY_MS_MIN
from drivers.llrp.protocol.wanted import (
    After,
    AntennaWanted,
    AtEnd,
    EveryPeriod,
    EveryReads,
    FilterWanted,
    Immediately,
    ImpinjWanted,
    LowDutyCycle,
    Never,
    OnInput,
    Periodically,
    Purpose,
    ReportField,
    ReportWhen,
    SearchMode,
    Wanted,
)
from drivers.llrp.protocol.wanted import Start as StartWanted
from drivers.llrp.protocol.wanted import Stop as StopWanted

LLRP_PORT = 5084  # IANA: llrp
LLRP_TLS_PORT = 5085  # IANA: encrypted-llrp

# Impinj, "Impinj IoT Device Interface API - Overview": the setting is called "RFID interface", and
# since firmware 8.2 it is "Impinj IoT Device Interface" where nobody has changed it.
LLRP_REFUSED = (
    "connection refused: the reader does not speak LLRP now;"
    ' an Impinj R700 or R720 does when "RFID interface" on its web page is set to "LLRP"'
    ' instead of "Impinj IoT Device Interface"'
)
SECONDS_MAX = 86_400.0  # of a trigger: whoever wants a longer one wants no timer in a reader
TRIGGER_S_MIN = 0.1  # a ROSpec that starts more often does little else
FILTERS_MAX = 32  # readers take 2 to some ten; more would not be a door's setting
CHANNELS_MAX = 64  # the widest band, 902 to 928 MHz, has 50

ReportName = Literal[
    "rospec_id",
    "spec_index",
    "inventory_parameter_spec_id",
    "channel",
    "rssi",
    "first_seen",
    "last_seen",
    "seen_count",
    "accessspec_id",
]
Seconds = Annotated[float, Field(ge=TRIGGER_S_MIN, le=SECONDS_MAX)]
Port = Annotated[int, Field(ge=1, le=65535)]
SEARCH_MODES = {
    "single": SearchMode.SINGLE,
    "dual": SearchMode.DUAL,
    "single_focus": SearchMode.SINGLE_FOCUS,
}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Antenna(_Table):
    """One antenna port of the reader."""

    port: int = Field(ge=1, le=255)
    power_dbm: float | None = Field(default=None, ge=0, le=36)
    sensitivity_dbm: float | None = Field(default=None, ge=-120, le=0)


class Tls(_Table):
    """How to speak TLS with the reader; without a `ca_file` the system's authorities count."""

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    server_name: str | None = Field(default=None, min_length=1)  # in its certificate, if not `host`

    @on_model(mode="after")
    def _a_certificate_has_a_key(self) -> "Tls":
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file come together")
        return self


class EpcFilter(_Table):
    """Which tags answer, by how their EPC begins."""

    # 63 digits are 252 bits: the mask of a Gen2 Select has at most 255.
    epc_prefix: str = Field(pattern=r"^[0-9A-Fa-f]{1,63}$", description="1 to 63 hex digits")
    action: Literal["include", "exclude"] = "include"


class Start(_Table):
    """What starts reading: every so often, or an input; with neither, the connection."""

    periodic_s: Seconds | None = None
    offset_s: float = Field(default=0.0, ge=0, le=SECONDS_MAX)
    gpi: Port | None = None
    high: bool = True

    @on_model(mode="before")
    @classmethod
    def _word(cls, given: object) -> object:
        return _table_of(given, "immediate")

    @on_model(mode="after")
    def _one_trigger(self) -> "Start":
        _expect_one(self, "periodic_s", {"offset_s"}, "gpi", {"high"})
        return self

    def wanted(self) -> StartWanted:
        if self.periodic_s is not None:
            return Periodically(_ms(self.periodic_s), _ms(self.offset_s))
        return Immediately() if self.gpi is None else OnInput(self.gpi, self.high)


class Stop(_Table):
    """What stops reading: a time, or an input; with neither, nothing."""

    after_s: Seconds | None = None
    gpi: Port | None = None
    high: bool = True
    timeout_s: float = Field(default=0.0, ge=0, le=SECONDS_MAX)

    @on_model(mode="before")
    @classmethod
    def _word(cls, given: object) -> object:
        return _table_of(given, "never")

    @on_model(mode="after")
    def _one_trigger(self) -> "Stop":
        _expect_one(self, "after_s", set(), "gpi", {"high", "timeout_s"})
        return self

    def wanted(self) -> StopWanted:
        if self.after_s is not None:
            return After(_ms(self.after_s))
        return Never() if self.gpi is None else OnInput(self.gpi, self.high, _ms(self.timeout_s))


class Report(_Table):
    """When the reader reports what it read."""

    every_reads: Annotated[int, Field(ge=1, le=65535)] | None = None
    every_s: Annotated[float, Field(ge=EVERY_MS_MIN / 1000, le=3600)] | None = None
    at_end: Literal[True] | None = None

    @on_model(mode="after")
    def _one_of_them(self) -> "Report":
        if len(self.model_fields_set) != 1:
            raise ValueError("expected one of every_reads, every_s, at_end")
        return self

    def wanted(self) -> ReportWhen:
        if self.every_s is not None:
            return EveryPeriod(_ms(self.every_s))
        return AtEnd() if self.every_reads is None else EveryReads(self.every_reads)


class DutyCycle(_Table):
    """No tag for `empty_s`: the field is off but for a look each `ping_s`."""

    empty_s: float = Field(ge=0.001, le=65.535)
    ping_s: float = Field(ge=0.001, le=65.535)


class Impinj(_Table):
    """What only Impinj's readers do; the defaults hold where the table is there."""

    search_mode: Literal["dual", "single", "single_focus"] = "dual"
    phase: bool = True
    doppler: bool = False
    rssi_hundredths: bool = True
    tid: bool = False
    link_monitor: bool = True
    low_duty_cycle: DutyCycle | None = None

    def wanted(self) -> ImpinjWanted:
        cycle = self.low_duty_cycle
        return ImpinjWanted(
            SEARCH_MODES[self.search_mode],
            phase=self.phase,
            doppler=self.doppler,
            rssi_hundredths=self.rssi_hundredths,
            tid=self.tid,
            link_monitor=self.link_monitor,
            low_duty_cycle=(
                None if cycle is None else LowDutyCycle(_ms(cycle.empty_s), _ms(cycle.ping_s))
            ),
        )


class LlrpSettings(_Table):
    name: Annotated[str, Field(pattern=NAME_PATTERN, description=NAME_MEANING)]
    driver: Literal["llrp"] = "llrp"
    host: str = Field(min_length=1)
    port: Port = LLRP_PORT
    tls: Tls | None = None
    llrp_version: Literal["1.0.1", "1.1"] = "1.0.1"
    antennas: tuple[Antenna, ...] = Field(min_length=1, max_length=64)
    # Session 0: a tag answers in every round, and a direction needs many reads of each tag.
    session: int = Field(default=0, ge=0, le=3)
    population: int = Field(default=32, ge=1, le=65535)
    mode: int | Purpose | None = None
    # Gen2 §6.3.1.2.4: 6.25 to 25 µs.
    tari_us: float | None = Field(default=None, ge=6.25, le=25)
    hop_table: int | None = Field(default=None, ge=0, le=255)
    channels_mhz: tuple[Annotated[float, Field(ge=840, le=960)], ...] = Field(
        default=(), max_length=CHANNELS_MAX
    )
    filters: tuple[EpcFilter, ...] = Field(default=(), max_length=FILTERS_MAX)
    start: Start = Field(default_factory=Start)
    stop: Stop = Field(default_factory=Stop)
    report: Report = Report(every_reads=1)
    report_fields: tuple[ReportName, ...] = (
        "rospec_id",
        "channel",
        "rssi",
        "first_seen",
        "last_seen",
        "seen_count",
    )
    impinj: Impinj | None = None
    # A pass closes when its reader was heard behind it: at an empty door, so much later.
    keepalive_s: float = Field(default=2.0, ge=0.1, le=300)
    connect_s: float = Field(default=5.0, gt=0, le=60)
    response_s: float = Field(default=10.0, gt=0, le=60)

    @on_model(mode="before")
    @classmethod
    def _the_port_of_tls(cls, given: object) -> object:
        if isinstance(given, dict) and given.get("tls") is not None:
            return {"port": LLRP_TLS_PORT, **given}
        return given

    @field_validator("antennas")
    @classmethod
    def _each_port_once(cls, antennas: tuple[Antenna, ...]) -> tuple[Antenna, ...]:
        ports = [antenna.port for antenna in antennas]
        if len(set(ports)) != len(ports):
            raise ValueError("an antenna port stands here twice")
        return antennas

    @field_validator("mode", mode="plain")
    @classmethod
    def _number_or_purpose(cls, given: object) -> int | Purpose:
        if isinstance(given, int) and not isinstance(given, bool) and 0 <= given <= 65535:
            return given
        if isinstance(given, Purpose) or given in [each.value for each in Purpose]:
            return Purpose(given)
        raise ValueError('expected 0 to 65535, "fast", "dense" or "robust"')

    @on_model(mode="after")
    def _fits_together(self) -> "LlrpSettings":
        if self.tari_us is not None and self.mode is None:
            raise ValueError("tari_us: goes only with a mode")
        if self.hop_table is not None and self.channels_mhz:
            raise ValueError("hop_table and channels_mhz: expected one of them")
        if self.report.at_end and self.stop.wanted() == Never():
            raise ValueError("report at_end: expected a stop, for what never stops has no end")
        if not {"first_seen", "last_seen"} & set(self.report_fields):
            raise ValueError(
                "report_fields: expected first_seen or last_seen, for a read that was held is old"
            )
        by_triggers = (self.start.wanted(), self.stop.wanted()) != (Immediately(), Never())
        if self.report.every_s is not None and self.llrp_version == "1.0.1" and by_triggers:
            raise ValueError(
                'report every_s with a start or stop: expected llrp_version = "1.1", for LLRP 1.0.1'
                " has no timer for reports"
            )
        return self

    @property
    def antenna_ports(self) -> tuple[int, ...]:
        return tuple(antenna.port for antenna in self.antennas)

    def wanted(self) -> Wanted:
        """The same for the protocol, in its units."""
        return Wanted(
            device=self.name,
            antennas=tuple(
                AntennaWanted(each.port, each.power_dbm, each.sensitivity_dbm)
                for each in self.antennas
            ),
            session=self.session,
            population=self.population,
            keepalive_us=int(self.keepalive_s * 1e6),
            response_us=int(self.response_s * 1e6),
            mode=self.mode,
            tari_ns=None if self.tari_us is None else round(self.tari_us * 1000),
            hop_table=self.hop_table,
            channels_khz=tuple(round(mhz * 1000) for mhz in self.channels_mhz),
            filters=tuple(
                FilterWanted(each.epc_prefix, each.action == "include") for each in self.filters
            ),
            start=self.start.wanted(),
            stop=self.stop.wanted(),
            report=self.report.wanted(),
            report_fields=tuple(ReportField[name.upper()] for name in self.report_fields),
            impinj=None if self.impinj is None else self.impinj.wanted(),
            llrp_version=1 if self.llrp_version == "1.0.1" else 2,
        )


def _table_of(given: object, word: str) -> object:
    """The table that a word stands for: the empty one."""
    if isinstance(given, str):
        if given != word:
            raise ValueError(f'expected "{word}" or a table')
        return {}
    return given


def _expect_one(
    table: BaseModel, one: str, of_one: set[str], other: str, of_other: set[str]
) -> None:
    """At most one of two triggers, and beside it only what belongs to it."""
    given = table.model_fields_set
    if {one, other} <= given:
        raise ValueError(f"expected {one} or {other}, not both")
    for trigger, belongings in ((one, of_one), (other, of_other)):
        strangers = sorted(given & belongings)
        if strangers and trigger not in given:
            raise ValueError(f"{strangers[0]}: goes only with {trigger}")


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
