"""The events that a reader tells of beside its ROSpecs', as bytes (LLRP 1.0.1 §16.2.7.6)."""

from struct import pack

from drivers.llrp.protocol.tables import ParameterType
from simulator.llrp.encoder import tlv, tv, utf8
from simulator.llrp.numbers import ReaderParameter


def gpi(port: int, *, high: bool) -> bytes:
    return tlv(ParameterType.GPI_EVENT, pack(">HB", port, 0x80 if high else 0))


def buffer_warning(percent: int) -> bytes:
    return tlv(ParameterType.REPORT_BUFFER_LEVEL_WARNING_EVENT, pack(">B", percent))


def buffer_overflow() -> bytes:
    return tlv(ParameterType.REPORT_BUFFER_OVERFLOW_ERROR_EVENT, b"")


def exception(text: str, *, rospec_id: int | None = None, antenna: int | None = None) -> bytes:
    """What went wrong, and where, as far as that is known."""
    where = b"" if rospec_id is None else tv(ParameterType.ROSPEC_ID, "I", rospec_id)
    where += b"" if antenna is None else tv(ParameterType.ANTENNA_ID, "H", antenna)
    return tlv(ParameterType.READER_EXCEPTION_EVENT, utf8(text) + where)


def aispec_ended(rospec_id: int, spec_index: int) -> bytes:
    return tlv(ReaderParameter.AISPEC_EVENT, pack(">BIH", 0, rospec_id, spec_index))


def antenna(port: int, *, connected: bool) -> bytes:
    return tlv(ParameterType.ANTENNA_EVENT, pack(">BH", 1 if connected else 0, port))
