"""What SET_READER_CONFIG changes is what GET_READER_CONFIG shows."""

import pytest
from llrpkit.protocol import LLRPMessage, decode_message, messages, params
from sllurp.llrp import LLRPMessage as SllurpMessage

from drivers.llrp.protocol.framing import Frame
from drivers.llrp.protocol.tables import MessageType, StatusCode
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.config import Asked, ReaderConfig, changed, encoded
from simulator.llrp.encoder import message, status
from simulator.llrp.numbers import RequestedConfig
from simulator.llrp.request import Refused
from simulator.llrp.wiring import Wiring

IDENTITY = bytes.fromhex("0212345678ABCDEF")
HEADER_BYTES = 10


def body_of(request: LLRPMessage) -> bytes:
    sent: bytes = request.to_bytes()
    return sent[HEADER_BYTES:]


def after(
    request: LLRPMessage, config: ReaderConfig | None = None, *, can_hold: bool = True
) -> ReaderConfig:
    capabilities = Capabilities(can_hold=can_hold)
    return changed(config or ReaderConfig(), body_of(request), capabilities)


def shown(
    config: ReaderConfig, wanted: RequestedConfig = RequestedConfig.ALL, rospecs: bytes = b""
) -> bytes:
    capabilities = Capabilities(gpi_count=0, gpo_count=2)
    inside = encoded(config, Asked(wanted), IDENTITY, rospecs, capabilities, Wiring())
    body = status() + inside
    return message(MessageType.GET_READER_CONFIG_RESPONSE, 1, body)


KEEPALIVE = params.KeepaliveSpec(keepalive_trigger_type=1, periodic_trigger_value=5_000)
HOLD = params.EventsAndReports(hold_events_and_reports_upon_reconnect=True)
REPORT = params.ROReportSpec(
    ro_report_trigger=2,
    n=3,
    tag_report_content_selector=params.TagReportContentSelector(
        enable_antenna_id=True,
        air_protocol_epc_memory_selectors=[params.C1G2EPCMemorySelector(enable_pc_bits=True)],
    ),
)
ROSPEC_EVENTS = params.ReaderEventNotificationSpec(
    event_notification_states=[
        params.EventNotificationState(event_type=event, notification_state=event == 2)
        for event in range(9)
    ]
)
PLUGGED = [
    params.AntennaProperties(antenna_connected=True, antenna_id=antenna, antenna_gain=0)
    for antenna in (1, 2, 3, 4)
]
ANTENNA = params.AntennaConfiguration(
    antenna_id=2,
    rf_transmitter=params.RFTransmitter(hop_table_id=1, channel_index=1, transmit_power=81),
)
LIGHTS = [
    params.GPOWriteData(gpo_port_number=1, gpo_data=True),
    params.GPOWriteData(gpo_port_number=2, gpo_data=False),
]
EVENTS = (
    "HoppingEvent",
    "GPIEvent",
    "ROSpecEvent",
    "ReportBufferFillWarning",
    "ReaderExceptionEvent",
    "RFSurveyEvent",
    "AISpecEvent",
    "AISpecEventWithSingulation",
    "AntennaEvent",
)
WHOLE = messages.SET_READER_CONFIG(
    reader_event_notification_spec=ROSPEC_EVENTS,
    antenna_configurations=[ANTENNA],
    ro_report_spec=REPORT,
    access_report_spec=params.AccessReportSpec(),
    keepalive_spec=KEEPALIVE,
    gpo_write_datas=LIGHTS,
    events_and_reports=HOLD,
)


def test_a_configuration_comes_back_as_it_was_set() -> None:
    answer = decode_message(shown(after(WHOLE)))
    state_value = answer.llrp_configuration_state_value

    assert answer == messages.GET_READER_CONFIG_RESPONSE(
        llrp_status=params.LLRPStatus(status_code=0, error_description=""),
        identification=params.Identification(id_type=0, reader_id=IDENTITY),
        antenna_properties=PLUGGED,
        antenna_configurations=[ANTENNA],
        reader_event_notification_spec=ROSPEC_EVENTS,
        ro_report_spec=REPORT,
        access_report_spec=params.AccessReportSpec(),
        llrp_configuration_state_value=state_value,
        keepalive_spec=KEEPALIVE,
        gpo_write_datas=LIGHTS,
        events_and_reports=HOLD,
    )


