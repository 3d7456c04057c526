"""The conversation about one tag's memory, and what it says read back by another library."""

from collections.abc import Sequence

import pytest
from llrpkit.protocol import decode_message

from drivers.base import (
    Accessed,
    Bank,
    LockBank,
    Operation,
    OperationDone,
    ReadWords,
    Target,
    WriteWords,
)
from drivers.llrp.protocol.access import AccessResult, OpSpecResult
from drivers.llrp.protocol.access_spec import Access, Results, access
from drivers.llrp.protocol.framing import Frame, LlrpError, encode_message
from drivers.llrp.protocol.requests import Ended, Event, Requests
from drivers.llrp.protocol.tables import OpSpecKind
from tests.unit.drivers.llrp import far_end

TID = bytes.fromhex("E2801160200000000000ABCD")
EPC = bytes.fromhex("3074257BF7194E4000001A85")
TARGET = Target(Bank.TID, 0, TID)
OPERATIONS: tuple[Operation, ...] = (
    WriteWords(Bank.EPC, 1, b"\x30\x00" + EPC),
    ReadWords(Bank.EPC, 1, 7),
    LockBank(Bank.EPC),
)
ADD, DELETE, ENABLE, GET = 40, 41, 42, 44
UNTIL_US = 2_000_000


class Talk:
    """An access under way, and the reader that answers it."""

    def __init__(self) -> None:
        self.results = Results()
        self.line = Requests(response_us=10_000_000)
        self.line.start(
            access(Access(2, TARGET, OPERATIONS, 0xDEADBEEF, UNTIL_US), self.results, 8), 0
        )

    def answer(self, kind: int, code: int = 0, body: bytes = b"") -> None:
        """To the request under way, which must be of that type."""
        frame = self.line.outgoing.pop()
        assert frame.type == kind
        answer = Frame(kind + 10, frame.message_id, far_end.status(code) + body)
        assert self.line.answer(answer, now_us=1)

    def tell(self, *operations: OpSpecResult) -> None:
        """As a report does."""
        if self.results.take(AccessResult(1, EPC, 2, operations)):
            self.line.resume(Event.ACCESS_RESULT, now_us=1)


def test_the_access_spec_names_the_tag_and_what_to_do_once() -> None:
    talk = Talk()

    said = repr(decode_message(encode_message(talk.line.outgoing[0])))

    assert "access_spec_id=1, antenna_id=2" in said
    assert "ro_spec_id=0" in said
    assert "Operation_Count: 1>, operation_count_value=1)" in said
    assert f"tag_data=BitStr(bit_len=96, data={TID!r})" in said
    assert "C1G2TargetTag(mb=2, match=True, pointer=0" in said
    for number, kind in ((1, "C1G2Write"), (2, "C1G2Read"), (3, "C1G2Lock")):
        assert f"{kind}(op_spec_id={number}, access_password=3735928559" in said
    assert "mb=1, word_pointer=1, word_count=7)" in said
    assert "mb=1, word_pointer=1, write_data=[12288, 12404, 9595, 63257, 20032, 0, 6789])" in said
    assert "privilege=<C1G2LockPrivilege.Read_Write: 0>, data_field=<C1G2LockDataField.EPC" in said


def test_an_access_runs_and_is_deleted_and_gives_an_outcome_for_each_operation() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.answer(ENABLE)
    assert talk.line.deadline_us == UNTIL_US

    talk.tell(
        OpSpecResult(2, OpSpecKind.READ, 0, data=b"read"),
        OpSpecResult(1, OpSpecKind.WRITE, 3),
    )
    talk.answer(DELETE)

    assert talk.line.ended() == [
        Ended(
            1,
            Accessed(
                EPC,
                2,
                (
                    OperationDone(why="insufficient power"),
                    OperationDone(data=b"read"),
                    OperationDone(why="not tried"),
                ),
            ),
        )
    ]


def test_a_result_that_comes_before_the_answer_is_waited_for_no_more() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.tell(OpSpecResult(1, OpSpecKind.WRITE, 0))
    talk.answer(ENABLE)
    talk.answer(DELETE)

    (ended,) = talk.line.ended()
    assert ended.refused is None


def test_where_no_such_tag_answers_the_access_spec_is_deleted_all_the_same() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.answer(ENABLE)
    talk.line.expire(UNTIL_US)
    talk.answer(DELETE)

    assert talk.line.ended() == [Ended(1, None, "no such tag answered")]


def test_what_was_done_while_it_was_deleted_was_done() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.answer(ENABLE)
    talk.line.expire(UNTIL_US)
    talk.tell(OpSpecResult(1, OpSpecKind.WRITE, 0))
    talk.answer(DELETE)

    (ended,) = talk.line.ended()
    assert isinstance(ended.outcome, Accessed)


