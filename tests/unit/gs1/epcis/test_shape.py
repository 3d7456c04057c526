import pytest

from gs1.epcis.shape import Instant, JsonValue, instant, is_offset, is_uri


def test_an_instant_is_its_parts() -> None:
    assert instant("2026-11-22T08:15:30.12345+01:00") == Instant(
        2026, 11, 22, 8, 15, 30, "12345", "+01:00"
    )
    assert instant("2024-02-29T00:00:00Z") == Instant(2024, 2, 29, 0, 0, 0, "", "Z")
    assert instant("2000-02-29T00:00:00") == Instant(2000, 2, 29, 0, 0, 0, "", "")


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        "",
        "2026-11-22",
        "2026-11-22 08:15:30Z",
        "0000-01-01T00:00:00Z",
        "2026-00-22T08:15:30Z",
        "2026-13-22T08:15:30Z",
        "2026-11-31T08:15:30Z",
        "2026-11-00T08:15:30Z",
        "2025-02-29T08:15:30Z",
        "1900-02-29T08:15:30Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T08:60:00Z",
        "2026-11-22T08:15:60Z",
        "2026-11-22T08:15:30+14:30",
        "2026-11-22T08:15:30.Z",
        "2026-11-22T08:15:30Z\n",
    ],
)
def test_what_no_clock_shows_is_no_instant(text: JsonValue) -> None:
    assert instant(text) is None


@pytest.mark.parametrize(
    ("text", "right"), [("+01:00", True), ("-14:00", True), ("+14:01", False), ("Z", False)]
)
def test_an_offset_has_hours_and_minutes(text: str, *, right: bool) -> None:
    assert is_offset(text) is right
    assert not is_offset(None)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("urn:x:1", True),
        ("https://a.b/c", True),
        ("hello", False),
        ("urn:a b", False),
        ("a:", False),
    ],
)
def test_a_uri_has_a_scheme_and_something_behind_it(text: str, *, right: bool) -> None:
    assert is_uri(text) is right
    assert not is_uri(7)