def test_the_factory_default_as_sllurp_reads_it() -> None:
    found = SllurpMessage(msgbytes=shown(ReaderConfig())).msgdict["GET_READER_CONFIG_RESPONSE"]
    state_value = found["LLRPConfigurationStateValue"]

    assert found == {
        "Ver": 1,
        "Type": 12,
        "ID": 1,
        "LLRPStatus": {"StatusCode": "Success", "ErrorDescription": b""},
        "Identification": {"IDType": "MAC Address", "ReaderID": IDENTITY.hex().encode()},
        "ReaderEventNotificationSpec": {
            "EventNotificationState": [
                {"EventType": name, "NotificationState": False} for name in EVENTS
            ]
        },
        "ROReportSpec": {
            "ROReportTrigger": "Upon_N_Tags_Or_End_Of_ROSpec",
            "N": 1,
            "TagReportContentSelector": {
                "EnableROSpecID": True,
                "EnableSpecIndex": False,
                "EnableInventoryParameterSpecID": False,
                "EnableAntennaID": True,
                "EnableChannelIndex": True,
                "EnablePeakRSSI": True,
                "EnableFirstSeenTimestamp": True,
                "EnableLastSeenTimestamp": True,
                "EnableTagSeenCount": True,
                "EnableAccessSpecID": False,
            },
        },
        "AntennaProperties": [
            {"AntennaConnected": True, "AntennaID": antenna, "AntennaGain": 0}
            for antenna in (1, 2, 3, 4)
        ],
        "AccessReportSpec": 0,
        "GPOWriteData": [
            {"GPOPortNumber": 1, "GPOData": False},
            {"GPOPortNumber": 2, "GPOData": False},
        ],
        "KeepaliveSpec": {"KeepaliveTriggerType": "Null", "TimeInterval": 0},
        "EventsAndReports": {"HoldEventsAndReportsUponReconnect": False},
        "LLRPConfigurationStateValue": state_value,
    }


@pytest.mark.parametrize(
    ("wanted", "attribute"),
    [
        (RequestedConfig.IDENTIFICATION, "identification"),
        (RequestedConfig.ANTENNA_PROPERTIES, "antenna_properties"),
        (RequestedConfig.ACCESS_REPORT_SPEC, "access_report_spec"),
        (RequestedConfig.ANTENNA_CONFIGURATION, "antenna_configurations"),
        (RequestedConfig.ROREPORT_SPEC, "ro_report_spec"),
        (RequestedConfig.READER_EVENT_NOTIFICATION_SPEC, "reader_event_notification_spec"),
        (RequestedConfig.LLRP_CONFIGURATION_STATE_VALUE, "llrp_configuration_state_value"),
        (RequestedConfig.KEEPALIVE_SPEC, "keepalive_spec"),
        (RequestedConfig.GPO_WRITE_DATA, "gpo_write_datas"),
        (RequestedConfig.EVENTS_AND_REPORTS, "events_and_reports"),
    ],
)
def test_what_was_asked_for_comes_alone(wanted: RequestedConfig, attribute: str) -> None:
    config = after(WHOLE)
    answer, whole = decode_message(shown(config, wanted)), decode_message(shown(config))

    assert answer == messages.GET_READER_CONFIG_RESPONSE(
        llrp_status=answer.llrp_status, **{attribute: getattr(whole, attribute)}
    )


def test_what_this_reader_has_not_is_shown_as_nothing() -> None:
    answer = decode_message(shown(ReaderConfig(), RequestedConfig.GPI_PORT_CURRENT_STATE))

    assert answer == messages.GET_READER_CONFIG_RESPONSE(llrp_status=answer.llrp_status)


