"""One AccessSpec as a client gave it: which tags, what is done to them (LLRP 1.0.1 §16.2.5)."""

from collections.abc import Callable
from dataclasses import dataclass
from struct import Struct, pack

from drivers.llrp.protocol.framing import Parameter
from drivers.llrp.protocol.tables import StatusCode
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import tlv
from simulator.llrp.numbers import ReaderParameter
from simulator.llrp.request import Refused, fields, known, parts, the_one
from simulator.llrp.selecting import Mask, bit_array
from simulator.llrp.tag import Failure, Field, SimTag

_HEAD = Struct(">IHBBI")  # id, antenna, air protocol, state, ROSpecID
_STATE_BYTE = 7
_STOP = Struct(">BH")
_TARGET = Struct(">BHH")
_BITS = Struct(">H")
_READ = Struct(">HIBHH")
_WRITE = Struct(">HIBHH")  # the last one counts the words that follow
_LOCK = Struct(">HI")
_PAYLOAD = Struct(">BB")
_ACTIVE = 0x80
_MATCH = 0x20
_TARGETS_MAX = 2

# The results' numbers differ from one kind of operation to the other (LLRP 1.0.1 §16.3.2.1.3).
_OF_READ = {Failure.OVERRUN: 1, Failure.LOCKED: 1, Failure.POWER: 1, Failure.SILENT: 2}
_OF_WRITE = {Failure.OVERRUN: 1, Failure.LOCKED: 2, Failure.POWER: 3, Failure.SILENT: 5}
_OF_LOCK = {Failure.OVERRUN: 2, Failure.LOCKED: 2, Failure.POWER: 1, Failure.SILENT: 3}

Operation = Callable[[SimTag], bytes]  # does it, and gives the OpSpecResult


@dataclass(frozen=True, slots=True)
class Target:
    """A tag must have these bits there, or must not. A mask bit of 0 says that it may be either."""

    mask: Mask
    care: bytes
    match: bool

    def meets(self, tag: SimTag) -> bool:
        return self._found(tag.banks.get(self.mask.bank, b"")) is self.match

    def _found(self, bank: bytes) -> bool:
        bits, end = self.mask.bits, self.mask.pointer + self.mask.bits
        if end > len(bank) * 8:
            return False
        care = _number(self.care, bits)
        held = int.from_bytes(bank) >> (len(bank) * 8 - end)
        return held & care == _number(self.mask.data, bits) & care


@dataclass(frozen=True, slots=True)
class AccessSpec:
    """`antenna` and `rospec` 0 mean any. `times` 0: as often as a tag is met."""

    number: int
    antenna: int
    rospec: int
    times: int
    targets: tuple[Target, ...]
    operations: tuple[Operation, ...]
    value: bytes

    def meets(self, tag: SimTag, antenna: int, rospec: int) -> bool:
        """Whether it is to be done to that tag, there. It must be all that the targets say."""
        if self.antenna not in (0, antenna) or self.rospec not in (0, rospec):
            return False
        return all(target.meets(tag) for target in self.targets)

    def done_to(self, tag: SimTag) -> bytes:
        """The results of all operations; after the first that fails the tag is left alone."""
        results = b""
        for operation in self.operations:
            result = operation(tag)
            results += result
            if result[4]:
                break
        return results

    def value_in(self, *, active: bool) -> bytes:
        state = bytes((_ACTIVE if active else 0,))
        return self.value[:_STATE_BYTE] + state + self.value[_STATE_BYTE + 1 :]


def parse_accessspec(value: bytes, capabilities: Capabilities) -> AccessSpec:
    """An AccessSpec TLV's value. Raises Refused."""
    number, antenna, protocol, state, rospec = fields(_HEAD, value, "AccessSpec")
    if number == 0:
        raise Refused(StatusCode.FIELD_ERROR, "AccessSpecID 0: expected 1 or more")
    if state & _ACTIVE:
        raise Refused(StatusCode.FIELD_ERROR, "CurrentState 1: expected 0 (disabled)")
    if protocol != 1:
        raise Refused(StatusCode.FIELD_ERROR, f"ProtocolID {protocol}: expected 1 (C1G2)")
    if antenna > capabilities.antenna_count:
        why = f"antenna {antenna}: expected 0 (all) to {capabilities.antenna_count}"
        raise Refused(StatusCode.FIELD_ERROR, why)
    inside = parts(value, _HEAD.size)
    stop = the_one(inside, ReaderParameter.ACCESSSPEC_STOP_TRIGGER, "AccessSpecStopTrigger")
    kind, times = fields(_STOP, stop, "AccessSpecStopTrigger")
    command = parts(the_one(inside, ReaderParameter.ACCESS_COMMAND, "AccessCommand"))
    tags = the_one(command, ReaderParameter.C1G2_TAG_SPEC, "C1G2TagSpec")
    return AccessSpec(
        number,
        antenna,
        rospec,
        times if kind == 1 else 0,
        _targets(tags),
        _operations(command, capabilities),
        value,
    )


