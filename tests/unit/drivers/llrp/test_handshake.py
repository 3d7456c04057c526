"""What a reader is asked at each connection, by what it can do."""

import struct
from dataclasses import dataclass, field, replace

import pytest

from drivers.base import (
    Accessed,
    AntennaChange,
    Bank,
    Facts,
    GpiChange,
    LinkChange,
    Now,
    OperationDone,
    ReadWords,
    TagRead,
    Target,
)
from drivers.llrp.protocol.framing import LlrpError
from drivers.llrp.protocol.requests import Ended
from drivers.llrp.protocol.session import Said, Session, Warned
from drivers.llrp.protocol.wanted import AntennaWanted, ImpinjWanted, Wanted
from tests.unit.drivers.llrp import far_end

UTC_US = 1_700_000_000_000_000
WANTED = Wanted(
    device="dock-1",
    antennas=(AntennaWanted(1),),
    session=0,
    population=32,
    keepalive_us=5_000_000,
    response_us=10_000_000,
)
IMPINJ = 25882
DELETE = 21

(GET_CAPABILITIES, GET_CONFIG, SET_CONFIG, ADD, ENABLE, START, GET_ROSPECS) = (
    1, 2, 3, 20, 24, 22, 26,
)  # fmt: skip
(GET_ACCESSSPECS, DELETE_ACCESSSPEC, GET_VERSION, SET_VERSION, ENABLE_EVENTS, CUSTOM) = (
    44,
    41,
    46,
    47,
    64,
    1023,
)


def at(elapsed_s: float = 0.0) -> Now:
    return Now(UTC_US + int(elapsed_s * 1e6), int(elapsed_s * 1e6))


@dataclass
class Reader:
    """Answers what it is asked; `bodies` what it adds to success, `refused` what it refuses."""

    wanted: Wanted = WANTED
    manufacturer: int = 32473
    ports: tuple[int, int] = (0, 0)
    access_specs: int = 0
    bodies: dict[int, bytes] = field(default_factory=dict)
    refused: tuple[int, ...] = ()
    asked: list[tuple[int, bytes]] = field(default_factory=list)
    versions: list[int] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        self.session = Session(self.wanted, opened_us=0)

    def hear(self, data: bytes, elapsed_s: float = 0.0) -> None:
        self.said += self.session.receive(data, at(elapsed_s))

    def serve(self, elapsed_s: float = 0.0) -> None:
        """Answer until nothing more is asked."""
        while data := self.session.outgoing():
            self.versions.append(data[0] >> 2)
            for kind, message_id, body in far_end.messages_in(data):
                self.asked.append((kind, body))
                if kind != ENABLE_EVENTS:
                    self.hear(self.answer(kind, message_id), elapsed_s)

    def answer(self, kind: int, message_id: int) -> bytes:
        if kind in self.refused:
            return far_end.message(100, message_id, far_end.status(109, "not here"))
        if kind == GET_CAPABILITIES:
            return far_end.capabilities(
                message_id,
                manufacturer=self.manufacturer,
                ports=self.ports,
                access_specs=self.access_specs,
            )
        if kind == CUSTOM:
            body = struct.pack(">IB", IMPINJ, 22) + far_end.status()
            return far_end.message(CUSTOM, message_id, body)
        if kind == GET_VERSION:
            return far_end.message(56, message_id, self.bodies[kind] + far_end.status(), version=2)
        return far_end.answer(kind, message_id, self.bodies.get(kind, b""))

    def connect(self) -> None:
        self.hear(far_end.connection_event())
        self.serve()

    @property
    def kinds(self) -> list[int]:
        return [kind for kind, _ in self.asked]


def test_a_reader_with_ports_and_access_specs_is_asked_in_this_order() -> None:
    reader = Reader(ports=(2, 3), access_specs=8)
    reader.connect()

    assert reader.kinds == [
        GET_CAPABILITIES,
        GET_ROSPECS,
        SET_CONFIG,
        SET_CONFIG,
        SET_CONFIG,
        DELETE_ACCESSSPEC,
        GET_CONFIG,
        ENABLE_EVENTS,
        ADD,
        ENABLE,
        START,
    ]
    assert reader.asked[5][1] == bytes(4)  # all of them
    assert reader.said == [LinkChange("dock-1", UTC_US, up=True)]


def test_all_outputs_are_driven_off_and_all_inputs_are_listened_to() -> None:
    reader = Reader(ports=(1, 2))
    reader.connect()

    off = [far_end.tlv(219, struct.pack(">HB", port, 0)) for port in (1, 2)]
    on = far_end.tlv(225, struct.pack(">HBB", 1, 0x80, 2))
    assert reader.asked[3:5] == [
        (SET_CONFIG, b"\x00" + off[0] + off[1]),
        (SET_CONFIG, b"\x00" + on),
    ]


