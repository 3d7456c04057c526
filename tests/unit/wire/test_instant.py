from zoneinfo import ZoneInfo

import pytest

from wire import instant


def test_an_instant_is_written_with_the_offset_of_its_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    assert instant.to_text(1_795_331_730_125_000, berlin) == "2026-11-22T08:15:30.125+01:00"
    assert instant.offset_text(1_795_331_730_125_000, berlin) == "+01:00"


def test_an_instant_is_read_to_the_microsecond() -> None:
    assert instant.to_us("2026-11-22T07:15:30.125678Z") == 1_795_331_730_125_678


@pytest.mark.parametrize("text", ["2026-11-22T08:15:30", "2026-11-22", "now", "", "20261122T08Z x"])
def test_what_is_no_instant_with_an_offset_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected an ISO 8601 instant"):
        instant.to_us(text)
