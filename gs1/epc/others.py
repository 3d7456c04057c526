"""The schemes that hold no key of GS1: GID-96, USDOD-96 and ADI-var, both ways."""

from collections.abc import Callable

from gs1.epc.bits import as_six, in_words, six, unpadded
from gs1.epc.model import Adi, Gid, Tag, TagReason, Unencodable, Usdod
from gs1.epc.uri import MAKER, PART, PART_SERIAL

GID_HEADER, USDOD_HEADER, ADI_HEADER = 0x35, 0x2F, 0x3B
GID_BITS = (28, 24, 36)  # manager, class, serial
USDOD_SERIAL_BITS, USDOD_SUPPLIER_BYTES = 36, 6
USDOD_FILTER_MAX, ADI_FILTER_MAX = 15, 63
ADI_MAKER_AT, ADI_PART_AT = 14, 50  # header and filter; a maker of six characters, blank first
SIX_BLANK = 0b100000


def encode(identity: Gid | Usdod | Adi, name: str, filter_value: int) -> bytes | Unencodable:
    """The bits of `identity`; `name` must be the scheme of its kind."""
    match identity:
        case Gid():
            found = _gid_bits(identity)
            its = "GID-96"
        case Usdod():
            found = _usdod_bits(identity, filter_value)
            its = "USDOD-96"
        case _:
            found = _adi_bits(identity, filter_value)
            its = "ADI-var"
    if name != its:
        return Unencodable(f"{identity.key}: not an identity that {name} holds")
    if found is None:
        return Unencodable(f"{identity.key}: {name} cannot hold it, or not the filter value")
    return found


def _gid_bits(identity: Gid) -> bytes | None:
    value = GID_HEADER
    numbers = (identity.manager, identity.object_class, identity.serial)
    for number, bits in zip(numbers, GID_BITS, strict=True):
        if not 0 <= number < 1 << bits:
            return None
        value = value << bits | number
    return value.to_bytes(12)


def _usdod_bits(identity: Usdod, filter_value: int) -> bytes | None:
    good = 0 <= filter_value <= USDOD_FILTER_MAX and MAKER.fullmatch(identity.supplier)
    if not good or not 0 <= identity.serial < 1 << USDOD_SERIAL_BITS:
        return None
    supplier = int.from_bytes(identity.supplier.rjust(USDOD_SUPPLIER_BYTES).encode())
    value = (USDOD_HEADER << 4 | filter_value) << 48 | supplier
    return (value << USDOD_SERIAL_BITS | identity.serial).to_bytes(12)


def _adi_bits(identity: Adi, filter_value: int) -> bytes | None:
    if not (0 <= filter_value <= ADI_FILTER_MAX and _is_adi(identity)):
        return None
    value, bits = ADI_HEADER << 6 | filter_value, ADI_MAKER_AT
    if len(identity.maker) == 5:
        value, bits = value << 6 | SIX_BLANK, bits + 6
    for text, end in ((identity.maker, 0), (identity.part, 6), (identity.serial, 6)):
        value = (value << 6 * len(text) | as_six(text)) << end
        bits += 6 * len(text) + end
    return in_words(value, bits)


def _is_adi(identity: Adi) -> bool:
    return bool(
        MAKER.fullmatch(identity.maker)
        and PART.fullmatch(identity.part)
        and PART_SERIAL.fullmatch(identity.serial)
    )


def _gid(epc: bytes) -> Tag | TagReason:
    value = unpadded(epc, 96)
    if isinstance(value, TagReason):
        return value
    manager, object_class = value >> 60 & 0xFFFFFFF, value >> 36 & 0xFFFFFF
    return Tag("GID-96", Gid(manager, object_class, value & 0xFFFFFFFFF), None)


def _usdod(epc: bytes) -> Tag | TagReason:
    value = unpadded(epc, 96)
    if isinstance(value, TagReason):
        return value
    supplier = (value >> USDOD_SERIAL_BITS & (1 << 48) - 1).to_bytes(6).decode("latin-1")
    shown = supplier[1:] if supplier[0] == " " else supplier
    if not MAKER.fullmatch(shown) or len(shown) + (supplier[0] == " ") != USDOD_SUPPLIER_BYTES:
        return TagReason.VALUE
    identity = Usdod(shown, value & (1 << USDOD_SERIAL_BITS) - 1)
    return Tag("USDOD-96", identity, value >> 84 & 0xF)


def _adi(epc: bytes) -> Tag | TagReason:
    value, bits = int.from_bytes(epc), len(epc) * 8
    if bits < ADI_PART_AT:
        return TagReason.LENGTH
    at = ADI_MAKER_AT
    if value >> bits - at - 6 & 0x3F == SIX_BLANK:
        at += 6
    # The maker has no end of its own: what follows it begins at a known bit.
    made = six(value >> bits - ADI_PART_AT << 6, ADI_PART_AT + 6, at)
    part = six(value, bits, ADI_PART_AT)
    serial = None if part is None else six(value, bits, part[1])
    if made is None or part is None or serial is None:
        return TagReason.VALUE
    whole = unpadded(epc, serial[1])
    if isinstance(whole, TagReason):
        return whole
    identity = Adi(made[0], part[0], serial[0])
    if not _is_adi(identity) or made[1] != ADI_PART_AT + 6:
        return TagReason.VALUE
    return Tag("ADI-var", identity, value >> bits - ADI_MAKER_AT & 0x3F)


DECODERS: dict[int, Callable[[bytes], Tag | TagReason]] = {
    GID_HEADER: _gid,
    USDOD_HEADER: _usdod,
    ADI_HEADER: _adi,
}
SCHEMES = ("GID-96", "USDOD-96", "ADI-var")
