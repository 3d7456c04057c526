"""The reader's side of the protocol: greeting, requests, keepalives, goodbye."""

from dataclasses import dataclass, field

import pytest
from llrpkit.protocol import LLRPMessage, decode_message, messages, params

from drivers.llrp.protocol.framing import Frame, FrameReader
from simulator.llrp.backlog import Backlog
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import message
from simulator.llrp.now import Now
from simulator.llrp.requests import receive
from simulator.llrp.session import ReaderSession

IDENTITY = bytes.fromhex("0212345678ABCDEF")
UTC_US = 1_763_800_000_000_000
SUCCESS = params.LLRPStatus(status_code=0, error_description="")


def at(s: float) -> Now:
    return Now(UTC_US + round(s * 1e6), round(s * 1e6))


@dataclass
class Client:
    """A client of another's making: requests are encoded and answers decoded by llrpkit."""

    session: ReaderSession = field(
        default_factory=lambda: ReaderSession(Capabilities(), IDENTITY, Backlog())
    )
    now: Now = at(0.0)

    def connected(self) -> "Client":
        self.session.connect(self.now)
        self.received()
        return self

    def send(self, request: LLRPMessage, message_id: int = 1) -> list[LLRPMessage]:
        """All that the reader then sends."""
        frames = FrameReader()
        frames.receive(request.to_bytes(message_id=message_id))
        frame = frames.next_frame()
        assert frame is not None
        receive(self.session, frame, self.now)
        return self.received()

    def ask(self, request: LLRPMessage) -> tuple[int, str]:
        """Status code and description of the only answer."""
        (answer,) = self.send(request)
        return int(answer.llrp_status.status_code), answer.llrp_status.error_description

    def received(self) -> list[LLRPMessage]:
        frames = FrameReader()
        while (data := self.session.take()) is not None:
            frames.receive(data)
        found = []
        while (frame := frames.next_frame()) is not None:
            found.append(decode_message(message(frame.type, frame.message_id, frame.body)))
        return found


def greeting(status: int) -> LLRPMessage:
    return messages.READER_EVENT_NOTIFICATION(
        reader_event_notification_data=params.ReaderEventNotificationData(
            timestamp=params.UTCTimestamp(microseconds=UTC_US),
            connection_attempt_event=params.ConnectionAttemptEvent(status=status),
        )
    )


def test_a_client_is_greeted_with_the_readers_clock() -> None:
    client = Client()
    client.session.connect(at(0.0))

    assert client.received() == [greeting(0)]


def test_a_second_client_is_told_that_there_is_one() -> None:
    client = Client().connected()

    assert decode_message(client.session.refusal(at(0.0))) == greeting(2)


def test_a_reader_whose_clock_is_ahead_says_its_own_time() -> None:
    session = ReaderSession(Capabilities(), IDENTITY, Backlog(), clock_offset_us=2_500_000)
    client = Client(session)
    session.connect(at(0.0))
    (event,) = client.received()

    assert event.reader_event_notification_data.timestamp.microseconds == UTC_US + 2_500_000


def test_a_response_bears_the_id_of_its_request() -> None:
    (answer,) = Client().connected().send(messages.GET_ROSPECS(), message_id=4_000_000_000)

    assert answer == messages.GET_ROSPECS_RESPONSE(llrp_status=SUCCESS, ro_specs=[])
    assert answer.message_id == 4_000_000_000
    assert answer.protocol_version == 1


@pytest.mark.parametrize(
    ("wanted", "present"),
    [
        (0, (True, True, True, True)),
        (1, (True, False, False, False)),
        (2, (False, True, False, False)),
        (3, (False, False, True, False)),
        (4, (False, False, False, True)),
    ],
)
def test_capabilities_come_as_they_were_asked_for(wanted: int, present: tuple[bool, ...]) -> None:
    request = messages.GET_READER_CAPABILITIES(requested_data=wanted)
    (answer,) = Client().connected().send(request)

    assert (
        answer.general_device_capabilities is not None,
        answer.llrp_capabilities is not None,
        answer.regulatory_capabilities is not None,
        answer.air_protocol_llrp_capabilities is not None,
    ) == present


def test_capabilities_that_do_not_exist_are_refused() -> None:
    request = messages.GET_READER_CAPABILITIES(requested_data=9)

    assert Client().connected().ask(request) == (
        101,
        "RequestedData 9: expected one of 0, 1, 2, 3, 4",
    )


