"""The conversation with a reader, message by message; every reader here is spelled in bytes."""

import struct
from dataclasses import dataclass, field, replace

import pytest

from drivers.base import (
    AntennaChange,
    Bank,
    GpiChange,
    LinkChange,
    Now,
    ReadWords,
    TagRead,
    Target,
)
from drivers.llrp.protocol.framing import LlrpError
from drivers.llrp.protocol.requests import Ended
from drivers.llrp.protocol.session import Said, Session, Warned
from drivers.llrp.protocol.wanted import After, AntennaWanted, Periodically, Wanted
from tests.unit.drivers.llrp import far_end

UTC_US = 1_700_000_000_000_000
READER_US = 1_000_000_000  # the reader's clock is far off
EPC = bytes.fromhex("3074257BF7194E4000001A85")

WANTED = Wanted(
    device="dock-1",
    antennas=(AntennaWanted(1, 20.0), AntennaWanted(2)),
    session=0,
    population=32,
    keepalive_us=5_000_000,
    response_us=10_000_000,
)

(GET_CAPABILITIES, GET_ROSPECS, SET_CONFIG, GET_CONFIG, ENABLE_EVENTS) = (1, 26, 3, 2, 64)
(ADD, DELETE, ENABLE, START, STOP, DELETE_ACCESSSPEC) = (20, 21, 24, 22, 23, 41)


def at(elapsed_s: float = 0.0) -> Now:
    return Now(UTC_US + int(elapsed_s * 1e6), int(elapsed_s * 1e6))


@dataclass
class Talk:
    """A session, and a reader that answers what it is told to."""

    wanted: Wanted = WANTED
    session: Session = field(init=False)
    said: list[Said] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.session = Session(self.wanted, opened_us=0)

    def hear(self, data: bytes, elapsed_s: float = 0.0) -> list[Said]:
        said = self.session.receive(data, at(elapsed_s))
        self.said += said
        return said

    def sent(self) -> list[tuple[int, int, bytes]]:
        return far_end.messages_in(self.session.outgoing())

    def asked(self, kind: int) -> int:
        """The id of the request under way, which must be the only answerable one, and `kind`."""
        sent = [each for each in self.sent() if each[0] != ENABLE_EVENTS]
        assert [each[0] for each in sent] == [kind]
        return sent[0][1]

    def connect(
        self, *, holds: bool = True, rospecs: bytes = b"", reader_us: int | None = READER_US
    ) -> None:
        """Up to where a reader without ports and AccessSpecs is asked to give what it held."""
        self.hear(far_end.connection_event(at_us=reader_us))
        self.hear(far_end.capabilities(self.asked(GET_CAPABILITIES), holds=holds))
        self.hear(far_end.answer(GET_ROSPECS, self.asked(GET_ROSPECS), rospecs))
        for kind in (SET_CONFIG, GET_CONFIG):
            self.hear(far_end.answer(kind, self.asked(kind)))

    def set_up(self, reader_us: int | None = READER_US) -> None:
        """All of the handshake with an empty reader."""
        self.connect(reader_us=reader_us)
        for kind in (ADD, ENABLE, START):
            self.hear(far_end.answer(kind, self.asked(kind)))


def our_rospec(state: int) -> bytes:
    """Our ROSpec as a reader gives it back, in `state`."""
    talk = Talk()
    talk.connect()
    (_, _, body) = next(each for each in talk.sent() if each[0] == ADD)
    return body[:9] + bytes([state]) + body[10:]


def another_rospec(state: int) -> bytes:
    """One that was made from other settings, or by somebody else: its id is not ours."""
    return far_end.tlv(177, struct.pack(">IBB", 77, 0, state) + far_end.tlv(178, b""))


def test_the_handshake_is_a_straight_line_of_requests() -> None:
    talk = Talk()
    assert talk.sent() == []  # The reader speaks first.

    talk.hear(far_end.connection_event())
    talk.hear(far_end.capabilities(talk.asked(GET_CAPABILITIES)))
    for kind in (GET_ROSPECS, SET_CONFIG, GET_CONFIG):
        talk.hear(far_end.answer(kind, talk.asked(kind)))
    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS, ADD]


def test_the_link_is_up_when_an_empty_reader_runs_our_rospec() -> None:
    talk = Talk()
    talk.set_up()

    assert talk.said == [LinkChange("dock-1", UTC_US, up=True, held=False)]


