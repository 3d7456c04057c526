"""What a scanned bar code names: a thing by GS1's rules, or only itself.

Where the scanner sends the symbology identifier, that decides what the data are. Where it does not,
the first of these that fits:

1. a web address: a Digital Link URI, or else a plain code
2. text that begins with an AI in brackets: element strings as people write them
3. anything with the character GS in it: element strings, for nothing else has it
4. 8, 12, 13 or 14 digits with a right check digit: a GTIN. Eight digits that are a GTIN-8 and a
   UPC-E at once are refused: they name two different things.
5. text that begins with AI 00 or 01, and is element strings to its last character: an SSCC or a
   GTIN with what belongs to it. A number of the site's own would have to begin so, be so long and
   have the check digit; without this step no pallet's label would be known from a scanner that is
   badly set up. Other AIs are not tried: 18 digits with a right check digit, say, might be an
   SSCC, a GSRN or a number of the site's own.
6. everything else: a plain code. It keeps a private key, and nobody takes it for what it is not.

Step 4 takes one number in ten of the site's own, of these lengths, for a GTIN. With identifiers it
does not happen: digits from Code 128 without FNC1, say, are a plain code.
"""

from dataclasses import dataclass
from typing import assert_never
from urllib.parse import quote

from gs1 import digital_link, element_string, keys, symbology, trade_number
from gs1.ai.table import AIS
from gs1.ai.validate import judge, missing
from gs1.check_digit import check_digit, is_digits, is_valid
from gs1.keys import Pairs
from gs1.refusal import CodeReason, Refusal, shown
from gs1.symbology import Carries
from gs1.trade_number import Region, Restricted

CODE_BYTES_MAX = 8192  # the largest QR Code holds 7,089 digits: more is no symbol

_GTIN_LENGTHS = (8, 12, 13, 14)
_ADD_ON_LENGTHS = (15, 18)  # 13 digits, and 2 or 5 more


@dataclass(frozen=True, slots=True)
class Identified:
    """A code that names a thing, or a class of things."""

    identity: keys.Key
    pairs: Pairs  # all that the code says, with the GTIN as 14 digits
    symbology: str | None

    @property
    def key(self) -> str:
        return self.identity.key


