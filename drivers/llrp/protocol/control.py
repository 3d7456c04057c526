"""The control messages we send. The one door to sllurp, which knows their layouts.

sllurp is used as an encoder alone: its client ends silently at the first parameter it does not
know, and never notices a reader that went quiet. Two things it cannot encode are added here:
GET_ROSPECS, and EventsAndReports in SET_READER_CONFIG.
"""

from sllurp.llrp_proto import Message_struct

from drivers.llrp.protocol.framing import Frame, encode_tlv
from drivers.llrp.protocol.rospec import ROSPEC_ID, AntennaPlan, RoSpecPlan
from drivers.llrp.protocol.tables import MessageType, ParameterType

_ALL = 0  # requested data: everything
_PERIODIC = 1  # keepalive trigger type
_GEN2 = 1  # air protocol
_HOLD = b"\x80"
_DEFAULT_HOP_TABLE = 1
_DEFAULT_CHANNEL = 1  # ignored by readers that hop

# Which events we want to hear (LLRP 1.0.1 §13.2.5.1).
_EVENTS = {
    "GPIEvent": True,
    "ReportBufferFillWarning": True,
    "ReaderExceptionEvent": True,
    "AntennaEvent": True,
}

_CONTENT = {
    "EnableROSpecID": True,
    "EnableAntennaID": True,
    "EnableChannelIndex": True,
    "EnablePeakRSSI": True,
    "EnableFirstSeenTimestamp": True,
    "EnableLastSeenTimestamp": True,
    "EnableTagSeenCount": True,
    "C1G2EPCMemorySelector": {"EnablePCBits": True},
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
    return _frame("ADD_ROSPEC", message_id, {"ROSpec": _rospec(plan)})


def delete_rospec(message_id: int, rospec_id: int) -> Frame:
    return _frame("DELETE_ROSPEC", message_id, {"ROSpecID": rospec_id})


def enable_rospec(message_id: int) -> Frame:
    return _frame("ENABLE_ROSPEC", message_id, {"ROSpecID": ROSPEC_ID})


def start_rospec(message_id: int) -> Frame:
    return _frame("START_ROSPEC", message_id, {"ROSpecID": ROSPEC_ID})


def enable_events_and_reports(message_id: int) -> Frame:
    return _frame("ENABLE_EVENTS_AND_REPORTS", message_id, {})


def keepalive_ack(message_id: int) -> Frame:
    return _frame("KEEPALIVE_ACK", message_id, {})


def close_connection(message_id: int) -> Frame:
    return _frame("CLOSE_CONNECTION", message_id, {})


def _frame(name: str, message_id: int, fields: Fields) -> Frame:
    layout = Message_struct[name]
    return Frame(layout["type"], message_id, bytes(layout["encode"](fields, layout)))


def _rospec(plan: RoSpecPlan) -> Fields:
    """Started by START_ROSPEC and never stopped: so each reader does the same, old or new."""
    return {
        "ROSpecID": ROSPEC_ID,
        "Priority": 0,
        "CurrentState": "Disabled",
        "ROBoundarySpec": {
            "ROSpecStartTrigger": {"ROSpecStartTriggerType": "Null"},
            "ROSpecStopTrigger": {"ROSpecStopTriggerType": "Null", "DurationTriggerValue": 0},
        },
        "AISpec": [
            {
                "AntennaID": [antenna.port for antenna in plan.antennas],
                "AISpecStopTrigger": {"AISpecStopTriggerType": "Null", "DurationTriggerValue": 0},
                "InventoryParameterSpec": [
                    {
                        "InventoryParameterSpecID": 1,
                        "ProtocolID": _GEN2,
                        "AntennaConfiguration": [
                            _antenna(antenna, plan) for antenna in plan.antennas
                        ],
                    }
                ],
            }
        ],
        "ROReportSpec": {
            "ROReportTrigger": "Upon_N_Tags_Or_End_Of_ROSpec",
            "N": 1,  # one report a read: what is not sent yet cannot be lost with the link
            "TagReportContentSelector": _CONTENT,
        },
    }


def _antenna(antenna: AntennaPlan, plan: RoSpecPlan) -> Fields:
    command = {
        "TagInventoryStateAware": False,
        "C1G2SingulationControl": {
            "Session": plan.session,
            "TagPopulation": plan.population,
            "TagTransitTime": 0,
        },
    }
    fields: Fields = {"AntennaID": antenna.port, "C1G2InventoryCommand": [command]}
    if antenna.power_index is not None:
        fields["RFTransmitter"] = {
            "HopTableId": _DEFAULT_HOP_TABLE,
            "ChannelIndex": _DEFAULT_CHANNEL,
            "TransmitPower": antenna.power_index,
        }
    return fields
