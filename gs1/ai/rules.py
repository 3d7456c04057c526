"""The rules that parts of AI values keep beyond length and characters.

A rule is a function of the part's text: None where the text keeps it, else what was expected. Its
name stands in gs1.ai.table; `REASONS` says what a breach is reported as.
"""

import re
from calendar import monthrange
from collections.abc import Callable

from gs1 import check_digit as ends
from gs1.ai import coupon, lists
from gs1.refusal import CodeReason

Rule = Callable[[str], str | None]

PREFIX_DIGITS_MIN = 4  # the shortest company prefix that GS1 gives out

_LATITUDE_MAX = 1_800_000_000  # tens of millionths of a degree, from the south pole
_LONGITUDE_MAX = 3_600_000_000
_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_POSITION = re.compile(r"([1-9][0-9]*)/([1-9][0-9]*)")
_IBAN = re.compile(r"[A-Z]{2}[0-9A-Z]{9,}")


def check_digit(text: str) -> str | None:
    right = ends.check_digit(text[:-1])
    return None if text[-1] == right else f"check digit {right}"


def check_pair(text: str) -> str | None:
    """The two characters that end a GMN (GS1 General Specifications §7.9.5).

    >>> check_pair("1987654Ad4X4bL5ttr2310c2K")
    >>> check_pair("1987654Ad4X4bL5ttr2310cXK")
    'check characters 2K'
    """
    if len(text) < 3:
        return "a number and two check characters"
    right = ends.check_pair(text[:-2])
    return None if text[-2:] == right else f"check characters {right}"


def prefix(text: str, first: int = 0) -> str | None:
    digits = text[first : first + PREFIX_DIGITS_MIN]
    good = len(digits) == PREFIX_DIGITS_MIN and digits.isdigit()
    return None if good else f"a company prefix of at least {PREFIX_DIGITS_MIN} digits at its start"


def prefix_2(text: str) -> str | None:
    return prefix(text, 1)


def _is_date(text: str, least_day: int = 1) -> bool:
    """Whether YYMMDD is a day. All years whose number divides by 4 are leap years until 2099."""
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    return 1 <= month <= 12 and least_day <= day <= monthrange(2000 + year, month)[1]


def date(text: str) -> str | None:
    return None if _is_date(text) else "a date as YYMMDD"


def date_0(text: str) -> str | None:
    return None if _is_date(text, 0) else "a date as YYMMDD, day 00 for the end of the month"


def date_8(text: str) -> str | None:
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:8])
    good = year and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    return None if good else "a date as YYYYMMDD"


def clock(text: str) -> str | None:
    good = text[:2] < "24" and text[2:] < "60"
    return None if good else "a time of day as HHMM"


def clock_or_none(text: str) -> str | None:
    return None if text == "9999" else clock(text)


def country_999(text: str) -> str | None:
    return None if text == "999" else _country(text)


def iban(text: str) -> str | None:
    """ISO 13616: letters count from 10, and the number with its first four at the end is 1 mod 97.

    >>> iban("DE91100000000123456789"), iban("BE71096123456760")
    (None, 'an IBAN with right check digits')
    """
    if _IBAN.fullmatch(text) is None or text[:2] not in lists.COUNTRIES_2:
        return "an IBAN: country, check digits, account"
    number = "".join(str(int(character, 36)) for character in text[4:] + text[:4])
    return None if int(number) % 97 == 1 else "an IBAN with right check digits"


def piece(text: str) -> str | None:
    return None if "00" < text[:2] <= text[2:] else "a piece and how many there are, as 0103"


def position(text: str) -> str | None:
    found = _POSITION.fullmatch(text)
    good = found is not None and int(found[1]) <= int(found[2])
    return None if good else "a place in a row, as 1/3"


def coupon_code(text: str) -> str | None:
    return coupon.coupon(text, _is_date) if text.isdigit() else "digits"


def coupon_offer(text: str) -> str | None:
    return coupon.offer(text) if text.isdigit() else "digits"


def _one_of(choices: frozenset[str], what: str) -> Rule:
    return lambda text: None if text in choices else what


def _below(bound: int, what: str) -> Rule:
    return lambda text: None if int(text) < bound else what


