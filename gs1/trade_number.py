"""What biip knows of numbers in EAN and UPC symbols: short forms, and each region's own numbers.

The one door to biip. Element strings do not go through it: biip takes of a value that is too long
as much as fits and reads the rest as the next AI, judges dates by the machine's clock, and lets
wrong check digits through with a note. Its tables of restricted circulation numbers are the part
that nobody should write twice.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from biip import EncodeError, ParseConfig, ParseError
from biip.gtin import Gtin
from biip.rcn import Rcn, RcnRegion
from biip.upc import Upc

from gs1.check_digit import is_digits
from gs1.refusal import CodeReason, Refusal, shown


class Region(StrEnum):
    """The regions whose rules for restricted circulation numbers are known (ISO 3166-1)."""

    DENMARK = "dk"
    ESTONIA = "ee"
    FINLAND = "fi"
    GERMANY = "de"
    GREAT_BRITAIN = "gb"
    LATVIA = "lv"
    LITHUANIA = "lt"
    NORWAY = "no"
    SWEDEN = "se"


@dataclass(frozen=True, slots=True)
class Restricted:
    """A number that means something in one region or company only.

    `number` has zeros where a weight, count or price stood, so that it names the kind of thing.
    """

    number: str  # 8 or 13 digits, check digit and all
    weight_kg: Decimal | None = None
    count: int | None = None
    price: Decimal | None = None
    currency: str | None = None  # ISO 4217, letters


def expand_upc_e(digits: str) -> str | None:
    """The 12 digits that 6, 7 or 8 of a UPC-E stand for; None where they are none.

    >>> expand_upc_e("04252614"), expand_upc_e("04252615")
    ('042100005264', None)
    """
    if not (is_digits(digits) and 6 <= len(digits) <= 8):
        return None
    try:
        return Upc.parse(digits).as_upc_a()
    except ParseError:
        return None


def restricted(digits: str, region: Region | None) -> Restricted | Refusal:
    """What a restricted circulation number of 8 or 13 digits says in `region`.

    >>> restricted("2388060112344", Region.SWEDEN)
    Restricted(number='2388060100006', weight_kg=Decimal('1.234'), count=None, ...)
    """
    if region is None or len(digits) == 8:
        return Restricted(digits)
    try:
        found = Gtin.parse(digits, config=ParseConfig(rcn_region=RcnRegion(region.value)))
        kind = found.without_variable_measure().as_gtin_13()
    except (ParseError, EncodeError):
        return Refusal(
            CodeReason.RESTRICTED,
            f"{shown(digits)}: expected a check digit over its weight or price,"
            f" as the rules of region {region} want it",
        )
    if not isinstance(found, Rcn):
        return Restricted(digits)
    currency = RcnRegion(region.value).get_currency_code() if found.price is not None else None
    return Restricted(kind, found.weight, found.count, found.price, currency)