def test_a_reader_that_refuses_what_is_not_needed_is_warned_of_and_used() -> None:
    reader = Reader(
        manufacturer=IMPINJ,
        ports=(0, 1),
        access_specs=1,
        refused=(CUSTOM, GET_CONFIG, DELETE_ACCESSSPEC, GET_ACCESSSPECS),
    )
    reader.connect()

    assert reader.said == [
        Warned("CUSTOM_MESSAGE refused: not here (status 109)"),
        Warned("GET_READER_CONFIG refused: not here (status 109)"),
        LinkChange("dock-1", UTC_US, up=True),
    ]


def test_what_inputs_and_antennas_are_now_is_told_with_the_link() -> None:
    gpi = far_end.tlv(225, struct.pack(">HBB", 2, 0x80, 1))
    antennas = far_end.tlv(221, struct.pack(">BHh", 0, 4, 0))
    reader = Reader(ports=(2, 0), bodies={GET_CONFIG: antennas + gpi})
    reader.connect()

    assert reader.said == [
        LinkChange("dock-1", UTC_US, up=True),
        GpiChange("dock-1", UTC_US, 2, high=True, resync=True),
        AntennaChange("dock-1", UTC_US, 4, connected=False),
    ]
    assert reader.session.facts == Facts(
        model="the vendor with number 32473, model 960, firmware 5.14.",
        clock_offset_us=UTC_US - 1_000_000_000,
        antennas=((4, False),),
        inputs=((2, True),),
    )


def test_an_event_is_newer_than_what_was_asked_for_and_a_held_one_is_older() -> None:
    gpis = b"".join(far_end.tlv(225, struct.pack(">HBB", port, 0x80, 0)) for port in (1, 2))
    reader = Reader(bodies={GET_CONFIG: gpis})
    reader.hear(far_end.connection_event(at_us=1_000_000_000))
    high = struct.pack(">HB", 1, 0x80), struct.pack(">HB", 2, 0x80)
    reader.bodies[GET_CONFIG] += far_end.tlv(221, struct.pack(">BHh", 0x80, 3, 0))
    reader.hear(far_end.event(far_end.tlv(255, struct.pack(">BH", 0, 3)), at_us=1_000_000_001))
    reader.hear(far_end.event(far_end.tlv(255, struct.pack(">BH", 0, 4)), at_us=999_999_999))
    reader.hear(far_end.event(far_end.tlv(248, high[0]), at_us=1_000_000_001))
    reader.hear(far_end.event(far_end.tlv(248, high[1]), at_us=999_999_999))
    reader.serve()

    assert reader.session.facts.inputs == ((1, True), (2, False))
    assert reader.session.facts.antennas == ((3, False),)


def test_antenna_events_and_exceptions_stand_in_the_facts() -> None:
    reader = Reader()
    reader.connect()
    reader.hear(far_end.event(far_end.tlv(255, struct.pack(">BH", 0, 3))))
    reader.hear(far_end.event(far_end.tlv(252, b"\x00\x03hot")))
    reader.hear(far_end.report(far_end.tag(extra=b"\xff")))

    facts = reader.session.facts
    assert (facts.antennas, facts.exceptions, facts.unreadable) == (((3, False),), 1, 1)
    assert reader.said[2] == Warned("reader exception: hot")


def test_before_the_link_is_up_nothing_is_known_of_the_device() -> None:
    assert Reader().session.facts == Facts()


def test_the_clock_of_a_reader_is_told_as_it_goes() -> None:
    reader = Reader()
    reader.connect()
    reader.hear(far_end.report(far_end.tag(at_us=1_000_500_000)), elapsed_s=0.6)

    assert reader.session.facts.clock_offset_us == UTC_US - 1_000_000_000


def test_a_config_that_cannot_be_read_is_warned_of() -> None:
    reader = Reader(bodies={GET_CONFIG: b"\xff"})
    reader.connect()

    assert reader.said == [
        Warned("GET_READER_CONFIG: unknown TV parameter 127 at byte 8"),
        LinkChange("dock-1", UTC_US, up=True),
    ]


def test_inputs_that_cannot_be_enabled_leave_the_outputs_off() -> None:
    reader = Reader(ports=(1, 1))
    reader.hear(far_end.connection_event())
    for _ in range(3):
        ((kind, message_id, body),) = far_end.messages_in(reader.session.outgoing())
        reader.asked.append((kind, body))
        reader.hear(reader.answer(kind, message_id))
    off = reader.session.outgoing()
    reader.refused = (SET_CONFIG,)
    ((kind, message_id, body),) = far_end.messages_in(off)
    reader.hear(far_end.answer(kind, message_id))
    reader.serve()

    assert body == b"\x00" + far_end.tlv(219, struct.pack(">HB", 1, 0))
    assert reader.said == [
        Warned("SET_READER_CONFIG refused: not here (status 109)"),
        LinkChange("dock-1", UTC_US, up=True),
    ]


