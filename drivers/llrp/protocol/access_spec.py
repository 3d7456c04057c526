"""Reading and writing the memory of one tag: an AccessSpec that runs once (LLRP 1.0.1 §11).

The reader runs it on the first tag that the target fits while a ROSpec reads at that antenna, and
tells the outcome in that tag's report. It is deleted in any case: one that stayed would change the
next tag that fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from struct import Struct, pack
from typing import assert_never

from drivers.base import (
    Accessed,
    Bank,
    LockBank,
    NotDone,
    Operation,
    OperationDone,
    ReadWords,
    Target,
    WriteWords,
)
from drivers.llrp.protocol.access import AccessResult
from drivers.llrp.protocol.framing import Frame, LlrpError, encode_tlv, parameters
from drivers.llrp.protocol.requests import Event, Procedure, Refused, ask, wait
from drivers.llrp.protocol.tables import MessageType, OpSpecKind, ParameterType

ACCESS_SPEC_ID = 1  # ours: one at a time, and a reader serves one client
WRITE_BYTES_MAX = 512  # user memories are smaller; a write of more takes seconds by radio
OPERATIONS_MAX = 8  # readers offer as many or more; a write is read, write, read back, lock

_ANY_ROSPEC = 0
_GEN2 = 1  # air protocol
_DISABLED = 0
_ONCE = pack(">BH", 1, 1)  # stop trigger: an operation count, of one
_WITH_THE_ROREPORT, _AT_ITS_END = 0, 1  # access report triggers
_OPSPEC_ID_MAX = 65_535
_MATCHES = 0x20  # the tag must match, not differ
_LOCK = 0  # privilege: writable with the access password only
_LOCK_FIELD = {Bank.EPC: 2, Bank.TID: 3, Bank.USER: 4}
_HEAD = Struct(">IHBBI")  # AccessSpecID, antenna, protocol, state, ROSpecID
_OPERATION = Struct(">HI")  # OpSpecID, access password
_U32 = Struct(">I")


@dataclass(frozen=True, slots=True)
class Access:
    """What is to be done, to which tag, at which antenna; `until_us` is monotonic."""

    antenna: int
    target: Target
    operations: Sequence[Operation]
    password: int
    until_us: int


@dataclass(slots=True)
class Results:
    """What reports told of the AccessSpec that runs; the session offers it here.

    A result may come late, when the next access runs already, and a report need not say of which
    AccessSpec it is. But it has the OpSpecID: so no two accesses of a connection share one.
    """

    came: list[AccessResult] = field(default_factory=list)
    _expected: dict[int, OpSpecKind] = field(default_factory=dict)
    _next_id: int = 1

    @property
    def is_expected(self) -> bool:
        """Whether an AccessSpec of ours may be in the reader."""
        return self._expected != {}

    def expect(self, operations: Sequence[Operation]) -> int:
        """From now on, what these came to; gives the OpSpecID of the first."""
        if self._next_id + len(operations) > _OPSPEC_ID_MAX:
            self._next_id = 1
        first, self._next_id = self._next_id, self._next_id + len(operations)
        self._expected = {first + n: _kind(each) for n, each in enumerate(operations)}
        self.came.clear()
        return first

    def expect_no_more(self) -> None:
        self._expected = {}

    def take(self, told: AccessResult) -> bool:
        """Whether this is a result of the access that runs."""
        ours = [
            each for each in told.operations if self._expected.get(each.op_spec_id) == each.kind
        ]
        if ours:
            self.came.append(replace(told, operations=tuple(ours)))
        return ours != []


def access(wanted: Access, results: Results, accessspecs_max: int) -> Procedure[Accessed]:
    """Raises NotDone where no such tag answered in time, Refused, and LlrpError where the reader
    may have kept the AccessSpec.
    """
    _check(wanted.operations, accessspecs_max)
    first = results.expect(wanted.operations)
    try:
        yield from _add(wanted, first)
        yield from ask(named_accessspec(MessageType.ENABLE_ACCESSSPEC, ACCESS_SPEC_ID))
        if not results.came:
            yield from wait(Event.ACCESS_RESULT, wanted.until_us)
    except Refused:
        yield from delete_all()
        raise
    else:
        yield from delete_all()
        if not results.came:  # Also what came while the reader deleted it counts: it was done.
            raise NotDone("no such tag answered")
        return _accessed(results.came[0], first, len(wanted.operations))
    finally:
        results.expect_no_more()


def delete_all() -> Procedure[None]:
    """Delete every AccessSpec. A reader that has none may refuse, and that is what we want.

    Raises LlrpError where one is left: it would change the next tag that fits.
    """
    try:
        yield from ask(named_accessspec(MessageType.DELETE_ACCESSSPEC, 0))
        return
    except Refused as refused:
        why = str(refused)
    try:
        answer = yield from ask(Frame(MessageType.GET_ACCESSSPECS, 0, b""))
    except Refused:
        return  # It knows no AccessSpecs at all.
    if any(part.type == ParameterType.ACCESS_SPEC for part in parameters(answer.body)):
        raise LlrpError(f"an AccessSpec is left in the reader: {why}")


def _check(operations: Sequence[Operation], accessspecs_max: int) -> None:
    """Raises NotDone for what no reader, or this one, can be asked for."""
    if not accessspecs_max:
        raise NotDone("the reader takes no AccessSpecs")
    if not 1 <= len(operations) <= OPERATIONS_MAX:
        raise NotDone(f"{len(operations)} operations: expected 1 to {OPERATIONS_MAX}")
    for each in operations:
        if isinstance(each, LockBank) and each.bank not in _LOCK_FIELD:
            raise NotDone(f"lock of bank {each.bank.name}: expected EPC, TID or USER")
        if isinstance(each, WriteWords) and not _is_whole(each.data):
            raise NotDone(f"{len(each.data)} bytes to write: expected 2 to {WRITE_BYTES_MAX}, even")


def _is_whole(data: bytes) -> bool:
    return 2 <= len(data) <= WRITE_BYTES_MAX and len(data) % 2 == 0


def _kind(operation: Operation) -> OpSpecKind:
    match operation:
        case ReadWords():
            return OpSpecKind.READ
        case WriteWords():
            return OpSpecKind.WRITE
        case LockBank():
            return OpSpecKind.LOCK
        case _:
            assert_never(operation)


def _accessed(result: AccessResult, first: int, count: int) -> Accessed:
    outcomes = {each.op_spec_id: OperationDone(each.data, each.why) for each in result.operations}
    missing = OperationDone(why="not tried")
    return Accessed(
        result.epc,
        result.antenna,
        tuple(outcomes.get(number, missing) for number in range(first, first + count)),
    )


def _add(wanted: Access, first: int) -> Procedure[None]:
    """The outcome is to be told when it is there; some readers tell it only with other reads."""
    try:
        yield from ask(add_accessspec(wanted, first, _AT_ITS_END))
    except Refused:
        yield from ask(add_accessspec(wanted, first, _WITH_THE_ROREPORT))


def named_accessspec(kind: MessageType, access_spec_id: int) -> Frame:
    return Frame(kind, 0, _U32.pack(access_spec_id))


def add_accessspec(wanted: Access, first: int, report_trigger: int) -> Frame:
    """`first` is the OpSpecID of the first operation."""
    head = _HEAD.pack(ACCESS_SPEC_ID, wanted.antenna, _GEN2, _DISABLED, _ANY_ROSPEC)
    stop = encode_tlv(ParameterType.ACCESS_SPEC_STOP_TRIGGER, _ONCE)
    command = _tag_spec(wanted.target) + b"".join(
        _operation(number, wanted.password, operation)
        for number, operation in enumerate(wanted.operations, start=first)
    )
    report = encode_tlv(ParameterType.ACCESS_REPORT_SPEC, bytes([report_trigger]))
    value = head + stop + encode_tlv(ParameterType.ACCESS_COMMAND, command) + report
    return Frame(MessageType.ADD_ACCESSSPEC, 0, encode_tlv(ParameterType.ACCESS_SPEC, value))


def _tag_spec(target: Target) -> bytes:
    """Every bit of `data` must be there (LLRP 1.0.1 §17.3.1.2.1)."""
    bits = pack(">H", 8 * len(target.data))
    value = pack(">BH", target.bank << 6 | _MATCHES, target.bit)
    value += bits + b"\xff" * len(target.data) + bits + target.data
    return encode_tlv(ParameterType.C1G2_TAG_SPEC, encode_tlv(ParameterType.C1G2_TARGET_TAG, value))


def _operation(number: int, password: int, operation: Operation) -> bytes:
    head = _OPERATION.pack(number, password)
    match operation:
        case ReadWords(bank, word, count):
            return encode_tlv(ParameterType.C1G2_READ, head + pack(">BHH", bank << 6, word, count))
        case WriteWords(bank, word, data):
            words = len(data) // 2
            value = head + pack(">BHH", bank << 6, word, words) + data
            return encode_tlv(ParameterType.C1G2_WRITE, value)
        case LockBank(bank):
            payload = encode_tlv(ParameterType.C1G2_LOCK_PAYLOAD, bytes([_LOCK, _LOCK_FIELD[bank]]))
            return encode_tlv(ParameterType.C1G2_LOCK, head + payload)
        case _:
            assert_never(operation)
