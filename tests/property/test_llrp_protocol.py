"""The LLRP protocol code under any bytes, in any pieces: one error type, nothing good is lost."""

import struct
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.base import LinkChange, Now, TagRead
from drivers.llrp.protocol.capabilities import decode_capabilities
from drivers.llrp.protocol.event import ReaderEvent, decode_event
from drivers.llrp.protocol.framing import (
    HEADER_BYTES,
    Frame,
    FrameReader,
    LlrpError,
    Parameter,
    encode_message,
    encode_tlv,
    parameters,
)
from drivers.llrp.protocol.report import Fault, Report, ReportDecoder
from drivers.llrp.protocol.session import Session, Warned
from drivers.llrp.protocol.status import Status, decode_status
from drivers.llrp.protocol.tables import TV_VALUE_BYTES, MessageType, ParameterType
from drivers.llrp.protocol.wanted import AntennaWanted, Wanted
from tests.unit.drivers.llrp import far_end

NOW = Now(1_700_000_000_000_000, 1_000_000)
READER_US = 1_000_000_000
EPC = bytes.fromhex("3074257BF7194E4000001A85")
WANTED = Wanted("dock-1", (AntennaWanted(1, 20.0), AntennaWanted(2)), 0, 32, 5_000_000, 10_000_000)
LAST_ANSWERED = 22  # START_ROSPEC

relaxed = settings(deadline=None, max_examples=150)

# What a broken reader might send: bytes, parameters in parameters, messages that we know and not.
tvs = st.sampled_from(sorted(TV_VALUE_BYTES.items())).flatmap(
    lambda tv: st.binary(min_size=tv[1], max_size=tv[1]).map(lambda value: _tv(tv[0], value))
)
kinds = st.sampled_from(sorted(ParameterType)) | st.integers(0, 1023)
bodies = st.recursive(
    st.binary(max_size=24) | tvs,
    lambda inner: st.builds(
        lambda kind, values, cut: _broken_tlv(kind, b"".join(values), cut),
        kinds,
        st.lists(inner, max_size=3),
        st.sampled_from([0, 0, 0, 0, 1, 3]),
    ),
    max_leaves=8,
)
message_types = st.sampled_from(sorted(MessageType)) | st.integers(0, 1023)
frames = st.builds(
    Frame,
    message_types,
    st.integers(0, 12) | st.integers(0, 0xFFFFFFFF),  # the low ones are those of our requests
    bodies,
    st.sampled_from([1, 2]),
)
rospecs = st.builds(
    lambda number, state, inner: far_end.tlv(177, struct.pack(">IBB", number, 0, state) + inner),
    st.integers(0, 2),
    st.integers(0, 2),
    bodies,
)
answers = st.lists(bodies | rospecs, max_size=3).map(b"".join)
garbage = st.binary(max_size=200) | bodies
streams = st.lists(frames.map(encode_message) | st.binary(max_size=30), max_size=6).map(b"".join)


def _tv(kind: int, value: bytes) -> bytes:
    return bytes([0x80 | kind]) + value


def _broken_tlv(kind: int, value: bytes, cut: int) -> bytes:
    """A TLV whose length is right, or promises `cut` bytes more than there are."""
    return struct.pack(">HH", kind, 4 + len(value) + cut) + value