def test_the_outputs_of_a_reader_are_known_from_the_start() -> None:
    gpos = b"".join(far_end.tlv(219, struct.pack(">HB", port, 0)) for port in (1, 2))
    reader = Reader(ports=(0, 2), bodies={GET_CONFIG: gpos})
    reader.connect()

    assert reader.session.facts.outputs == ((1, False), (2, False))


@pytest.mark.parametrize(
    ("request_", "name", "undone"),
    [(ADD, "ADD", []), (ENABLE, "ENABLE", [DELETE]), (START, "START", [DELETE])],
)
def test_a_rospec_that_the_reader_does_not_start_is_not_left_in_it(
    request_: int, name: str, undone: list[int]
) -> None:
    """Enabled, it would be taken for one that read and holds a backlog."""
    reader = Reader(refused=(request_,))
    with pytest.raises(LlrpError) as refused:
        reader.connect()

    assert str(refused.value) == f"{name}_ROSPEC refused: not here (status 109)"
    asked = [ADD, ENABLE, START]
    kinds = asked[: asked.index(request_) + 1] + undone
    assert reader.kinds[-len(kinds) :] == kinds
    if undone:
        assert reader.asked[-1][1] == reader.asked[-2][1]  # the same ROSpec


def test_one_that_can_be_neither_started_nor_deleted_is_told_by_the_first_refusal() -> None:
    with pytest.raises(LlrpError, match=r"^START_ROSPEC refused: not here \(status 109\)$"):
        Reader(refused=(START, DELETE)).connect()


# -- Impinj ---------------------------------------------------------------------------------------


def test_an_impinj_reader_is_told_to_use_its_extensions_and_to_watch_the_link() -> None:
    reader = Reader(manufacturer=IMPINJ)
    reader.connect()

    assert reader.asked[1] == (CUSTOM, struct.pack(">IBI", IMPINJ, 21, 0))
    assert reader.kinds[2:4] == [GET_ROSPECS, SET_CONFIG]
    monitor = far_end.tlv(1023, struct.pack(">IIHH", IMPINJ, 38, 1, 5))
    assert reader.asked[3][1].endswith(monitor)


def test_the_link_monitor_can_be_left_out() -> None:
    reader = Reader(replace(WANTED, impinj=ImpinjWanted(link_monitor=False)), manufacturer=IMPINJ)
    reader.connect()

    assert struct.pack(">II", IMPINJ, 38) not in reader.asked[3][1]


def test_an_impinj_reader_is_asked_for_its_temperature_again_and_again() -> None:
    warm = far_end.tlv(1023, struct.pack(">IIh", IMPINJ, 37, 41))
    reader = Reader(manufacturer=IMPINJ, bodies={GET_CONFIG: warm})
    reader.connect()

    wanted = far_end.tlv(1023, struct.pack(">III", IMPINJ, 21, 2004))
    assert reader.asked[-1] == (GET_CONFIG, struct.pack(">HBHH", 0, 1, 0, 0) + wanted)
    assert reader.session.facts.temperature_c == 41.0
    reader.hear(far_end.message(62, 1), elapsed_s=59.0)
    assert reader.session.deadline_us() == 60_000_000
    colder = far_end.tlv(1023, struct.pack(">IIh", IMPINJ, 37, -3))
    reader.bodies[GET_CONFIG] = colder
    reader.session.expire(at(60.0))
    reader.serve(elapsed_s=60.0)
    assert reader.session.facts.temperature_c == -3.0


def test_one_that_does_not_tell_is_not_asked_again() -> None:
    reader = Reader(manufacturer=IMPINJ, refused=(GET_CONFIG,))
    reader.connect()

    assert reader.session.facts.temperature_c is None
    for elapsed_s in range(5, 130, 5):
        reader.hear(far_end.message(62, 1), elapsed_s)
        reader.serve(elapsed_s)
    assert reader.kinds.count(GET_CONFIG) == 2  # at the connect, and once for the temperature


def test_a_temperature_that_cannot_be_read_is_not_asked_for_again() -> None:
    reader = Reader(manufacturer=IMPINJ, bodies={GET_CONFIG: b"\xff"})
    reader.connect()
    for elapsed_s in range(5, 130, 5):
        reader.hear(far_end.message(62, 1), elapsed_s)
        reader.serve(elapsed_s)

    assert reader.kinds.count(GET_CONFIG) == 2