def test_the_state_value_follows_configuration_and_rospecs_and_nothing_else() -> None:
    def value(config: ReaderConfig, rospecs: bytes = b"") -> int:
        found = decode_message(shown(config, rospecs=rospecs)).llrp_configuration_state_value
        return int(found.llrp_configuration_state_value)

    assert value(after(WHOLE)) == value(after(WHOLE))
    assert value(after(WHOLE)) != value(ReaderConfig())
    assert value(ReaderConfig(), b"a ROSpec") != value(ReaderConfig())


def test_what_a_request_does_not_name_stays() -> None:
    config = after(messages.SET_READER_CONFIG(keepalive_spec=KEEPALIVE))

    assert after(messages.SET_READER_CONFIG(events_and_reports=HOLD), config) == ReaderConfig(
        keepalive_ms=5_000, holds=True
    )


def test_a_reset_forgets_everything_but_what_comes_with_it() -> None:
    request = messages.SET_READER_CONFIG(reset_to_factory_default=True, keepalive_spec=KEEPALIVE)

    assert after(request, after(WHOLE)) == ReaderConfig(keepalive_ms=5_000)


def test_antenna_0_configures_all() -> None:
    every = params.AntennaConfiguration(antenna_id=0)
    config = after(messages.SET_READER_CONFIG(antenna_configurations=[ANTENNA, every]))
    answer = decode_message(shown(config, RequestedConfig.ANTENNA_CONFIGURATION))

    assert answer.antenna_configurations == [every, ANTENNA]


def test_a_keepalive_may_be_taken_back() -> None:
    request = messages.SET_READER_CONFIG(keepalive_spec=params.KeepaliveSpec())

    assert after(request, ReaderConfig(keepalive_ms=5_000)) == ReaderConfig()


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (
            messages.SET_READER_CONFIG(
                keepalive_spec=params.KeepaliveSpec(
                    keepalive_trigger_type=1, periodic_trigger_value=9
                )
            ),
            "keepalive 1 each 9 ms: expected 1, 10 ms or more",
        ),
        (
            messages.SET_READER_CONFIG(
                gpo_write_datas=[params.GPOWriteData(gpo_port_number=5, gpo_data=True)]
            ),
            "GPO 5: expected 1 to 4",
        ),
        (
            messages.SET_READER_CONFIG(
                antenna_configurations=[params.AntennaConfiguration(antenna_id=5)]
            ),
            "antenna 5: expected 1 to 4",
        ),
    ],
)
def test_what_cannot_be_set_is_refused(request_: LLRPMessage, why: str) -> None:
    with pytest.raises(Refused) as refused:
        after(request_)

    assert (refused.value.code, refused.value.why) == (StatusCode.FIELD_ERROR, why)


def test_a_reader_that_cannot_hold_does_not_say_it_will() -> None:
    with pytest.raises(Refused, match="^HoldEventsAndReportsUponReconnect: this reader cannot"):
        after(messages.SET_READER_CONFIG(events_and_reports=HOLD), can_hold=False)
    release = params.EventsAndReports(hold_events_and_reports_upon_reconnect=False)
    request = messages.SET_READER_CONFIG(events_and_reports=release)

    assert after(request, can_hold=False) == ReaderConfig()


@pytest.mark.parametrize(
    ("body", "code", "why"),
    [
        (b"", StatusCode.PARAMETER_ERROR, "SET_READER_CONFIG of 0 bytes: expected at least 1"),
        (
            bytes.fromhex("0003ff000c0000651a00000001"),
            StatusCode.PARAMETER_ERROR,
            "custom parameter 25882/1 in SET_READER_CONFIG: not supported",
        ),
        (
            bytes.fromhex("0000dc000501"),
            StatusCode.PARAMETER_ERROR,
            "KeepaliveSpec of 1 bytes: expected at least 5",
        ),
    ],
)
def test_a_request_in_pieces_is_refused(body: bytes, code: StatusCode, why: str) -> None:
    frame = Frame(MessageType.SET_READER_CONFIG, 1, body)
    with pytest.raises(Refused) as refused:
        changed(ReaderConfig(), frame.body, Capabilities())

    assert (refused.value.code, refused.value.why) == (code, why)
