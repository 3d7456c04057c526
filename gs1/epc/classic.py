"""The schemes of TDS 1.13 that have a company prefix: bits to keys and back.

Every scheme has a plan for each partition, made once: where its fields stand and how much each may
hold. A tag is then some shifts and masks.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from gs1.check_digit import is_digits
from gs1.epc.bits import as_seven, as_six, in_words, seven, six, unpadded
from gs1.epc.model import Tag, TagReason, Unencodable
from gs1.epc.schemes import (
    PREFIX_BITS,
    PREFIX_DIGITS_MAX,
    PREFIX_DIGITS_MIN,
    SCHEMES,
    Parts,
    Scheme,
    is_key,
    join,
    split,
)
from gs1.keys import Key

HEAD_BITS = 14  # header, filter, partition
PIECE_BITS, PIECES_BITS, PIECE_MAX = 7, 14, 99
PART_CHARACTERS_MAX = 30  # of a CPID, company prefix included

SCHEME = {scheme.name: scheme for scheme in SCHEMES}


class Plan(NamedTuple):
    """Where the fields of one scheme stand for one length of the company prefix."""

    prefix_digits: int
    prefix_bits: int
    prefix_shift: int  # from the end of the scheme's bits
    prefix_mask: int
    prefix_max: int
    prefix_form: str  # as many digits as the prefix has
    reference_bits: int
    reference_shift: int
    reference_mask: int
    reference_digits: int
    reference_max: int
    reference_form: str
    tail_mask: int
    tail_max: int


def plan(scheme: Scheme, partition: int) -> Plan:
    """The widths; a reference as text or of six bits a character has no largest number."""
    prefix_bits, prefix_digits = PREFIX_BITS[partition], 12 - partition
    bits, digits = max(0, scheme.both_bits - prefix_bits), scheme.both_digits - prefix_digits
    after = scheme.tail_bits + PIECES_BITS * scheme.pieces
    return Plan(
        prefix_digits,
        prefix_bits,
        after + bits,
        (1 << prefix_bits) - 1,
        10**prefix_digits - 1,
        f"%0{prefix_digits}d",
        bits,
        after,
        (1 << bits) - 1,
        digits,
        min(10**digits, 1 << bits) - 1,
        f"%0{digits}d" if scheme.reference == "digits" else "%d",
        (1 << scheme.tail_bits) - 1,
        scheme.tail_max or (1 << scheme.tail_bits) - 1,
    )


_PLANS = {
    scheme.name: tuple(plan(scheme, partition) for partition in range(7)) for scheme in SCHEMES
}


def encode(
    identity: Key, name: str, filter_value: int, prefix_digits: int | None
) -> bytes | Unencodable:
    """The bits of `identity` in the scheme `name`, one of SCHEME."""
    if prefix_digits is None or not PREFIX_DIGITS_MIN <= prefix_digits <= PREFIX_DIGITS_MAX:
        return Unencodable(f"company prefix of {prefix_digits} digits: expected 6 to 12")
    if not 0 <= filter_value <= 7:
        return Unencodable(f"filter value {filter_value}: expected 0 to 7")
    if not is_key(identity):
        return Unencodable(f"{identity!r}: expected right check digits, lengths and characters")
    scheme = SCHEME[name]
    found = split(identity, prefix_digits)
    if found is None or found[0] != scheme.family:
        return Unencodable(f"{identity.key}: not a key that {name} holds")
    parts, where = found[1], _PLANS[name][12 - prefix_digits]
    head = (scheme.header << 3 | filter_value) << 3 | 12 - prefix_digits
    if not (parts[0].isdigit() and len(parts[0]) == prefix_digits):
        return Unencodable(f"{identity.key}: shorter than a company prefix of {prefix_digits}")
    value = head << where.prefix_bits | int(parts[0])
    if scheme.reference == "six":
        return _encoded_six(value, HEAD_BITS + where.prefix_bits, identity, parts, where.tail_max)
    reference = _reference(scheme, where, parts[1])
    if reference is None:
        return Unencodable(f"{identity.key}: {name} cannot hold the reference {parts[1]!r}")
    value = value << where.reference_bits | reference
    if scheme.pieces:
        value = (value << PIECE_BITS | int(parts[2])) << PIECE_BITS | int(parts[3])
    tail = _tail(scheme, where, parts[-1])
    if tail is None:
        return Unencodable(
            f"serial {parts[-1]!r}: {name} holds whole numbers without leading zeros"
            f" up to {where.tail_max}"
        )
    return in_words(value << scheme.tail_bits | tail, scheme.bits)


def _number(text: str, most: int) -> int | None:
    """None where the text would not come back as it was."""
    if len(text) > len(str(most)) or not is_digits(text):
        return None
    number = int(text)
    return number if number <= most and str(number) == text else None


def _reference(scheme: Scheme, where: Plan, text: str) -> int | None:
    match scheme.reference:
        case "digits":
            return int(text or "0")
        case "number":
            return _number(text, where.reference_max)
        case _:
            return as_seven(text, where.reference_bits)


def _tail(scheme: Scheme, where: Plan, text: str) -> int | None:
    match scheme.tail:
        case "none":
            return 0
        case "text":
            return as_seven(text, scheme.tail_bits)
        case "coupon":
            return int(f"1{text}")
        case _:
            return _number(text, where.tail_max)


def _encoded_six(
    value: int, at: int, identity: Key, parts: Parts, most: int
) -> bytes | Unencodable:
    reference, serial = as_six(parts[1]), _number(parts[2], most)
    if not reference or serial is None:
        return Unencodable(f"{identity.key}: CPI-var cannot hold it")
    bits = 6 * len(parts[1])
    value = (value << bits | reference) << 46 | serial
    return in_words(value, at + bits + 46)


def _decode(scheme: Scheme, plans: tuple[Plan, ...], epc: bytes) -> Tag | TagReason:
    bits = scheme.bits
    value = int.from_bytes(epc) if len(epc) * 8 == bits else unpadded(epc, bits)
    if isinstance(value, TagReason):
        return value
    head = value >> bits - HEAD_BITS
    partition = head & 0b111
    if partition == 7:
        return TagReason.PARTITION
    where = plans[partition]
    prefix = value >> where.prefix_shift & where.prefix_mask
    if prefix > where.prefix_max:
        return TagReason.VALUE
    number = value >> where.reference_shift & where.reference_mask
    if scheme.reference == "text":
        reference = _decoded_text(scheme, where, number)
        if isinstance(reference, TagReason):
            return reference
    elif number > where.reference_max:
        return TagReason.VALUE
    else:
        reference = where.reference_form % number if where.reference_digits else ""
    parts: Parts = (where.prefix_form % prefix, reference)
    if scheme.pieces:
        piece, total = (
            value >> scheme.tail_bits + PIECE_BITS & 0x7F,
            value >> scheme.tail_bits & 0x7F,
        )
        if not 0 < piece <= total <= PIECE_MAX:
            return TagReason.VALUE
        parts += (f"{piece:02d}", f"{total:02d}")
    tail = _decoded_tail(scheme, where, value & where.tail_mask)
    if isinstance(tail, TagReason):
        return tail
    identity = join(scheme.family, parts if tail is None else (*parts, tail))
    return Tag(scheme.name, identity, head >> 3 & 0b111, where.prefix_digits)


def _decoded_text(scheme: Scheme, where: Plan, number: int) -> str | TagReason:
    text = seven(number, where.reference_bits)
    if isinstance(text, TagReason):
        return text
    return text if where.prefix_digits + len(text) <= scheme.both_digits else TagReason.VALUE


def _decoded_tail(scheme: Scheme, where: Plan, number: int) -> str | TagReason | None:
    """None: the scheme has nothing but zeros there, and so has the tag."""
    match scheme.tail:
        case "number":
            return str(number) if number <= where.tail_max else TagReason.VALUE
        case "none":
            return TagReason.PADDING if number else None
        case "text":
            return seven(number, scheme.tail_bits)
        case _:
            digits = str(number)
            good = digits[0] == "1" and 2 <= len(digits) <= 13
            return digits[1:] if good else TagReason.VALUE


def _decode_six(scheme: Scheme, plans: tuple[Plan, ...], epc: bytes) -> Tag | TagReason:
    """CPI-var: the reference's own end says where the serial begins, and that, how long it is."""
    value, bits = int.from_bytes(epc), len(epc) * 8
    if bits < HEAD_BITS:
        return TagReason.LENGTH
    head = value >> bits - HEAD_BITS
    if head & 0b111 == 7:
        return TagReason.PARTITION
    where = plans[head & 0b111]
    at = HEAD_BITS + where.prefix_bits
    if bits < at:
        return TagReason.LENGTH
    prefix = value >> bits - at & ((1 << where.prefix_bits) - 1)
    found = six(value, bits, at)
    if found is None or prefix > where.prefix_max:
        return TagReason.VALUE
    reference, at = found
    whole = unpadded(epc, at + scheme.tail_bits)
    if isinstance(whole, TagReason):
        return whole
    serial = whole & ((1 << scheme.tail_bits) - 1)
    fits = 0 < len(reference) <= PART_CHARACTERS_MAX - where.prefix_digits
    if not fits or serial > where.tail_max:
        return TagReason.VALUE
    parts = (where.prefix_form % prefix, reference, str(serial))
    return Tag(scheme.name, join("cpi", parts), head >> 3 & 0b111, where.prefix_digits)


DECODERS: dict[int, Callable[[bytes], Tag | TagReason]] = {
    scheme.header: partial(
        _decode_six if scheme.reference == "six" else _decode, scheme, _PLANS[scheme.name]
    )
    for scheme in SCHEMES
}
