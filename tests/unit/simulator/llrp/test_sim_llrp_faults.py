"""Faults on demand, between good reports: what a client of bytes then sees."""

import pytest
from llrpkit.protocol import decode_message, messages, params

from drivers.llrp.protocol.framing import Frame, FrameReader, LlrpError
from drivers.llrp.protocol.tables import MessageType, StatusCode
from simulator.llrp import faults
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import Sighting, message
from simulator.llrp.numbers import ReaderMessage
from simulator.llrp.presets import GENERIC
from tests.unit.simulator.llrp.far_client import (
    EPC,
    PC,
    UTC_US,
    FarClient,
    at,
    read,
    reader,
    running,
)

SIGHTING = Sighting(EPC, PC, 1, -60, 7, UTC_US, 1, 1, 1)
ROSPECS = messages.GET_ROSPECS()
V1_1 = Capabilities(versions_max=2)


def frames(client: FarClient) -> list[Frame]:
    """What comes, framed but not decoded. Raises LlrpError."""
    stream = FrameReader()
    while (data := client.session.take()) is not None:
        stream.receive(data)
    found = []
    while (frame := stream.next_frame()) is not None:
        found.append(frame)
    return found


def between_good_reports(injected: bytes) -> FarClient:
    client = running()
    client.hears(read(1))
    client.session.inject(injected)
    client.hears(read(2))
    return client


@pytest.mark.parametrize(
    ("injected", "kind"),
    [
        (faults.unknown_message(), 999),
        (faults.report([SIGHTING]), 61),
        (faults.report_with_unknown_tlv([SIGHTING]), 61),
        (faults.report_with_unknown_tv([SIGHTING]), 61),
    ],
)
def test_what_can_be_framed_stands_between_good_reports(injected: bytes, kind: int) -> None:
    found = frames(between_good_reports(injected))

    assert [frame.type for frame in found] == [61, kind, 61]
    assert message(kind, 0, found[1].body) == injected


@pytest.mark.parametrize(
    ("injected", "why"),
    [
        (faults.garbage(64, seed=1), "message of LLRP version 7: expected 1 or 2"),
        (
            faults.wrong_version(faults.report([SIGHTING])),
            "message of LLRP version 7: expected 1 or 2",
        ),
        (
            faults.wrong_length(faults.report([SIGHTING]), 9),
            "message of 9 bytes: expected 10 to 4194304",
        ),
    ],
)
def test_what_cannot_be_framed_ends_the_stream(injected: bytes, why: str) -> None:
    with pytest.raises(LlrpError, match=f"^{why}$"):
        frames(between_good_reports(injected))


def test_a_good_report_and_one_with_an_unknown_tlv_tell_the_same_tag() -> None:
    plain = decode_message(faults.report([SIGHTING])).tag_report_datas[0]
    tag = decode_message(faults.report_with_unknown_tlv([SIGHTING])).tag_report_datas[0]

    assert tag.epc_parameter == plain.epc_parameter == params.EPC_96(epc=EPC)
    assert tag.last_seen_timestamp_utc == plain.last_seen_timestamp_utc
    assert faults.report_with_unknown_tv([SIGHTING]).endswith(bytes.fromhex("ff0102"))


def test_a_length_that_is_too_long_swallows_what_follows() -> None:
    report = faults.report([SIGHTING])
    client = between_good_reports(faults.wrong_length(report, len(report) + 10))
    stream = FrameReader()
    stream.receive(client.session.take() or b"")
    first, swallowing = stream.next_frame(), stream.next_frame()

    assert first is not None
    assert swallowing is not None
    assert swallowing.body[len(report) - 10 :][:2] == bytes.fromhex("043d")
    with pytest.raises(LlrpError):
        stream.next_frame()


def test_garbage_is_the_same_for_a_seed() -> None:
    assert faults.garbage(16, 3) == faults.garbage(16, 3) != faults.garbage(16, 4)
    assert len(faults.garbage(16, 3)) == 16


def test_a_request_may_be_refused_so_many_times() -> None:
    client = FarClient().connected()
    client.session.faults.refuse(MessageType.GET_ROSPECS, "out of memory", times=2)

    assert client.ask(ROSPECS, ROSPECS, ROSPECS) == [
        (401, "out of memory"),
        (401, "out of memory"),
        (0, ""),
    ]
    assert isinstance(client.send(ROSPECS)[0], messages.GET_ROSPECS_RESPONSE)


def test_the_first_requests_may_be_taken_before_one_is_refused() -> None:
    client = FarClient().connected()
    client.session.faults.refuse(MessageType.GET_ROSPECS, "once", after=2)

    assert client.ask(*[ROSPECS] * 4) == [(0, ""), (0, ""), (401, "once"), (0, "")]


