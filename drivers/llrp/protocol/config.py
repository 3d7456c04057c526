"""What GET_READER_CONFIG tells of a reader's ports (LLRP 1.0.1 §12.1.2)."""

from dataclasses import dataclass
from struct import Struct, error

from drivers.llrp.protocol.framing import LlrpError, Parameter, parameters
from drivers.llrp.protocol.tables import ImpinjParameter, ParameterType, Vendor

_GPI = Struct(">HBB")  # port, enabled, state
_GPO = Struct(">HB")  # port, level
_ANTENNA = Struct(">BH")  # connected, antenna; its gain follows
_TEMPERATURE = Struct(">IIh")  # vendor, subtype, degrees Celsius
_LOW, _HIGH = 0, 1  # of a GPI; anything else is a state that the reader does not know


@dataclass(frozen=True, slots=True)
class ReaderConfig:
    """Port and state, in the reader's order. What it does not tell is not there."""

    inputs: tuple[tuple[int, bool], ...] = ()  # GPI, high
    outputs: tuple[tuple[int, bool], ...] = ()  # GPO, high
    antennas: tuple[tuple[int, bool], ...] = ()  # antenna, connected
    temperature_c: float | None = None


def decode_config(body: bytes) -> ReaderConfig:
    """From a GET_READER_CONFIG_RESPONSE. Raises LlrpError."""
    inputs, outputs, antennas = [], [], []
    temperature_c: float | None = None
    for parameter in parameters(body):
        value = parameter.value
        try:
            match parameter.type:
                case ParameterType.GPI_PORT_CURRENT_STATE:
                    port, _enabled, state = _GPI.unpack_from(value)
                    if state in (_LOW, _HIGH):
                        inputs.append((port, state == _HIGH))
                case ParameterType.GPO_WRITE_DATA:
                    port, level = _GPO.unpack_from(value)
                    outputs.append((port, bool(level & 0x80)))
                case ParameterType.ANTENNA_PROPERTIES:
                    connected, antenna = _ANTENNA.unpack_from(value)
                    antennas.append((antenna, bool(connected & 0x80)))
                case ParameterType.CUSTOM:
                    temperature_c = _temperature_c(parameter, temperature_c)
                case _:
                    pass
        except error as broken:
            raise LlrpError(f"parameter {parameter.type} of a configuration: {broken}") from None
    return ReaderConfig(tuple(inputs), tuple(outputs), tuple(antennas), temperature_c)


def _temperature_c(custom: Parameter, known: float | None) -> float | None:
    head = (Vendor.IMPINJ, ImpinjParameter.READER_TEMPERATURE)
    if len(custom.value) < _TEMPERATURE.size:
        return known
    *found, degrees = _TEMPERATURE.unpack_from(custom.value)
    return float(degrees) if tuple(found) == head else known
