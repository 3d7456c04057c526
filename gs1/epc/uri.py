"""EPCs as text: the pure identity URI, the tag URI and the raw URI, there and back.

The pure identity says which thing (TDS 1.13 §6), the tag URI also how its tag says it (§12).
"""

import re
from urllib.parse import unquote

from gs1 import keys
from gs1.epc.model import Adi, Gid, Pure, Tag, Usdod
from gs1.epc.schemes import (
    DIGITS,
    PREFIX_DIGITS_MAX,
    PREFIX_DIGITS_MIN,
    SCHEMES,
    Parts,
    is_key,
    join,
)

PC_TOGGLE = 0x0100  # PC bit 17h

_PARTS = {"itip": 5} | dict.fromkeys(
    ("sscc", "gsrn", "gsrnp", "giai", "usdod", "pgln", "ginc", "gsin"), 2
)  # of the others, 3
_FREE = ("giai", "cpi", "ginc")  # as many digits as the key has
_FAMILY = {scheme.name.lower(): scheme.family for scheme in SCHEMES}
_OTHERS = {"gid-96": "gid", "usdod-96": "usdod", "adi-var": "adi"}
FAMILIES = frozenset((*DIGITS, *_FREE, *_OTHERS.values()))  # urn:epc:id: has each of them
MAKER = re.compile(r"[0-9A-HJ-NP-Z]{5,6}")  # CAGE or DoDAAC: without I and O
PART = re.compile(r"[0-9A-Z/-]{0,32}")
PART_SERIAL = re.compile(r"[0-9A-Z/-]{1,30}|#[0-9A-Z/-]{1,29}")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,10}")


def raw(epc: bytes, pc: int | None = None) -> str:
    """The raw EPC URI: length and bits, and the AFI where the tag is ISO's (TDS 1.13 §12).

    >>> raw(bytes.fromhex("E2801160")), raw(bytes.fromhex("E280"), 0x09A1)
    ('urn:epc:raw:32.xE2801160', 'urn:epc:raw:16.xA1.xE280')
    """
    afi = f"x{pc & 0xFF:02X}." if pc is not None and pc & PC_TOGGLE else ""
    return f"urn:epc:raw:{len(epc) * 8}.{afi}x{epc.hex().upper()}"


def parse_pure(text: str) -> Pure | None:
    """What a pure identity URI names; None for any other text.

    >>> parse_pure("urn:epc:id:sscc:0614141.1234567890")
    Pure(identity=Sscc(sscc='106141412345678908'), prefix_digits=7)
    """
    if not text.startswith("urn:epc:id:"):
        return None
    family, colon, rest = text[len("urn:epc:id:") :].partition(":")
    found = _parsed(family, rest) if colon else None
    return found if found is not None and found.epc_uri == text else None


def parse_tag(text: str) -> Tag | None:
    """What a tag URI names: scheme, filter and identity, which `encode` takes; or None.

    >>> parse_tag("urn:epc:tag:sscc-96:3.0614141.1234567890").filter_value
    3
    """
    if not text.startswith("urn:epc:tag:"):
        return None
    name, _, rest = text[len("urn:epc:tag:") :].partition(":")
    family = _FAMILY.get(name) or _OTHERS.get(name)
    if family is None:
        return None
    filter_value = None
    if family != "gid":
        filtered, _, rest = rest.partition(".")
        if not _NUMBER.fullmatch(filtered) or len(filtered) > 2:
            return None
        filter_value = int(filtered)
    found = _parsed(family, rest)
    if found is None:
        return None
    scheme = name.removesuffix("-var").upper() + ("-var" if name.endswith("-var") else "")
    made = Tag(scheme, found.identity, filter_value, found.prefix_digits)
    return made if made.tag_uri == text else None


def _parsed(family: str, rest: str) -> Pure | None:
    count = _PARTS.get(family, 3)
    parts = tuple(unquote(part, errors="replace") for part in rest.split(".", count - 1))
    if len(parts) != count:
        return None
    if family not in _OTHERS.values():
        return _with_prefix(family, parts)
    other = _other(family, parts)
    return None if other is None else Pure(other)


def _other(family: str, parts: Parts) -> Gid | Usdod | Adi | None:
    if family == "gid":
        good = all(_NUMBER.fullmatch(part) for part in parts)
        return Gid(*map(int, parts)) if good else None
    if not MAKER.fullmatch(parts[0]):
        return None
    if family == "usdod":
        return Usdod(parts[0], int(parts[1])) if _NUMBER.fullmatch(parts[1]) else None
    fits = PART.fullmatch(parts[1]) and PART_SERIAL.fullmatch(parts[2])
    return Adi(*parts) if fits else None


def _with_prefix(family: str, parts: Parts) -> Pure | None:
    length = len(parts[0])
    if not PREFIX_DIGITS_MIN <= length <= PREFIX_DIGITS_MAX:
        return None
    if family in DIGITS:
        both = parts[0] + parts[1]
        if len(both) != DIGITS[family] or not keys.is_digits(both, len(both)):
            return None
    elif family not in _FREE or not (parts[1] and keys.is_digits(parts[0], length)):
        return None
    identity = join(family, parts)
    return Pure(identity, length) if is_key(identity) else None
