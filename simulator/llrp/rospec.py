"""One ROSpec as a client gave it: what this reader makes of it, and what it refuses.

Refused is all that would quietly not happen here: other start triggers than Null and Immediate,
stop triggers (a ROSpec runs until it is told to stop), RF surveys, reports on request only.
"""

from dataclasses import dataclass
from struct import Struct

from drivers.llrp.protocol.framing import Parameter
from drivers.llrp.protocol.tables import ParameterType, RoSpecState, StatusCode
from simulator.llrp.capabilities import AISPECS_MAX, Capabilities
from simulator.llrp.encoder import Content
from simulator.llrp.numbers import MemoryField, ReaderParameter, ReportField, StartTrigger
from simulator.llrp.request import Refused, fields, known, parts, the_one

_HEAD = Struct(">IBB")  # ROSpecID, Priority, CurrentState
_STATE_BYTE = 5
_TRIGGER = Struct(">B")
_STOP = Struct(">BI")  # type, duration in ms
_COUNT = Struct(">H")
_INVENTORY = Struct(">HB")  # id, air protocol
_REPORT = Struct(">BH")  # trigger, N
_SELECTOR = Struct(">H")
_MEMORY = Struct(">B")

_REPORT_TRIGGERS = (1, 2)  # upon N tags or the end of the AISpec, or of the ROSpec


@dataclass(frozen=True, slots=True)
class AiSpec:
    """Which antennas read, and the numbers that a tag report may name."""

    index: int  # from 1
    antennas: frozenset[int]
    inventory_id: int


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """When a report is sent and what is in it. `tags` = 0: no limit but the end of the spec."""

    tags: int
    content: Content


# What this reader reports where nobody says otherwise: all it can but PC and CRC.
DEFAULT_REPORT = ReportSpec(
    1,
    Content(
        ReportField.ROSPEC_ID
        | ReportField.ANTENNA_ID
        | ReportField.PEAK_RSSI
        | ReportField.CHANNEL_INDEX
        | ReportField.FIRST_SEEN
        | ReportField.LAST_SEEN
        | ReportField.TAG_SEEN_COUNT
    ),
)


@dataclass(frozen=True, slots=True)
class RoSpec:
    """`value` is the TLV's value as it came; `report` is None where the reader's default holds."""

    number: int
    start: StartTrigger
    aispecs: tuple[AiSpec, ...]
    report: ReportSpec | None
    value: bytes

    def aispec_of(self, antenna: int) -> AiSpec | None:
        """The first AISpec that reads on that antenna."""
        return next((spec for spec in self.aispecs if antenna in spec.antennas), None)

    def value_in(self, state: RoSpecState) -> bytes:
        """The TLV's value with CurrentState as it is now."""
        return self.value[:_STATE_BYTE] + bytes((state,)) + self.value[_STATE_BYTE + 1 :]


def parse_rospec(value: bytes, capabilities: Capabilities) -> RoSpec:
    """A ROSpec TLV's value (LLRP 1.0.1 §16.2.4.1). Raises Refused."""
    number, _priority, state = fields(_HEAD, value, "ROSpec")
    if number == 0:
        raise Refused(StatusCode.FIELD_ERROR, "ROSpecID 0: expected 1 or more")
    if state != RoSpecState.DISABLED:
        raise Refused(StatusCode.FIELD_ERROR, f"CurrentState {state}: expected 0 (disabled)")
    inside = parts(value, _HEAD.size)
    boundary = the_one(inside, ParameterType.ROBOUNDARY_SPEC, "ROBoundarySpec")
    reports = [part.value for part in inside if part.type == ParameterType.ROREPORT_SPEC]
    if len(reports) > 1:
        raise Refused(StatusCode.PARAMETER_ERROR, f"{len(reports)} ROReportSpec: expected 0 or 1")
    return RoSpec(
        number,
        _start_trigger(boundary),
        _aispecs(inside, capabilities),
        parse_report_spec(reports[0]) if reports else None,
        value,
    )


