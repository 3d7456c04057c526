"""What an RFID tag says it is: the EPC memory bank of a Gen2 tag, to a key and back.

The theory in one page. A Gen2 tag gives a protocol-control word (PC) and the EPC bits. Five bits of
the PC count the EPC's words; one, the toggle, says who owns the numbering: 0 = GS1, 1 = ISO, and
then the lower byte is an application family identifier (Gen2 §6.3.2.1.2.2). With toggle 0 the
first byte of the EPC is the header that names the scheme (TDS 1.13 §14.2). SGTIN-96 and SSCC-96
pack the company prefix and the reference behind it into a fixed number of bits; a three-bit
partition says how many belong to each (TDS 1.13 §14.5.1.1, §14.5.2.1).

A tag that is none of this is no error: it is an `Unknown` with its raw URI and a reason, and
whoever sees the reason knows whom to ask.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from gs1.check_digit import check_digit, is_valid
from gs1.keys import Sgtin, Sscc

SGTIN_96 = 0x30
SSCC_96 = 0x31
EPC_96_BYTES = 12

PC_LENGTH_SHIFT = 11  # PC bits 10h-14h: number of 16-bit words of the EPC
PC_TOGGLE = 0x0100  # PC bit 17h

SERIAL_96_MAX = (1 << 38) - 1

# Partition value -> (bits of the company prefix, its digits); TDS 1.13 tables 14-2 and 14-5.
_PREFIX = ((40, 12), (37, 11), (34, 10), (30, 9), (27, 8), (24, 7), (20, 6))
_SGTIN_BITS, _SGTIN_DIGITS = 44, 13  # company prefix and item reference together
_SSCC_BITS, _SSCC_DIGITS = 58, 17  # company prefix and serial reference together


class TagReason(StrEnum):
    """Why the bits of a tag are no GS1 key. The words cross the wire and are never renamed."""

    EMPTY = "tag_empty"
    ISO = "tag_iso"
    LENGTH = "tag_length"
    UNPROGRAMMED = "tag_unprogrammed"
    SCHEME = "tag_scheme"
    PARTITION = "tag_partition"
    VALUE = "tag_value"
    PADDING = "tag_padding"


@dataclass(frozen=True, slots=True)
class Tag:
    """A decoded tag. `filter_value` is TDS's packaging hint (1 item, 2 case, 6 pallet load)."""

    identity: Sgtin | Sscc
    filter_value: int
    prefix_digits: int  # length of the GS1 company prefix: known from a tag, never from a barcode

    @property
    def key(self) -> str:
        return self.identity.key


@dataclass(frozen=True, slots=True)
class Unknown:
    """A tag that is no GS1 key: what its memory holds, and why that is none."""

    raw: str  # raw EPC URI (TDS 1.13 §12)
    reason: TagReason


@dataclass(frozen=True, slots=True)
class Unencodable:
    """A key that the asked scheme cannot hold, with the sentence that says why."""

    why: str


def decode(epc: bytes, pc: int | None = None) -> Tag | Unknown:
    """The key in `epc` (the EPC bits without PC and CRC); `pc` is the PC word where it was read.

    >>> decode(bytes.fromhex("3074257BF7194E4000001A85"), 0x3000).key
    'https://id.gs1.org/01/80614141123458/21/6789'
    >>> decode(bytes(12)).reason.value
    'tag_unprogrammed'
    """
    reason = _refusal(epc, pc)
    if reason is not None:
        return Unknown(raw_uri(epc, pc), reason)
    value = int.from_bytes(epc)
    found = _sgtin_96(value) if epc[0] == SGTIN_96 else _sscc_96(value)
    return found if isinstance(found, Tag) else Unknown(raw_uri(epc, pc), found)


def encode(identity: Sgtin | Sscc, prefix_digits: int, filter_value: int) -> bytes | Unencodable:
    """The 12 bytes of the SGTIN-96 or SSCC-96 tag for `identity`.

    `prefix_digits` is the length of the GS1 company prefix, 6 to 12; a key does not tell it.

    >>> encode(Sgtin("80614141123458", "6789"), 7, 3).hex().upper()
    '3074257BF7194E4000001A85'
    """
    if not 6 <= prefix_digits <= 12:
        return Unencodable(f"company prefix of {prefix_digits} digits: expected 6 to 12")
    if not 0 <= filter_value <= 7:
        return Unencodable(f"filter value {filter_value}: expected 0 to 7")
    partition = 12 - prefix_digits
    head = (filter_value << 3) | partition
    match identity:
        case Sgtin(gtin=gtin, serial=serial):
            if not is_valid(gtin, 14):
                return Unencodable(f"GTIN {gtin!r}: expected 14 digits with a right check digit")
            number = _serial_96(serial)
            if number is None:
                return Unencodable(
                    f"serial {serial!r}: SGTIN-96 holds whole numbers without leading zeros"
                    f" up to {SERIAL_96_MAX}"
                )
            packed = _pack(gtin, partition, _SGTIN_BITS, _SGTIN_DIGITS)
            value = ((((SGTIN_96 << 6) | head) << _SGTIN_BITS) | packed) << 38 | number
        case Sscc(sscc=sscc):
            if not is_valid(sscc, 18):
                return Unencodable(f"SSCC {sscc!r}: expected 18 digits with a right check digit")
            packed = _pack(sscc, partition, _SSCC_BITS, _SSCC_DIGITS)
            value = ((((SSCC_96 << 6) | head) << _SSCC_BITS) | packed) << 24
        case _:
            assert_never(identity)
    return value.to_bytes(EPC_96_BYTES)


