"""The conversation about one tag's memory, and what it says read back by another library."""

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
from drivers.llrp.protocol.framing import Frame, encode_message
from drivers.llrp.protocol.requests import Ended, Requests
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
ADD, DELETE, ENABLE = 40, 41, 42
UNTIL_US = 2_000_000


class Talk:
    """An access under way, and the reader that answers it."""

    def __init__(self) -> None:
        self.results = Results()
        self.line = Requests(response_us=10_000_000)
        self.line.start(
            access(Access(2, TARGET, OPERATIONS, 0xDEADBEEF, UNTIL_US), self.results), 0
        )

    def answer(self, kind: int, code: int = 0) -> None:
        """To the request under way, which must be of that type."""
        frame = self.line.outgoing.pop()
        assert frame.type == kind
        answer = Frame(kind + 10, frame.message_id, far_end.status(code))
        assert self.line.answer(answer, now_us=1)

    def tell(self, *operations: OpSpecResult) -> None:
        """As a report does."""
        self.results.came.append(AccessResult(1, EPC, 2, operations))
        self.line.resume(now_us=1)


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
    assert (talk.line.is_waiting, talk.line.deadline_us) == (True, UNTIL_US)

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

    (ended,) = talk.line.ended()
    assert isinstance(ended.outcome, Accessed)


def test_an_access_spec_that_is_refused_leaves_nothing_behind() -> None:
    talk = Talk()
    talk.answer(ADD, code=100)

    assert talk.line.ended() == [Ended(1, None, "ADD_ACCESSSPEC refused: status 100")]
    assert talk.line.outgoing == []


def test_one_that_cannot_be_enabled_is_deleted() -> None:
    talk = Talk()
    talk.answer(ADD)
    talk.answer(ENABLE, code=100)
    talk.answer(DELETE)

    assert talk.line.ended() == [Ended(1, None, "ENABLE_ACCESSSPEC refused: status 100")]


def test_more_operations_than_readers_take_are_not_begun() -> None:
    line = Requests(response_us=10_000_000)
    many = (ReadWords(Bank.USER, 0, 1),) * 9
    line.start(access(Access(2, TARGET, many, 0, UNTIL_US), Results()), now_us=0)

    assert line.ended() == [Ended(1, None, "9 operations: expected at most 8")]
    assert line.outgoing == []