def test_what_this_reader_does_not_know_gets_an_error_message() -> None:
    (answer,) = Client().connected().send(messages.GET_ACCESSSPECS(), message_id=9)

    assert answer == messages.ERROR_MESSAGE(
        llrp_status=params.LLRPStatus(
            status_code=109, error_description="message type 44: not supported"
        )
    )
    assert answer.message_id == 9


def test_a_message_of_llrp_1_1_gets_an_error_message() -> None:
    client = Client().connected()
    receive(client.session, Frame(26, 9, b"", version=2), at(0.0))

    assert client.received() == [
        messages.ERROR_MESSAGE(
            llrp_status=params.LLRPStatus(
                status_code=110, error_description="LLRP version 2: not supported"
            )
        )
    ]


def keepalive(period_ms: int, kind: int = 1) -> LLRPMessage:
    return messages.SET_READER_CONFIG(
        keepalive_spec=params.KeepaliveSpec(
            keepalive_trigger_type=kind, periodic_trigger_value=period_ms
        )
    )


def test_a_keepalive_is_sent_each_period() -> None:
    client = Client().connected()
    client.ask(keepalive(1_000))
    sent = []
    for tenth in range(31):
        client.session.tick(at(tenth / 10))
        for kept in client.received():
            sent.append((tenth, kept))
            client.send(messages.KEEPALIVE_ACK())

    assert sent == [(tenth, messages.KEEPALIVE()) for tenth in (10, 20, 30)]
    assert not client.session.closing


def test_a_client_that_leaves_two_keepalives_unanswered_is_given_up() -> None:
    client = Client().connected()
    client.ask(keepalive(1_000))
    for second in (1, 2):
        client.session.tick(at(second))
        assert client.received() == [messages.KEEPALIVE()]
        assert not client.session.closing
    client.session.tick(at(3))

    assert client.received() == []
    assert client.session.closing
    assert client.session.last_error == "2 KEEPALIVEs unanswered"
    assert client.session.keepalive_due_us is None


def test_an_answer_forgives_the_keepalives_before_it() -> None:
    client = Client().connected()
    client.ask(keepalive(1_000))
    for second in range(1, 8):
        client.session.tick(at(second))
        client.received()
        if second % 2 == 0:
            client.send(messages.KEEPALIVE_ACK())

    assert not client.session.closing


def test_a_new_client_is_kept_alive_as_the_last_one_asked() -> None:
    client = Client().connected()
    client.ask(keepalive(1_000))
    client.session.disconnect()
    assert client.session.keepalive_due_us is None
    client.now = at(60.0)
    client.connected()

    assert client.session.keepalive_due_us == 61_000_000
    client.ask(keepalive(0, kind=0))
    assert client.session.keepalive_due_us is None


def test_a_client_that_says_goodbye_gets_its_answer_and_nothing_more() -> None:
    client = Client().connected()
    client.ask(keepalive(1_000))

    assert client.send(messages.CLOSE_CONNECTION()) == [
        messages.CLOSE_CONNECTION_RESPONSE(llrp_status=SUCCESS)
    ]
    assert client.session.closing
    assert client.session.last_error is None
    assert client.send(messages.GET_ROSPECS()) == []
    client.session.tick(at(5.0))
    assert client.received() == []


def test_a_client_that_breaks_the_protocol_is_told_that_the_reader_closes() -> None:
    client = Client().connected()
    client.session.broken("message of 3 bytes: expected 10 to 4194304", at(0.0))
    (event,) = client.received()

    assert event == messages.READER_EVENT_NOTIFICATION(
        reader_event_notification_data=params.ReaderEventNotificationData(
            timestamp=params.UTCTimestamp(microseconds=UTC_US),
            connection_close_event=params.ConnectionCloseEvent(),
        )
    )
    assert client.session.closing
    assert client.session.last_error == "message of 3 bytes: expected 10 to 4194304"


def test_a_new_connection_starts_afresh() -> None:
    client = Client().connected()
    client.session.broken("nonsense", at(0.0))
    client.session.disconnect()
    client.connected()

    assert not client.session.closing
    assert client.session.last_error == "nonsense"
    assert len(client.send(messages.GET_ROSPECS())) == 1


def test_answers_wait_until_they_are_taken() -> None:
    client = Client().connected()
    for _ in range(3):
        receive(client.session, Frame(26, 1, b""), at(0.0))

    assert client.session.answers_waiting == 3
    assert len(client.received()) == 3
    assert client.session.answers_waiting == 0
    client.session.disconnect()
    assert client.session.answers_waiting == 0
    assert client.session.take() is None
