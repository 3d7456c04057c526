"""What a URI in an EPCIS event names: one thing, a class of things, a place, or it is wrong.

The theory in one page. EPCIS 2.0 knows two spellings of a GS1 key (CBV 2.0 §8.2): the pure
identity URN (`urn:epc:id:sgtin:9521141.012345.1001`), where the company prefix ends at a dot and
the check digit is left out, and the GS1 Digital Link URI
(`https://id.gs1.org/01/09521141123454/21/1001`), where it is in. Both say one key: `gs1.epc.uri`
reads the one spelling, `gs1.digital_link` the other, and the canonical Digital Link is written. A
class is `urn:epc:class:lgtin:` (a lot), `urn:epc:idpat:` with a star for the serial, or a Digital
Link without serial. A tag URI is none of these and stands nowhere in an event. Any other URI may be
a name that somebody made for himself (CBV 2.0 §8.2.3).
"""

import re
from dataclasses import dataclass, replace
from enum import Enum

from gs1 import digital_link, keys
from gs1.epc.model import Adi, Gid, Identity, Usdod
from gs1.epc.uri import FAMILIES, parse_pure
from gs1.epcis.shape import is_uri
from gs1.keys import (
    DOMAIN,
    Cpid,
    Gcn,
    Gdti,
    Grai,
    Itip,
    Key,
    Lgtin,
    Sgln,
    Sgtin,
    Upui,
)
from gs1.refusal import Refusal


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


def _linked(uri: str) -> Key | None:
    """The key in a Digital Link at any domain; a path of the site's own may stand before it."""
    pairs = digital_link.split(uri) if digital_link.is_web(uri) else None
    return None if pairs is None or isinstance(pairs, Refusal) else keys.from_pairs(dict(pairs))


# -- URN ------------------------------------------------------------------------------------------


# Families whose classes an event names by urn:epc:idpat (CBV 2.0 §8.2).
_CLASSES = ("sgtin", "upui", "grai", "gdti", "sgcn", "cpi", "itip")
# Without a GS1 key or a tag, and the raw bits of a tag that nobody could read (TDS 1.13 §6.3, §12).
_KEYLESS = {
    "id:bic": r"[A-Z]{3}[JUZ]\d{7}",
    "id:imovn": r"\d{7}",
    "raw": r"\d+\.(?:x[0-9A-F]{2}\.)?x[0-9A-F]+",
}
_ESCAPE = re.compile("%[0-9A-Fa-f]{2}")


def _urn(uri: str) -> Named | Misnamed:
    kind, _, rest = uri.removeprefix("urn:epc:").partition(":")
    scheme, _, body = rest.partition(":")
    name = f"{kind}:{scheme}"
    if kind == "raw":
        name, body = kind, rest
    found: Named | None = None
    if name in _KEYLESS:
        if re.fullmatch(_KEYLESS[name], body, re.ASCII):
            found = Named(Level.OTHER if kind == "raw" else Level.INSTANCE, uri)
    elif kind == "id" and scheme in FAMILIES:
        found = _one(scheme, body)
    elif name == "class:lgtin":
        found = _lot(body)
    elif kind == "idpat" and scheme in _CLASSES:
        found = _pattern(scheme, body)
    else:
        return Misnamed("a pure identity or class URI (urn:epc:id:, urn:epc:class:lgtin:)")
    return Misnamed(f"urn:epc:{name}: as TDS §6.3 spells it") if found is None else found


def _identity(scheme: str, body: str) -> Identity | None:
    """Escapes may have small letters; `parse_pure` takes the one spelling, in capitals."""
    spelled = _ESCAPE.sub(lambda escape: escape[0].upper(), body)
    found = parse_pure(f"urn:epc:id:{scheme}:{spelled}")
    return None if found is None else found.identity


def _one(scheme: str, body: str) -> Named | None:
    match _identity(scheme, body):
        case None:
            return None
        case Gid() | Usdod() | Adi() as other:
            return Named(Level.INSTANCE, other.key)
        case key:
            return _named(key)


def _lot(body: str) -> Named | None:
    """A lot is spelled as the serial of an item is, and has its length and characters."""
    match _identity("sgtin", body):
        case Sgtin(gtin=gtin, serial=lot):
            return _named(Lgtin(gtin, lot))
        case _:
            return None


def _pattern(scheme: str, body: str) -> Named | None:
    """The class of the thing that has serial 0, which is one that all of them may have."""
    if not body.endswith(".*"):
        return None
    match _identity(scheme, f"{body[:-1]}0"):
        case (Sgtin(serial="0") | Upui(tpx="0")) as item:
            return _named(item.item_class)
        case (
            Grai(serial="0") | Gdti(serial="0") | Gcn(serial="0") | Cpid(serial="0")
            | Itip(serial="0")
        ) as one:  # fmt: skip
            return _named(replace(one, serial=None))
        case _:
            return None
