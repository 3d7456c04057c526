import pytest

from gs1.check_digit import check_digit, is_valid


@pytest.mark.parametrize(
    ("body", "digit"),
    [("952114101234", "5"), ("19521141123456789", "9"), ("629104150021", "3"), ("0000000", "0")],
)
def test_check_digit_is_that_of_the_general_specifications(body: str, digit: str) -> None:
    assert check_digit(body) == digit


@pytest.mark.parametrize(
    "text", ["9521141012346", "952114101234", "95211410123455", "952114101234x", "٩521141012345"]
)
def test_what_is_no_gtin_13_is_not_valid(text: str) -> None:
    assert not is_valid(text, 13)