def test_power_is_the_nearest_level_that_the_reader_offers() -> None:
    talk = Talk()
    talk.connect()

    (_, _, add) = next(each for each in talk.sent() if each[0] == ADD)
    transmitter = far_end.tlv(224, struct.pack(">HHH", 1, 1, 2))  # index 2: 20 dBm
    assert add.count(transmitter) == 1
    assert add.count(b"\x00\xe0\x00\x0a") == 1  # antenna 2 keeps the reader's default


def test_a_power_that_the_reader_does_not_offer_names_its_range() -> None:
    wanted = Wanted("dock-1", (AntennaWanted(3, 36.0),), 0, 32, 5_000_000, 10_000_000)
    talk = Talk(wanted)
    talk.hear(far_end.connection_event())

    with pytest.raises(LlrpError) as refused:
        talk.hear(far_end.capabilities(talk.asked(GET_CAPABILITIES)))

    assert str(refused.value) == "antenna 3: power 36 dBm: the reader offers 10 to 30 dBm"


def test_a_reader_without_power_levels_keeps_its_default() -> None:
    talk = Talk()
    talk.hear(far_end.connection_event())
    said = talk.hear(far_end.capabilities(talk.asked(GET_CAPABILITIES), powers=()))

    assert said == [Warned("antenna 1: no power levels to choose from")]


def test_reports_are_held_where_the_reader_can() -> None:
    holding, other = Talk(), Talk()
    bodies = []
    for talk, holds in ((holding, True), (other, False)):
        talk.hear(far_end.connection_event())
        talk.hear(far_end.capabilities(talk.asked(GET_CAPABILITIES), holds=holds))
        talk.hear(far_end.message(36, talk.asked(GET_ROSPECS), far_end.status()))
        bodies += [body for _, _, body in talk.sent()]

    assert bodies[0] == bodies[1] + far_end.tlv(226, b"\x80")


def test_another_client_s_rospecs_go_before_ours_comes() -> None:
    theirs = another_rospec(state=0)
    talk = Talk()
    talk.connect(rospecs=theirs + far_end.tlv(999, b""))

    sent = talk.sent()
    assert [kind for kind, _, _ in sent] == [ENABLE_EVENTS, DELETE]
    assert sent[1][2] == struct.pack(">I", 77)


def test_our_rospec_that_runs_already_is_left_alone() -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2))

    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS]
    assert talk.said == []  # What it held comes first.


def test_our_rospec_that_is_told_back_in_other_bytes_is_left_alone() -> None:
    talk = Talk()
    talk.connect(rospecs=far_end.tlv(177, our_rospec(state=2)[4:] + far_end.tlv(1023, bytes(8))))

    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS]


def test_a_rospec_with_a_trigger_is_enabled_and_starts_by_itself() -> None:
    talk = Talk(replace(WANTED, start=Periodically(60_000)))
    talk.connect()
    for kind in (ADD, ENABLE):
        talk.hear(far_end.message(kind + 10, talk.asked(kind), far_end.status()))

    assert talk.sent() == []
    assert talk.said == [LinkChange("dock-1", UTC_US, up=True, held=False)]


@pytest.mark.parametrize(("state", "holds"), [(0, True), (0, False), (1, False)])
def test_our_rospec_that_does_not_run_is_made_anew(state: int, holds: bool) -> None:
    talk = Talk()
    talk.connect(holds=holds, rospecs=our_rospec(state))

    goes = [STOP] if state else [DELETE]
    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS, *goes]


def test_another_rospec_that_runs_goes_when_what_it_held_is_in() -> None:
    talk = Talk()
    talk.connect(rospecs=another_rospec(state=2))
    talk.hear(far_end.report(far_end.tag(at_us=READER_US - 2_000_000)))
    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS]

    talk.hear(far_end.report(far_end.tag(at_us=READER_US)))
    assert [kind for kind, _, _ in talk.sent()] == [STOP]


def test_another_rospec_of_a_reader_that_cannot_hold_goes_at_once() -> None:
    talk = Talk()
    talk.connect(holds=False, rospecs=another_rospec(state=2))

    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS, STOP]


