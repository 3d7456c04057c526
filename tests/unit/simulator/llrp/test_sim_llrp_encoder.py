"""What the simulated reader sends, as two LLRP libraries that others wrote read it."""

from binascii import crc_hqx, hexlify

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llrpkit.protocol import BitStr, decode_message, messages, params
from sllurp.llrp import LLRPMessage

from drivers.llrp.protocol.tables import ConnectionAttempt, MessageType, StatusCode
from simulator.llrp.encoder import (
    Content,
    Sighting,
    connection_attempt,
    connection_close,
    message,
    reader_event,
    report_body,
    rospec_event,
    status,
    tlv,
)
from simulator.llrp.numbers import MemoryField, ReportField

AT_US = 1_763_800_000_123_456
EPC = bytes.fromhex("3074257BF7194E4000001A85")
SIGHTING = Sighting(
    epc=EPC,
    pc=0x3000,
    antenna=2,
    rssi_dbm=-61,
    channel=17,
    at_us=AT_US,
    rospec_id=5,
    spec_index=1,
    inventory_id=9,
)
EVERYTHING = Content(ReportField(0xFFC0), MemoryField.CRC | MemoryField.PC)


def test_a_message_is_a_header_of_ten_bytes_and_its_body() -> None:
    assert message(MessageType.KEEPALIVE, 7).hex() == "043e0000000a00000007"
    assert message(MessageType.KEEPALIVE, 7, b"ab").hex() == "043e0000000c000000076162"


def test_a_parameter_that_does_not_fit_its_length_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="^parameter 1023 of 65536 bytes$"):
        tlv(1023, bytes(65532))


@pytest.mark.parametrize(
    ("result", "name"),
    [
        (ConnectionAttempt.SUCCESS, "Success"),
        (
            ConnectionAttempt.CLIENT_INITIATED_EXISTS,
            "Failed (a Client initiated connection already exists)",
        ),
    ],
)
def test_the_greeting_carries_the_time_and_the_result(result: ConnectionAttempt, name: str) -> None:
    body = reader_event(AT_US, connection_attempt(result))
    sent = message(MessageType.READER_EVENT_NOTIFICATION, 1, body)

    assert decode_message(sent) == messages.READER_EVENT_NOTIFICATION(
        reader_event_notification_data=params.ReaderEventNotificationData(
            timestamp=params.UTCTimestamp(microseconds=AT_US),
            connection_attempt_event=params.ConnectionAttemptEvent(status=result),
        )
    )
    assert LLRPMessage(msgbytes=sent).msgdict == {
        "READER_EVENT_NOTIFICATION": {
            "Ver": 1,
            "Type": 63,
            "ID": 1,
            "ReaderEventNotificationData": {
                "UTCTimestamp": {"Microseconds": AT_US},
                "ConnectionAttemptEvent": {"Status": name},
            },
        }
    }


@pytest.mark.parametrize(
    ("started", "kind", "name"), [(True, 0, "Start_of_ROSpec"), (False, 1, "End_of_ROSpec")]
)
def test_the_start_and_the_end_of_a_rospec_are_events(started: bool, kind: int, name: str) -> None:
    body = reader_event(AT_US, rospec_event(5, started=started))
    sent = message(MessageType.READER_EVENT_NOTIFICATION, 1, body)

    assert decode_message(sent) == messages.READER_EVENT_NOTIFICATION(
        reader_event_notification_data=params.ReaderEventNotificationData(
            timestamp=params.UTCTimestamp(microseconds=AT_US),
            ro_spec_event=params.ROSpecEvent(
                event_type=kind, ro_spec_id=5, preempting_ro_spec_id=0
            ),
        )
    )
    assert LLRPMessage(msgbytes=sent).msgdict["READER_EVENT_NOTIFICATION"][
        "ReaderEventNotificationData"
    ] == {
        "UTCTimestamp": {"Microseconds": AT_US},
        "ROSpecEvent": {"EventType": name, "ROSpecID": 5, "PreemptingROSpecID": 0},
    }


def test_the_goodbye_is_an_event_without_fields() -> None:
    body = reader_event(AT_US, connection_close())
    sent = message(MessageType.READER_EVENT_NOTIFICATION, 1, body)

    assert decode_message(sent) == messages.READER_EVENT_NOTIFICATION(
        reader_event_notification_data=params.ReaderEventNotificationData(
            timestamp=params.UTCTimestamp(microseconds=AT_US),
            connection_close_event=params.ConnectionCloseEvent(),
        )
    )


def test_a_refusal_says_why_in_utf_8() -> None:
    body = status(StatusCode.FIELD_ERROR, "nicht möglich")
    sent = message(MessageType.ADD_ROSPEC_RESPONSE, 77, body)

    assert decode_message(sent) == messages.ADD_ROSPEC_RESPONSE(
        llrp_status=params.LLRPStatus(status_code=101, error_description="nicht möglich")
    )
    assert LLRPMessage(msgbytes=sent).msgdict == {
        "ADD_ROSPEC_RESPONSE": {
            "Ver": 1,
            "Type": 30,
            "ID": 77,
            "LLRPStatus": {
                "StatusCode": "FieldError",
                "ErrorDescription": "nicht möglich".encode(),
            },
        }
    }


