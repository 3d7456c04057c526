"""Which tags answer an inventory: Select commands, as C1G2Filters (LLRP 1.0.1 §16.3.1.2.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct

from drivers.llrp.protocol.tables import StatusCode
from simulator.llrp.numbers import ReaderParameter
from simulator.llrp.request import Refused, fields, parts, the_one

EPC_BANK, TID_BANK, USER_BANK = 1, 2, 3  # Gen2's memory banks; 0 holds the passwords

_T = Struct(">B")
_MASK = Struct(">BHH")  # bank in the top two bits, pointer, bits of the mask
_ACTION = Struct(">B")

# What a state-unaware action makes of a tag that matches and of one that does not: selected,
# unselected, or as it was (LLRP 1.0.1 §16.3.1.2.1.1.3).
_ACTIONS: tuple[tuple[bool | None, bool | None], ...] = (
    (True, False),
    (True, None),
    (None, False),
    (False, None),
    (False, True),
    (None, True),
)


@dataclass(frozen=True, slots=True)
class Mask:
    """Bits to be found at a place; `data` has them from the left, filled up with zeros."""

    bank: int
    pointer: int  # in bits
    bits: int
    data: bytes

    def matches(self, bank: bytes) -> bool:
        """Whether that memory, which must be of `self.bank`, has the bits there."""
        end = self.pointer + self.bits
        if end > len(bank) * 8:
            return False
        held = int.from_bytes(bank) >> (len(bank) * 8 - end) & ((1 << self.bits) - 1)
        return held == int.from_bytes(self.data) >> (len(self.data) * 8 - self.bits)


@dataclass(frozen=True, slots=True)
class Filter:
    mask: Mask
    action: int


def selected(filters: Sequence[Filter], banks: dict[int, bytes]) -> bool:
    """Whether a tag with those banks answers. Without filters every tag does."""
    if not filters:
        return True
    chosen = not any(True in _ACTIONS[each.action] for each in filters)  # they only take out
    for each in filters:
        matching, other = _ACTIONS[each.action]
        outcome = matching if each.mask.matches(banks.get(each.mask.bank, b"")) else other
        chosen = chosen if outcome is None else outcome
    return chosen


def parse_filter(value: bytes) -> Filter:
    """A C1G2Filter TLV's value. Raises Refused."""
    fields(_T, value, "C1G2Filter")
    inside = parts(value, _T.size)
    mask = parse_mask(
        the_one(inside, ReaderParameter.C1G2_TAG_INVENTORY_MASK, "C1G2TagInventoryMask")
    )
    name = "C1G2TagInventoryStateUnawareFilterAction"
    (action,) = fields(
        _ACTION, the_one(inside, ReaderParameter.C1G2_STATE_UNAWARE_FILTER_ACTION, name), name
    )
    if action >= len(_ACTIONS):
        raise Refused(StatusCode.FIELD_ERROR, f"{name} {action}: expected 0 to 5")
    return Filter(mask, action)


def parse_mask(value: bytes) -> Mask:
    flags, pointer, bits = fields(_MASK, value, "C1G2TagInventoryMask")
    bank = flags >> 6
    if bank == 0:
        why = "C1G2TagInventoryMask's MB 0: expected 1 to 3"
        raise Refused(StatusCode.FIELD_ERROR, why)
    return Mask(bank, pointer, bits, bit_array(value[_MASK.size :], bits, "C1G2TagInventoryMask"))


def bit_array(data: bytes, bits: int, name: str) -> bytes:
    """The bytes of an LLRP bit array, which ends on a whole byte."""
    size = (bits + 7) // 8
    if len(data) < size:
        why = f"{name} of {len(data)} bytes: expected {size} for {bits} bits"
        raise Refused(StatusCode.PARAMETER_ERROR, why)
    return data[:size]