def _that(holds: Callable[[str], bool], what: str) -> Rule:
    return lambda text: None if holds(text) else what


_country = _one_of(lists.COUNTRIES, "a country as three digits (ISO 3166-1)")

# Each rule with the reason of its breach.
_ALL: dict[str, tuple[Rule, CodeReason]] = {
    "check_digit": (check_digit, CodeReason.AI_CHECK_DIGIT),
    "check_pair": (check_pair, CodeReason.AI_CHECK_DIGIT),
    "prefix": (prefix, CodeReason.AI_PREFIX),
    "prefix_2": (prefix_2, CodeReason.AI_PREFIX),
    "date": (date, CodeReason.AI_DATE),
    "date_0": (date_0, CodeReason.AI_DATE),
    "date_8": (date_8, CodeReason.AI_DATE),
    "clock": (clock, CodeReason.AI_DATE),
    "clock_or_none": (clock_or_none, CodeReason.AI_DATE),
    "hour": (_below(24, "an hour, 00 to 23"), CodeReason.AI_DATE),
    "minute": (_below(60, "a minute, 00 to 59"), CodeReason.AI_DATE),
    "second": (_below(60, "a second, 00 to 59"), CodeReason.AI_DATE),
    "country": (_country, CodeReason.AI_LIST),
    "country_999": (country_999, CodeReason.AI_LIST),
    "country_2": (
        _one_of(lists.COUNTRIES_2, "a country as two letters (ISO 3166-1)"),
        CodeReason.AI_LIST,
    ),
    "currency": (
        _one_of(lists.CURRENCIES, "a currency as three digits (ISO 4217)"),
        CodeReason.AI_LIST,
    ),
    "package": (
        _one_of(lists.PACKAGES, "a kind of package (UN/ECE Recommendation 21)"),
        CodeReason.AI_LIST,
    ),
    "medium": (_one_of(lists.MEDIA, "a medium: 01 to 10 or 80 to 99"), CodeReason.AI_LIST),
    "sex": (_one_of(frozenset("0129"), "0, 1, 2 or 9 (ISO 5218)"), CodeReason.AI_LIST),
    "winding": (_one_of(frozenset("019"), "0, 1 or 9"), CodeReason.AI_LIST),
    "flag": (_one_of(frozenset("01"), "0 or 1"), CodeReason.AI_LIST),
    "zero": (_one_of(frozenset("0"), "0"), CodeReason.AI_VALUE),
    "hyphen": (_one_of(frozenset("-"), "a hyphen or nothing at its end"), CodeReason.AI_VALUE),
    "nonzero": (_that(lambda text: int(text) > 0, "more than zero"), CodeReason.AI_VALUE),
    "no_leading_zero": (
        _that(lambda text: text == "0" or text[0] != "0", "no leading zero"),
        CodeReason.AI_VALUE,
    ),
    "not_digits": (
        _that(lambda text: not text.isdigit(), "a character that is no digit"),
        CodeReason.AI_VALUE,
    ),
    "importer": (
        _that(lambda text: text.isalnum() or text in "-_", "a letter, a digit, - or _"),
        CodeReason.AI_VALUE,
    ),
    "latitude": (_below(_LATITUDE_MAX + 1, "at most 1800000000"), CodeReason.AI_VALUE),
    "longitude": (_below(_LONGITUDE_MAX + 1, "at most 3600000000"), CodeReason.AI_VALUE),
    "escapes": (
        _that(lambda text: _ESCAPE.search(text) is None, "two hexadecimal digits after each %"),
        CodeReason.AI_VALUE,
    ),
    "piece": (piece, CodeReason.AI_VALUE),
    "position": (position, CodeReason.AI_VALUE),
    "iban": (iban, CodeReason.AI_VALUE),
    "coupon": (coupon_code, CodeReason.AI_VALUE),
    "offer": (coupon_offer, CodeReason.AI_VALUE),
}

RULES: dict[str, Rule] = {name: rule for name, (rule, _) in _ALL.items()}
REASONS: dict[str, CodeReason] = {name: reason for name, (_, reason) in _ALL.items()}
