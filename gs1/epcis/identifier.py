"""What a URI in an EPCIS event names: one thing, a class of things, a place, or it is wrong.

The theory in one page. EPCIS 2.0 knows two spellings of a GS1 key (CBV 2.0 §8.2): the pure
identity URN (`urn:epc:id:sgtin:9521141.012345.1001`), where the company prefix ends at a dot and
the check digit is left out, and the GS1 Digital Link URI
(`https://id.gs1.org/01/09521141123454/21/1001`), where it is in. Both say the same AI pairs, so
each becomes pairs here, is checked as pairs, and is written as the canonical Digital Link. A class
is `urn:epc:class:lgtin:` (a lot), `urn:epc:idpat:` with a star for the serial, or a Digital Link
without serial. A tag URI is none of these and stands nowhere in an event. Any other URI may be a
name that somebody made for himself (CBV 2.0 §8.2.3).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote

from gs1 import keys
from gs1.check_digit import check_digit
from gs1.epcis.shape import is_uri
from gs1.keys import DOMAIN, Key, Pairs, Sgln


class Level(Enum):
    """How many things a URI may stand for."""

    INSTANCE = "instance"
    CLASS = "class"
    OTHER = "other"  # a URI of somebody's own: it does not tell


@dataclass(frozen=True, slots=True)
class Named:
    """A URI that may stand in an event."""

    level: Level
    canonical: str  # the constrained Digital Link (CBV 2.0 §8.9), or the URI as it is
    key: Key | None = None

    @property
    def is_place(self) -> bool:
        """Whether it may be a readPoint or bizLocation (CBV 2.0 §8.3)."""
        return self.level is Level.OTHER or isinstance(self.key, Sgln)


@dataclass(frozen=True, slots=True)
class Misnamed:
    """What was expected instead."""

    expected: str


def identify(uri: str) -> Named | Misnamed:
    """What `uri` names.

    >>> identify("urn:epc:id:sscc:9521141.1234567890").canonical
    'https://id.gs1.org/00/195211412345678900'
    >>> identify("urn:epc:idpat:sgtin:9521141.054321.*").level
    <Level.CLASS: 'class'>
    """
    if not is_uri(uri):
        return Misnamed("a URI")
    if uri.startswith("urn:epc:"):
        return _urn(uri)
    key = _linked(uri)
    if key is not None:
        return _named(key)
    if uri.startswith(f"{DOMAIN}/"):
        return Misnamed("a GS1 Digital Link URI with a key that its rules allow")
    return Named(Level.OTHER, uri)


def _named(key: Key) -> Named:
    return Named(Level.CLASS if key.is_class else Level.INSTANCE, key.key, key)


# -- Digital Link ---------------------------------------------------------------------------------


# Primary key -> its qualifiers in the order they must have (GS1 Digital Link URI Syntax §4.3).
_QUALIFIERS: Mapping[str, tuple[str, ...]] = {
    "01": ("22", "10", "21", "235"),
    "8006": ("22", "10", "21"),
    "8010": ("8011",),
    "414": ("254",),
    "8017": ("8019",),
    "8018": ("8019",),
} | dict.fromkeys(("00", "253", "255", "401", "402", "417", "8003", "8004"), ())
_GTIN_LENGTHS = (8, 12, 13)  # older links left the zeros before a GTIN out


def _linked(uri: str) -> Key | None:
    """The key in a Digital Link at any domain; a path of the site's own may stand before it."""
    if not uri.startswith(("https://", "http://")):
        return None
    path = re.split(r"[?#]", uri.split("://", 1)[1], maxsplit=1)[0].rstrip("/")
    parts = path.split("/")[1:]
    for start, part in enumerate(parts[:-1]):
        if part in _QUALIFIERS:
            return _key(parts[start:])
    return None


def _key(parts: list[str]) -> Key | None:
    if len(parts) % 2:
        return None
    primary, said = parts[0], parts[2::2]
    if [ai for ai in _QUALIFIERS[primary] if ai in said] != said:
        return None
    values = [unquote(part, errors="replace") for part in parts[1::2]]
    if primary == "01" and len(values[0]) in _GTIN_LENGTHS:
        values[0] = values[0].zfill(14)
    return keys.from_pairs(dict(zip(parts[::2], values, strict=True)))


# -- URN ------------------------------------------------------------------------------------------

_C = r"((?:%[0-9A-Fa-f]{2}|[!'()*+,\-.0-9:;=A-Z_a-z])+)"  # a component (TDS 1.13 §6.3)
_CPI = r"((?:%23|%2[Ff]|[\-0-9A-Z])+)"
_P = r"(\d{6,12})"
_REFERENCE = rf"{_P}\.(\d*)"


def _indicated(prefix: str, reference: str) -> str:
    """A reference that begins with its indicator or extension digit, and the check digit."""
    digits = reference[:1] + prefix + reference[1:]
    return digits + check_digit(digits)


def _plain(prefix: str, reference: str) -> str:
    return prefix + reference + check_digit(prefix + reference)


