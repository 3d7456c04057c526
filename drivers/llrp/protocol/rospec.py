"""What we ask a reader to do, as one ROSpec: its plan, its bytes, and how it is found again.

The bytes are our own, for sllurp cannot say half of it: it has no filters' actions and gives
GPITriggerValue the number of PeriodicTriggerValue. Where it can, the bytes are the same.

Started: one that reads "immediately" has no start trigger and is told START_ROSPEC, since enabling
an immediate one starts it on some readers and not on others. With a trigger it starts by itself,
once it is enabled.

Found again: its id is a checksum of its bytes (`rospec_id`), so that a ROSpec in a reader says by
its id which settings it was made from. Its bytes do not, for readers give them back with defaults
filled in or with parameters of their own; and no message of LLRP changes a ROSpec that was added.
So one with our id that runs, or that waits for its trigger, is left as it is (`RoSpecFound.keeps`),
and every other goes: a reader serves one client, and whoever ran them is gone.

Filters, as Gen2 Select does them (LLRP 1.0.1 §15.2.1.2.1.1): a tag is read if it has one of the
included prefixes, or if none is included; and if it has none of the excluded. Whatever order they
stand in, the includes go first: the first selects what matches and unselects all else, each other
one adds. Then each exclude takes away; where nothing is included, the first one also selects all
that does not match.

Reports every so often: LLRP 1.1 has a trigger for that. LLRP 1.0.1 has none, but reports at the end
of an AISpec, so its AISpec lasts that long. When its AISpecs are through, a ROSpec has ended, by
the letter; many readers begin again. For those that do not it is started anew each period, and
PAUSE_MS earlier through, so that a start never finds it running and is lost.
"""

from dataclasses import dataclass, field
from struct import Struct
from typing import assert_never
from zlib import crc32

from drivers.llrp.protocol.framing import Parameter, encode_tlv
from drivers.llrp.protocol.tables import (
    ParameterType,
    ReportTrigger,
    RoSpecStart,
    RoSpecState,
    SpecParameter,
    SpecStop,
)
from drivers.llrp.protocol.vendor_config import (
    inventory_parameters,
    report_parameters,
)
from drivers.llrp.protocol.wanted import (
    REPORT_FIELDS,
    After,
    AtEnd,
    EveryPeriod,
    EveryReads,
    FilterWanted,
    Immediately,
    ImpinjWanted,
    Never,
    OnInput,
    Periodically,
    ReportField,
    ReportWhen,
    Start,
    Stop,
)

LLRP_1_1 = 2  # in a message's header
STATE_OFFSET = 5  # of CurrentState in the ROSpec's value, behind id (4) and priority (1)
PAUSE_MS = 50  # a reader needs some to end a ROSpec; also see `EVERY_MS_MIN`
EVERY_MS_MIN = 500  # a tenth of the time, at most, is pause

_GEN2 = 1  # air protocol
_EPC_BANK = 1
_EPC_BIT = 0x20  # behind CRC and PC
_NO_TRUNCATION = 1 << 6
_ANTENNA_ID_FIELD = 0x1000
_PC_BITS_FIELD = 0x40
_MILLISECONDS_MAX = 0xFFFF  # of a report trigger's N; above, it is told in seconds

# State-unaware actions: what happens to tags that match, and to those that do not.
_SELECT_UNSELECT, _SELECT_NOTHING, _UNSELECT_NOTHING, _UNSELECT_SELECT = 0, 1, 3, 4

_U16 = Struct(">H")
_ROSPEC = Struct(">IBB")
_PERIODIC = Struct(">II")  # offset, period
_INPUT = Struct(">HBI")  # port, event, timeout
_STOP = Struct(">BI")  # type, duration
_INVENTORY = Struct(">HB")
_TRANSMITTER = Struct(">HHH")
_MASK = Struct(">BHH")  # bank, pointer, bits
_RF_CONTROL = Struct(">HH")  # mode, tari
_SINGULATION = Struct(">BHI")  # session, population, transit time
_REPORT = Struct(">BH")


@dataclass(frozen=True, slots=True)
class AntennaPlan:
    """One antenna port. Indexes point into the reader's tables; None leaves its default."""

    port: int
    power_index: int | None = None
    sensitivity_index: int | None = None
    hop_table: int = 1
    channel: int = 1  # index into the fixed frequencies; readers that hop ignore it


@dataclass(frozen=True, slots=True)
class RfControl:
    """`tari_ns` 0 leaves it to the reader."""

    mode_id: int
    tari_ns: int = 0