def chunks(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    """`data` in pieces, cut at these places (modulo its length)."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return (data[start:end] for start, end in pairwise(places))


def bytewise(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 1] for at in range(len(data)))


def read(pieces: Iterator[bytes]) -> tuple[list[Frame], str | None]:
    """The frames in the pieces, and why there are no more."""
    reader, found = FrameReader(), []
    for piece in pieces:
        reader.receive(piece)
        try:
            while (frame := reader.next_frame()) is not None:
                found.append(frame)
        except LlrpError as broken:
            return found, str(broken)
    return found, None


def greeted() -> Session:
    """A session whose reader has said hello and owes an answer."""
    session = Session(WANTED, opened_us=0)
    session.receive(far_end.connection_event(at_us=READER_US), NOW)
    return session


def set_up(*, held: bool = False) -> Session:
    """A session that is through its handshake, or (`held`) that waits for what its reader held."""
    session, last, add = greeted(), 0, b""
    while last != LAST_ANSWERED:
        for kind, message_id, body in far_end.messages_in(session.outgoing()):
            last, add = kind, body if kind == MessageType.ADD_ROSPEC else add
            session.receive(_answer(kind, message_id), NOW)
    if not held:
        return session
    resumed, rospec = greeted(), add[:9] + b"\x02" + add[10:]  # as it is told when it is active
    while asked := resumed.outgoing():
        for kind, message_id, _ in far_end.messages_in(asked):
            told = rospec if kind == MessageType.GET_ROSPECS else b""
            resumed.receive(_answer(kind, message_id, told), NOW)
    return resumed


def _answer(kind: int, message_id: int, told: bytes = b"") -> bytes:
    if kind == MessageType.ENABLE_EVENTS_AND_REPORTS:
        return b""
    if kind == MessageType.GET_READER_CAPABILITIES:
        return far_end.capabilities(message_id)
    return far_end.message(kind + 10, message_id, far_end.status() + told)


STAGES: dict[str, Callable[[], Session]] = {
    "fresh": lambda: Session(WANTED, opened_us=0),
    "greeted": greeted,
    "waiting for the backlog": lambda: set_up(held=True),
    "up": set_up,
}


# -- framing ---------------------------------------------------------------------------------------


@relaxed
@given(st.lists(frames, max_size=5), st.lists(st.integers(0, 2000), max_size=20))
def test_frames_come_out_of_any_pieces(sent: list[Frame], cuts: list[int]) -> None:
    data = b"".join(map(encode_message, sent))

    assert read(chunks(data, cuts)) == (sent, None)
    assert read(bytewise(data)) == (sent, None)


@relaxed
@given(streams, st.lists(st.integers(0, 400), max_size=20))
def test_any_stream_gives_the_same_frames_and_the_same_end_in_any_pieces(
    data: bytes, cuts: list[int]
) -> None:
    assert read(chunks(data, cuts)) == read(iter([data])) == read(bytewise(data))


@relaxed
@given(st.lists(st.tuples(st.integers(0, 1023), st.binary(max_size=60)), max_size=6))
def test_parameters_survive_their_encoding(sent: list[tuple[int, bytes]]) -> None:
    data = b"".join(encode_tlv(kind, value) for kind, value in sent)

    assert list(parameters(data)) == [Parameter(kind, value) for kind, value in sent]


@relaxed
@given(st.lists(tvs | kinds.map(lambda kind: encode_tlv(kind, b"\x81")), max_size=6))
def test_parameters_are_all_of_the_data(sent: list[bytes]) -> None:
    found = list(parameters(b"".join(sent)))

    assert [
        _tv(each.type, each.value) if data[0] & 0x80 else encode_tlv(each.type, each.value)
        for each, data in zip(found, sent, strict=True)
    ] == sent


# -- garbage ---------------------------------------------------------------------------------------


@relaxed
@given(garbage)
def test_garbage_is_an_llrp_error_and_no_other(data: bytes) -> None:
    for decode in (lambda body: list(parameters(body)), decode_status, decode_capabilities):
        try:
            decode(data)
        except LlrpError as broken:
            assert str(broken)


@relaxed
@given(garbage)
def test_a_report_and_an_event_are_never_an_error(data: bytes) -> None:
    for body in (data, encode_tlv(ParameterType.TAG_REPORT_DATA, data)):
        report = ReportDecoder("dock-1").decode(body, 0, 0)
        assert isinstance(report, Report)
        assert all(fault.text for fault in report.faults)
    for body in (data, encode_tlv(ParameterType.READER_EVENT_NOTIFICATION_DATA, data)):
        assert isinstance(decode_event(body), ReaderEvent | Fault)


@relaxed
@given(st.integers(0, 0xFFFF), st.text(max_size=40))
def test_a_status_is_what_was_said(code: int, text: str) -> None:
    data = text.encode()
    value = struct.pack(">HH", code, len(data)) + data

    assert decode_status(encode_tlv(ParameterType.LLRP_STATUS, value)) == Status(code, text.strip())


@pytest.mark.parametrize("stage", STAGES)
@relaxed
@given(data=streams, cuts=st.lists(st.integers(0, 400), max_size=8))
def test_a_session_says_the_same_of_any_stream_in_any_pieces(
    stage: str, data: bytes, cuts: list[int]
) -> None:
    """And raises nothing but LlrpError."""
    whole = _conversation(STAGES[stage](), iter([data]))

    assert whole == _conversation(STAGES[stage](), chunks(data, cuts))
    assert whole == _conversation(STAGES[stage](), bytewise(data))


@relaxed
@given(st.lists(st.tuples(st.booleans(), answers, st.integers(0, 6_000_000)), max_size=12))
def test_any_answers_at_any_time_are_a_link_or_an_llrp_error(
    told: list[tuple[bool, bytes, int]],
) -> None:
    session, now = greeted(), NOW
    ups = 0
    try:
        for well, body, pause_us in told:
            now = Now(now.utc_us + pause_us, now.monotonic_us + pause_us)
            said = session.expire(now) if now.monotonic_us >= session.deadline_us() else []
            for kind, message_id, _ in far_end.messages_in(session.outgoing()):
                answer = (far_end.status() if well else b"") + body
                said += session.receive(far_end.message(kind + 10, message_id, answer), now)
            ups += sum(isinstance(each, LinkChange) for each in said)
    except LlrpError as broken:
        assert str(broken)
    assert ups <= 1


def _conversation(
    session: Session, pieces: Iterator[bytes]
) -> tuple[list[object], bytes, str | None]:
    """What a session says, sends, and why it ended."""
    said: list[object] = []
    why = None
    try:
        for piece in pieces:
            said += session.receive(piece, NOW)
    except LlrpError as broken:
        why = str(broken)
    return said + session.drain(), session.outgoing(), why


# -- what is good is never lost --------------------------------------------------------------------


@pytest.mark.parametrize("cut", range(len(far_end.report(far_end.tag())) - HEADER_BYTES + 1))
def test_a_report_that_is_cut_short_costs_no_message_behind_it(cut: int) -> None:
    body = far_end.tag()[:cut]
    session = set_up()

    said = session.receive(far_end.message(61, 1, body) + far_end.report(far_end.tag()), NOW)

    *before, last = said
    assert isinstance(last, TagRead)
    assert (last.epc, last.antenna, last.rssi_dbm) == (EPC, 1, -55.0)
    whole = cut == len(far_end.tag())
    assert [type(each) for each in before] == ([TagRead] if whole else [Warned] if cut else [])


@relaxed
@given(st.lists(st.none() | st.binary(max_size=30), max_size=8))
def test_a_broken_tag_costs_no_other_tag_of_its_report(behind: list[bytes | None]) -> None:
    """Each is whole, or has a parameter that nobody knows the length of, and what is behind it."""
    tags = [far_end.tag(extra=b"" if each is None else b"\xff" + each) for each in behind]

    report = ReportDecoder("dock-1").decode(b"".join(tags), 0, 0)

    assert [read.epc for read in report.reads] == [EPC] * behind.count(None)
    assert len(report.faults) == len(behind) - behind.count(None)


@relaxed
@given(st.lists(frames.filter(lambda frame: frame.type not in (61, 63)), max_size=4))
def test_no_message_with_whole_framing_costs_a_report_behind_it(noise: list[Frame]) -> None:
    session = set_up()

    said = session.receive(
        b"".join(map(encode_message, noise)) + far_end.report(far_end.tag()), NOW
    )

    assert [each.epc for each in said if isinstance(each, TagRead)] == [EPC]