def test_one_that_waits_for_its_trigger_may_hold_what_it_read_as_well() -> None:
    talk = Talk()
    talk.connect(rospecs=another_rospec(state=1))
    talk.hear(far_end.report(far_end.tag(at_us=READER_US - 2_000_000)))
    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS]

    talk.hear(far_end.report(far_end.tag(at_us=READER_US)))
    ((kind, stopped, _),) = talk.sent()
    assert kind == STOP  # its trigger may have come meanwhile
    talk.hear(far_end.answer(STOP, stopped))
    assert [kind for kind, _, _ in talk.sent()] == [DELETE]


def test_ours_with_a_trigger_is_kept_and_gives_what_it_held_first() -> None:
    wanted = replace(WANTED, start=Periodically(60_000))
    empty = Talk(wanted)
    empty.connect()
    (_, _, body) = next(each for each in empty.sent() if each[0] == ADD)
    talk = Talk(wanted)
    talk.connect(rospecs=body[:9] + bytes([1]) + body[10:])
    talk.hear(far_end.report(far_end.tag(at_us=READER_US - 2_000_000)))
    talk.hear(far_end.report(far_end.tag(at_us=READER_US)))

    assert [type(each) for each in talk.said] == [TagRead, LinkChange, TagRead]
    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS]


def test_what_stands_beside_ours_goes_when_the_backlog_is_in() -> None:
    talk = Talk()
    talk.connect(rospecs=another_rospec(state=1) + our_rospec(state=2))
    assert [kind for kind, _, _ in talk.sent()] == [ENABLE_EVENTS]
    talk.hear(far_end.report(far_end.tag(at_us=READER_US)))
    gone = []
    for _ in range(2):
        ((kind, asked, body),) = talk.sent()
        gone.append((kind, body))
        talk.hear(far_end.answer(kind, asked))

    assert gone == [(STOP, struct.pack(">I", 77)), (DELETE, struct.pack(">I", 77))]
    assert (talk.sent(), talk.said[-1]) == (
        [],
        LinkChange("dock-1", UTC_US, up=True, held=True),
    )


def test_a_reader_that_had_no_room_did_not_hold_everything() -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2))
    talk.hear(far_end.event(far_end.tlv(251, b""), at_us=READER_US - 5_000_000))
    talk.hear(far_end.report(far_end.tag(at_us=READER_US)))

    assert LinkChange("dock-1", UTC_US, up=True, held=False) in talk.said


def test_one_that_cannot_hold_held_nothing_though_it_read_on() -> None:
    talk = Talk()
    talk.connect(holds=False, rospecs=our_rospec(state=2))

    assert talk.said == [LinkChange("dock-1", UTC_US, up=True, held=False)]


def rospec_event(what: int, rospec_id: int, at_us: int = READER_US + 1) -> bytes:
    return far_end.event(far_end.tlv(249, struct.pack(">BII", what, rospec_id, 0)), at_us=at_us)


@pytest.mark.parametrize("what", [1, 2])
def test_a_reader_that_stops_to_read_is_lost(what: int) -> None:
    ours = int.from_bytes(our_rospec(state=2)[4:8])
    talk = Talk()
    talk.set_up()
    assert talk.hear(rospec_event(0, ours)) == []
    assert talk.hear(rospec_event(what, 77)) == []
    assert talk.hear(rospec_event(what, ours, at_us=READER_US - 1)) == []  # before it was ours

    with pytest.raises(LlrpError, match="^the reader stopped to read: its ROSpec ended$"):
        talk.hear(rospec_event(what, ours))


def test_one_that_ends_as_the_settings_say_goes_on() -> None:
    wanted = replace(WANTED, stop=After(5_000))
    empty = Talk(wanted)
    empty.connect()
    (_, _, body) = next(each for each in empty.sent() if each[0] == ADD)
    talk = Talk(wanted)
    talk.set_up()

    assert talk.hear(rospec_event(1, int.from_bytes(body[4:8]))) == []


def test_one_that_ended_by_itself_meanwhile_is_no_trouble() -> None:
    talk = Talk()
    talk.connect(holds=False, rospecs=another_rospec(state=2))
    for kind in (STOP, DELETE):
        refused = far_end.status(101, "there is no such ROSpec")
        talk.hear(far_end.message(kind + 10, talk.asked(kind), refused))

    assert [kind for kind, _, _ in talk.sent()] == [ADD]