@dataclass(frozen=True, slots=True)
class RoSpecPlan:
    """The whole of what the ROSpec says; equal plans encode to equal bytes.

    `warnings` are for the person: what was asked for and is left to the reader.
    """

    antennas: tuple[AntennaPlan, ...]
    session: int  # Gen2 session 0 to 3
    population: int  # tags expected in the field at once
    rf_control: RfControl | None = None
    filters: tuple[FilterWanted, ...] = ()
    start: Start = Immediately()
    stop: Stop = Never()
    report: ReportWhen = EveryReads()
    report_fields: tuple[ReportField, ...] = REPORT_FIELDS
    impinj: ImpinjWanted | None = None
    impinj_channels: tuple[int, ...] = ()
    llrp_version: int = 1
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def rospec_id(self) -> int:
        """The same in every process and on every machine; from 1 to 2^31 - 1."""
        return crc32(encode_rospec(self, 0)) % 0x7FFFFFFF + 1

    @property
    def needs_start(self) -> bool:
        """Whether it reads only when told START_ROSPEC: no trigger of its own starts it."""
        return isinstance(_start(self), Immediately)


@dataclass(frozen=True, slots=True)
class RoSpecFound:
    """One ROSpec that the reader holds, as GET_ROSPECS tells it."""

    rospec_id: int
    state: int

    @property
    def is_running(self) -> bool:
        """Whether it reads now, and may hold what it read. Whose it is nobody can know."""
        return self.state == RoSpecState.ACTIVE

    @property
    def is_enabled(self) -> bool:
        """Whether it reads, or did and may hold what it read."""
        return self.state != RoSpecState.DISABLED

    def keeps(self, plan: RoSpecPlan) -> bool:
        """Whether this does what is planned, and goes on doing it if it is left alone."""
        if self.rospec_id != plan.rospec_id:
            return False
        return self.is_running or (self.state == RoSpecState.INACTIVE and not plan.needs_start)


def found_in(parameter: Parameter) -> RoSpecFound | None:
    """The ROSpec in one parameter of a GET_ROSPECS_RESPONSE; None for any other parameter."""
    if parameter.type != ParameterType.ROSPEC or len(parameter.value) <= STATE_OFFSET:
        return None
    return RoSpecFound(int.from_bytes(parameter.value[:4]), parameter.value[STATE_OFFSET])


def encode_rospec(plan: RoSpecPlan, rospec_id: int) -> bytes:
    """The ROSpec parameter (LLRP 1.0.1 §16.2.4.1)."""
    ports = [antenna.port for antenna in plan.antennas]
    duration_ms = _aispec_ms(plan)
    ai_stop = SpecStop.DURATION if duration_ms else SpecStop.NULL
    inventory = encode_tlv(
        SpecParameter.INVENTORY_PARAMETER_SPEC,
        _INVENTORY.pack(1, _GEN2) + b"".join(_antenna(each, plan) for each in plan.antennas),
    )
    aispec = encode_tlv(
        ParameterType.AISPEC,
        b"".join(map(_U16.pack, [len(ports), *ports]))
        + encode_tlv(SpecParameter.AISPEC_STOP_TRIGGER, _STOP.pack(ai_stop, duration_ms))
        + inventory,
    )
    head = _ROSPEC.pack(rospec_id, 0, RoSpecState.DISABLED)
    return encode_tlv(ParameterType.ROSPEC, head + _boundary(plan) + aispec + _report(plan))


# -- when ------------------------------------------------------------------------------------------


def _aispec_ms(plan: RoSpecPlan) -> int:
    """How long one AISpec lasts; 0: for ever."""
    if isinstance(plan.report, EveryPeriod) and plan.llrp_version < LLRP_1_1:
        return plan.report.period_ms - PAUSE_MS
    return 0


def _start(plan: RoSpecPlan) -> Start:
    """The trigger asked for, or the one that starts again what ends with its AISpec."""
    if isinstance(plan.report, EveryPeriod) and _aispec_ms(plan):
        return Periodically(plan.report.period_ms)
    return plan.start


def _boundary(plan: RoSpecPlan) -> bytes:
    match _start(plan):
        case Immediately():
            start = bytes([RoSpecStart.NULL])
        case Periodically(period_ms, offset_ms):
            value = _PERIODIC.pack(offset_ms, period_ms)
            start = bytes([RoSpecStart.PERIODIC])
            start += encode_tlv(SpecParameter.PERIODIC_TRIGGER_VALUE, value)
        case OnInput() as trigger:
            start = bytes([RoSpecStart.GPI]) + _input(trigger)
        case other:
            assert_never(other)
    match plan.stop:
        case Never():
            stop = _STOP.pack(SpecStop.NULL, 0)
        case After(duration_ms):
            stop = _STOP.pack(SpecStop.DURATION, duration_ms)
        case OnInput() as trigger:
            stop = _STOP.pack(SpecStop.GPI, 0) + _input(trigger)
        case other:
            assert_never(other)
    return encode_tlv(
        ParameterType.ROBOUNDARY_SPEC,
        encode_tlv(SpecParameter.ROSPEC_START_TRIGGER, start)
        + encode_tlv(SpecParameter.ROSPEC_STOP_TRIGGER, stop),
    )


