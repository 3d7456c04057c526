"""What a reader can do, as far as we ask it (LLRP 1.0.1 §9.1, §17.2.3)."""

from dataclasses import dataclass, field
from struct import Struct

from drivers.llrp.protocol.framing import LlrpError, parameters
from drivers.llrp.protocol.tables import ParameterType

_GENERAL = Struct(">HHIIH")  # antennas, flags, manufacturer, model, length of the firmware text
_POWER_LEVEL = Struct(">Hh")  # index, 1/100 dBm
_HAS_UTC_CLOCK = 0x4000  # second flag of GeneralDeviceCapabilities
_HOLDS_EVENTS_AND_REPORTS = 0x08  # fifth flag of LLRPCapabilities


@dataclass(frozen=True, slots=True)
class Capabilities:
    """The device, and the power levels it offers: index into its table -> dBm."""

    antennas: int = 0
    has_utc_clock: bool = False
    manufacturer: int = 0  # IANA private enterprise number
    model: int = 0
    firmware: str = ""
    holds_reports: bool = False
    power_dbm: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutOfRange:
    """A power that the reader does not offer, with what it does offer."""

    asked_dbm: float
    lowest_dbm: float
    highest_dbm: float


def decode_capabilities(body: bytes) -> Capabilities:
    """From a GET_READER_CAPABILITIES_RESPONSE. Raises LlrpError.

    What a reader does not tell keeps its default: many leave whole parameters out.
    """
    antennas, clock, manufacturer, model, firmware = 0, False, 0, 0, ""
    holds, power = False, {}
    for parameter in parameters(body):
        match parameter.type:
            case ParameterType.GENERAL_DEVICE_CAPABILITIES:
                _at_least(parameter.value, _GENERAL.size, "GeneralDeviceCapabilities")
                antennas, flags, manufacturer, model, size = _GENERAL.unpack_from(parameter.value)
                clock = bool(flags & _HAS_UTC_CLOCK)
                text = parameter.value[_GENERAL.size : _GENERAL.size + size]
                firmware = text.decode(errors="replace")
            case ParameterType.LLRP_CAPABILITIES:
                _at_least(parameter.value, 1, "LLRPCapabilities")
                holds = bool(parameter.value[0] & _HOLDS_EVENTS_AND_REPORTS)
            case ParameterType.REGULATORY_CAPABILITIES:
                power = _power_levels(parameter.value)
            case _:
                pass
    return Capabilities(antennas, clock, manufacturer, model, firmware, holds, power)


def nearest_power(power_dbm: dict[int, float], asked_dbm: float) -> int | OutOfRange:
    """The index of the level nearest to `asked_dbm`, the lower one of two equally near.

    >>> nearest_power({1: 10.0, 2: 20.0, 3: 30.0}, 26.0)
    3
    """
    lowest, highest = min(power_dbm.values()), max(power_dbm.values())
    if not lowest <= asked_dbm <= highest:
        return OutOfRange(asked_dbm, lowest, highest)
    return min(power_dbm, key=lambda index: (abs(power_dbm[index] - asked_dbm), power_dbm[index]))


def _power_levels(regulatory: bytes) -> dict[int, float]:
    """The TransmitPowerLevelTable behind country code and standard (LLRP 1.0.1 §17.2.3.4)."""
    _at_least(regulatory, 4, "RegulatoryCapabilities")
    levels: dict[int, float] = {}
    for band in parameters(regulatory, offset=4):
        if band.type != ParameterType.UHF_BAND_CAPABILITIES:
            continue
        for entry in parameters(band.value):
            if entry.type == ParameterType.TRANSMIT_POWER_LEVEL_TABLE_ENTRY:
                _at_least(entry.value, _POWER_LEVEL.size, "TransmitPowerLevelTableEntry")
                index, hundredths = _POWER_LEVEL.unpack_from(entry.value)
                levels[index] = hundredths / 100
    return levels


def _at_least(value: bytes, size: int, name: str) -> None:
    if len(value) < size:
        raise LlrpError(f"{name} of {len(value)} bytes: expected at least {size}")