def test_a_read_of_the_very_instant_of_the_connection_is_behind_the_backlog() -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2))

    talk.hear(far_end.report(far_end.tag(at_us=READER_US - 1001)))
    assert [type(each) for each in talk.said] == [TagRead]
    talk.hear(far_end.report(far_end.tag(at_us=READER_US - 1000)))  # LastSeen is 1 ms later
    assert [type(each) for each in talk.said] == [TagRead, LinkChange, TagRead]


def test_the_link_is_up_behind_the_backlog() -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2))

    old = far_end.report(far_end.tag(at_us=READER_US - 2_000_000))
    new = far_end.report(far_end.tag(at_us=READER_US + 1))
    talk.hear(old + new, elapsed_s=0.1)

    assert [type(each) for each in talk.said] == [TagRead, LinkChange, TagRead]
    assert talk.said[1] == LinkChange("dock-1", UTC_US + 100_000, up=True, held=True)


def test_a_reader_with_nothing_to_say_is_up_after_a_while() -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2))
    talk.hear(far_end.message(62, 9), elapsed_s=9.0)  # a keepalive says nothing of the backlog
    assert talk.session.deadline_us() == 10_000_000

    assert talk.session.expire(at(10.0)) == [
        LinkChange("dock-1", UTC_US + 10_000_000, up=True, held=True)
    ]
    assert talk.session.expire(at(10.1)) == []
    assert talk.session.deadline_us() == 9_000_000 + 12_500_000  # two keepalives and a half


@pytest.mark.parametrize("new", [True, False], ids=["a new read", "no read"])
def test_a_backlog_that_is_in_is_not_waited_for_again(new: bool) -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2))
    if new:
        talk.hear(far_end.report(far_end.tag(at_us=READER_US)), elapsed_s=10.0)
    else:
        talk.hear(far_end.message(62, 9), elapsed_s=10.0)
    assert talk.said[-1 - new] == LinkChange("dock-1", UTC_US + 10_000_000, up=True, held=True)
    talk.hear(far_end.message(62, 10), elapsed_s=11.0)

    assert talk.session.deadline_us() == 11_000_000 + 12_500_000  # two keepalives and a half


def test_a_reader_whose_clock_was_set_back_is_up_in_the_end() -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2))
    for elapsed_s in range(0, 120, 5):
        talk.hear(far_end.report(far_end.tag(at_us=READER_US - 900_000_000)), elapsed_s)
    assert {type(each) for each in talk.said} == {TagRead}

    talk.hear(far_end.report(far_end.tag(at_us=READER_US - 900_000_000)), 120)
    assert talk.said[-1] == LinkChange("dock-1", UTC_US + 120_000_000, up=True, held=True)


def test_a_read_has_the_host_s_time() -> None:
    talk = Talk()
    talk.set_up()
    read_us = READER_US + 500_000

    said = talk.hear(far_end.report(far_end.tag(at_us=read_us, count=3)), elapsed_s=0.6)

    assert said == [
        TagRead(
            device="dock-1",
            antenna=1,
            epc=EPC,
            first_us=UTC_US + 500_000,
            last_us=UTC_US + 501_000,
            seen_count=3,
            pc=0x3000,
            rssi_dbm=-55.0,
            channel=7,
        )
    ]


def test_a_read_is_at_least_one_and_begins_no_later_than_it_ends() -> None:
    talk = Talk()
    talk.set_up()
    turned = far_end.tag(count=0, extra=b"\x84" + struct.pack(">Q", READER_US + 400_000))

    (read,) = talk.hear(far_end.report(turned), elapsed_s=0.6)

    assert isinstance(read, TagRead)
    assert (read.seen_count, read.first_us - UTC_US, read.last_us - UTC_US) == (1, 400_000, 400_000)


def test_a_read_follows_the_wall_clock_when_that_is_set() -> None:
    talk = Talk()
    talk.set_up()
    stepped = Now(at(0.6).utc_us + 3_600_000_000, at(0.6).monotonic_us)

    (read,) = talk.session.receive(far_end.report(far_end.tag(at_us=READER_US)), stepped)

    assert isinstance(read, TagRead)
    assert read.first_us == UTC_US + 3_600_000_000


def test_a_read_without_a_time_is_now() -> None:
    talk = Talk()
    talk.set_up()
    bare = far_end.tlv(240, b"\x8d" + EPC)

    assert talk.hear(far_end.report(bare), elapsed_s=0.5) == [
        TagRead("dock-1", 0, EPC, UTC_US + 500_000, UTC_US + 500_000)
    ]


