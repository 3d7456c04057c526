"""What a reader reports: tags in RO_ACCESS_REPORT, events in READER_EVENT_NOTIFICATION.

A report may hold many tags. One that is broken inside costs that tag alone, because its length is
known; it is counted and said, and the tags behind it are read (LLRP 1.0.1 §14.2, §17.2.7).
"""

from dataclasses import dataclass
from struct import Struct, error

from drivers.llrp.protocol.framing import LlrpError, Parameter, parameters
from drivers.llrp.protocol.tables import ConnectionAttempt, ParameterType

# A tag's PC can say 31 words (496 bits, Gen2 §6.3.2.1.2.2); readers have been seen to tell 32.
EPC_BITS_MAX = 512
_U16 = Struct(">H")
_U64 = Struct(">Q")
_I8 = Struct(">b")
_GPI = Struct(">HB")
_ANTENNA = Struct(">BH")


@dataclass(slots=True)
class TagReport:
    """One TagReportData. Times are the reader's: µs UTC where it has such a clock, else uptime."""

    epc: bytes = b""
    antenna: int = 0
    first_us: int | None = None
    last_us: int | None = None
    count: int = 1
    pc: int | None = None
    rssi_dbm: int | None = None
    channel: int | None = None

    @property
    def seen_us(self) -> int | None:
        """When it was last seen; a reader that tells one time only tells that."""
        return self.first_us if self.last_us is None else self.last_us


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read, in one sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The tags of one message, and a fault for each that could not be read."""

    tags: tuple[TagReport, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """One READER_EVENT_NOTIFICATION, in the reader's time."""

    at_us: int | None = None
    connection: int | None = None  # ConnectionAttempt; an int, since readers invent others
    closing: bool = False
    gpi: tuple[int, bool] | None = None  # port, high
    antenna: tuple[int, bool] | None = None  # port, connected
    warning: str | None = None


def decode_report(body: bytes) -> Report:
    """Never raises: what is broken is a fault in the answer."""
    tags: list[TagReport] = []
    faults: list[Fault] = []
    try:
        for parameter in parameters(body):
            if parameter.type != ParameterType.TAG_REPORT_DATA:
                continue  # RFSurveyReportData and vendors' own: not asked for
            tag = _tag(parameter.value)
            if isinstance(tag, TagReport):
                tags.append(tag)
            else:
                faults.append(tag)
    except LlrpError as broken:  # Nothing says where the next tag would start.
        faults.append(Fault(str(broken)))
    return Report(tuple(tags), tuple(faults))


def _tag(data: bytes) -> TagReport | Fault:
    """The tag in one TagReportData, or what is broken in it."""
    tag = TagReport()
    try:
        for field in parameters(data):
            _take(tag, field)
    except (LlrpError, error) as broken:
        return Fault(f"TagReportData: {broken}")
    return tag


def _take(tag: TagReport, field: Parameter) -> None:
    match field.type:
        case ParameterType.EPC_96:
            tag.epc = field.value
        case ParameterType.EPC_DATA:
            tag.epc = _epc_data(field.value)
        case ParameterType.ANTENNA_ID:
            (tag.antenna,) = _U16.unpack(field.value)
        case ParameterType.PEAK_RSSI:
            (tag.rssi_dbm,) = _I8.unpack(field.value)
        case ParameterType.CHANNEL_INDEX:
            (tag.channel,) = _U16.unpack(field.value)
        case ParameterType.FIRST_SEEN_UTC | ParameterType.FIRST_SEEN_UPTIME:
            (tag.first_us,) = _U64.unpack(field.value)
        case ParameterType.LAST_SEEN_UTC | ParameterType.LAST_SEEN_UPTIME:
            (tag.last_us,) = _U64.unpack(field.value)
        case ParameterType.TAG_SEEN_COUNT:
            (tag.count,) = _U16.unpack(field.value)
        case ParameterType.C1G2_PC:
            (tag.pc,) = _U16.unpack(field.value)
        case _:
            pass


def _epc_data(value: bytes) -> bytes:
    """EPCData: a count of bits, then the bits from the left (LLRP 1.0.1 §17.2.7.3.1)."""
    (bits,) = _U16.unpack_from(value)
    if bits > EPC_BITS_MAX:
        raise LlrpError(f"EPCData of {bits} bits: expected at most {EPC_BITS_MAX}")
    size = (bits + 7) // 8
    if len(value) - _U16.size < size:
        raise LlrpError(f"EPCData of {bits} bits: cut short at {len(value) - _U16.size} bytes")
    return value[_U16.size : _U16.size + size]


def decode_event(body: bytes) -> ReaderEvent | Fault:
    """From a READER_EVENT_NOTIFICATION."""
    found: dict[int, bytes] = {}
    try:
        for outer in parameters(body):
            if outer.type == ParameterType.READER_EVENT_NOTIFICATION_DATA:
                found = {inner.type: inner.value for inner in parameters(outer.value)}
        return ReaderEvent(
            at_us=_timestamp(found),
            connection=_first_u16(found.get(ParameterType.CONNECTION_ATTEMPT_EVENT)),
            closing=ParameterType.CONNECTION_CLOSE_EVENT in found,
            gpi=_gpi(found.get(ParameterType.GPI_EVENT)),
            antenna=_antenna(found.get(ParameterType.ANTENNA_EVENT)),
            warning=_warning(found),
        )
    except (LlrpError, error) as broken:
        return Fault(f"READER_EVENT_NOTIFICATION: {broken}")


def _timestamp(found: dict[int, bytes]) -> int | None:
    value = found.get(ParameterType.UTC_TIMESTAMP, found.get(ParameterType.UPTIME))
    return None if value is None else int(_U64.unpack(value)[0])


def _first_u16(value: bytes | None) -> int | None:
    return None if value is None else int(_U16.unpack_from(value)[0])


def _gpi(value: bytes | None) -> tuple[int, bool] | None:
    if value is None:
        return None
    port, flags = _GPI.unpack_from(value)
    return port, bool(flags & 0x80)


def _antenna(value: bytes | None) -> tuple[int, bool] | None:
    if value is None:
        return None
    connected, port = _ANTENNA.unpack_from(value)
    return port, connected == 1


def _warning(found: dict[int, bytes]) -> str | None:
    if ParameterType.REPORT_BUFFER_OVERFLOW_ERROR_EVENT in found:
        return "report buffer overflow: the reader lost reads"
    level = found.get(ParameterType.REPORT_BUFFER_LEVEL_WARNING_EVENT)
    if level is not None:
        return f"report buffer {level[0] if level else 0} % full"
    trouble = found.get(ParameterType.READER_EXCEPTION_EVENT)
    if trouble is not None:
        size = _first_u16(trouble) or 0
        return f"reader exception: {trouble[2 : 2 + size].decode(errors='replace')}"
    return None


CONNECTION_REFUSALS = {
    ConnectionAttempt.READER_INITIATED_EXISTS: "it has a reader-initiated connection already",
    ConnectionAttempt.CLIENT_INITIATED_EXISTS: "another client is connected",
    ConnectionAttempt.OTHER_REASON: "no reason given",
    ConnectionAttempt.ANOTHER_ATTEMPTED: "another client tried to connect",
}
