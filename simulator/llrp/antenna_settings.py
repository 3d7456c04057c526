"""What an AntennaConfiguration asks of an antenna, checked against what the reader can do."""

from dataclasses import dataclass
from struct import Struct

from drivers.llrp.protocol.framing import Parameter
from drivers.llrp.protocol.tables import ParameterType, StatusCode
from simulator.llrp import impinj
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.numbers import ReaderParameter
from simulator.llrp.request import Refused, fields, parts
from simulator.llrp.selecting import Filter, parse_filter

_ANTENNA = Struct(">H")
_RECEIVER = Struct(">H")
_TRANSMITTER = Struct(">HHH")
_COMMAND = Struct(">B")
_CONTROL = Struct(">HH")
_SINGULATION = Struct(">BHI")
_HOP_TABLE = 1  # the only one


@dataclass(frozen=True, slots=True)
class AntennaSettings:
    """`antenna` 0 is all of them. None where nothing was said."""

    antenna: int
    power_index: int | None = None
    mode: int | None = None
    session: int | None = None
    filters: tuple[Filter, ...] = ()


def parse_antenna(value: bytes, capabilities: Capabilities) -> AntennaSettings:
    """An AntennaConfiguration TLV's value (LLRP 1.0.1 §16.2.6.6). Raises Refused."""
    (antenna,) = fields(_ANTENNA, value, "AntennaConfiguration")
    if antenna != 0:
        _within("antenna", antenna, 1, capabilities.antenna_count)
    power = mode = session = None
    filters: list[Filter] = []
    for part in parts(value, _ANTENNA.size):
        match part.type:
            case ReaderParameter.RF_RECEIVER:
                (index,) = fields(_RECEIVER, part.value, "RFReceiver")
                _within("receiver sensitivity", index, 1, len(capabilities.sensitivities_db))
            case ReaderParameter.RF_TRANSMITTER:
                power = _power(part.value, capabilities)
            case ReaderParameter.C1G2_INVENTORY_COMMAND:
                mode, session, filters = _command(part.value, capabilities)
            case ParameterType.CUSTOM:
                impinj.vendor_part(part, capabilities, "AntennaConfiguration", impinj.RADIO)
            case _:
                raise _not_supported(part, "AntennaConfiguration")
    return AntennaSettings(antenna, power, mode, session, tuple(filters))


def _power(value: bytes, capabilities: Capabilities) -> int:
    hop_table, channel, power = fields(_TRANSMITTER, value, "RFTransmitter")
    channels = len(capabilities.channels_khz)
    if capabilities.hopping:
        _within("hop table", hop_table, _HOP_TABLE, _HOP_TABLE)
        _within("channel index", channel, 0, channels)  # it hops, whatever stands there
    else:
        _within("channel index", channel, 1, channels)
    _within("power index", power, 1, len(capabilities.powers_cdbm))
    return power


def _command(
    value: bytes, capabilities: Capabilities
) -> tuple[int | None, int | None, list[Filter]]:
    fields(_COMMAND, value, "C1G2InventoryCommand")
    mode = session = None
    filters = []
    for part in parts(value, _COMMAND.size):
        match part.type:
            case ReaderParameter.C1G2_FILTER:
                filters.append(parse_filter(part.value))
            case ReaderParameter.C1G2_RF_CONTROL:
                mode = _mode(part.value, capabilities)
            case ReaderParameter.C1G2_SINGULATION_CONTROL:
                flags, _, _ = fields(_SINGULATION, part.value, "C1G2SingulationControl")
                session = flags >> 6
            case ParameterType.CUSTOM:
                impinj.vendor_part(part, capabilities, "C1G2InventoryCommand", impinj.RADIO)
            case _:
                raise _not_supported(part, "C1G2InventoryCommand")
    if len(filters) > capabilities.select_filter_count_max:
        why = f"{len(filters)} C1G2Filter: expected at most {capabilities.select_filter_count_max}"
        raise Refused(StatusCode.PARAMETER_ERROR, why)
    return mode, session, filters


def _mode(value: bytes, capabilities: Capabilities) -> int:
    identifier, tari_ns = fields(_CONTROL, value, "C1G2RFControl")
    mode = capabilities.mode(identifier)
    if mode is None:
        choice = ", ".join(str(each.identifier) for each in capabilities.rf_modes)
        why = f"ModeIndex {identifier}: expected one of {choice}"
        raise Refused(StatusCode.FIELD_ERROR, why)
    if not mode.has_tari(tari_ns):
        why = (
            f"Tari {tari_ns} ns in mode {identifier}: expected 0 or {mode.tari_ns} to "
            f"{mode.tari_top_ns} by {mode.tari_step_ns}"
        )
        raise Refused(StatusCode.FIELD_ERROR, why)
    return identifier


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise Refused(StatusCode.FIELD_ERROR, f"{name} {value}: expected {least} to {most}")


def _not_supported(part: Parameter, where: str) -> Refused:
    why = f"parameter {part.type} in {where}: not supported"
    return Refused(StatusCode.PARAMETER_ERROR, why)
