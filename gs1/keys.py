"""What a thing is, as GS1 names it: trade item class, trade item with serial, logistic unit.

Every key has one canonical spelling, its GS1 Digital Link URI (GS1 Digital Link URI Syntax §4),
so that two devices that saw one thing say the same word, whatever they read it from.
"""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from gs1 import check_digit

DOMAIN = "https://id.gs1.org"
SERIAL_CHARACTERS_MAX = 20  # AI 21 (GS1 General Specifications §3.5.2)

# GS1 AI encodable character set 82 (GS1 General Specifications §7.11).
CHARACTER_SET_82 = frozenset(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)


@dataclass(frozen=True, slots=True)
class Gtin:
    """A class of trade items, AI 01. Many things bear it, so it is never in an epcList."""

    gtin: str  # 14 digits with check digit

    @property
    def key(self) -> str:
        """
        >>> Gtin("09521141012345").key
        'https://id.gs1.org/01/09521141012345'
        """
        return f"{DOMAIN}/01/{self.gtin}"


@dataclass(frozen=True, slots=True)
class Sgtin:
    """One trade item: AI 01 with the serial of AI 21."""

    gtin: str  # 14 digits with check digit
    serial: str  # 1 to 20 characters of character set 82

    @property
    def key(self) -> str:
        """
        >>> Sgtin("09521141012345", "32a/b").key
        'https://id.gs1.org/01/09521141012345/21/32a%2Fb'
        """
        return f"{DOMAIN}/01/{self.gtin}/21/{quote(self.serial, safe='')}"

    @property
    def item_class(self) -> Gtin:
        return Gtin(self.gtin)


@dataclass(frozen=True, slots=True)
class Sscc:
    """One logistic unit (a pallet, a parcel), AI 00. It says nothing of what is in it."""

    sscc: str  # 18 digits with check digit

    @property
    def key(self) -> str:
        """
        >>> Sscc("195211411234567899").key
        'https://id.gs1.org/00/195211411234567899'
        """
        return f"{DOMAIN}/00/{self.sscc}"


Key = Gtin | Sgtin | Sscc


def parse(uri: str) -> Key | None:
    """The key that a canonical Digital Link URI spells; None for any other text.

    Only the canonical spelling is a key: another domain, a query, a wrong check digit or an
    escape that was not needed gives None, because a second spelling would be a second identity.

    >>> parse("https://id.gs1.org/01/09521141012345/21/32a%2Fb")
    Sgtin(gtin='09521141012345', serial='32a/b')
    >>> parse("https://id.gs1.org/01/09521141012346") is None
    True
    """
    if not uri.startswith(f"{DOMAIN}/"):
        return None
    key = _from_parts(uri.removeprefix(f"{DOMAIN}/").split("/"))
    return key if key is not None and key.key == uri else None


def _from_parts(parts: list[str]) -> Key | None:
    match parts:
        case ["00", sscc] if check_digit.is_valid(sscc, 18):
            return Sscc(sscc)
        case ["01", gtin] if check_digit.is_valid(gtin, 14):
            return Gtin(gtin)
        case ["01", gtin, "21", escaped] if check_digit.is_valid(gtin, 14):
            serial = unquote(escaped, errors="replace")
            return Sgtin(gtin, serial) if is_serial(serial) else None
        case _:
            return None


def is_serial(text: str) -> bool:
    """Whether `text` may be the value of AI 21."""
    return 1 <= len(text) <= SERIAL_CHARACTERS_MAX and CHARACTER_SET_82.issuperset(text)
