"""One ROSpec as a client gave it: what this reader makes of it, and what it refuses.

Refused is all that would quietly not happen here: RF surveys, other air protocols, parameters of a
vendor that this reader's is not. Priorities are read and ignored: one ROSpec is active at a time.
"""

from dataclasses import dataclass
from struct import Struct

from drivers.llrp.protocol.framing import Parameter
from drivers.llrp.protocol.tables import ParameterType, RoSpecState, StatusCode
from simulator.llrp import impinj
from simulator.llrp.antenna_settings import AntennaSettings, parse_antenna
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.numbers import ReaderParameter
from simulator.llrp.reporting import ReportSpec, parse_report_spec
from simulator.llrp.request import Refused, fields, parts, the_one
from simulator.llrp.selecting import Filter
from simulator.llrp.triggers import Start, Stop, aispec_stop, rospec_start, rospec_stop

_HEAD = Struct(">IBB")  # ROSpecID, Priority, CurrentState
_STATE_BYTE = 5
_COUNT = Struct(">H")
_INVENTORY = Struct(">HB")  # id, air protocol
_C1G2 = 1


@dataclass(frozen=True, slots=True)
class AiSpec:
    """Which antennas read and until when, and the numbers that a tag report may name."""

    index: int  # from 1
    antennas: frozenset[int]
    inventory_id: int
    stop: Stop = Stop()
    settings: tuple[AntennaSettings, ...] = ()

    def filters(self, antenna: int) -> tuple[Filter, ...]:
        """What the tags must match there: what was said for that antenna, else for all."""
        for wanted in (antenna, 0):
            for each in self.settings:
                if each.antenna == wanted and each.filters:
                    return each.filters
        return ()


@dataclass(frozen=True, slots=True)
class RoSpec:
    """`value` is the TLV's value as it came; `report` is None where the reader's default holds."""

    number: int
    start: Start
    stop: Stop
    aispecs: tuple[AiSpec, ...]
    report: ReportSpec | None
    value: bytes

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
    boundary = parts(the_one(inside, ParameterType.ROBOUNDARY_SPEC, "ROBoundarySpec"))
    reports = [part.value for part in inside if part.type == ParameterType.ROREPORT_SPEC]
    if len(reports) > 1:
        raise Refused(StatusCode.PARAMETER_ERROR, f"{len(reports)} ROReportSpec: expected 0 or 1")
    return RoSpec(
        number,
        rospec_start(boundary, capabilities),
        rospec_stop(boundary, capabilities),
        _aispecs(inside, capabilities),
        parse_report_spec(reports[0], capabilities) if reports else None,
        value,
    )


def _aispecs(inside: list[Parameter], capabilities: Capabilities) -> tuple[AiSpec, ...]:
    """All SpecParameters of a ROSpec; this reader knows AISpecs only."""
    values = [part.value for part in inside if part.type == ParameterType.AISPEC]
    if not 1 <= len(values) <= capabilities.aispec_count_max:
        why = f"{len(values)} AISpec: expected 1 to {capabilities.aispec_count_max}"
        raise Refused(StatusCode.PARAMETER_ERROR, why)
    taken = (ParameterType.ROBOUNDARY_SPEC, ParameterType.AISPEC, ParameterType.ROREPORT_SPEC)
    for part in inside:
        if part.type == ParameterType.CUSTOM:
            impinj.vendor_part(part, capabilities, "ROSpec", ())
        elif part.type not in taken:
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
    inventory = the_one(inside, ReaderParameter.INVENTORY_PARAMETER_SPEC, "InventoryParameterSpec")
    inventory_id, settings = _inventory(inventory, capabilities)
    every = range(1, capabilities.antenna_count + 1)
    return AiSpec(
        index,
        frozenset(every if 0 in antennas else antennas),
        inventory_id,
        aispec_stop(inside, capabilities),
        settings,
    )


def _inventory(value: bytes, capabilities: Capabilities) -> tuple[int, tuple[AntennaSettings, ...]]:
    number, protocol = fields(_INVENTORY, value, "InventoryParameterSpec")
    if protocol != _C1G2:
        why = f"InventoryParameterSpec's ProtocolID {protocol}: expected 1 (C1G2)"
        raise Refused(StatusCode.FIELD_ERROR, why)
    settings = []
    for part in parts(value, _INVENTORY.size):
        if part.type == ParameterType.CUSTOM:
            impinj.vendor_part(part, capabilities, "InventoryParameterSpec", ())
        elif part.type == ReaderParameter.ANTENNA_CONFIGURATION:
            settings.append(parse_antenna(part.value, capabilities))
        else:
            why = f"parameter {part.type} in InventoryParameterSpec: not supported"
            raise Refused(StatusCode.PARAMETER_ERROR, why)
    return number, tuple(settings)