def test_the_reads_of_a_reader_that_tells_no_time_are_now() -> None:
    talk = Talk()
    talk.set_up(reader_us=None)

    (read,) = talk.hear(far_end.report(far_end.tag(at_us=READER_US)), elapsed_s=0.5)

    assert isinstance(read, TagRead)
    assert (read.first_us, read.last_us) == (UTC_US + 500_000, UTC_US + 500_000)


def first_us(said: list[Said]) -> int:
    """Of the only read, after the host's greeting (µs)."""
    (read,) = said
    assert isinstance(read, TagRead)
    return read.first_us - UTC_US


def read_at(reader_us: int) -> bytes:
    return far_end.report(far_end.tag(at_us=reader_us))


def test_a_clock_that_drifts_while_connected_is_followed() -> None:
    """A reader that loses a second an hour, for a day."""
    talk = Talk()
    talk.set_up()
    for elapsed_s in range(30, 86_400, 30):
        talk.hear(far_end.message(62, 1), elapsed_s)
        slow_us = round(elapsed_s * 1e6 * 3599 / 3600)
        at_us = first_us(talk.hear(read_at(READER_US + slow_us), elapsed_s))

    assert abs(at_us - 86_370_000_000) < 50_000


def test_a_clock_that_is_set_while_connected_is_followed() -> None:
    """As after the first answer of a time server: a day ahead."""
    talk = Talk()
    talk.set_up()
    talk.hear(read_at(READER_US + 20_000_000), elapsed_s=20.0)
    day_us = 86_400_000_000
    for _ in range(9):
        warned, read = talk.hear(read_at(READER_US + day_us + 21_000_000), elapsed_s=21.0)
        assert warned == Warned("a time that cannot be: taken as now")
        assert first_us([read]) == 21_000_000

    talk.hear(read_at(READER_US + day_us + 21_000_000), elapsed_s=21.0)
    said = talk.hear(read_at(READER_US + day_us + 22_000_000), elapsed_s=22.5)
    assert first_us(said) == 21_999_000  # LastSeen is a millisecond after FirstSeen


def test_a_clock_that_is_set_to_before_the_connection_is_followed() -> None:
    talk = Talk()
    talk.set_up()
    back_us = 900_000_000
    talk.hear(read_at(READER_US + 20_000_000), elapsed_s=20.0)
    for elapsed_s in range(21, 100):
        said = talk.hear(read_at(READER_US + elapsed_s * 1_000_000 - back_us), elapsed_s)

    assert first_us(said) == 99_000_000 - 1000


@pytest.mark.parametrize(("holds", "until_s"), [(True, 200), (False, 90)])
def test_a_clock_that_is_set_back_right_after_the_connection_is_followed(
    holds: bool, until_s: int
) -> None:
    """As by a time server, a moment after the reader was started."""
    talk = Talk()
    talk.connect(holds=holds)
    for kind in (ADD, ENABLE, START):
        talk.hear(far_end.answer(kind, talk.asked(kind)))
    for elapsed_s in range(2, until_s, 2):
        said = talk.hear(read_at(READER_US + elapsed_s * 1_000_000 - 900_000_000), elapsed_s)

    assert abs(first_us(said) - (until_s - 2) * 1_000_000) < 5_000


def test_the_newest_read_of_a_report_tells_the_clock() -> None:
    talk = Talk()
    talk.set_up()
    tags = [far_end.tag(at_us=READER_US + at_us) for at_us in (21_000_000, 22_000_000, 0)]
    talk.hear(far_end.report(*tags), elapsed_s=20.0)

    assert first_us(talk.hear(read_at(READER_US + 22_000_000), 21.0)) == 20_000_000 - 1000


def test_what_a_reader_held_never_changes_the_offset() -> None:
    """Within 10 s of the link, or with times before the connection, for as long as it takes."""
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2))
    for elapsed_s in range(1, 100):
        held_us = -200_000_000 + elapsed_s * 1_000_000
        assert first_us(talk.hear(read_at(READER_US + held_us), elapsed_s)) == held_us
    talk.session.expire(at(109.0))  # 10 s after the last
    for elapsed_s in range(110, 150):
        held_us = -1_000_000
        assert first_us(talk.hear(read_at(READER_US + held_us), elapsed_s)) == held_us
    for elapsed_s in (150, 161):
        late_us = elapsed_s * 1_000_000 - 4_000_000
        said = talk.hear(read_at(READER_US + late_us), elapsed_s)
    assert first_us(said) == 161_000_000 - 1000  # live ones do


