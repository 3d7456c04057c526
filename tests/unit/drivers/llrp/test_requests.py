"""Procedures in line: one request at a time, each with a deadline."""

import struct

import pytest

from drivers.base import NotDone
from drivers.llrp.protocol.framing import Frame, LlrpError
from drivers.llrp.protocol.requests import (
    NEVER_US,
    QUEUE_MAX,
    Ended,
    Event,
    Procedure,
    Refused,
    Requests,
    ask,
    tell,
    wait,
)
from tests.unit.drivers.llrp import far_end

GET, ADD, START = 1, 20, 22
CUSTOM = 1023


def requests() -> Requests:
    return Requests(response_us=10)


def one(kind: int = GET) -> Procedure[int]:
    answer = yield from ask(Frame(kind, 0, b""))
    return answer.type


def sent(line: Requests) -> list[tuple[int, int]]:
    """Type and id of what it wants to send since last asked."""
    frames = [(frame.type, frame.message_id) for frame in line.outgoing]
    line.outgoing.clear()
    return frames


def yes(kind: int, message_id: int) -> Frame:
    return Frame(kind, message_id, far_end.status())


def test_a_procedure_goes_on_with_the_answer_to_its_request() -> None:
    line = requests()
    ticket = line.start(one(), now_us=0)
    assert sent(line) == [(GET, 1)]
    assert line.ended() == []

    assert line.answer(yes(11, 1), now_us=1)

    assert ticket == 1
    assert line.ended() == [Ended(1, 11)]
    assert line.ended() == []
    assert (line.owes_answer, line.deadline_us) == (False, NEVER_US)


def test_the_second_waits_for_the_first() -> None:
    line = requests()
    line.start(one(GET), now_us=0)
    line.start(one(ADD), now_us=5)
    assert sent(line) == [(GET, 1)]

    line.answer(yes(11, 1), now_us=7)

    assert sent(line) == [(ADD, 2)]
    assert line.deadline_us == 17


@pytest.mark.parametrize("frame", [yes(11, 2), yes(12, 1), Frame(1, 1, b"")])
def test_only_the_answer_with_its_id_and_its_type_is_one(frame: Frame) -> None:
    line = requests()
    assert not line.answer(frame, now_us=1)
    line.start(one(), now_us=0)

    assert not line.answer(frame, now_us=1)
    assert line.owes_answer


def test_a_refusal_is_raised_where_the_request_was_made() -> None:
    def careful() -> Procedure[str]:
        try:
            yield from ask(Frame(ADD, 0, b""))
        except Refused as refused:
            yield from ask(Frame(START, 0, b""))
            return str(refused)
        return "done"

    line = requests()
    line.start(careful(), now_us=0)
    line.answer(Frame(30, 1, far_end.status(100, "too many")), now_us=1)
    assert sent(line) == [(ADD, 1), (START, 2)]
    line.answer(yes(32, 2), now_us=2)

    assert line.ended() == [Ended(1, "ADD_ROSPEC refused: too many (status 100)")]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Frame(11, 1, far_end.status(401)), "GET_READER_CAPABILITIES refused: status 401"),
        (Frame(100, 1, far_end.status(109, "no")), "GET_READER_CAPABILITIES refused: no"),
        (Frame(100, 1, far_end.status()), "GET_READER_CAPABILITIES refused: status 0"),
        (Frame(100, 1, b""), "GET_READER_CAPABILITIES refused: response without LLRPStatus"),
    ],
)
def test_a_refusal_that_nobody_catches_ends_its_procedure_alone(answer: Frame, why: str) -> None:
    line = requests()
    line.start(one(), now_us=0)
    line.start(one(ADD), now_us=0)
    line.answer(answer, now_us=1)

    (ended,) = line.ended()
    assert (ended.ticket, ended.outcome) == (1, None)
    assert ended.refused is not None
    assert ended.refused.startswith(why)
    assert sent(line) == [(GET, 1), (ADD, 2)]


def test_an_answer_without_a_status_breaks_the_protocol() -> None:
    line = requests()
    line.start(one(), now_us=0)

    with pytest.raises(LlrpError, match="^response without LLRPStatus$"):
        line.answer(Frame(11, 1, b""), now_us=1)


def test_a_vendor_s_message_is_answered_in_kind() -> None:
    line = requests()
    line.start(one(CUSTOM), now_us=0)

    assert line.answer(Frame(CUSTOM, 1, struct.pack(">IB", 25882, 22) + far_end.status()), 1)
    assert line.ended() == [Ended(1, CUSTOM)]


def test_an_answer_that_is_overdue_is_named() -> None:
    line = requests()
    line.start(one(), now_us=5)
    assert line.deadline_us == 15
    line.expire(now_us=14)

    with pytest.raises(LlrpError, match="^no answer to GET_READER_CAPABILITIES in 1e-05 s$"):
        line.expire(now_us=15)


