"""What one vendor added to LLRP, as far as this reader plays it: Impinj's extensions.

A client first sends IMPINJ_ENABLE_EXTENSIONS; until then the vendor's parameters are refused, as
all other vendors' always are. Taken and kept without effect are those that steer the radio. Those
that show in what the reader sends have an effect: the fields of a tag report, the temperature, and
how many keepalives may go unanswered.
"""

from collections.abc import Collection
from enum import IntEnum
from hashlib import blake2b
from struct import Struct, pack, unpack

from drivers.llrp.protocol.framing import Parameter
from drivers.llrp.protocol.tables import ParameterType, StatusCode
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import Content, Sighting, custom, status, utf8
from simulator.llrp.request import Refused, fields, parts

VENDOR = 25882  # the private enterprise number
TEMPERATURE_C = 41
REQUESTED_ALL_CAPABILITIES = 1000
REQUESTED_DETAILED_VERSION = 1001
REQUESTED_ALL_CONFIGURATION = 2000
REQUESTED_TEMPERATURE = 2004
REQUESTED_LINK_MONITOR = 2005

_ENABLE_EXTENSIONS, _ENABLE_EXTENSIONS_RESPONSE = 21, 22  # subtypes of messages
_CUSTOM = Struct(">II")
_MESSAGE = Struct(">IB")
_U16 = Struct(">H")
_U32 = Struct(">I")
_LINK_MONITOR = Struct(">HH")


class Subtype(IntEnum):
    """Of the vendor's parameters."""

    REQUESTED_DATA = 21
    INVENTORY_SEARCH_MODE = 23
    FIXED_FREQUENCY_LIST = 26
    REDUCED_POWER_FREQUENCY_LIST = 27
    LOW_DUTY_CYCLE = 28
    DETAILED_VERSION = 29
    GPI_DEBOUNCE = 36
    TEMPERATURE = 37
    LINK_MONITOR = 38
    REPORT_BUFFER = 39
    TAG_REPORT_CONTENT_SELECTOR = 50
    ENABLE_SERIALIZED_TID = 51
    ENABLE_PHASE = 52
    ENABLE_PEAK_RSSI = 53
    ENABLE_GPS = 54
    SERIALIZED_TID = 55
    PHASE = 56
    PEAK_RSSI = 57
    ENABLE_OPTIMIZED_READ = 65
    ENABLE_DOPPLER = 67
    DOPPLER = 68


RADIO = frozenset(
    {
        Subtype.INVENTORY_SEARCH_MODE,
        Subtype.FIXED_FREQUENCY_LIST,
        Subtype.REDUCED_POWER_FREQUENCY_LIST,
        Subtype.LOW_DUTY_CYCLE,
    }
)
CONFIGURATION = frozenset({Subtype.GPI_DEBOUNCE, Subtype.LINK_MONITOR, Subtype.REPORT_BUFFER})
REPORT = frozenset({Subtype.TAG_REPORT_CONTENT_SELECTOR})

_REPORTED = {
    Subtype.ENABLE_SERIALIZED_TID: Subtype.SERIALIZED_TID,
    Subtype.ENABLE_PHASE: Subtype.PHASE,
    Subtype.ENABLE_PEAK_RSSI: Subtype.PEAK_RSSI,
    Subtype.ENABLE_DOPPLER: Subtype.DOPPLER,
}


def vendor_part(
    part: Parameter, capabilities: Capabilities, where: str, taken: Collection[int]
) -> tuple[Subtype, bytes]:
    """A Custom parameter that may stand there: its subtype and what follows. Raises Refused."""
    vendor, subtype = fields(_CUSTOM, part.value, f"Custom in {where}")
    if vendor != VENDOR or not capabilities.impinj_extensions or subtype not in taken:
        why = f"custom parameter {vendor}/{subtype} in {where}: not supported"
        raise Refused(StatusCode.PARAMETER_ERROR, why)
    return Subtype(subtype), part.value[_CUSTOM.size :]


def enables_extensions(body: bytes) -> bool:
    """Whether that CUSTOM_MESSAGE is IMPINJ_ENABLE_EXTENSIONS."""
    return len(body) >= _MESSAGE.size and _MESSAGE.unpack_from(body) == (
        VENDOR,
        _ENABLE_EXTENSIONS,
    )


def extensions_enabled() -> bytes:
    """The body of IMPINJ_ENABLE_EXTENSIONS_RESPONSE."""
    return _MESSAGE.pack(VENDOR, _ENABLE_EXTENSIONS_RESPONSE) + status()


