import pytest

from ledger.core.booking import Packed
from ledger.core.books import Code, packed_at

PLACEHOLDER = Code(0, Packed(1, 1, is_placeholder=True))
TWELVE = Code(100, Packed(2, 12))
TEN = Code(200, Packed(2, 10))


@pytest.mark.parametrize(
    ("codes", "at_us", "expected"),
    [
        ([PLACEHOLDER], 50, PLACEHOLDER),
        ([PLACEHOLDER, TWELVE], 50, TWELVE),
        ([PLACEHOLDER, TWELVE, TEN], 50, TWELVE),
        ([TWELVE, TEN], 99, TWELVE),
        ([TWELVE, TEN], 199, TWELVE),
        ([TWELVE, TEN], 200, TEN),
        ([TWELVE, TEN], 201, TEN),
    ],
)
def test_what_a_key_stood_for_at_an_instant(codes: list[Code], at_us: int, expected: Code) -> None:
    assert packed_at(codes, at_us) == expected.packed