# Body, digits of prefix and reference together (None: free), and the pairs that it says.
_Scheme = tuple[str, int | None, Callable[..., Pairs]]
_SCHEMES: dict[str, _Scheme] = {
    "id:sgtin": (rf"{_REFERENCE}\.{_C}", 13, lambda p, r, s: (("01", _indicated(p, r)), ("21", s))),
    "id:sscc": (_REFERENCE, 17, lambda p, r: (("00", _indicated(p, r)),)),
    "id:sgln": (rf"{_REFERENCE}\.{_C}", 12, lambda p, r, s: (("414", _plain(p, r)), ("254", s))),
    "id:pgln": (_REFERENCE, 12, lambda p, r: (("417", _plain(p, r)),)),
    "id:grai": (rf"{_REFERENCE}\.{_C}", 12, lambda p, r, s: (("8003", "0" + _plain(p, r) + s),)),
    "id:giai": (rf"{_P}\.{_C}", None, lambda p, s: (("8004", p + s),)),
    "id:gsrn": (_REFERENCE, 17, lambda p, r: (("8018", _plain(p, r)),)),
    "id:gsrnp": (_REFERENCE, 17, lambda p, r: (("8017", _plain(p, r)),)),
    "id:gdti": (rf"{_REFERENCE}\.{_C}", 12, lambda p, r, s: (("253", _plain(p, r) + s),)),
    "id:sgcn": (rf"{_REFERENCE}\.(\d+)", 12, lambda p, r, s: (("255", _plain(p, r) + s),)),
    "id:cpi": (rf"{_P}\.{_CPI}\.(\d+)", None, lambda p, r, s: (("8010", p + r), ("8011", s))),
    "id:ginc": (rf"{_P}\.{_C}", None, lambda p, s: (("401", p + s),)),
    "id:gsin": (_REFERENCE, 16, lambda p, r: (("402", _plain(p, r)),)),
    "id:itip": (
        rf"{_REFERENCE}\.(\d\d)\.(\d\d)\.{_C}",
        13,
        lambda p, r, piece, total, s: (("8006", _indicated(p, r) + piece + total), ("21", s)),
    ),
    "id:upui": (rf"{_REFERENCE}\.{_C}", 13, lambda p, r, s: (("01", _indicated(p, r)), ("235", s))),
    "class:lgtin": (
        rf"{_REFERENCE}\.{_C}",
        13,
        lambda p, r, lot: (("01", _indicated(p, r)), ("10", lot)),
    ),
    "idpat:sgtin": (rf"{_REFERENCE}\.\*", 13, lambda p, r: (("01", _indicated(p, r)),)),
    "idpat:upui": (rf"{_REFERENCE}\.\*", 13, lambda p, r: (("01", _indicated(p, r)),)),
    "idpat:grai": (rf"{_REFERENCE}\.\*", 12, lambda p, r: (("8003", "0" + _plain(p, r)),)),
    "idpat:gdti": (rf"{_REFERENCE}\.\*", 12, lambda p, r: (("253", _plain(p, r)),)),
    "idpat:sgcn": (rf"{_REFERENCE}\.\*", 12, lambda p, r: (("255", _plain(p, r)),)),
    "idpat:cpi": (rf"{_P}\.{_CPI}\.\*", None, lambda p, r: (("8010", p + r),)),
    "idpat:itip": (
        rf"{_REFERENCE}\.(\d\d)\.(\d\d)\.\*",
        13,
        lambda p, r, piece, total: (("8006", _indicated(p, r) + piece + total),),
    ),
}
# Schemes without a GS1 key, and the raw bits of a tag that nobody could read (TDS 1.13 §6.3, §12).
_KEYLESS = {
    "id:gid": r"\d{1,9}\.\d{1,8}\.\d{1,11}",
    "id:usdod": r"[0-9A-HJ-NP-Z]{5,6}\.\d{1,11}",
    "id:adi": r"[0-9A-HJ-NP-Z]{5,6}\.(?:%2[DdFf]|[\-0-9A-Z])*\.(?:%23)?(?:%2[DdFf]|[\-0-9A-Z])+",
    "id:bic": r"[A-Z]{3}[JUZ]\d{7}",
    "id:imovn": r"\d{7}",
    "raw": r"\d+\.(?:x[0-9A-F]{2}\.)?x[0-9A-F]+",
}


def _urn(uri: str) -> Named | Misnamed:
    kind, _, rest = uri.removeprefix("urn:epc:").partition(":")
    scheme, _, body = rest.partition(":")
    name = f"{kind}:{scheme}"
    if name in _SCHEMES:
        key = _urn_key(body, *_SCHEMES[name])
        return (
            _named(key) if key is not None else Misnamed(f"urn:epc:{name}: as TDS §6.3 spells it")
        )
    if kind == "raw":
        name, body = kind, rest
    if name not in _KEYLESS:
        return Misnamed("a pure identity or class URI (urn:epc:id:, urn:epc:class:lgtin:)")
    if re.fullmatch(_KEYLESS[name], body, re.ASCII) is None:
        return Misnamed(f"urn:epc:{name}: as TDS §6.3 spells it")
    return Named(Level.OTHER if kind == "raw" else Level.INSTANCE, uri)


def _urn_key(body: str, pattern: str, digits: int | None, say: Callable[..., Pairs]) -> Key | None:
    found = re.fullmatch(pattern, body, re.ASCII)
    if found is None or (digits is not None and len(found[1] + found[2]) != digits):
        return None
    return keys.from_pairs(dict(say(*(unquote(part, errors="replace") for part in found.groups()))))