def raw_uri(epc: bytes, pc: int | None = None) -> str:
    """The raw EPC URI: length and bits, and the AFI where the tag is ISO's (TDS 1.13 §12).

    >>> raw_uri(bytes.fromhex("E2801160")), raw_uri(bytes.fromhex("E280"), 0x09A1)
    ('urn:epc:raw:32.xE2801160', 'urn:epc:raw:16.xA1.xE280')
    """
    afi = f"x{pc & 0xFF:02X}." if pc is not None and pc & PC_TOGGLE else ""
    return f"urn:epc:raw:{len(epc) * 8}.{afi}x{epc.hex().upper()}"


def _refusal(epc: bytes, pc: int | None) -> TagReason | None:
    """What can be said against the bits before any scheme is asked."""
    if not epc:
        return TagReason.EMPTY
    if pc is not None:
        if (pc >> PC_LENGTH_SHIFT) * 2 != len(epc):
            return TagReason.LENGTH
        if pc & PC_TOGGLE:
            return TagReason.ISO
    if epc[0] == 0x00:
        return TagReason.UNPROGRAMMED
    if epc[0] not in (SGTIN_96, SSCC_96):
        return TagReason.SCHEME
    return None if len(epc) == EPC_96_BYTES else TagReason.LENGTH


def _sgtin_96(value: int) -> Tag | TagReason:
    split = _unpack(value >> 82, value >> 38, _SGTIN_BITS, _SGTIN_DIGITS)
    if isinstance(split, TagReason):
        return split
    prefix, reference = split
    digits = reference[0] + prefix + reference[1:]
    serial = str(value & SERIAL_96_MAX)
    return Tag(Sgtin(digits + check_digit(digits), serial), (value >> 85) & 0b111, len(prefix))


def _sscc_96(value: int) -> Tag | TagReason:
    if value & 0xFFFFFF:
        return TagReason.PADDING
    split = _unpack(value >> 82, value >> 24, _SSCC_BITS, _SSCC_DIGITS)
    if isinstance(split, TagReason):
        return split
    prefix, reference = split
    digits = reference[0] + prefix + reference[1:]
    return Tag(Sscc(digits + check_digit(digits)), (value >> 85) & 0b111, len(prefix))


def _unpack(partition: int, packed: int, bits: int, digits: int) -> tuple[str, str] | TagReason:
    """(company prefix, reference) as digits; the reference starts with indicator or extension."""
    if partition & 0b111 == 7:
        return TagReason.PARTITION
    prefix_bits, prefix_digits = _PREFIX[partition & 0b111]
    reference_bits, reference_digits = bits - prefix_bits, digits - prefix_digits
    prefix = (packed >> reference_bits) & ((1 << prefix_bits) - 1)
    reference = packed & ((1 << reference_bits) - 1)
    if prefix >= 10**prefix_digits or reference >= 10**reference_digits:
        return TagReason.VALUE
    return f"{prefix:0{prefix_digits}d}", f"{reference:0{reference_digits}d}"


def _pack(code: str, partition: int, bits: int, digits: int) -> int:
    """The inverse of `_unpack`, from a whole GTIN-14 or SSCC with its check digit."""
    prefix_bits, prefix_digits = _PREFIX[partition]
    prefix = code[1 : 1 + prefix_digits]
    reference = code[0] + code[1 + prefix_digits : digits]
    return int(prefix) << (bits - prefix_bits) | int(reference)


def _serial_96(serial: str) -> int | None:
    """The serial as SGTIN-96's number; None where the text would not come back as it was."""
    if len(serial) > len(str(SERIAL_96_MAX)) or not (serial.isascii() and serial.isdigit()):
        return None
    number = int(serial)
    return number if number <= SERIAL_96_MAX and str(number) == serial else None
