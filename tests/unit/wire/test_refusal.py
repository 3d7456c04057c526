import pytest

from wire import json
from wire.refusal import DETAIL_BYTES_MAX, shortened


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("", ""),
        ("action: expected 'ADD'", "action: expected 'ADD'"),
        ("ValueError: so\nTraceback:\n  all of it", "ValueError: so"),
        ("a\tb\x00c\x1bd\u2028e\ud800f", "a b c d e f"),
        ("x" * DETAIL_BYTES_MAX, "x" * DETAIL_BYTES_MAX),
        ("x" * (DETAIL_BYTES_MAX + 1), "x" * (DETAIL_BYTES_MAX - 3) + "…"),
        ('"' * (DETAIL_BYTES_MAX // 2), '"' * (DETAIL_BYTES_MAX // 2)),
        ('"' * 100_000, '"' * 498 + "…"),
        ("\U0001f600" * 100_000, "\U0001f600" * 249 + "…"),
    ],
)
def test_a_detail_is_told_in_one_short_line(detail: str, expected: str) -> None:
    assert shortened(detail) == shortened(expected) == expected
    assert len(json.encode(expected).encode()) - 2 <= DETAIL_BYTES_MAX