def test_a_reader_that_deleted_it_by_itself_may_say_so() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.answer(ENABLE)
    talk.tell(OpSpecResult(1, OpSpecKind.WRITE, 0))
    talk.answer(DELETE, code=101)
    talk.answer(GET)

    (ended,) = talk.line.ended()
    assert isinstance(ended.outcome, Accessed)


def test_a_reader_that_keeps_it_is_lost_for_it_would_change_the_next_tag() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.answer(ENABLE)
    talk.line.expire(UNTIL_US)
    talk.answer(DELETE, code=401)

    with pytest.raises(LlrpError, match="^an AccessSpec is left in the reader: DELETE_ACCESSSPEC"):
        talk.answer(GET, body=far_end.tlv(207, bytes(16)))


def test_a_reader_that_knows_no_access_specs_has_none() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.answer(ENABLE)
    talk.line.expire(UNTIL_US)
    talk.answer(DELETE, code=109)
    talk.answer(GET, code=109)

    assert talk.line.ended() == [Ended(1, None, "no such tag answered")]


def test_where_it_cannot_tell_at_once_it_may_tell_with_other_reads() -> None:
    talk = Talk()
    assert talk.line.outgoing[0].body[-1] == 1
    talk.answer(ADD, code=100)
    assert talk.line.outgoing[0].body[-1] == 0
    talk.answer(ADD)

    assert talk.line.outgoing[0].type == ENABLE


def test_an_access_spec_that_is_refused_leaves_nothing_behind() -> None:
    talk = Talk()
    talk.answer(ADD, code=100)
    talk.answer(ADD, code=100)
    talk.answer(DELETE)

    assert talk.line.ended() == [Ended(1, None, "ADD_ACCESSSPEC refused: status 100")]
    assert talk.line.outgoing == []
    assert not talk.results.is_expected


def test_one_that_cannot_be_enabled_is_deleted() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.answer(ENABLE, code=100)
    talk.answer(DELETE)

    assert talk.line.ended() == [Ended(1, None, "ENABLE_ACCESSSPEC refused: status 100")]


def test_what_comes_late_of_one_access_is_not_taken_for_the_next() -> None:
    results = Results()
    assert results.expect(OPERATIONS) == 1
    assert results.expect([ReadWords(Bank.TID, 0, 6)]) == 4

    late = AccessResult(0, EPC, 2, (OpSpecResult(1, OpSpecKind.WRITE, 0),))
    of_another = AccessResult(1, EPC, 2, (OpSpecResult(4, OpSpecKind.WRITE, 0),))
    ours = AccessResult(0, EPC, 2, (OpSpecResult(4, OpSpecKind.READ, 0, data=TID),))
    assert [results.take(each) for each in (late, of_another, ours)] == [False, False, True]
    assert results.came == [ours]
    results.expect_no_more()
    assert not results.take(ours)


def test_the_ids_of_operations_begin_again_where_they_end() -> None:
    results = Results()
    results._next_id = 65_533
    assert results.expect(OPERATIONS) == 1


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (LockBank(Bank.RESERVED), "lock of bank RESERVED: expected EPC, TID or USER"),
        (WriteWords(Bank.USER, 0, b""), "0 bytes to write: expected 2 to 512, even"),
        (WriteWords(Bank.USER, 0, bytes(3)), "3 bytes to write: expected 2 to 512, even"),
        (WriteWords(Bank.USER, 0, bytes(514)), "514 bytes to write: expected 2 to 512, even"),
    ],
)
def test_what_no_reader_can_do_is_not_begun(operation: Operation, why: str) -> None:
    assert begun([operation]) == Ended(1, None, why)


def test_a_reader_without_access_specs_is_not_asked_for_one() -> None:
    nothing = Ended(1, None, "the reader takes no AccessSpecs")
    assert begun(OPERATIONS, accessspecs_max=0) == nothing


def begun(operations: Sequence[Operation], accessspecs_max: int = 8) -> Ended:
    line = Requests(response_us=10_000_000)
    wanted = Access(2, TARGET, operations, 0, UNTIL_US)
    line.start(access(wanted, Results(), accessspecs_max), now_us=0)
    (ended,) = line.ended()
    assert line.outgoing == []
    return ended


def test_more_operations_than_readers_take_are_not_begun() -> None:
    many = (ReadWords(Bank.USER, 0, 1),) * 9

    assert begun(many) == Ended(1, None, "9 operations: expected 1 to 8")
    assert begun(()) == Ended(1, None, "0 operations: expected 1 to 8")
