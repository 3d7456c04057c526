"""The control messages we send. The one door to sllurp, which knows their layouts.

sllurp is used as an encoder alone: its client ends silently at the first parameter it does not
know, and never notices a reader that went quiet. What it cannot encode is added: GET_ROSPECS, and
EventsAndReports in SET_READER_CONFIG here, the ROSpec in `rospec.py`.
"""

from sllurp.llrp_proto import Message_struct

from drivers.llrp.protocol.framing import Frame, encode_tlv
from drivers.llrp.protocol.rospec import RoSpecPlan, encode_rospec
from drivers.llrp.protocol.tables import MessageType, ParameterType

_ALL = 0  # requested data: everything
_PERIODIC = 1  # keepalive trigger type
_HOLD = b"\x80"

# Which events we want to hear (LLRP 1.0.1 §13.2.5.1).
_EVENTS = {
    "GPIEvent": True,
    "ReportBufferFillWarning": True,
    "ReaderExceptionEvent": True,
    "AntennaEvent": True,
}

Fields = dict[str, object]


def get_reader_capabilities(message_id: int) -> Frame:
    return _frame("GET_READER_CAPABILITIES", message_id, {"RequestedData": _ALL})


def set_reader_config(message_id: int, keepalive_ms: int, *, hold: bool) -> Frame:
    """Keepalives every `keepalive_ms`; `hold`: keep events and reports while nobody listens."""
    frame = _frame(
        "SET_READER_CONFIG",
        message_id,
        {
            "ResetToFactoryDefaults": False,
            "ReaderEventNotificationSpec": {"EventNotificationState": _EVENTS},
            "KeepaliveSpec": {"KeepaliveTriggerType": _PERIODIC, "TimeInterval": keepalive_ms},
        },
    )
    if not hold:
        return frame
    holding = encode_tlv(ParameterType.EVENTS_AND_REPORTS, _HOLD)
    return Frame(frame.type, message_id, frame.body + holding)


def get_rospecs(message_id: int) -> Frame:
    return Frame(MessageType.GET_ROSPECS, message_id, b"")


def add_rospec(message_id: int, plan: RoSpecPlan) -> Frame:
    return Frame(MessageType.ADD_ROSPEC, message_id, encode_rospec(plan, plan.rospec_id))


def delete_rospec(message_id: int, rospec_id: int) -> Frame:
    return _frame("DELETE_ROSPEC", message_id, {"ROSpecID": rospec_id})


def enable_rospec(message_id: int, rospec_id: int) -> Frame:
    return _frame("ENABLE_ROSPEC", message_id, {"ROSpecID": rospec_id})


def start_rospec(message_id: int, rospec_id: int) -> Frame:
    return _frame("START_ROSPEC", message_id, {"ROSpecID": rospec_id})


def enable_events_and_reports(message_id: int) -> Frame:
    return _frame("ENABLE_EVENTS_AND_REPORTS", message_id, {})


def keepalive_ack(message_id: int) -> Frame:
    return _frame("KEEPALIVE_ACK", message_id, {})


def close_connection(message_id: int) -> Frame:
    return _frame("CLOSE_CONNECTION", message_id, {})


def _frame(name: str, message_id: int, fields: Fields) -> Frame:
    layout = Message_struct[name]
    return Frame(layout["type"], message_id, bytes(layout["encode"](fields, layout)))
