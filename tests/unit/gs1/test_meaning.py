from datetime import date
from decimal import Decimal

import pytest

from gs1.meaning import Day, Quantity, days, quantities, resolve


@pytest.mark.parametrize(
    ("digits", "year_now", "day"),
    [
        ("271231", 2026, date(2027, 12, 31)),
        ("270200", 2026, date(2027, 2, 28)),
        ("280200", 2026, date(2028, 2, 29)),
        ("760101", 2026, date(2076, 1, 1)),
        ("770101", 2026, date(1977, 1, 1)),
        ("000101", 2026, date(2000, 1, 1)),
        ("990101", 2026, date(1999, 1, 1)),
        ("000101", 2050, date(2100, 1, 1)),
        ("010101", 2050, date(2101 - 100, 1, 1)),
        ("000229", 2050, date(2100, 2, 28)),
        ("2712311530", 2026, date(2027, 12, 31)),
    ],
)
def test_two_digits_of_a_year_are_read_by_the_year_that_it_is(
    digits: str, year_now: int, day: date
) -> None:
    assert resolve(digits, year_now) == day


def test_dates_keep_what_they_are_of_and_their_digits() -> None:
    assert days((("01", "09521141012345"), ("17", "271200"), ("11", "260101")), 2026) == (
        Day("17", "expiry", "271200", date(2027, 12, 31)),
        Day("11", "production", "260101", date(2026, 1, 1)),
    )


def test_measures_and_counts_have_decimals_and_a_unit() -> None:
    assert quantities(
        (
            ("01", "09521141012345"),
            ("3103", "001250"),
            ("3302", "123456"),
            ("3600", "000002"),
            ("30", "12"),
            ("37", "4"),
            ("8005", "000100"),
        )
    ) == (
        Quantity("3103", Decimal("1.250"), "KGM"),
        Quantity("3302", Decimal("1234.56"), "KGM", logistic=True),
        Quantity("3600", Decimal("2"), "QTL"),
        Quantity("30", Decimal("12"), "C62"),
        Quantity("37", Decimal("4"), "C62"),
    )


def test_decimals_are_kept_as_printed() -> None:
    assert str(quantities((("3103", "001250"),))[0].amount) == "1.250"


def test_a_value_that_its_ai_does_not_allow_says_nothing() -> None:
    pairs = (("17", "271332"), ("11", "x"), ("3103", "12kilo"), ("30", ""), ("37", "٤"))

    assert days(pairs, 2026) == ()
    assert quantities(pairs) == ()
