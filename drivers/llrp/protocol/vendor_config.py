"""What only one maker's readers understand: Impinj's custom parameters, byte for byte.

A Custom parameter is the vendor's number, a subtype that it chose, and its data (LLRP 1.0.1
§16.2.9.1). An Impinj reader takes and sends them once it was told IMPINJ_ENABLE_EXTENSIONS, a
custom message; told again it says yes again.
"""

from collections.abc import Iterable
from struct import Struct

from drivers.llrp.protocol.framing import Frame, encode_tlv
from drivers.llrp.protocol.tables import (
    IMPINJ_ENABLE_EXTENSIONS,
    IMPINJ_TEMPERATURE,
    ImpinjParameter,
    MessageType,
    ParameterType,
    Vendor,
)
from drivers.llrp.protocol.wanted import ImpinjWanted

_CUSTOM_HEAD = Struct(">II")  # vendor, subtype
_MESSAGE = Struct(">IBI")  # vendor, subtype, reserved
_ENABLED = 1
_CHANNEL_LIST = 2  # fixed frequency mode
KEEPALIVES_UNANSWERED_MAX = 5  # then the reader hangs up, and holds instead of talking to nobody


def enable_impinj_extensions() -> Frame:
    """Answered by a CUSTOM_MESSAGE whose LLRPStatus stands behind vendor and subtype."""
    body = _MESSAGE.pack(Vendor.IMPINJ, IMPINJ_ENABLE_EXTENSIONS, 0)
    return Frame(MessageType.CUSTOM_MESSAGE, 0, body)


def temperature_request() -> bytes:
    """For the end of a GET_READER_CONFIG."""
    return _enclosed(ImpinjParameter.REQUESTED_DATA, IMPINJ_TEMPERATURE.to_bytes(4))


def inventory_parameters(wanted: ImpinjWanted | None, channels: tuple[int, ...]) -> bytes:
    """For the end of a C1G2InventoryCommand. `channels` are indexes into the fixed frequencies."""
    encoded = b""
    if wanted is not None and wanted.search_mode is not None:
        encoded += _custom(ImpinjParameter.INVENTORY_SEARCH_MODE, wanted.search_mode)
    if channels:
        encoded += _custom(
            ImpinjParameter.FIXED_FREQUENCY_LIST, _CHANNEL_LIST, 0, len(channels), *channels
        )
    if wanted is not None and (cycle := wanted.low_duty_cycle) is not None:
        encoded += _custom(ImpinjParameter.LOW_DUTY_CYCLE, _ENABLED, cycle.empty_ms, cycle.ping_ms)
    return encoded


def report_parameters(wanted: ImpinjWanted | None) -> bytes:
    """For the end of a ROReportSpec: what reports carry beside LLRP's own fields."""
    if wanted is None:
        return b""
    content = [
        (wanted.tid, ImpinjParameter.ENABLE_SERIALIZED_TID),
        (wanted.phase, ImpinjParameter.ENABLE_RF_PHASE_ANGLE),
        (wanted.rssi_hundredths, ImpinjParameter.ENABLE_PEAK_RSSI),
        (wanted.doppler, ImpinjParameter.ENABLE_RF_DOPPLER_FREQUENCY),
    ]
    inside = b"".join(_custom(subtype, _ENABLED) for asked, subtype in content if asked)
    selector = ImpinjParameter.TAG_REPORT_CONTENT_SELECTOR
    return _enclosed(selector, inside) if inside else b""


def link_monitor() -> bytes:
    """For the end of a SET_READER_CONFIG.

    The reader closes the connection when we acknowledge no keepalive: so one that died on our side
    alone is not in the way of the next.
    """
    monitor = ImpinjParameter.LINK_MONITOR_CONFIGURATION
    return _custom(monitor, _ENABLED, KEEPALIVES_UNANSWERED_MAX)


def _custom(subtype: ImpinjParameter, *words: int) -> bytes:
    return _enclosed(subtype, _words(words))


def _enclosed(subtype: ImpinjParameter, value: bytes) -> bytes:
    return encode_tlv(ParameterType.CUSTOM, _CUSTOM_HEAD.pack(Vendor.IMPINJ, subtype) + value)


def _words(words: Iterable[int]) -> bytes:
    return b"".join(word.to_bytes(2) for word in words)
