"""Which names in a Host header are for the ledger."""

import pytest

from ledger.web.doorman import is_ours

NAMES = {"stock.example", "0.0.0.0"}


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("localhost", True),
        ("LOCALHOST:8080", True),
        ("127.0.0.1:8080", True),
        ("192.0.2.7", True),
        ("[::1]:8080", True),
        ("[fe80::1]", True),
        ("Stock.Example.:8080", True),
        ("stock.example", True),
        ("stock.example.evil.example", False),
        ("evil.example", False),
        ("evil.example:8080", False),
        ("127.0.0.1.evil.example", False),
        ("[evil.example]", False),
        ("", False),
    ],
)
def test_addresses_and_own_names_are_ours(host: str, ours: bool) -> None:
    assert is_ours(host, NAMES) is ours