# -- LLRP 1.1 -------------------------------------------------------------------------------------

NEWER = replace(WANTED, llrp_version=2)


def test_version_1_1_is_agreed_upon_only_where_the_settings_ask_for_it() -> None:
    reader = Reader(NEWER, bodies={GET_VERSION: b"\x01\x02"})
    reader.connect()

    assert reader.kinds[:3] == [GET_VERSION, SET_VERSION, GET_CAPABILITIES]
    assert reader.asked[1] == (SET_VERSION, b"\x02")
    assert set(reader.versions) == {2}
    older = Reader()
    older.connect()
    assert GET_VERSION not in older.kinds
    assert set(older.versions) == {1}


def test_a_reader_of_version_1_0_1_alone_is_told_of() -> None:
    with pytest.raises(LlrpError, match=r'^llrp_version = "1.1": the reader speaks 1.0.1$'):
        Reader(NEWER, bodies={GET_VERSION: b"\x01\x01"}).connect()
    with pytest.raises(LlrpError, match=r"^GET_SUPPORTED_VERSION refused: not here"):
        Reader(NEWER, refused=(GET_VERSION,)).connect()


# -- the memory of a tag --------------------------------------------------------------------------

TID = bytes.fromhex("E2801160200000000000ABCD")
ADD_ACCESSSPEC, ENABLE_ACCESSSPEC = 40, 42


def test_what_a_report_tells_of_our_access_spec_is_its_outcome() -> None:
    reader = Reader(access_specs=8)
    reader.connect()
    reader.said.clear()
    read = ReadWords(Bank.TID, 0, 6)
    ticket = reader.session.access(1, Target(Bank.TID, 0, TID), [read], 0, 9_000_000, at())
    reader.serve()
    assert reader.kinds[-2:] == [ADD_ACCESSSPEC, ENABLE_ACCESSSPEC]
    result = far_end.tlv(349, struct.pack(">BHH", 0, 1, 6) + TID)
    late = far_end.tlv(350, struct.pack(">BHH", 0, 1, 6))  # of a write that was given up
    another_s_spec = far_end.tag(extra=b"\x90" + struct.pack(">I", 77) + late)
    ours = far_end.tag(extra=result)  # a report need not say of which AccessSpec it is

    reader.hear(far_end.report(another_s_spec))
    assert reader.session.outgoing() == b""
    reader.hear(far_end.report(ours))
    reader.serve()

    assert reader.kinds[-1] == DELETE_ACCESSSPEC
    assert ticket is not None
    epc = bytes.fromhex("3074257BF7194E4000001A85")
    assert reader.said[2:] == [Ended(ticket, Accessed(epc, 1, (OperationDone(data=TID),)))]
    assert [type(each) for each in reader.said[:2]] == [TagRead, TagRead]
    assert reader.session.is_up


def test_an_access_ends_in_time_while_the_reader_reports_on_and_on() -> None:
    reader = Reader(access_specs=8)
    reader.connect()
    reader.said.clear()
    read = ReadWords(Bank.TID, 0, 6)
    reader.session.access(1, Target(Bank.TID, 0, TID), [read], 0, 2_000_000, at())
    reader.serve()
    for elapsed_s in (1.0, 1.9, 2.0):
        reader.hear(far_end.report(far_end.tag()), elapsed_s)
        reader.serve(elapsed_s)

    assert reader.kinds[-1] == DELETE_ACCESSSPEC
    assert isinstance(reader.said[-1], Ended)
    assert reader.said[-1].refused == "no such tag answered"


# -- outputs --------------------------------------------------------------------------------------


def test_an_output_is_driven_and_known_when_the_reader_confirmed_it() -> None:
    reader = Reader(ports=(0, 2))
    reader.connect()
    reader.said.clear()
    ticket = reader.session.set_output(2, high=True, now=at())
    before = reader.session.facts.outputs
    reader.serve()

    assert reader.asked[-1] == (SET_CONFIG, b"\x00" + far_end.tlv(219, struct.pack(">HB", 2, 0x80)))
    assert ticket is not None
    assert reader.said == [Ended(ticket, None)]
    assert (before, reader.session.facts.outputs) == ((), ((2, True),))


def test_an_output_that_the_reader_refuses_is_told_and_the_link_stays() -> None:
    reader = Reader(ports=(0, 2))
    reader.connect()
    reader.said.clear()
    reader.refused = (SET_CONFIG,)
    ticket = reader.session.set_output(2, high=True, now=at())
    reader.serve()

    assert ticket is not None
    assert reader.said == [Ended(ticket, None, "SET_READER_CONFIG refused: not here (status 109)")]