def report_fields(data: bytes, capabilities: Capabilities) -> frozenset[int]:
    """The subtypes that an ImpinjTagReportContentSelector wants in a tag report."""
    wanted = set()
    for part in parts(data):
        name = "ImpinjTagReportContentSelector"
        taken = (*_REPORTED, Subtype.ENABLE_GPS, Subtype.ENABLE_OPTIMIZED_READ)
        subtype, value = vendor_part(part, capabilities, name, taken)
        (mode,) = fields(_U16, value, f"parameter {subtype} in {name}")
        if mode and subtype in _REPORTED:
            wanted.add(_REPORTED[subtype])
    return frozenset(wanted)


def report_selector(wanted: Collection[int]) -> bytes:
    """The ImpinjTagReportContentSelector that asks for those."""
    inside = b"".join(
        custom(VENDOR, enable, _U16.pack(1))
        for enable, reported in _REPORTED.items()
        if reported in wanted
    )
    return custom(VENDOR, Subtype.TAG_REPORT_CONTENT_SELECTOR, inside) if inside else b""


def link_monitor(data: bytes) -> int | None:
    """After how many unanswered keepalives the reader closes; None where that is switched off."""
    mode, threshold = fields(_LINK_MONITOR, data, "ImpinjLinkMonitorConfiguration")
    if mode == 0:
        return None
    if threshold == 0:
        why = "ImpinjLinkMonitorConfiguration's threshold 0: expected 1 or more"
        raise Refused(StatusCode.FIELD_ERROR, why)
    return threshold


def encoded_link_monitor(threshold: int | None) -> bytes:
    value = _LINK_MONITOR.pack(0 if threshold is None else 1, threshold or 0)
    return custom(VENDOR, Subtype.LINK_MONITOR, value)


def temperature() -> bytes:
    return custom(VENDOR, Subtype.TEMPERATURE, pack(">h", TEMPERATURE_C))


def detailed_version(capabilities: Capabilities) -> bytes:
    texts = ("Speedway R420", "370-00-00-0000", capabilities.firmware, "0.0.0", "0.0", "0.0")
    return custom(VENDOR, Subtype.DETAILED_VERSION, b"".join(map(utf8, texts)))


def requested(inside: Collection[Parameter], capabilities: Capabilities, where: str) -> list[int]:
    """What the ImpinjRequestedData parameters of a GET request ask for."""
    asked: list[int] = []
    for part in inside:
        if part.type != ParameterType.CUSTOM:
            why = f"parameter {part.type} in {where}: not supported"
            raise Refused(StatusCode.PARAMETER_ERROR, why)
        _, data = vendor_part(part, capabilities, where, (Subtype.REQUESTED_DATA,))
        asked += fields(_U32, data, "ImpinjRequestedData")
    return asked


def serialized_tid(epc: bytes) -> bytes:
    """The chip's number for a tag of which only the EPC is known: the same one every time.

    Class E2h, then the mask designer and model of a common chip with the XTID bit set (GS1 TDS
    §16), and 48 bits that follow from the EPC.
    """
    return bytes.fromhex("e28011052000") + blake2b(epc, digest_size=6).digest()


def report_parts(sighting: Sighting, content: Content, tid: bytes) -> bytes:
    """The vendor's fields of a tag report, in the order of their numbers.

    They are plausible, and follow from the read alone: phase in 4096ths of a turn holds still for
    a tag, an antenna and a channel; Doppler in 16ths of a hertz wobbles by one hertz; the fine RSSI
    in hundredths of a dBm rounds to the coarse one.
    """
    if not content.extra:
        return b""
    place = sighting.epc + pack(">HH", sighting.antenna, sighting.channel)
    instant = place + pack(">Q", sighting.at_us)
    (phase,) = unpack(">H", blake2b(place, digest_size=2).digest())
    fine, doppler = blake2b(instant, digest_size=2).digest()
    values = {
        Subtype.SERIALIZED_TID: _U16.pack(len(tid) // 2) + tid,
        Subtype.PHASE: _U16.pack(phase % 4_096),
        Subtype.PEAK_RSSI: pack(">h", sighting.rssi_dbm * 100 + fine % 99 - 49),
        Subtype.DOPPLER: pack(">h", doppler % 33 - 16),
    }
    return b"".join(
        custom(VENDOR, subtype, value)
        for subtype, value in values.items()
        if subtype in content.extra
    )