def test_a_read_that_comes_late_within_ten_seconds_of_the_link_is_no_sample() -> None:
    talk = Talk()
    talk.set_up(reader_us=READER_US)
    early_us = READER_US + 6_000_000
    for elapsed_s in (5.0, 9.9):
        assert first_us(talk.hear(read_at(early_us), elapsed_s)) == 6_000_000


@pytest.mark.parametrize("wrong_us", [0, 2**63, 2**64 - 2000, READER_US + 5_100_001])
def test_a_time_that_cannot_be_is_now(wrong_us: int) -> None:
    talk = Talk()
    talk.set_up(reader_us=1_700_000_000_000_000 if wrong_us == 0 else READER_US)

    said = talk.hear(read_at(wrong_us), elapsed_s=0.1)

    assert said[:-1] == [Warned("a time that cannot be: taken as now")]
    assert first_us(said[-1:]) == 100_000


def test_an_event_s_time_that_cannot_be_is_now() -> None:
    talk = Talk()
    talk.set_up()
    gpi = far_end.tlv(248, struct.pack(">HB", 2, 0x80))
    ahead_us = READER_US + 5_000_000

    assert talk.hear(far_end.event(gpi, at_us=ahead_us)) == [
        GpiChange("dock-1", UTC_US + 5_000_000, 2, high=True)
    ]
    assert talk.hear(far_end.event(gpi, at_us=ahead_us + 1)) == [
        Warned("a time that cannot be: taken as now"),
        GpiChange("dock-1", UTC_US, 2, high=True),
    ]


def test_what_is_older_than_any_reader_holds_is_now() -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2), reader_us=UTC_US)
    gpi = far_end.tlv(248, struct.pack(">HB", 2, 0x80))
    oldest_us = UTC_US - 366 * 86_400_000_000

    assert talk.hear(far_end.event(gpi, at_us=oldest_us)) == [
        GpiChange("dock-1", oldest_us, 2, high=True)
    ]
    assert talk.hear(far_end.event(gpi, at_us=oldest_us - 1)) == [
        Warned("a time that cannot be: taken as now"),
        GpiChange("dock-1", UTC_US, 2, high=True),
    ]


def test_what_a_reader_held_for_months_has_its_time() -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state=2), reader_us=1_700_000_000_000_000)
    months_us = 100 * 86_400_000_000

    assert first_us(talk.hear(read_at(1_700_000_000_000_000 - months_us))) == -months_us


def test_reads_between_our_requests_are_reads() -> None:
    talk = Talk()
    talk.hear(far_end.connection_event(at_us=READER_US))

    said = talk.hear(far_end.report(far_end.tag(at_us=READER_US - 5)))

    assert [type(each) for each in said] == [TagRead]


def test_a_keepalive_is_acknowledged_with_its_id() -> None:
    talk = Talk()
    talk.set_up()

    talk.hear(far_end.message(62, 4711))

    assert talk.sent() == [(72, 4711, b"")]


def test_inputs_and_antennas_are_observed() -> None:
    talk = Talk()
    talk.set_up()
    gpi = far_end.event(far_end.tlv(248, struct.pack(">HB", 2, 0x80)), at_us=READER_US + 7)
    antenna = far_end.event(far_end.tlv(255, struct.pack(">BH", 1, 3)), at_us=READER_US + 8)

    assert talk.hear(gpi + antenna) == [
        GpiChange("dock-1", UTC_US + 7, 2, high=True),
        AntennaChange("dock-1", UTC_US + 8, 3, connected=True),
    ]


def test_warnings_do_not_end_the_connection() -> None:
    talk = Talk()
    talk.set_up()

    said = talk.hear(
        far_end.message(100, 3, far_end.status(109, "no such message"))
        + far_end.message(100, 3)
        + far_end.message(33, 99, far_end.status())
        + far_end.event(far_end.tlv(251, b""))
        + far_end.connection_event(status_code=4)
        + far_end.message(63, 0, b"\x00")
        + far_end.report(far_end.tag(extra=b"\xff"))
        + far_end.message(4, 100, far_end.status())
    )

    assert said == [
        Warned("reader refused a message: no such message (status 109)"),
        Warned("reader refused a message: response without LLRPStatus"),
        Warned("unexpected message of type 33"),
        Warned("report buffer overflow: the reader lost reads"),
        Warned("another client tried to connect"),
        Warned("READER_EVENT_NOTIFICATION: 1 bytes at 0: expected a parameter header"),
        Warned("TagReportData: unknown TV parameter 127 at byte 50"),
    ]