def parse_report_spec(value: bytes) -> ReportSpec:
    """A ROReportSpec TLV's value (LLRP 1.0.1 §16.2.7.1). Raises Refused."""
    trigger, tags = fields(_REPORT, value, "ROReportSpec")
    if trigger not in _REPORT_TRIGGERS:
        why = f"ROReportTrigger {trigger}: expected 1 or 2, this reader reports by itself"
        raise Refused(StatusCode.FIELD_ERROR, why)
    inside = parts(value, _REPORT.size)
    selector = the_one(
        inside, ReaderParameter.TAG_REPORT_CONTENT_SELECTOR, "TagReportContentSelector"
    )
    (wanted,) = fields(_SELECTOR, selector, "TagReportContentSelector")
    memory = MemoryField(0)
    for part in parts(selector, _SELECTOR.size):
        if part.type == ReaderParameter.C1G2_EPC_MEMORY_SELECTOR:
            (bits,) = fields(_MEMORY, part.value, "C1G2EPCMemorySelector")
            memory = MemoryField(bits & (MemoryField.CRC | MemoryField.PC))
    return ReportSpec(tags, Content(ReportField(wanted & 0xFFC0), memory))


def _start_trigger(boundary: bytes) -> StartTrigger:
    inside = parts(boundary)
    start = the_one(inside, ReaderParameter.ROSPEC_START_TRIGGER, "ROSpecStartTrigger")
    (kind,) = fields(_TRIGGER, start, "ROSpecStartTrigger")
    _runs_until_stopped(
        the_one(inside, ReaderParameter.ROSPEC_STOP_TRIGGER, "ROSpecStopTrigger"),
        "ROSpecStopTrigger",
    )
    return known(StartTrigger, kind, "ROSpecStartTrigger")


def _aispecs(inside: list[Parameter], capabilities: Capabilities) -> tuple[AiSpec, ...]:
    """All SpecParameters of a ROSpec; this reader knows AISpecs only."""
    values = [part.value for part in inside if part.type == ParameterType.AISPEC]
    if not 1 <= len(values) <= AISPECS_MAX:
        why = f"{len(values)} AISpec: expected 1 to {AISPECS_MAX}"
        raise Refused(StatusCode.PARAMETER_ERROR, why)
    taken = (ParameterType.ROBOUNDARY_SPEC, ParameterType.AISPEC, ParameterType.ROREPORT_SPEC)
    for part in inside:
        if part.type not in taken:
            why = f"parameter {part.type} in ROSpec: not supported"
            raise Refused(StatusCode.PARAMETER_ERROR, why)
    return tuple(_aispec(index, value, capabilities) for index, value in enumerate(values, start=1))


def _aispec(index: int, value: bytes, capabilities: Capabilities) -> AiSpec:
    (count,) = fields(_COUNT, value, "AISpec")
    listed = Struct(f">{count}H")
    antennas = fields(listed, value[_COUNT.size :], "AISpec's antenna list")
    if not antennas or max(antennas) > capabilities.antenna_count:
        why = f"antennas {list(antennas)}: expected 0 (all) to {capabilities.antenna_count}"
        raise Refused(StatusCode.FIELD_ERROR, why)
    inside = parts(value, _COUNT.size + listed.size)
    _runs_until_stopped(
        the_one(inside, ReaderParameter.AISPEC_STOP_TRIGGER, "AISpecStopTrigger"),
        "AISpecStopTrigger",
    )
    inventory = the_one(inside, ReaderParameter.INVENTORY_PARAMETER_SPEC, "InventoryParameterSpec")
    inventory_id, _protocol = fields(_INVENTORY, inventory, "InventoryParameterSpec")
    every = range(1, capabilities.antenna_count + 1)
    return AiSpec(index, frozenset(every if 0 in antennas else antennas), inventory_id)


def _runs_until_stopped(trigger: bytes, name: str) -> None:
    kind, _duration_ms = fields(_STOP, trigger, name)
    if kind != 0:
        raise Refused(StatusCode.FIELD_ERROR, f"{name} {kind}: expected 0 (null)")
