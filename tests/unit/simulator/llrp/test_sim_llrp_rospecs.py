"""ROSpecs in the simulated reader: added, enabled, started, stopped, deleted, or refused."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from llrpkit.protocol import LLRPMessage, decode_message, enums, messages, params

from drivers.llrp.protocol.framing import Frame, FrameReader
from simulator.llrp.backlog import Backlog
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import message, tlv
from simulator.llrp.now import Now
from simulator.llrp.requests import receive
from simulator.llrp.session import ReaderSession

NOW = Now(1_763_800_000_000_000, 0)
SUCCESS = params.LLRPStatus(status_code=0, error_description="")


@dataclass
class Client:
    """A client of another's making: requests are encoded and answers decoded by llrpkit."""

    session: ReaderSession = field(
        default_factory=lambda: ReaderSession(Capabilities(), bytes(8), Backlog())
    )

    def connected(self) -> "Client":
        self.session.connect(NOW)
        self.received()
        return self

    def send(self, request: LLRPMessage) -> list[LLRPMessage]:
        """All that the reader then sends."""
        frames = FrameReader()
        frames.receive(request.to_bytes(message_id=1))
        frame = frames.next_frame()
        assert frame is not None
        receive(self.session, frame, NOW)
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

    def states(self) -> dict[int, int]:
        """The states of all ROSpecs by their ids."""
        (answer,) = self.send(messages.GET_ROSPECS())
        assert answer.llrp_status == SUCCESS
        return {spec.ro_spec_id: int(spec.current_state) for spec in answer.ro_specs}


def rospec(
    number: int = 1,
    *,
    state: int = 0,
    start: int = 0,
    stop: int = 0,
    specs: Sequence[params.AISpec | params.RFSurveySpec] = (),
    report: params.ROReportSpec | None = None,
) -> params.ROSpec:
    """A ROSpec that the reader takes, but for what a test turns."""
    return params.ROSpec(
        ro_spec_id=number,
        priority=0,
        current_state=state,
        ro_boundary_spec=params.ROBoundarySpec(
            ro_spec_start_trigger=params.ROSpecStartTrigger(ro_spec_start_trigger_type=start),
            ro_spec_stop_trigger=params.ROSpecStopTrigger(
                ro_spec_stop_trigger_type=stop, duration_trigger_value=0
            ),
        ),
        spec_parameters=list(specs) or [aispec()],
        ro_report_spec=report or report_spec(),
    )


def aispec(antennas: Sequence[int] = (1, 2), stop: int = 0) -> params.AISpec:
    return params.AISpec(
        antenna_ids=list(antennas),
        ai_spec_stop_trigger=params.AISpecStopTrigger(
            ai_spec_stop_trigger_type=stop, duration_trigger=0
        ),
        inventory_parameter_specs=[
            params.InventoryParameterSpec(inventory_parameter_spec_id=1, protocol_id=1)
        ],
    )


def report_spec(trigger: int = 2) -> params.ROReportSpec:
    return params.ROReportSpec(
        ro_report_trigger=trigger,
        n=1,
        tag_report_content_selector=params.TagReportContentSelector(enable_antenna_id=True),
    )


def add(spec: params.ROSpec) -> LLRPMessage:
    return messages.ADD_ROSPEC(ro_spec=spec)


def test_a_rospec_goes_from_disabled_to_inactive_to_active_and_back() -> None:
    client = Client().connected()
    path = []
    for request in (
        add(rospec()),
        messages.ENABLE_ROSPEC(ro_spec_id=1),
        messages.START_ROSPEC(ro_spec_id=1),
        messages.STOP_ROSPEC(ro_spec_id=1),
        messages.DISABLE_ROSPEC(ro_spec_id=1),
    ):
        assert client.ask(request) == (0, "")
        path.append((client.states()[1], client.session.active))

    assert path == [(0, False), (1, False), (2, True), (1, False), (0, False)]


def test_an_immediate_rospec_starts_when_it_is_enabled() -> None:
    client = Client().connected()
    client.ask(add(rospec(start=1)))

    assert client.ask(messages.ENABLE_ROSPEC(ro_spec_id=1)) == (0, "")
    assert client.states() == {1: 2}


