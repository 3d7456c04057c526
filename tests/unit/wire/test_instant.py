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


@pytest.mark.parametrize(
    ("text", "at_us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:00:00-01:00", 0),
        ("9998-12-31T23:59:59.999999Z", 253_370_764_799_999_999),
    ],
)
def test_the_first_and_the_last_instant_are_read_and_written(text: str, at_us: int) -> None:
    assert instant.to_us(text) == at_us
    assert (
        instant.to_us(instant.to_text(at_us, ZoneInfo("Pacific/Kiritimati"))) // 1000
        == at_us // 1000
    )


@pytest.mark.parametrize(
    "text",
    [
        "1969-12-31T23:59:59.999999Z",
        "1970-01-01T00:00:00+00:01",
        "9999-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_an_instant_that_no_zone_could_show_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="from 1970 to 9998"):
        instant.to_us(text)
