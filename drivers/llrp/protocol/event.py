"""What a reader tells of itself: READER_EVENT_NOTIFICATION (LLRP 1.0.1 §13.2)."""

from dataclasses import dataclass
from struct import Struct, error

from drivers.llrp.protocol.framing import LlrpError, parameters
from drivers.llrp.protocol.report import Fault
from drivers.llrp.protocol.tables import ConnectionAttempt, ParameterType

_U16 = Struct(">H")
_U64 = Struct(">Q")
_GPI = Struct(">HB")
_ANTENNA = Struct(">BH")
_ROSPEC = Struct(">BI")  # event, ROSpecID; the one that pre-empts it follows
_END, _PREEMPTED = 1, 2


@dataclass(frozen=True, slots=True)
class ReaderEvent:
    """One READER_EVENT_NOTIFICATION, in the reader's time."""

    at_us: int | None = None
    connection: int | None = None  # ConnectionAttempt; an int, since readers invent others
    closing: bool = False
    gpi: tuple[int, bool] | None = None  # port, high
    antenna: tuple[int, bool] | None = None  # port, connected
    warning: str | None = None
    exception: str | None = None  # a trouble that the reader had
    has_lost: bool = False  # reads that it had no room for
    ended_rospec: int | None = None  # the id of one that reads no more


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
            has_lost=ParameterType.REPORT_BUFFER_OVERFLOW_ERROR_EVENT in found,
            ended_rospec=_ended_rospec(found.get(ParameterType.ROSPEC_EVENT)),
            exception=_exception(found.get(ParameterType.READER_EXCEPTION_EVENT)),
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


def _ended_rospec(value: bytes | None) -> int | None:
    """Ended, or pre-empted by another (LLRP 1.0.1 §13.2.6.4)."""
    if value is None:
        return None
    kind, rospec_id = _ROSPEC.unpack_from(value)
    return int(rospec_id) if kind in (_END, _PREEMPTED) else None


def _warning(found: dict[int, bytes]) -> str | None:
    if ParameterType.REPORT_BUFFER_OVERFLOW_ERROR_EVENT in found:
        return "report buffer overflow: the reader lost reads"
    level = found.get(ParameterType.REPORT_BUFFER_LEVEL_WARNING_EVENT)
    if level is not None:
        return f"report buffer {level[0] if level else 0} % full"
    return None


def _exception(trouble: bytes | None) -> str | None:
    if trouble is None:
        return None
    size = _first_u16(trouble) or 0
    return f"reader exception: {trouble[2 : 2 + size].decode(errors='replace')}"


CONNECTION_REFUSALS = {
    ConnectionAttempt.READER_INITIATED_EXISTS: "it has a reader-initiated connection already",
    ConnectionAttempt.CLIENT_INITIATED_EXISTS: "another client is connected",
    ConnectionAttempt.OTHER_REASON: "no reason given",
    ConnectionAttempt.ANOTHER_ATTEMPTED: "another client tried to connect",
}