def test_a_second_success_changes_nothing() -> None:
    talk = Talk()
    talk.set_up()

    assert talk.hear(far_end.connection_event()) == []
    assert talk.sent() == []


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            far_end.connection_event(status_code=2),
            "connection refused by the reader: another client is connected",
        ),
        (far_end.connection_event(status_code=9), "connection refused by the reader: status 9"),
        (far_end.event(far_end.tlv(257, b"")), "the reader closed the connection"),
    ],
)
def test_a_reader_that_does_not_want_us_says_why(data: bytes, why: str) -> None:
    with pytest.raises(LlrpError) as refused:
        Talk().hear(data)

    assert str(refused.value) == why


def test_a_refused_request_ends_the_connection_with_the_reader_s_words() -> None:
    talk = Talk()
    talk.connect()
    add = talk.asked(ADD)

    with pytest.raises(LlrpError, match=r"^ADD_ROSPEC refused: too many \(status 100\)$"):
        talk.hear(far_end.message(30, add, far_end.status(100, "too many")))


def test_an_error_message_to_a_request_is_a_refusal() -> None:
    talk = Talk()
    talk.hear(far_end.connection_event())
    asked = talk.asked(GET_CAPABILITIES)

    with pytest.raises(LlrpError, match=r"^GET_READER_CAPABILITIES refused: no \(status 109\)$"):
        talk.hear(far_end.message(100, asked, far_end.status(109, "no")))


@pytest.mark.parametrize("state", [1, 2])
def test_a_reader_that_holds_and_does_not_give_is_lost_with_its_words(state: int) -> None:
    talk = Talk()
    talk.connect(rospecs=our_rospec(state))
    (told,) = [number for kind, number, _ in talk.sent() if kind == ENABLE_EVENTS]

    with pytest.raises(LlrpError) as refused:
        talk.hear(far_end.message(100, told, far_end.status(401, "no")))

    assert str(refused.value) == "ENABLE_EVENTS_AND_REPORTS refused: no (status 401)"


@pytest.mark.parametrize(("holds", "state"), [(False, 2), (True, 0)])
def test_one_that_has_nothing_to_give_needs_not_be_told_to(holds: bool, state: int) -> None:
    talk = Talk()
    talk.connect(holds=holds, rospecs=our_rospec(state))
    (told,) = [number for kind, number, _ in talk.sent() if kind == ENABLE_EVENTS]

    assert talk.hear(far_end.message(100, told, far_end.status(109, "no"))) == [
        Warned("reader refused a message: no (status 109)")
    ]


def test_only_the_response_to_a_request_answers_it() -> None:
    talk = Talk()
    talk.hear(far_end.connection_event())
    asked = talk.asked(GET_CAPABILITIES)
    assert talk.hear(far_end.message(999, asked)) == [Warned("unexpected message of type 999")]


def test_what_came_before_the_end_is_still_there() -> None:
    talk = Talk()
    talk.set_up()

    with pytest.raises(LlrpError):
        talk.hear(far_end.report(far_end.tag()) + b"\xff" * 10)

    assert [type(each) for each in talk.session.drain()] == [TagRead]


def test_a_reader_that_never_speaks_is_given_up() -> None:
    session = Session(WANTED, opened_us=0)
    assert session.expire(at(9.9)) == []
    assert session.deadline_us() == 10_000_000

    with pytest.raises(LlrpError, match="^no answer to the connection in 10 s$"):
        session.expire(at(10.0))


def test_an_answer_that_does_not_come_is_named() -> None:
    talk = Talk()
    talk.hear(far_end.connection_event())
    talk.hear(far_end.message(62, 1), elapsed_s=9.0)

    with pytest.raises(LlrpError, match="^no answer to GET_READER_CAPABILITIES in 10 s$"):
        talk.session.expire(at(10.0))