def test_a_wait_is_over_when_it_is_resumed_or_its_time_has_come() -> None:
    def patient() -> Procedure[str]:
        yield from wait(Event.BACKLOG_IS_IN, 20)
        yield from wait(Event.ACCESS_RESULT, 30)
        return "over"

    line = requests()
    line.start(patient(), now_us=0)
    line.resume(Event.ACCESS_RESULT, now_us=2)  # it waits for something else
    assert line.deadline_us == 20
    line.resume(Event.BACKLOG_IS_IN, now_us=3)
    assert line.deadline_us == 30
    line.expire(now_us=29)
    assert line.ended() == []
    line.expire(now_us=30)

    assert line.ended() == [Ended(1, "over")]
    line.resume(Event.ACCESS_RESULT, now_us=31)  # nobody waits
    assert line.deadline_us == NEVER_US


def test_a_message_without_an_answer_is_not_waited_for() -> None:
    def one_way() -> Procedure[None]:
        yield from tell(Frame(64, 0, b""), needed=True)
        yield from ask(Frame(GET, 0, b""))

    line = requests()
    line.start(one_way(), now_us=0)

    assert sent(line) == [(64, 1), (GET, 2)]


@pytest.mark.parametrize(
    ("needed", "body", "why"),
    [
        (True, far_end.status(401, "not now"), "not now (status 401)"),
        (True, b"", "response without LLRPStatus"),
        (True, far_end.status(109, "never heard of it"), None),
        (False, far_end.status(401, "not now"), None),
    ],
)
def test_a_message_without_an_answer_may_be_refused_until_the_next_answer(
    needed: bool, body: bytes, why: str | None
) -> None:
    def one_way() -> Procedure[None]:
        yield from tell(Frame(64, 0, b""), needed=needed)
        yield from ask(Frame(GET, 0, b""))
        yield from ask(Frame(ADD, 0, b""))

    line = requests()
    line.start(one_way(), now_us=0)
    refusal = Frame(100, 1, body)

    if why is not None:
        with pytest.raises(LlrpError) as refused:
            line.answer(refusal, now_us=1)
        assert str(refused.value) == f"ENABLE_EVENTS_AND_REPORTS refused: {why}"
    else:
        assert not line.answer(refusal, now_us=1)
    assert not line.answer(Frame(100, 7, refusal.body), now_us=1)
    assert line.answer(yes(11, 2), now_us=1)
    assert not line.answer(refusal, now_us=1)


def test_what_cannot_be_done_is_said_as_it_is() -> None:
    def hopeless() -> Procedure[None]:
        yield from wait(Event.ACCESS_RESULT, 1)
        raise NotDone("no such tag answered")

    line = requests()
    line.start(hopeless(), now_us=0)
    line.expire(now_us=1)

    assert line.ended() == [Ended(1, None, "no such tag answered")]


def test_the_line_is_bounded() -> None:
    line = requests()
    tickets = [line.start(one(), now_us=0) for _ in range(QUEUE_MAX + 1)]

    assert tickets == [*range(1, QUEUE_MAX + 1), None]


def test_ids_begin_again_behind_the_last_and_never_with_0() -> None:
    line = requests()
    line._next_id = 0xFFFFFFFF
    line.say(Frame(72, 0, b""))
    line.say(Frame(72, 0, b""))

    assert sent(line) == [(72, 0xFFFFFFFF), (72, 1)]


def test_an_acknowledgement_has_the_id_of_what_it_answers() -> None:
    line = requests()
    line.say(Frame(72, 0, b""), 4711)
    line.say(Frame(72, 0, b""), 0)

    assert sent(line) == [(72, 4711), (72, 0)]


def test_the_version_agreed_upon_stands_in_each_header() -> None:
    line = requests()
    line.say(Frame(46, 0, b"", version=2))
    line.say(Frame(72, 0, b""))
    line.version = 2
    line.say(Frame(72, 0, b""))

    assert [frame.version for frame in line.outgoing] == [2, 1, 2]


def test_what_could_not_begin_in_time_never_begins() -> None:
    line = requests()
    line.start(one(GET), now_us=0)
    line.start(one(ADD), now_us=0, until_us=5)
    line.start(one(START), now_us=0, until_us=6)
    line.answer(yes(11, 1), now_us=5)

    assert line.ended() == [Ended(1, 11), Ended(2, None, "its turn did not come in time")]
    assert sent(line) == [(GET, 1), (START, 2)]


def test_what_nobody_waits_for_never_begins_and_what_began_goes_on() -> None:
    line = requests()
    line.start(one(GET), now_us=0)
    line.start(one(ADD), now_us=0)
    dropped = [line.drop(1), line.drop(2)]
    line.answer(yes(11, 1), now_us=1)

    assert dropped == [False, True]
    assert line.ended() == [Ended(1, 11)]
    assert sent(line) == [(GET, 1)]


def test_a_procedure_that_fails_is_not_in_the_way_of_the_next() -> None:
    def broken() -> Procedure[None]:
        yield from wait(Event.ACCESS_RESULT, 1)
        raise LlrpError("an AccessSpec is left in the reader")

    line = requests()
    line.start(broken(), now_us=0)
    with pytest.raises(LlrpError):
        line.expire(now_us=1)
    line.start(one(), now_us=2)

    assert sent(line) == [(GET, 1)]