def test_a_tag_report_with_every_field() -> None:
    sent = message(MessageType.RO_ACCESS_REPORT, 8, report_body([SIGHTING], EVERYTHING))
    crc = crc_hqx(b"\x30\x00" + EPC, 0xFFFF) ^ 0xFFFF

    assert decode_message(sent) == messages.RO_ACCESS_REPORT(
        tag_report_datas=[
            params.TagReportData(
                epc_parameter=params.EPC_96(epc=EPC),
                ro_spec_id=params.ROSpecID(ro_spec_id=5),
                spec_index=params.SpecIndex(spec_index=1),
                inventory_parameter_spec_id=params.InventoryParameterSpecID(
                    inventory_parameter_spec_id=9
                ),
                antenna_id=params.AntennaID(antenna_id=2),
                peak_rssi=params.PeakRSSI(peak_rssi=-61),
                channel_index=params.ChannelIndex(channel_index=17),
                first_seen_timestamp_utc=params.FirstSeenTimestampUTC(microseconds=AT_US),
                last_seen_timestamp_utc=params.LastSeenTimestampUTC(microseconds=AT_US),
                tag_seen_count=params.TagSeenCount(tag_count=1),
                air_protocol_tag_datas=[
                    params.C1G2_PC(pc_bits=0x3000),
                    params.C1G2_CRC(crc=crc),
                ],
                access_spec_id=params.AccessSpecID(access_spec_id=0),
            )
        ]
    )
    assert LLRPMessage(msgbytes=sent).msgdict == {
        "RO_ACCESS_REPORT": {
            "Ver": 1,
            "Type": 61,
            "ID": 8,
            "TagReportData": [
                {
                    "EPC": hexlify(EPC),
                    "EPC-96": hexlify(EPC),
                    "ROSpecID": 5,
                    "SpecIndex": 1,
                    "InventoryParameterSpecID": 9,
                    "AntennaID": 2,
                    "PeakRSSI": -61,
                    "ChannelIndex": 17,
                    "FirstSeenTimestampUTC": AT_US,
                    "LastSeenTimestampUTC": AT_US,
                    "TagSeenCount": 1,
                    "C1G2PC": 0x3000,
                    "C1G2CRC": crc,
                    "AccessSpecID": 0,
                }
            ],
        }
    }


def test_the_crc_is_the_one_that_the_tag_stores() -> None:
    """Gen2 annex F gives CCAEh for the PC word 0800h and the EPC word 1111h."""
    tag = Sighting(b"\x11\x11", 0x0800, 1, -50, 1, AT_US, 1, 1, 1)
    body = report_body([tag], Content(ReportField(0), MemoryField.CRC))

    assert body.hex() == "00f0000f00f10008001011118bccae"


FLAGS = {
    ReportField.ROSPEC_ID: {"ROSpecID": 5},
    ReportField.SPEC_INDEX: {"SpecIndex": 1},
    ReportField.INVENTORY_PARAMETER_SPEC_ID: {"InventoryParameterSpecID": 9},
    ReportField.ANTENNA_ID: {"AntennaID": 2},
    ReportField.CHANNEL_INDEX: {"ChannelIndex": 17},
    ReportField.PEAK_RSSI: {"PeakRSSI": -61},
    ReportField.FIRST_SEEN: {"FirstSeenTimestampUTC": AT_US},
    ReportField.LAST_SEEN: {"LastSeenTimestampUTC": AT_US},
    ReportField.TAG_SEEN_COUNT: {"TagSeenCount": 1},
    ReportField.ACCESS_SPEC_ID: {"AccessSpecID": 0},
}


@pytest.mark.parametrize("asked", list(FLAGS))
def test_a_tag_report_has_the_field_that_was_asked_for_and_no_other(asked: ReportField) -> None:
    sent = message(MessageType.RO_ACCESS_REPORT, 8, report_body([SIGHTING], Content(asked)))

    assert LLRPMessage(msgbytes=sent).msgdict["RO_ACCESS_REPORT"]["TagReportData"] == [
        {"EPC": hexlify(EPC), "EPC-96": hexlify(EPC), **FLAGS[asked]}
    ]


@settings(max_examples=40)
@given(
    st.lists(
        st.builds(
            Sighting,
            epc=st.binary(min_size=2, max_size=62).filter(lambda epc: len(epc) % 2 == 0),
            pc=st.integers(0, 0xFFFF),
            antenna=st.integers(1, 0xFFFF),
            rssi_dbm=st.integers(-128, 127),
            channel=st.integers(1, 0xFFFF),
            at_us=st.integers(0, (1 << 64) - 1),
            rospec_id=st.integers(1, (1 << 32) - 1),
            spec_index=st.integers(1, 0xFFFF),
            inventory_id=st.integers(1, 0xFFFF),
        ),
        max_size=5,
    )
)
def test_any_sightings_come_back_as_they_were(sightings: list[Sighting]) -> None:
    sent = message(MessageType.RO_ACCESS_REPORT, 8, report_body(sightings, EVERYTHING))
    read = [
        Sighting(
            _epc(data.epc_parameter),
            data.air_protocol_tag_datas[0].pc_bits,
            data.antenna_id.antenna_id,
            data.peak_rssi.peak_rssi,
            data.channel_index.channel_index,
            data.first_seen_timestamp_utc.microseconds,
            data.ro_spec_id.ro_spec_id,
            data.spec_index.spec_index,
            data.inventory_parameter_spec_id.inventory_parameter_spec_id,
        )
        for data in decode_message(sent).tag_report_datas
    ]

    assert read == sightings


def _epc(parameter: params.EPC_96 | params.EPCData) -> bytes:
    if isinstance(parameter.epc, BitStr):
        assert parameter.epc.bit_len == len(parameter.epc.data) * 8
        return bytes(parameter.epc.data)
    return bytes(parameter.epc)