def test_an_answer_that_waits_behind_reports_while_the_host_is_held_up_is_in_time() -> None:
    """The bytes come in chunks, and the first ones are old when they are read."""
    talk = Talk()
    talk.hear(far_end.connection_event())
    asked = talk.asked(GET_CAPABILITIES)
    talk.hear(far_end.report(far_end.tag()), elapsed_s=19.9)
    talk.hear(far_end.capabilities(asked), elapsed_s=19.9)

    assert talk.asked(GET_ROSPECS)


def test_an_answer_that_never_comes_while_reports_do_is_overdue_in_the_end() -> None:
    talk = Talk()
    talk.hear(far_end.connection_event())
    talk.hear(far_end.report(far_end.tag()), elapsed_s=19.9)

    with pytest.raises(LlrpError, match="^no answer to GET_READER_CAPABILITIES in 10 s$"):
        talk.hear(far_end.report(far_end.tag()), elapsed_s=20.0)
    assert [type(each) for each in talk.session.drain()] == [TagRead]


def test_before_keepalives_are_asked_for_only_the_answer_has_a_deadline() -> None:
    talk = Talk(replace(WANTED, keepalive_us=100_000))
    talk.hear(far_end.connection_event(), elapsed_s=1.0)

    assert talk.session.deadline_us() == 11_000_000


def test_a_reader_that_misses_two_keepalives_is_lost() -> None:
    talk = Talk()
    talk.set_up()
    talk.hear(far_end.message(62, 1), elapsed_s=5.0)
    assert talk.session.deadline_us() == 17_500_000

    with pytest.raises(LlrpError, match=r"^silent for 12.5 s$"):
        talk.session.expire(at(17.5))


def test_leaving_says_goodbye() -> None:
    talk = Talk()
    talk.set_up()
    talk.session.close()

    assert [kind for kind, _, _ in talk.sent()] == [14]


def test_a_reader_whose_message_never_gets_whole_is_lost_though_bytes_come() -> None:
    talk = Talk()
    talk.set_up()
    talk.hear(far_end.report()[:3], elapsed_s=5.0)
    talk.hear(far_end.message(62, 1), elapsed_s=17.0)
    assert talk.session.deadline_us() == 17_500_000

    with pytest.raises(LlrpError, match=r"^a message is not whole after 12.5 s$"):
        talk.session.expire(at(17.5))


def test_a_message_may_come_in_pieces_as_long_as_it_comes() -> None:
    talk = Talk()
    talk.set_up()
    keepalive = far_end.message(62, 1)
    talk.hear(keepalive[:3], elapsed_s=5.0)
    talk.hear(keepalive[3:] + keepalive[:3], elapsed_s=17.0)
    assert talk.session.deadline_us() == 29_500_000
    talk.hear(keepalive[3:], elapsed_s=20.0)
    assert talk.session.deadline_us() == 32_500_000


def test_what_was_said_and_not_given_is_due_at_once() -> None:
    """As the end of a request that could not begin, asked for between two reads of the socket."""
    talk = Talk()
    talk.set_up()
    talk.session.set_output(0, high=True, now=at())

    assert talk.session.deadline_us() == 0
    assert talk.session.expire(at()) == [Ended(2, None, "output 0: the reader has 0")]
    assert talk.session.deadline_us() > 0


def test_leaving_in_the_middle_of_an_access_leaves_no_access_spec() -> None:
    talk = Talk()
    talk.hear(far_end.connection_event())
    talk.hear(far_end.capabilities(talk.asked(GET_CAPABILITIES), access_specs=8))
    for kind in (GET_ROSPECS, SET_CONFIG, DELETE_ACCESSSPEC, GET_CONFIG, ADD, ENABLE, START):
        talk.hear(far_end.answer(kind, talk.asked(kind)))
    read = ReadWords(Bank.TID, 0, 6)
    ticket = talk.session.access(1, Target(Bank.TID, 0, EPC), [read], 0, 9_000_000, at())
    queued = talk.session.access(1, Target(Bank.TID, 0, EPC), [read], 0, 9_000_000, at())
    assert ticket is not None
    assert queued is not None
    talk.session.forget(queued)
    talk.session.forget(ticket)  # it is under way: the reader has it
    talk.sent()
    talk.session.close()

    assert [(kind, body) for kind, _, body in talk.sent()] == [
        (DELETE_ACCESSSPEC, bytes(4)),
        (14, b""),
    ]
