"""What pairs say of a thing: dates as days, measures and counts as quantities with their unit."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gs1.ai.table import MEASURES
from gs1.ai.validate import value
from gs1.kinds import Pairs

ONE = "C62"  # UN/ECE Recommendation 20: one, of things that are counted

_DATES = {
    "11": "production",
    "12": "due",
    "13": "packaging",
    "15": "best_before",
    "16": "sell_by",
    "17": "expiry",
    "4324": "not_before_delivery",
    "4325": "not_after_delivery",
    "4326": "release",
    "7003": "expiry",
    "7006": "first_freeze",
    "7007": "harvest",
    "7011": "test_by",
    "8008": "production",
}
_COUNTS = ("30", "37")  # pieces in an item of variable count; trade items in a logistic unit


@dataclass(frozen=True, slots=True)
class Day:
    """A date of a thing: what it is the date of, its digits as they are printed, and its day."""

    ai: str
    kind: str
    digits: str
    day: date


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a thing there is. `logistic`: with its packaging, as it is shipped."""

    ai: str
    amount: Decimal
    unit: str  # code of UN/ECE Recommendation 20
    logistic: bool = False


def days(pairs: Pairs, year_now: int) -> tuple[Day, ...]:
    """The dates among pairs; a value that its AI does not allow says nothing.

    >>> days((("17", "270200"),), 2026)
    (Day(ai='17', kind='expiry', digits='270200', day=datetime.date(2027, 2, 28)),)
    """
    return tuple(
        Day(ai, _DATES[ai], text, resolve(text, year_now))
        for ai, text in pairs
        if ai in _DATES and value(ai, text) is None
    )


def resolve(digits: str, year_now: int) -> date:
    """The day that a judged YYMMDD stands for; what follows the six digits is passed over.

    Day 00 is the last of the month. The century is that which brings the year closest to now: up
    to 49 years back, up to 50 ahead (GS1 General Specifications §7.12).

    >>> resolve("760101", 2026), resolve("770101", 2026)
    (datetime.date(2076, 1, 1), datetime.date(1977, 1, 1))
    """
    apart = int(digits[:2]) - year_now % 100
    century = year_now - year_now % 100
    if apart > 50:
        century -= 100
    elif apart < -49:
        century += 100
    year, month, day = century + int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    last = monthrange(year, month)[1]
    return date(year, month, min(day, last) or last)


def quantities(pairs: Pairs) -> tuple[Quantity, ...]:
    """The measures and counts among pairs; a value that its AI does not allow says nothing.

    The last digit of a measure's AI is its decimals.

    >>> quantities((("3103", "001250"), ("30", "12")))[0]
    Quantity(ai='3103', amount=Decimal('1.250'), unit='KGM', logistic=False)
    """
    found: list[Quantity] = []
    for ai, text in pairs:
        measure = MEASURES.get(ai[:3]) if len(ai) == 4 else None
        if (measure is None and ai not in _COUNTS) or value(ai, text) is not None:
            continue
        if measure is not None:
            amount = Decimal(int(text)).scaleb(-int(ai[3]))
            found.append(Quantity(ai, amount, measure.unit, measure.logistic))
        else:
            found.append(Quantity(ai, Decimal(int(text)), ONE))
    return tuple(found)