@dataclass(frozen=True, slots=True)
class Plain:
    """A code that is no GS1 key. `restricted`: one that a region or company gives a meaning."""

    key: str  # urn:readpoint:code:...
    symbology: str | None
    restricted: Restricted | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A code that says to be of GS1, and is wrong. `pairs` are what could be read of it.

    A reason of ai_missing is none against the thing: another code on it may have the rest, and
    gs1.ai.validate judges the pairs of both.
    """

    key: str  # urn:readpoint:code:..., so that it can be counted and found
    reason: CodeReason
    why: str
    symbology: str | None
    pairs: Pairs = ()


def parse(
    data: bytes, identifier: str | None = None, region: Region | None = None
) -> Identified | Plain | Refused:
    """What `data` name; `identifier` is the symbology's, where it is not still before the data.

    It may come with its bracket or without.

    >>> parse(b"]C10109521141012345" + b"10A-1").key
    'https://id.gs1.org/01/09521141012345/10/A-1'
    >>> parse(b"9521141012345").key, parse(b"BIN 7").key
    ('https://id.gs1.org/01/09521141012345', 'urn:readpoint:code:BIN%207')
    """
    if identifier is None:
        identifier, data = symbology.split(data)
    elif not identifier.startswith("]"):
        identifier = f"]{identifier}"
    code = _Code(data, identifier, region)
    if not data:
        return code.refused(CodeReason.EMPTY, "bar code: expected data, found none")
    if len(data) > CODE_BYTES_MAX:
        return code.refused(
            CodeReason.LENGTH,
            f"bar code: expected at most {CODE_BYTES_MAX} bytes, found {len(data)}",
        )
    return code.any() if identifier is None else code.of(symbology.carries(identifier))


def plain_key(data: bytes) -> str:
    """The private key of data that are no GS1 key.

    >>> plain_key(b"A/1 \\xff")
    'urn:readpoint:code:A%2F1%20%FF'
    """
    return f"urn:readpoint:code:{quote(data[:CODE_BYTES_MAX], safe='')}"


class _Code:
    """The data of one scan, with the ways to read them."""

    __slots__ = ("data", "identifier", "region", "text")

    def __init__(self, data: bytes, identifier: str | None, region: Region | None) -> None:
        self.data = data
        self.identifier = identifier
        self.region = region
        self.text = data.decode("latin-1")  # byte for byte: the character sets of AIs are ASCII

    def of(self, carries: Carries) -> Identified | Plain | Refused:
        """By what the symbology carries."""
        match carries:
            case Carries.ELEMENTS:
                return self.elements()
            case Carries.EAN:
                return self.ean()
            case Carries.EAN_8:
                return self.gtin(self.text, (8,))
            case Carries.EAN_ADD_ON if len(self.text) in _ADD_ON_LENGTHS:
                return self.gtin(self.text[:13], (13,))
            case Carries.EAN_ADD_ON:
                return self.gtin(self.text, (13,))
            case Carries.ADD_ON:
                return self.refused(
                    CodeReason.NO_KEY, f"{shown(self.text)}: expected the EAN that it is added to"
                )
            case Carries.ITF:
                return self.gtin(self.text, (14,)) if is_valid(self.text, 14) else self.plain()
            case Carries.ANYTHING:
                return self.written() or self.plain()
            case _:
                assert_never(carries)

    def any(self) -> Identified | Plain | Refused:
        """Without identifier: what fits first."""
        found = self.written()
        if found is not None:
            return found
        if element_string.GS in self.text:
            return self.elements()
        if len(self.text) in _GTIN_LENGTHS and is_digits(self.text):
            return self.number()
        if self.text[:2] in ("00", "01"):
            pairs = element_string.split(self.text)
            if not isinstance(pairs, Refusal) and judge(pairs) is None:
                return self.named(pairs)
        return self.plain()

    def written(self) -> Identified | Plain | Refused | None:
        """A web address or AIs in brackets; None for anything else."""
        if digital_link.is_web(self.text):
            link = digital_link.split(self.text)
            return self.plain() if link is None else self.named(link)
        code, bracket, _ = self.text[1:6].partition(")")
        if self.text[0] == "(" and bracket and code in AIS:
            return self.named(element_string.split_bracketed(self.text))
        return None

    def elements(self) -> Identified | Refused:
        return self.named(element_string.split(self.text.removeprefix(element_string.GS)))

    def number(self) -> Identified | Plain | Refused:
        """Digits as many as a GTIN has, of which nobody says what they are."""
        right = is_valid(self.text, len(self.text))
        short = trade_number.expand_upc_e(self.text) if len(self.text) == 8 else None
        if right and short is not None:
            return self.refused(
                CodeReason.AMBIGUOUS,
                f"{self.text}: expected a symbology identifier, because it is a GTIN-8"
                f" and the UPC-E of {short}",
            )
        if short is not None:
            return self.gtin(short, (12,))
        return self.gtin(self.text, _GTIN_LENGTHS) if right else self.plain()

    def ean(self) -> Identified | Plain | Refused:
        if 6 <= len(self.text) <= 8:
            expanded = trade_number.expand_upc_e(self.text)
            if expanded is None:
                return self.refused(
                    CodeReason.CHECK_DIGIT,
                    f"{shown(self.text)}: expected a UPC-E with a right check digit",
                )
            return self.gtin(expanded, (12,))
        return self.gtin(self.text, (12, 13))

    def gtin(self, digits: str, lengths: tuple[int, ...]) -> Identified | Plain | Refused:
        if len(digits) not in lengths or not is_digits(digits):
            wanted = " or ".join(str(length) for length in lengths)
            return self.refused(CodeReason.LENGTH, f"{shown(digits)}: expected {wanted} digits")
        if not is_valid(digits, len(digits)):
            return self.refused(
                CodeReason.CHECK_DIGIT,
                f"GTIN {shown(digits)}: expected check digit {check_digit(digits[:-1])}",
            )
        gtin = digits.zfill(14)
        if not _is_restricted(digits):
            return Identified(keys.Gtin(gtin), (("01", gtin),), self.identifier)
        number = digits if len(digits) == 8 else gtin[1:]
        found = trade_number.restricted(number, self.region)
        if isinstance(found, Refusal):
            return self.refused(found.reason, found.why)
        return Plain(plain_key(found.number.encode("ascii")), self.identifier, found)

    def named(self, pairs: Pairs | Refusal) -> Identified | Refused:
        if isinstance(pairs, Refusal):
            return self.refused(pairs.reason, pairs.why)
        known = dict(pairs)
        found = judge(pairs) or missing(known)
        if found is not None:
            return self.refused(found.reason, found.why, pairs)
        identity = keys.from_pairs(known)
        if identity is None:
            return self.refused(
                CodeReason.NO_KEY,
                f"AIs {', '.join(known)}: expected one that names a thing",
                pairs,
            )
        return Identified(identity, pairs, self.identifier)

    def plain(self) -> Plain:
        return Plain(plain_key(self.data), self.identifier)

    def refused(self, reason: CodeReason, why: str, pairs: Pairs = ()) -> Refused:
        return Refused(plain_key(self.data), reason, why, self.identifier, pairs)


def _is_restricted(digits: str) -> bool:
    """Whether a number is of a region or company, or a coupon's, and so no trade item's.

    GS1 General Specifications §1.4: prefixes 02, 04 and 20 to 29 of GTIN-12 and GTIN-13, 0 and 2 of
    GTIN-8; 980 to 984 and 99 are of refunds and coupons. There are none of 14 digits, so a number
    with an indicator is taken as it is, as behind AI 01.
    """
    if len(digits) == 8:
        return digits[0] in "02"
    whole = digits.zfill(14)
    prefix = whole[1:4]
    return whole[0] == "0" and (
        prefix[:2] in ("02", "04", "99") or prefix[0] == "2" or "980" <= prefix <= "984"
    )