def _input(trigger: OnInput) -> bytes:
    value = _INPUT.pack(trigger.port, 0x80 if trigger.high else 0, trigger.timeout_ms)
    return encode_tlv(SpecParameter.GPI_TRIGGER_VALUE, value)


# -- how -------------------------------------------------------------------------------------------


def _antenna(antenna: AntennaPlan, plan: RoSpecPlan) -> bytes:
    inside = _U16.pack(antenna.port)
    if antenna.sensitivity_index is not None:
        inside += encode_tlv(SpecParameter.RF_RECEIVER, _U16.pack(antenna.sensitivity_index))
    if antenna.power_index is not None:
        value = _TRANSMITTER.pack(antenna.hop_table, antenna.channel, antenna.power_index)
        inside += encode_tlv(SpecParameter.RF_TRANSMITTER, value)
    return encode_tlv(SpecParameter.ANTENNA_CONFIGURATION, inside + _inventory_command(plan))


def _inventory_command(plan: RoSpecPlan) -> bytes:
    state_unaware = b"\x00"
    control = b""
    if plan.rf_control is not None:
        value = _RF_CONTROL.pack(plan.rf_control.mode_id, plan.rf_control.tari_ns)
        control = encode_tlv(SpecParameter.C1G2_RF_CONTROL, value)
    singulation = encode_tlv(
        SpecParameter.C1G2_SINGULATION_CONTROL,
        _SINGULATION.pack(plan.session << 6, plan.population, 0),
    )
    custom = inventory_parameters(plan.impinj, plan.impinj_channels)
    return encode_tlv(
        SpecParameter.C1G2_INVENTORY_COMMAND,
        state_unaware + _filters(plan.filters) + control + singulation + custom,
    )


def _filters(filters: tuple[FilterWanted, ...]) -> bytes:
    """One Select each, in the order in which they say together what the filters say."""
    includes = [each.epc_prefix for each in filters if each.include]
    excludes = [each.epc_prefix for each in filters if not each.include]
    include_actions = [_SELECT_UNSELECT, *[_SELECT_NOTHING] * len(includes)]
    exclude_actions = [_UNSELECT_NOTHING] * len(excludes)
    if excludes and not includes:
        exclude_actions[0] = _UNSELECT_SELECT
    selects = [
        *zip(includes, include_actions, strict=False),
        *zip(excludes, exclude_actions, strict=True),
    ]
    return b"".join(_filter(prefix, action) for prefix, action in selects)


def _filter(prefix: str, action: int) -> bytes:
    bits = 4 * len(prefix)
    data = bytes.fromhex(prefix + "0" * (len(prefix) % 2))
    mask = _MASK.pack(_EPC_BANK << 6, _EPC_BIT, bits) + data
    return encode_tlv(
        SpecParameter.C1G2_FILTER,
        bytes([_NO_TRUNCATION])
        + encode_tlv(SpecParameter.C1G2_TAG_INVENTORY_MASK, mask)
        + encode_tlv(SpecParameter.C1G2_STATE_UNAWARE_FILTER_ACTION, bytes([action])),
    )


# -- what is told ----------------------------------------------------------------------------------


def _report(plan: RoSpecPlan) -> bytes:
    fields = _ANTENNA_ID_FIELD | sum(set(plan.report_fields))
    memory = encode_tlv(SpecParameter.C1G2_EPC_MEMORY_SELECTOR, bytes([_PC_BITS_FIELD]))
    content = encode_tlv(SpecParameter.TAG_REPORT_CONTENT_SELECTOR, _U16.pack(fields) + memory)
    custom = report_parameters(plan.impinj)
    return encode_tlv(ParameterType.ROREPORT_SPEC, _REPORT.pack(*_when(plan)) + content + custom)


def _when(plan: RoSpecPlan) -> tuple[int, int]:
    """ROReportTrigger and its N."""
    match plan.report:
        case EveryReads(reads):
            return ReportTrigger.TAGS_OR_END_OF_ROSPEC, reads
        case AtEnd():
            return ReportTrigger.TAGS_OR_END_OF_ROSPEC, 0
        case EveryPeriod() if plan.llrp_version < LLRP_1_1:
            return ReportTrigger.TAGS_OR_END_OF_AISPEC, 0
        case EveryPeriod(period_ms) if period_ms <= _MILLISECONDS_MAX:
            return ReportTrigger.MILLISECONDS_OR_END_OF_ROSPEC, period_ms
        case EveryPeriod(period_ms):
            return ReportTrigger.SECONDS_OR_END_OF_ROSPEC, period_ms // 1000
        case other:
            assert_never(other)
