import pytest

from gs1.trade_number import Region, expand_upc_e


@pytest.mark.parametrize(
    ("digits", "expanded"),
    [
        ("04252614", "042100005264"),
        ("0425261", "042100005264"),
        ("425261", "042100005264"),
        ("04252615", None),
        ("24252614", None),
        ("4252A1", None),
        ("²²²²²²", None),
        ("12345", None),
        ("123456789", None),
    ],
)
def test_a_short_upc_is_expanded(digits: str, expanded: str | None) -> None:
    assert expand_upc_e(digits) == expanded


def test_each_region_has_a_word_of_its_own() -> None:
    words = ["de", "dk", "ee", "fi", "gb", "lt", "lv", "no", "se"]
    assert sorted(region.value for region in Region) == words
