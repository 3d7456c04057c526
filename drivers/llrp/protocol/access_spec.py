"""Reading and writing the memory of one tag: an AccessSpec that runs once (LLRP 1.0.1 §11).

The reader runs it on the first tag that the target fits while a ROSpec reads at that antenna, and
tells the outcome in that tag's report. It is deleted in any case: one that stayed would change the
next tag that fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
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
from drivers.llrp.protocol.framing import Frame, encode_tlv
from drivers.llrp.protocol.requests import Procedure, Refused, ask, wait
from drivers.llrp.protocol.tables import MessageType, ParameterType

ACCESS_SPEC_ID = 1  # ours: one at a time, and a reader serves one client
UNTOLD = 0  # a report need not say which AccessSpec it was, and there is no other
OPERATIONS_MAX = 8  # readers offer as many or more; a write is read, write, read back, lock

_ANY_ROSPEC = 0
_GEN2 = 1  # air protocol
_DISABLED = 0
_ONCE = pack(">BH", 1, 1)  # stop trigger: an operation count, of one
_WITH_THE_ROREPORT = 0  # access report trigger
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
    """What reports told of our AccessSpec; the session puts it here."""

    came: list[AccessResult] = field(default_factory=list)


def access(wanted: Access, results: Results) -> Procedure[Accessed]:
    """Raises NotDone where no such tag answered in time, and Refused."""
    if len(wanted.operations) > OPERATIONS_MAX:
        raise NotDone(f"{len(wanted.operations)} operations: expected at most {OPERATIONS_MAX}")
    results.came.clear()
    yield from ask(add_accessspec(wanted))
    try:
        yield from ask(named_accessspec(MessageType.ENABLE_ACCESSSPEC, ACCESS_SPEC_ID))
    except Refused:
        yield from delete_all()
        raise
    if not results.came:
        yield from wait(wanted.until_us)
    yield from delete_all()
    if not results.came:  # Also what came while the reader deleted it counts: it was done.
        raise NotDone("no such tag answered")
    return _accessed(results.came[0], wanted.operations)


def delete_all() -> Procedure[None]:
    """Delete every AccessSpec; a reader that has none may say so, and that is what we want."""
    try:
        yield from ask(named_accessspec(MessageType.DELETE_ACCESSSPEC, 0))
    except Refused:
        return


def _accessed(result: AccessResult, operations: Sequence[Operation]) -> Accessed:
    outcomes = {each.op_spec_id: OperationDone(each.data, each.why) for each in result.operations}
    missing = OperationDone(why="not tried")
    return Accessed(
        result.epc,
        result.antenna,
        tuple(outcomes.get(number, missing) for number, _ in enumerate(operations, start=1)),
    )


def named_accessspec(kind: MessageType, access_spec_id: int) -> Frame:
    return Frame(kind, 0, _U32.pack(access_spec_id))


def add_accessspec(wanted: Access) -> Frame:
    head = _HEAD.pack(ACCESS_SPEC_ID, wanted.antenna, _GEN2, _DISABLED, _ANY_ROSPEC)
    stop = encode_tlv(ParameterType.ACCESS_SPEC_STOP_TRIGGER, _ONCE)
    command = _tag_spec(wanted.target) + b"".join(
        _operation(number, wanted.password, operation)
        for number, operation in enumerate(wanted.operations, start=1)
    )
    report = encode_tlv(ParameterType.ACCESS_REPORT_SPEC, bytes([_WITH_THE_ROREPORT]))
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