def _targets(value: bytes) -> tuple[Target, ...]:
    found = parts(value)
    kinds = {part.type for part in found}
    if not 1 <= len(found) <= _TARGETS_MAX or kinds != {ReaderParameter.C1G2_TARGET_TAG}:
        why = f"{len(found)} C1G2TargetTag: expected 1 or {_TARGETS_MAX}"
        raise Refused(StatusCode.PARAMETER_ERROR, why)
    return tuple(_target(part.value) for part in found)


def _target(value: bytes) -> Target:
    name = "C1G2TargetTag"
    flags, pointer, bits = fields(_TARGET, value, name)
    care = bit_array(value[_TARGET.size :], bits, name)
    rest = value[_TARGET.size + len(care) :]
    (data_bits,) = fields(_BITS, rest, name)
    if data_bits != bits:
        why = f"{name}'s TagData of {data_bits} bits: expected {bits}, as the mask has"
        raise Refused(StatusCode.FIELD_ERROR, why)
    data = bit_array(rest[_BITS.size :], bits, name)
    return Target(Mask(flags >> 6, pointer, bits, data), care, bool(flags & _MATCH))


def _operations(command: list[Parameter], capabilities: Capabilities) -> tuple[Operation, ...]:
    found = [part for part in command if part.type != ReaderParameter.C1G2_TAG_SPEC]
    if not 1 <= len(found) <= capabilities.opspec_count_max:
        why = f"{len(found)} OpSpec: expected 1 to {capabilities.opspec_count_max}"
        raise Refused(StatusCode.PARAMETER_ERROR, why)
    return tuple(_operation(part) for part in found)


def _operation(part: Parameter) -> Operation:
    match part.type:
        case ReaderParameter.C1G2_READ:
            return _read(part.value)
        case ReaderParameter.C1G2_WRITE:
            return _write(part.value, ReaderParameter.C1G2_WRITE_RESULT, "C1G2Write")
        case ReaderParameter.C1G2_BLOCK_WRITE:
            return _write(part.value, ReaderParameter.C1G2_BLOCK_WRITE_RESULT, "C1G2BlockWrite")
        case ReaderParameter.C1G2_LOCK:
            return _lock(part.value)
        case _:
            why = f"OpSpec {part.type}: not supported"
            raise Refused(StatusCode.PARAMETER_ERROR, why)


def _read(value: bytes) -> Operation:
    number, password, bank, pointer, words = fields(_READ, value, "C1G2Read")

    def read(tag: SimTag) -> bytes:
        found = tag.read(bank >> 6, pointer, words, password)
        result, data = (_OF_READ[found], b"") if isinstance(found, Failure) else (0, found)
        head = pack(">BHH", result, number, len(data) // 2)
        return tlv(ReaderParameter.C1G2_READ_RESULT, head + data)

    return read


def _write(value: bytes, kind: ReaderParameter, name: str) -> Operation:
    number, password, bank, pointer, words = fields(_WRITE, value, name)
    data = value[_WRITE.size :]
    if words == 0 or len(data) != words * 2:
        why = f"{name} of {len(data)} bytes: expected {words} words, at least 1"
        raise Refused(StatusCode.PARAMETER_ERROR, why)

    def write(tag: SimTag) -> bytes:
        done, failure = tag.write(bank >> 6, pointer, data, password)
        result = 0 if failure is None else _OF_WRITE[failure]
        return tlv(kind, pack(">BHH", result, number, done))

    return write


def _lock(value: bytes) -> Operation:
    number, password = fields(_LOCK, value, "C1G2Lock")
    payloads = []
    for part in parts(value, _LOCK.size):
        privilege, data_field = fields(_PAYLOAD, part.value, "C1G2LockPayload")
        if privilege > 3:
            why = f"C1G2LockPayload's Privilege {privilege}: expected 0 to 3"
            raise Refused(StatusCode.FIELD_ERROR, why)
        payloads.append((privilege, known(Field, data_field, "C1G2LockPayload's DataField")))

    def lock(tag: SimTag) -> bytes:
        result = 0
        for privilege, data_field in payloads:
            shut, for_good = privilege in (0, 1), privilege in (1, 2)
            failure = tag.lock(data_field, shut=shut, for_good=for_good, password=password)
            result = result or (0 if failure is None else _OF_LOCK[failure])
        return tlv(ReaderParameter.C1G2_LOCK_RESULT, pack(">BH", result, number))

    return lock


def _number(data: bytes, bits: int) -> int:
    return int.from_bytes(data) >> (len(data) * 8 - bits)
