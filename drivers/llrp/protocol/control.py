"""The control messages we send. The one door to sllurp, which knows their layouts.

sllurp is used as an encoder alone: its client ends silently at the first parameter it does not
know, and never notices a reader that went quiet. What it cannot encode is packed here: GET_ROSPECS,
GET_READER_CONFIG with a vendor's parameter, version messages, and of SET_READER_CONFIG the parts
EventsAndReports, GPOWriteData and GPIPortCurrentState; the ROSpec in `rospec.py`.

A message has the id 0 until it is sent; then it is given its own.
"""

from collections.abc import Iterable, Mapping
from struct import Struct, pack

from sllurp.llrp_proto import Message_struct

from drivers.llrp.protocol.framing import Frame, encode_tlv
from drivers.llrp.protocol.rospec import RoSpecPlan, encode_rospec
from drivers.llrp.protocol.tables import MessageType, ParameterType
from drivers.llrp.protocol.vendor_config import temperature_request

_ALL = 0  # requested data: everything
_IDENTIFICATION = 1  # requested data
_PERIODIC = 1  # keepalive trigger type
_HOLD = b"\x80"
_NO_RESET = 0x00
_GPI_UNKNOWN = 2  # a state that we do not set
_GET_CONFIG = Struct(">HBHH")  # antenna, requested data, GPI port, GPO port; 0 is all

# Which events we want to hear (LLRP 1.0.1 §13.2.5.1).
_EVENTS = {
    "GPIEvent": True,
    "ROSpecEvent": True,
    "ReportBufferFillWarning": True,
    "ReaderExceptionEvent": True,
    "AntennaEvent": True,
}

Fields = dict[str, object]


def get_supported_version() -> Frame:
    """Said in version 1.1, as its answer is (LLRP 1.1 §9.1)."""
    return Frame(MessageType.GET_SUPPORTED_VERSION, 0, b"", version=2)


def set_protocol_version(version: int) -> Frame:
    return Frame(MessageType.SET_PROTOCOL_VERSION, 0, bytes([version]), version=2)


def get_reader_capabilities() -> Frame:
    return _frame("GET_READER_CAPABILITIES", {"RequestedData": _ALL})


def get_reader_config() -> Frame:
    """Everything: inputs, outputs and antennas as they are now (LLRP 1.0.1 §12.1.1)."""
    return Frame(MessageType.GET_READER_CONFIG, 0, _GET_CONFIG.pack(0, _ALL, 0, 0))


def get_impinj_temperature() -> Frame:
    """The least of the standard's data (its identification), and the temperature."""
    body = _GET_CONFIG.pack(0, _IDENTIFICATION, 0, 0) + temperature_request()
    return Frame(MessageType.GET_READER_CONFIG, 0, body)


def set_reader_config(keepalive_ms: int, *, hold: bool, vendor: bytes = b"") -> Frame:
    """Keepalives every `keepalive_ms`; `hold`: keep events and reports while nobody listens.

    `vendor` has a maker's own parameters, encoded.
    """
    frame = _frame(
        "SET_READER_CONFIG",
        {
            "ResetToFactoryDefaults": False,
            "ReaderEventNotificationSpec": {"EventNotificationState": _EVENTS},
            "KeepaliveSpec": {"KeepaliveTriggerType": _PERIODIC, "TimeInterval": keepalive_ms},
        },
    )
    holding = encode_tlv(ParameterType.EVENTS_AND_REPORTS, _HOLD) if hold else b""
    return Frame(frame.type, 0, frame.body + holding + vendor)


def set_outputs(levels: Mapping[int, bool]) -> Frame:
    """Drive outputs high or low (LLRP 1.0.1 §12.2.1)."""
    driven = [
        encode_tlv(ParameterType.GPO_WRITE_DATA, pack(">HB", port, high << 7))
        for port, high in levels.items()
    ]
    return Frame(MessageType.SET_READER_CONFIG, 0, bytes([_NO_RESET]) + b"".join(driven))


def enable_inputs(ports: Iterable[int]) -> Frame:
    """Have events of inputs."""
    enabled = [
        encode_tlv(ParameterType.GPI_PORT_CURRENT_STATE, pack(">HBB", port, 0x80, _GPI_UNKNOWN))
        for port in ports
    ]
    return Frame(MessageType.SET_READER_CONFIG, 0, bytes([_NO_RESET]) + b"".join(enabled))


def get_rospecs() -> Frame:
    return Frame(MessageType.GET_ROSPECS, 0, b"")


def add_rospec(plan: RoSpecPlan) -> Frame:
    return Frame(MessageType.ADD_ROSPEC, 0, encode_rospec(plan, plan.rospec_id))


def delete_rospec(rospec_id: int) -> Frame:
    return _frame("DELETE_ROSPEC", {"ROSpecID": rospec_id})


def enable_rospec(rospec_id: int) -> Frame:
    return _frame("ENABLE_ROSPEC", {"ROSpecID": rospec_id})


def stop_rospec(rospec_id: int) -> Frame:
    return _frame("STOP_ROSPEC", {"ROSpecID": rospec_id})


def start_rospec(rospec_id: int) -> Frame:
    return _frame("START_ROSPEC", {"ROSpecID": rospec_id})


def enable_events_and_reports() -> Frame:
    return _frame("ENABLE_EVENTS_AND_REPORTS", {})


def keepalive_ack() -> Frame:
    return _frame("KEEPALIVE_ACK", {})


def close_connection() -> Frame:
    return _frame("CLOSE_CONNECTION", {})


def _frame(name: str, fields: Fields) -> Frame:
    layout = Message_struct[name]
    return Frame(layout["type"], 0, bytes(layout["encode"](fields, layout)))
