"""Which reads a client gets, how they are packed, and what holding keeps."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llrpkit.protocol import LLRPMessage, messages, params
from sllurp.llrp import LLRPMessage as SllurpMessage

from drivers.llrp.protocol.framing import FrameReader
from simulator.llrp import encoder
from simulator.llrp.backlog import Backlog, Waiting
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.now import Now
from simulator.llrp.requests import receive
from simulator.llrp.session import REPORT_TAGS_MAX, Counters, ReaderSession
from simulator.scene.door import SceneRead

EPOCH_US = 1_763_800_000_000_000
NOW = Now(EPOCH_US, 0)
EPC = bytes.fromhex("3074257BF7194E4000001A85")


def read(number: int, antenna: int = 1, epc: bytes = EPC) -> SceneRead:
    """The read of second `number`."""
    return SceneRead(float(number), antenna, epc, 0x3000, -60, 7)


@dataclass
class Client:
    """A client that lists the second of each read it is told."""

    session: ReaderSession = field(
        default_factory=lambda: ReaderSession(Capabilities(), bytes(8), Backlog())
    )

    def connected(self) -> "Client":
        self.session.connect(NOW)
        self.messages()
        return self

    def send(self, *requests: LLRPMessage) -> "Client":
        for request in requests:
            frames = FrameReader()
            frames.receive(request.to_bytes(message_id=1))
            frame = frames.next_frame()
            assert frame is not None
            receive(self.session, frame, NOW)
        return self

    def messages(self) -> list[list[int]]:
        """For each report the seconds in it; answers and events are left out."""
        frames = FrameReader()
        while (data := self.session.take()) is not None:
            frames.receive(data)
        reports = []
        while (frame := frames.next_frame()) is not None:
            if frame.type == 61:
                sent = encoder.message(61, frame.message_id, frame.body)
                tags = SllurpMessage(msgbytes=sent).msgdict["RO_ACCESS_REPORT"]["TagReportData"]
                reports.append([seconds(tag["FirstSeenTimestampUTC"]) for tag in tags])
        return reports

    def reads(self) -> list[int]:
        return [second for report in self.messages() for second in report]


def seconds(first_seen_us: int) -> int:
    whole, rest = divmod(first_seen_us - EPOCH_US, 1_000_000)
    assert rest == 0
    return whole


def inventory(antennas: list[list[int]], n: int = 1, *, own_report: bool = True) -> LLRPMessage:
    """ADD_ROSPEC with an AISpec for each list of antennas, a second each."""
    return messages.ADD_ROSPEC(
        ro_spec=params.ROSpec(
            ro_spec_id=1,
            ro_boundary_spec=params.ROBoundarySpec(
                ro_spec_start_trigger=params.ROSpecStartTrigger(ro_spec_start_trigger_type=1),
                ro_spec_stop_trigger=params.ROSpecStopTrigger(),
            ),
            spec_parameters=[
                params.AISpec(
                    antenna_ids=ports,
                    ai_spec_stop_trigger=params.AISpecStopTrigger(
                        ai_spec_stop_trigger_type=1, duration_trigger=1_000
                    ),
                    inventory_parameter_specs=[
                        params.InventoryParameterSpec(
                            inventory_parameter_spec_id=10 + place, protocol_id=1
                        )
                    ],
                )
                for place, ports in enumerate(antennas)
            ],
            ro_report_spec=reports(n) if own_report else None,
        )
    )


def reports(n: int, *, memory: bool = False) -> params.ROReportSpec:
    selector = params.TagReportContentSelector(enable_first_seen_timestamp=True)
    if memory:
        selector.air_protocol_epc_memory_selectors.append(
            params.C1G2EPCMemorySelector(enable_pc_bits=True)
        )
    return params.ROReportSpec(ro_report_trigger=2, n=n, tag_report_content_selector=selector)


ENABLE = messages.ENABLE_ROSPEC(ro_spec_id=1)
READY = messages.ENABLE_EVENTS_AND_REPORTS()
HOLD = messages.SET_READER_CONFIG(
    events_and_reports=params.EventsAndReports(hold_events_and_reports_upon_reconnect=True)
)


def reading(n: int = 1, held_max: int = 100) -> Client:
    """A client with a ROSpec that runs on all antennas."""
    client = Client(ReaderSession(Capabilities(), bytes(8), Backlog(held_max)))
    client.connected().send(inventory([[0]], n), ENABLE).messages()
    return client


def test_reads_are_reported_while_the_rospec_runs_and_only_then() -> None:
    client = Client().connected().send(inventory([[0]]))
    client.session.report([read(1)], EPOCH_US)
    client.send(ENABLE)
    client.session.report([read(2)], EPOCH_US)
    client.send(messages.STOP_ROSPEC(ro_spec_id=1))
    client.session.report([read(3)], EPOCH_US)

    assert client.reads() == [2]
    assert client.session.counters == Counters(sent=1, held=0, lost=0)


def test_an_antenna_that_no_aispec_names_is_off() -> None:
    client = Client().connected().send(inventory([[2, 4]]), ENABLE)
    client.session.report([read(port, antenna=port) for port in (1, 2, 3, 4)], EPOCH_US)

    assert client.reads() == [2, 4]


def test_a_report_names_the_aispec_that_read() -> None:
    client = Client().connected().send(inventory([[2], [4]]), ENABLE)
    everything = params.TagReportContentSelector(
        enable_ro_spec_id=True,
        enable_spec_index=True,
        enable_inventory_parameter_spec_id=True,
        enable_antenna_id=True,
        enable_channel_index=True,
        enable_peak_rssi=True,
        enable_last_seen_timestamp=True,
        enable_tag_seen_count=True,
        air_protocol_epc_memory_selectors=[params.C1G2EPCMemorySelector(enable_pc_bits=True)],
    )
    spec = inventory([[2], [4]])
    spec.ro_spec.ro_report_spec.tag_report_content_selector = everything
    client.send(messages.DELETE_ROSPEC(ro_spec_id=0), spec, ENABLE)
    while client.session.take() is not None:
        pass
    client.session.tick(Now(EPOCH_US + 1_000_000, 1_000_000))
    client.session.report([read(8, antenna=2), read(9, antenna=4)], EPOCH_US)
    data = client.session.take()
    assert data is not None

    assert SllurpMessage(msgbytes=data).msgdict["RO_ACCESS_REPORT"]["TagReportData"] == [
        {
            "EPC": EPC.hex().encode(),
            "EPC-96": EPC.hex().encode(),
            "ROSpecID": 1,
            "SpecIndex": 2,
            "InventoryParameterSpecID": 11,
            "AntennaID": 4,
            "PeakRSSI": -60,
            "ChannelIndex": 7,
            "LastSeenTimestampUTC": EPOCH_US + 9_000_000,
            "TagSeenCount": 1,
            "C1G2PC": 0x3000,
        }
    ]


def test_a_readers_clock_is_in_its_reports() -> None:
    session = ReaderSession(Capabilities(), bytes(8), Backlog(), clock_offset_us=-3_000_000)
    client = Client(session).connected().send(inventory([[0]]), ENABLE)
    session.report([read(10)], EPOCH_US)

    assert client.reads() == [7]


@pytest.mark.parametrize(
    ("n", "packed"),
    [
        (1, [[1], [2], [3], [4], [5]]),
        (2, [[1, 2], [3, 4]]),
        (5, [[1, 2, 3, 4, 5]]),
        (9, []),
        (0, []),
    ],
)
def test_a_report_holds_as_many_tags_as_the_client_said(n: int, packed: list[list[int]]) -> None:
    client = reading(n)
    for number in range(1, 6):
        client.session.report([read(number)], EPOCH_US)

    assert client.messages() == packed
    rest = [number for number in range(1, 6) if number > sum(map(len, packed))]
    assert client.session.counters.held == len(rest)
    client.send(messages.STOP_ROSPEC(ro_spec_id=1))
    assert client.messages() == ([rest] if rest else [])


def test_a_report_without_a_limit_has_one_all_the_same() -> None:
    client = reading(n=0)
    client.session.report([read(number) for number in range(2 * REPORT_TAGS_MAX + 1)], EPOCH_US)

    assert [len(report) for report in client.messages()] == [REPORT_TAGS_MAX, REPORT_TAGS_MAX]


def test_a_rospec_without_a_report_spec_reports_as_the_reader_is_configured() -> None:
    client = Client().connected()
    client.send(messages.SET_READER_CONFIG(ro_report_spec=reports(2, memory=True)))
    client.send(inventory([[0]], own_report=False), ENABLE)
    client.session.report([read(1), read(2), read(3)], EPOCH_US)

    assert client.messages() == [[1, 2]]


def test_without_holding_what_nobody_hears_is_lost() -> None:
    client = reading()
    client.session.disconnect()
    client.session.report([read(1), read(2)], EPOCH_US)
    client.connected()
    client.session.report([read(3)], EPOCH_US)

    assert client.reads() == [3]
    assert client.session.counters == Counters(sent=1, held=0, lost=2)


def test_without_holding_what_was_not_taken_is_lost_with_the_connection() -> None:
    client = reading()
    client.session.report([read(1), read(2)], EPOCH_US)
    client.session.disconnect()

    assert client.session.counters == Counters(sent=0, held=0, lost=2)


def test_a_reader_that_holds_keeps_its_reports_for_the_next_client() -> None:
    client = reading().send(HOLD)
    client.messages()
    client.session.report([read(1)], EPOCH_US)
    client.session.disconnect()
    client.session.report([read(2), read(3)], EPOCH_US)
    assert client.session.counters == Counters(sent=0, held=3, lost=0)

    client.connected()
    client.session.report([read(4)], EPOCH_US)
    assert client.reads() == []
    client.send(READY)
    client.session.report([read(5)], EPOCH_US)

    assert client.reads() == [1, 2, 3, 4, 5]
    assert client.session.counters == Counters(sent=5, held=0, lost=0)


def test_holding_begins_with_the_next_connection() -> None:
    client = reading().send(HOLD)
    client.session.report([read(1)], EPOCH_US)

    assert client.reads() == [1]


def test_requests_are_answered_while_reports_are_held() -> None:
    client = reading().send(HOLD)
    client.session.disconnect()
    client.session.report([read(1)], EPOCH_US)
    client.connected().send(messages.GET_ROSPECS())

    assert client.session.take() is not None
    assert client.session.take() is None
    assert client.session.counters.held == 1


def test_a_full_buffer_drops_the_oldest_and_counts_them() -> None:
    client = reading(held_max=3).send(HOLD)
    client.messages()
    client.session.disconnect()
    client.session.report([read(number) for number in range(1, 6)], EPOCH_US)

    assert client.session.counters == Counters(sent=0, held=3, lost=2)
    assert client.connected().send(READY).reads() == [3, 4, 5]


def test_a_slow_client_is_bounded_by_the_same_buffer() -> None:
    client = reading(held_max=3)
    for number in range(1, 9):
        client.session.report([read(number)], EPOCH_US)

    assert client.reads() == [6, 7, 8]
    assert client.session.counters == Counters(sent=3, held=0, lost=5)


def test_a_deleted_rospec_takes_its_held_reports_with_it() -> None:
    client = reading().send(HOLD)
    client.messages()
    client.session.disconnect()
    client.session.report([read(1), read(2)], EPOCH_US)
    client.connected().send(messages.DELETE_ROSPEC(ro_spec_id=1), READY)

    assert client.reads() == []
    assert client.session.counters == Counters(sent=0, held=0, lost=2)


def test_a_reset_to_factory_default_forgets_rospecs_reports_and_holding() -> None:
    client = reading().send(HOLD)
    client.messages()
    client.session.disconnect()
    client.session.report([read(1)], EPOCH_US)
    client.connected().send(messages.SET_READER_CONFIG(reset_to_factory_default=True), READY)

    assert client.reads() == []
    assert not client.session.active
    assert not client.session.config.holds
    assert client.session.counters == Counters(sent=0, held=0, lost=1)


def test_nothing_is_reported_after_the_goodbye() -> None:
    client = reading().send(messages.CLOSE_CONNECTION())
    client.session.report([read(1)], EPOCH_US)

    assert client.reads() == []


@given(
    st.lists(st.tuples(st.sampled_from(["report", "take", "drop", "drop rospec 2"]))),
    st.integers(1, 5),
)
def test_a_backlog_loses_and_keeps_account(doings: list[tuple[str]], bound: int) -> None:
    backlog = Backlog(bound)
    put = taken = 0
    for (doing,) in doings:
        match doing:
            case "report":
                put += 3
                backlog.put(Waiting(b"", 3, 1 + put % 2))
            case "take":
                waiting = backlog.take()
                taken += 0 if waiting is None else waiting.reads
            case "drop":
                backlog.clear()
            case _:
                backlog.drop([2])
        assert put == taken + backlog.reads + backlog.lost
        assert backlog.reads <= 3 * bound


def test_a_backlog_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="^messages_max = 0: expected at least 1$"):
        Backlog(0)