def test_enable_events_and_reports_may_be_rejected_with_an_error_message() -> None:
    client = FarClient().connected()
    client.session.faults.refuse(
        MessageType.ENABLE_EVENTS_AND_REPORTS, "not here", StatusCode.UNSUPPORTED_MESSAGE
    )

    assert client.send(messages.ENABLE_EVENTS_AND_REPORTS()) == [
        messages.ERROR_MESSAGE(
            llrp_status=params.LLRPStatus(status_code=109, error_description="not here")
        )
    ]
    assert client.send(messages.ENABLE_EVENTS_AND_REPORTS()) == []


def test_an_answer_may_come_late_and_others_overtake_it() -> None:
    client = FarClient().connected()
    client.session.faults.delay(MessageType.GET_ROSPECS, 5_000_000)
    assert client.send(ROSPECS) == []
    (other,) = client.send(messages.GET_READER_CONFIG(requested_data=1))

    assert isinstance(other, messages.GET_READER_CONFIG_RESPONSE)
    assert client.session.due_us == 5_000_000
    assert client.at(4.9).received() == []
    assert len(client.at(5).received()) == 1
    client.session.faults.delay(MessageType.GET_ROSPECS, 0)
    assert len(client.send(ROSPECS)) == 1


def test_a_message_may_be_cut_and_the_connection_with_it() -> None:
    client = running()
    client.session.faults.truncate(MessageType.RO_ACCESS_REPORT, 15)
    client.hears(read(1), read(2))
    data = client.session.take()

    assert data is not None
    assert len(data) == 15
    assert client.session.faults.hang_up
    assert client.session.take() is None
    client.session.disconnect()
    client.connected()
    assert not client.session.faults.hang_up


def test_a_message_may_be_cut_and_the_next_follow_at_once() -> None:
    client = running()
    client.session.faults.truncate(MessageType.RO_ACCESS_REPORT, 15, hang_up=False)
    client.hears(read(1), read(2))
    data = client.session.take()

    assert data is not None
    assert data[15:17] == bytes.fromhex("043d")
    assert not client.session.faults.hang_up


def test_a_mute_reader_sends_nothing_and_counts_no_keepalive() -> None:
    client = running()
    keepalive = params.KeepaliveSpec(keepalive_trigger_type=1, periodic_trigger_value=1_000)
    client.expect(messages.SET_READER_CONFIG(keepalive_spec=keepalive))
    client.session.faults.mute = True
    client.hears(read(1))
    for second in range(1, 20):
        client.at(second)
    assert client.received() == []
    assert not client.session.closing
    client.session.faults.mute = False

    assert len(client.received()) == 1


def version_message(kind: ReaderMessage, body: bytes = b"", version: int = 2) -> bytes:
    return message(kind, 9, body, version)


def test_a_reader_of_1_1_tells_its_versions_and_goes_on_with_the_one_it_is_told() -> None:
    client = FarClient(reader(V1_1)).connected()
    client.hand_over(version_message(ReaderMessage.GET_SUPPORTED_VERSION))
    success = bytes.fromhex("011f000800000000")
    assert frames(client) == [Frame(56, 9, b"\x01\x02" + success)]
    client.hand_over(version_message(ReaderMessage.SET_PROTOCOL_VERSION, b"\x02"))
    assert frames(client) == [Frame(57, 9, success, version=2)]
    client.hand_over(message(26, 10, b"", 2))
    assert frames(client) == [Frame(36, 10, success, version=2)]
    client.hand_over(message(26, 11, b"", 1))
    (error,) = frames(client)

    assert (error.type, error.version, error.body[4:6]) == (100, 2, b"\x00\x6e")
    client.session.disconnect()
    client.connected()
    client.hand_over(message(26, 12))
    assert frames(client) == [Frame(36, 12, success)]


def test_a_version_that_there_is_not_is_refused() -> None:
    client = FarClient(reader(V1_1)).connected()
    client.hand_over(version_message(ReaderMessage.SET_PROTOCOL_VERSION, b"\x03"))
    (answer,) = frames(client)

    assert (answer.type, answer.version) == (57, 1)
    assert answer.body.endswith(b"protocol version 3: expected 1 to 2")


@pytest.mark.parametrize(
    ("version", "why"),
    [(2, b"LLRP version 2: not supported"), (1, b"message type 46: not supported")],
)
def test_a_reader_of_1_0_1_does_not_know_of_versions(version: int, why: bytes) -> None:
    client = FarClient(reader(GENERIC)).connected()
    client.hand_over(version_message(ReaderMessage.GET_SUPPORTED_VERSION, b"", version))
    (answer,) = frames(client)

    assert answer.type == MessageType.ERROR_MESSAGE
    assert answer.body.endswith(why)


def test_some_hang_up_when_asked_for_their_versions() -> None:
    client = FarClient(reader(Capabilities(hangs_up_on_versions=True))).connected()
    client.hand_over(version_message(ReaderMessage.GET_SUPPORTED_VERSION))

    assert client.session.faults.hang_up
    assert client.session.take() is None


def test_a_reader_may_say_goodbye_of_its_own_accord() -> None:
    client = FarClient().connected()
    client.session.goodbye(at(1))
    (told,) = client.received()

    assert told.reader_event_notification_data.connection_close_event is not None
    assert client.session.closing
