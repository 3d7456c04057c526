"""What an RFID tag says it is: the EPC memory bank of a Gen2 tag, to an identity and back.

The theory in one page. A Gen2 tag gives a protocol-control word (PC) and the EPC bits. Five bits of
the PC count the EPC's words; one, the toggle, says who owns the numbering: 0 = GS1, 1 = ISO, and
then the lower byte is an application family identifier (Gen2 §6.3.2.1.2.2). With toggle 0 the
first byte of the EPC is the header that names the scheme (TDS 1.13 §14.2). The schemes with a
company prefix are in `classic`, the '+' schemes, that carry AIs as they are, in `plus`, and those
that are not GS1's keys in `others`.

The memory is counted in words of 16 bits, so an EPC of 198 bits is followed by zeros up to the
word's end. More than that belongs to no EPC: the PC counts the EPC's own words (TDS 1.13 §9.2), so
a longer one has a wrong PC or a wrong header, and nobody knows which.

A tag that is none of this is no error: it is an `Unknown` with its raw URI and a reason, and
whoever sees the reason knows whom to ask.
"""

from gs1.epc import classic, others, plus, uri
from gs1.epc.bits import EPC_BYTES_MAX
from gs1.epc.model import (
    Adi,
    Gid,
    Identity,
    Tag,
    TagReason,
    Unencodable,
    Unknown,
    Usdod,
)
from gs1.keys import Pairs

PC_LENGTH_SHIFT = 11  # PC bits 10h-14h: number of 16-bit words of the EPC
PC_TOGGLE = uri.PC_TOGGLE
FILTER_MAX = 7
SCHEMES = frozenset((*classic.SCHEME, *plus.SCHEMES, *others.SCHEMES))  # that can be decoded

__all__ = ["PC_LENGTH_SHIFT", "PC_TOGGLE", "SCHEMES", "decode", "encode"]

_DECODERS = {**classic.DECODERS, **others.DECODERS, **plus.DECODERS}  # by header


def decode(epc: bytes, pc: int | None = None) -> Tag | Unknown:
    """What `epc` (the EPC bits without PC and CRC) says; `pc` is the PC word where it was read.

    >>> decode(bytes.fromhex("3074257BF7194E4000001A85"), 0x3000).key
    'https://id.gs1.org/01/80614141123458/21/6789'
    >>> decode(bytes(12)).reason.value
    'tag_unprogrammed'
    """
    found = _decoded(epc, pc)
    return found if isinstance(found, Tag) else Unknown(uri.raw(epc, pc), found)


def encode(
    identity: Identity,
    scheme: str,
    filter_value: int = 0,
    prefix_digits: int | None = None,
    data: Pairs = (),
) -> bytes | Unencodable:
    """The EPC bits of the tag for `identity`, filled with zeros to whole words.

    `prefix_digits` is the length of the GS1 company prefix, 6 to 12, that a key does not tell; the
    '+' schemes do not need it, and only they carry `data`. DSGTIN+ takes its date from there.

    >>> from gs1.keys import Sgtin
    >>> encode(Sgtin("80614141123458", "6789"), "SGTIN-96", 3, 7).hex().upper()
    '3074257BF7194E4000001A85'
    """
    if scheme in plus.SCHEMES:
        if not 0 <= filter_value <= FILTER_MAX:
            return Unencodable(f"filter value {filter_value}: expected 0 to {FILTER_MAX}")
        if isinstance(identity, Gid | Usdod | Adi):
            return Unencodable(f"{identity.key}: {scheme} holds keys of GS1")
        found = plus.encode(identity, scheme, filter_value, data)
    elif data:
        return Unencodable(f"{scheme}: only '+' schemes hold more than a key")
    elif isinstance(identity, Gid | Usdod | Adi):
        found = others.encode(identity, scheme, filter_value)
    elif scheme not in classic.SCHEME:
        return Unencodable(f"{scheme}: expected an EPC scheme that holds keys of GS1")
    else:
        found = classic.encode(identity, scheme, filter_value, prefix_digits)
    if isinstance(found, bytes) and len(found) > EPC_BYTES_MAX:
        return Unencodable(f"{len(found)} bytes: an EPC has at most {EPC_BYTES_MAX}")
    return found


def _decoded(epc: bytes, pc: int | None) -> Tag | TagReason:
    if not epc:
        return TagReason.EMPTY
    if pc is not None:
        if (pc >> PC_LENGTH_SHIFT) * 2 != len(epc):
            return TagReason.LENGTH
        if pc & PC_TOGGLE:
            return TagReason.ISO
    if epc[0] == 0x00:
        return TagReason.UNPROGRAMMED
    decoder = _DECODERS.get(epc[0])
    return TagReason.SCHEME if decoder is None else decoder(epc)
