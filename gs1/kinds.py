"""The kinds of things that GS1 has keys for, each with its AI pairs and its one spelling."""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote

DOMAIN = "https://id.gs1.org"

Pairs = tuple[tuple[str, str], ...]


class _HasPairs(Protocol):
    @property
    def pairs(self) -> Pairs: ...


def digital_link(pairs: Pairs, domain: str = DOMAIN) -> str:
    """The Digital Link URI of pairs in canonical order; the canonical one in GS1's own domain.

    >>> digital_link((("01", "09521141012345"), ("10", "A/1")))
    'https://id.gs1.org/01/09521141012345/10/A%2F1'
    """
    return domain + "".join([f"/{ai}/{escaped(value)}" for ai, value in pairs])


class _Spelled:
    """Gives a key its URI."""

    __slots__ = ()

    @property
    def key(self: _HasPairs) -> str:
        """The canonical Digital Link URI."""
        return digital_link(self.pairs)

    @property
    def is_class(self) -> bool:
        """Whether many things bear this key."""
        return False


@dataclass(frozen=True, slots=True)
class Gtin(_Spelled):
    """A class of trade items, AI 01. Many things bear it, so it is never in an epcList.

    >>> Gtin("09521141012345").key
    'https://id.gs1.org/01/09521141012345'
    """

    gtin: str  # 14 digits with check digit

    @property
    def pairs(self) -> Pairs:
        return (("01", self.gtin),)

    @property
    def is_class(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Lgtin(_Spelled):
    """A lot of trade items: AI 01 with the lot of AI 10. A class key, too.

    >>> Lgtin("09521141012345", "A-1").key
    'https://id.gs1.org/01/09521141012345/10/A-1'
    """

    gtin: str  # 14 digits with check digit
    lot: str  # 1 to 20 characters of character set 82

    @property
    def pairs(self) -> Pairs:
        return (("01", self.gtin), ("10", self.lot))

    @property
    def is_class(self) -> bool:
        return True

    @property
    def item_class(self) -> Gtin:
        return Gtin(self.gtin)


@dataclass(frozen=True, slots=True)
class Sgtin(_Spelled):
    """One trade item: AI 01 with the serial of AI 21.

    >>> Sgtin("09521141012345", "32a/b").key
    'https://id.gs1.org/01/09521141012345/21/32a%2Fb'
    """

    gtin: str  # 14 digits with check digit
    serial: str  # 1 to 20 characters of character set 82

    @property
    def pairs(self) -> Pairs:
        return (("01", self.gtin), ("21", self.serial))

    @property
    def item_class(self) -> Gtin:
        return Gtin(self.gtin)


@dataclass(frozen=True, slots=True)
class Upui(_Spelled):
    """One pack by a third party's serial (EU 2018/574): AI 01 with AI 235."""

    gtin: str  # 14 digits with check digit
    tpx: str  # 1 to 28 characters of character set 82

    @property
    def pairs(self) -> Pairs:
        return (("01", self.gtin), ("235", self.tpx))

    @property
    def item_class(self) -> Gtin:
        return Gtin(self.gtin)


@dataclass(frozen=True, slots=True)
class Sscc(_Spelled):
    """One logistic unit (a pallet, a parcel), AI 00. It says nothing of what is in it.

    >>> Sscc("195211411234567899").key
    'https://id.gs1.org/00/195211411234567899'
    """

    sscc: str  # 18 digits with check digit

    @property
    def pairs(self) -> Pairs:
        return (("00", self.sscc),)


@dataclass(frozen=True, slots=True)
class Itip(_Spelled):
    """A piece of a trade item that comes in several: AI 8006, with the serial of AI 21."""

    gtin: str  # 14 digits with check digit, of the whole item
    piece: str  # 2 digits
    total: str  # 2 digits
    serial: str | None = None

    @property
    def pairs(self) -> Pairs:
        whole = ("8006", f"{self.gtin}{self.piece}{self.total}")
        return (whole,) if self.serial is None else (whole, ("21", self.serial))

    @property
    def is_class(self) -> bool:
        return self.serial is None


@dataclass(frozen=True, slots=True)
class Sgln(_Spelled):
    """A place: AI 414, with AI 254 for a place inside it.

    The extension 0 means no extension (TDS 1.13 §7.5), so it never stands here.
    """

    gln: str  # 13 digits with check digit
    extension: str | None = None  # 1 to 20 characters of character set 82

    @property
    def pairs(self) -> Pairs:
        place = ("414", self.gln)
        return (place,) if self.extension is None else (place, ("254", self.extension))


@dataclass(frozen=True, slots=True)
class Pgln(_Spelled):
    """A party: AI 417."""

    gln: str  # 13 digits with check digit

    @property
    def pairs(self) -> Pairs:
        return (("417", self.gln),)


@dataclass(frozen=True, slots=True)
class Grai(_Spelled):
    """A returnable asset (a crate, a roll cage): AI 8003, type and serial in one value.

    >>> Grai("0614141123452", "5678").key
    'https://id.gs1.org/8003/006141411234525678'
    """

    asset_type: str  # 13 digits with check digit
    serial: str | None = None  # 1 to 16 characters of character set 82

    @property
    def pairs(self) -> Pairs:
        return (("8003", f"0{self.asset_type}{self.serial or ''}"),)

    @property
    def is_class(self) -> bool:
        return self.serial is None


@dataclass(frozen=True, slots=True)
class Giai(_Spelled):
    """One asset that stays in the house: AI 8004. Where the company prefix ends it does not say."""

    giai: str  # 1 to 30 characters of character set 82; begins with the company prefix

    @property
    def pairs(self) -> Pairs:
        return (("8004", self.giai),)


@dataclass(frozen=True, slots=True)
class Gsrn(_Spelled):
    """Whoever receives a service (a patient, a member): AI 8018, with AI 8019 for one instance."""

    gsrn: str  # 18 digits with check digit
    srin: str | None = None  # 1 to 10 digits

    @property
    def pairs(self) -> Pairs:
        return _service("8018", self.gsrn, self.srin)


@dataclass(frozen=True, slots=True)
class Gsrnp(_Spelled):
    """Whoever provides a service: AI 8017, with AI 8019 for one instance."""

    gsrn: str  # 18 digits with check digit
    srin: str | None = None  # 1 to 10 digits

    @property
    def pairs(self) -> Pairs:
        return _service("8017", self.gsrn, self.srin)


@dataclass(frozen=True, slots=True)
class Gdti(_Spelled):
    """A document: AI 253, type and serial in one value."""

    document_type: str  # 13 digits with check digit
    serial: str | None = None  # 1 to 17 characters of character set 82

    @property
    def pairs(self) -> Pairs:
        return (("253", f"{self.document_type}{self.serial or ''}"),)

    @property
    def is_class(self) -> bool:
        return self.serial is None


@dataclass(frozen=True, slots=True)
class Gcn(_Spelled):
    """A coupon (SGCN where it has a serial): AI 255, number and serial in one value."""

    coupon: str  # 13 digits with check digit
    serial: str | None = None  # 1 to 12 digits

    @property
    def pairs(self) -> Pairs:
        return (("255", f"{self.coupon}{self.serial or ''}"),)

    @property
    def is_class(self) -> bool:
        return self.serial is None


@dataclass(frozen=True, slots=True)
class Cpid(_Spelled):
    """A component or part: AI 8010, with the serial of AI 8011."""

    cpid: str  # 1 to 30 characters of character set 39; begins with the company prefix
    serial: str | None = None  # 1 to 12 digits without leading zero

    @property
    def pairs(self) -> Pairs:
        part = ("8010", self.cpid)
        return (part,) if self.serial is None else (part, ("8011", self.serial))

    @property
    def is_class(self) -> bool:
        return self.serial is None


@dataclass(frozen=True, slots=True)
class Ginc(_Spelled):
    """Goods that a forwarder consigned together: AI 401."""

    ginc: str  # 1 to 30 characters of character set 82; begins with the company prefix

    @property
    def pairs(self) -> Pairs:
        return (("401", self.ginc),)


@dataclass(frozen=True, slots=True)
class Gsin(_Spelled):
    """Logistic units that a seller shipped together: AI 402."""

    gsin: str  # 17 digits with check digit

    @property
    def pairs(self) -> Pairs:
        return (("402", self.gsin),)


@dataclass(frozen=True, slots=True)
class Gmn(_Spelled):
    """A model of products, a medical device's say: AI 8013. Each variant has a GTIN of its own."""

    gmn: str  # 3 to 25 characters of character set 82 with check pair; begins with company prefix

    @property
    def pairs(self) -> Pairs:
        return (("8013", self.gmn),)

    @property
    def is_class(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class PaymentSlip(_Spelled):
    """A demand for payment: who is to be paid (AI 415), and his reference number (AI 8020)."""

    gln: str  # 13 digits with check digit
    reference: str  # 1 to 25 characters of character set 82

    @property
    def pairs(self) -> Pairs:
        return (("415", self.gln), ("8020", self.reference))


Key = (
    Gtin
    | Lgtin
    | Sgtin
    | Upui
    | Sscc
    | Itip
    | Sgln
    | Pgln
    | Grai
    | Giai
    | Gsrn
    | Gsrnp
    | Gdti
    | Gcn
    | Cpid
    | Ginc
    | Gsin
    | Gmn
    | PaymentSlip
)


def _service(ai: str, gsrn: str, srin: str | None) -> Pairs:
    return ((ai, gsrn),) if srin is None else ((ai, gsrn), ("8019", srin))


def escaped(value: str) -> str:
    """Percent-encoded so that it is one path segment; most values need nothing, which is quick."""
    if value.isascii() and value.isalnum():
        return value
    return quote(value, safe="", errors="surrogatepass")