def test_the_rospecs_come_back_as_they_were_added_but_for_their_state() -> None:
    client = Client().connected()
    client.ask(add(rospec(5, start=1)))
    client.ask(messages.ENABLE_ROSPEC(ro_spec_id=5))
    (answer,) = client.send(messages.GET_ROSPECS())

    assert answer == messages.GET_ROSPECS_RESPONSE(
        llrp_status=SUCCESS, ro_specs=[rospec(5, start=1, state=2)]
    )
    assert answer.ro_specs[0].current_state is enums.ROSpecState.Active


def test_rospec_id_0_enables_and_disables_all() -> None:
    client = Client().connected()
    for number in (1, 2):
        client.ask(add(rospec(number)))

    assert client.ask(messages.ENABLE_ROSPEC(ro_spec_id=0)) == (0, "")
    assert client.states() == {1: 1, 2: 1}
    assert client.ask(messages.DISABLE_ROSPEC(ro_spec_id=0)) == (0, "")
    assert client.states() == {1: 0, 2: 0}


def test_rospec_id_0_deletes_all_and_there_may_be_none() -> None:
    client = Client().connected()
    for number in (1, 2):
        client.ask(add(rospec(number)))

    assert client.ask(messages.DELETE_ROSPEC(ro_spec_id=0)) == (0, "")
    assert client.states() == {}
    assert client.ask(messages.DELETE_ROSPEC(ro_spec_id=0)) == (0, "")


def test_an_active_rospec_that_is_deleted_reads_no_more() -> None:
    client = Client().connected()
    client.ask(add(rospec(start=1)))
    client.ask(messages.ENABLE_ROSPEC(ro_spec_id=1))

    assert client.ask(messages.DELETE_ROSPEC(ro_spec_id=1)) == (0, "")
    assert not client.session.active


def test_only_one_rospec_is_active_at_a_time() -> None:
    client = Client().connected()
    for number in (1, 2):
        client.ask(add(rospec(number, start=1)))
        client.ask(messages.ENABLE_ROSPEC(ro_spec_id=number))

    assert client.states() == {1: 2, 2: 1}
    assert client.ask(messages.START_ROSPEC(ro_spec_id=2)) == (
        101,
        "START_ROSPEC of ROSpec 2: ROSpec 1 is active",
    )


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (messages.START_ROSPEC(ro_spec_id=7), "ROSpec 7: not known"),
        (messages.START_ROSPEC(ro_spec_id=0), "ROSpec 0: not known"),
        (messages.STOP_ROSPEC(ro_spec_id=0), "ROSpec 0: not known"),
        (messages.ENABLE_ROSPEC(ro_spec_id=7), "ROSpec 7: not known"),
        (messages.DELETE_ROSPEC(ro_spec_id=7), "ROSpec 7: not known"),
        (messages.START_ROSPEC(ro_spec_id=1), "START_ROSPEC of ROSpec 1: it is disabled"),
        (messages.STOP_ROSPEC(ro_spec_id=1), "STOP_ROSPEC of ROSpec 1: it is disabled"),
        (add(rospec(1)), "ROSpec 1 exists: delete it first"),
        (add(rospec(0)), "ROSpecID 0: expected 1 or more"),
        (add(rospec(2, state=1)), "CurrentState 1: expected 0 (disabled)"),
        (add(rospec(2, start=4)), "ROSpecStartTrigger 4: expected one of 0, 1, 2, 3"),
        (add(rospec(2, stop=1)), "ROSpecStopTrigger's duration 0 ms: expected 1 or more"),
        (add(rospec(2, stop=3)), "ROSpecStopTrigger 3: expected one of 0, 1, 2"),
        (
            add(rospec(2, specs=[aispec(stop=1)])),
            "AISpecStopTrigger's duration 0 ms: expected 1 or more",
        ),
        (
            add(rospec(2, specs=[aispec(stop=4)])),
            "AISpecStopTrigger 4: expected one of 0, 1, 2, 3",
        ),
        (add(rospec(2, specs=[aispec([])])), "antennas []: expected 0 (all) to 4"),
        (add(rospec(2, specs=[aispec([1, 5])])), "antennas [1, 5]: expected 0 (all) to 4"),
        (
            add(rospec(2, report=report_spec(trigger=3))),
            "ROReportTrigger 3: expected one of 0, 1, 2",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(request_: LLRPMessage, why: str) -> None:
    client = Client().connected()
    client.ask(add(rospec(1)))

    assert client.ask(request_) == (101, why)
    assert client.states() == {1: 0}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "0 ROSpec: expected 1"),
        (bytes.fromhex("00b1000800000001"), "ROSpec of 4 bytes: expected at least 6"),
        (bytes.fromhex("00b1ffff"), "parameter 177 at byte 0: cut short by 65531 bytes"),
        (bytes.fromhex("00b1000a000000010000"), "0 ROBoundarySpec: expected 1"),
    ],
)
def test_a_rospec_in_pieces_is_refused(body: bytes, why: str) -> None:
    client = Client().connected()
    receive(client.session, Frame(20, 1, body), NOW)
    (answer,) = client.received()

    assert answer == messages.ADD_ROSPEC_RESPONSE(
        llrp_status=params.LLRPStatus(status_code=100, error_description=why)
    )


def test_a_rospec_without_antennas_with_too_many_or_with_a_survey_is_refused() -> None:
    client = Client().connected()
    survey = params.RFSurveySpec(
        antenna_id=1,
        start_frequency=902_750,
        end_frequency=927_250,
        rf_survey_spec_stop_trigger=params.RFSurveySpecStopTrigger(),
    )

    assert client.ask(add(rospec(2, specs=[survey]))) == (100, "0 AISpec: expected 1 to 16")
    assert client.ask(add(rospec(2, specs=[aispec()] * 17))) == (100, "17 AISpec: expected 1 to 16")
    assert client.ask(add(rospec(2, specs=[aispec(), survey]))) == (
        100,
        "parameter 187 in ROSpec: not supported",
    )


def test_a_rospec_with_two_report_specs_is_refused() -> None:
    client = Client().connected()
    value = rospec().encode()[4:] + report_spec().encode()
    receive(client.session, Frame(20, 1, tlv(177, value)), NOW)
    (answer,) = client.received()

    assert answer.llrp_status == params.LLRPStatus(
        status_code=100, error_description="2 ROReportSpec: expected 0 or 1"
    )


def test_a_request_without_its_rospec_id_is_refused() -> None:
    client = Client().connected()
    receive(client.session, Frame(22, 1, b"\x00"), NOW)
    (answer,) = client.received()

    assert answer.llrp_status == params.LLRPStatus(
        status_code=100, error_description="ROSpecID of 1 bytes: expected at least 4"
    )


def test_a_reader_keeps_no_more_rospecs_than_it_says() -> None:
    client = Client().connected()
    for number in (1, 2, 3, 4):
        assert client.ask(add(rospec(number))) == (0, "")

    assert client.ask(add(rospec(5))) == (101, "4 ROSpecs: this reader keeps no more")


def test_rospecs_outlive_the_connection_and_go_on_reading() -> None:
    client = Client().connected()
    client.ask(add(rospec(start=1)))
    client.ask(messages.ENABLE_ROSPEC(ro_spec_id=1))
    client.session.disconnect()

    assert client.session.active
    assert client.connected().states() == {1: 2}


def test_a_client_that_asks_is_told_when_a_rospec_starts_and_ends() -> None:
    client = Client().connected()
    client.send(
        messages.SET_READER_CONFIG(
            reader_event_notification_spec=params.ReaderEventNotificationSpec(
                event_notification_states=[
                    params.EventNotificationState(event_type=1, notification_state=True),
                    params.EventNotificationState(event_type=2, notification_state=True),
                ]
            )
        )
    )
    client.send(add(rospec(start=1)))
    told = [
        event.reader_event_notification_data.ro_spec_event
        for request in (
            messages.ENABLE_ROSPEC(ro_spec_id=1),
            messages.STOP_ROSPEC(ro_spec_id=1),
            messages.START_ROSPEC(ro_spec_id=1),
            messages.DELETE_ROSPEC(ro_spec_id=0),
        )
        for event in client.send(request)[1:]
    ]

    assert told == [
        params.ROSpecEvent(event_type=kind, ro_spec_id=1, preempting_ro_spec_id=0)
        for kind in (0, 1, 0, 1)
    ]
