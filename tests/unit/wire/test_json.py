from decimal import Decimal

import pytest

from wire import json


def test_fractions_are_decimals_and_whole_numbers_stay_whole() -> None:
    assert json.decode(b'{"a": 0.1, "b": 12345678901234567890, "c": [true, null, "x"]}') == {
        "a": Decimal("0.1"),
        "b": 12345678901234567890,
        "c": [True, None, "x"],
    }


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"junk", "Expecting value at character 0"),
        (b'{"a": 1, "a": 2}', "key 'a' twice in one object"),
        (b"NaN", "NaN: expected a finite number"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"1" * 31, "number of 31 characters: expected at most 30"),
        (b"0." + b"1" * 30, "number of 32 characters: expected at most 30"),
        (b"1e99", "number 1e99: expected an exponent within 30"),
        (b"1e" + b"9" * 25, f"number 1e{'9' * 25}: expected an exponent within 30"),
        (b"0e-" + b"9" * 25, f"number 0e-{'9' * 25}: expected an exponent within 30"),
        (b"[" * 34 + b"]" * 34, "nested deeper than 32"),
        (b"[" * 50_000, "nested deeper than 32"),
        (b'"\\ud800"', "half of a surrogate pair: expected Unicode text"),
        (b" " * (128 << 10) + b"1", "131073 bytes: expected at most 131072"),
    ],
)
def test_what_the_wire_does_not_accept_says_what_and_where(data: bytes, why: str) -> None:
    with pytest.raises(json.NotJson) as refused:
        json.decode(data)

    assert str(refused.value) == why


def test_an_escaped_pair_of_surrogates_is_one_character() -> None:
    assert json.decode(b'"\\ud83d\\ude00"') == "\U0001f600"


def test_what_is_nested_as_deep_as_it_may_be_is_read() -> None:
    assert json.decode(b"[" * 32 + b"]" * 32) is not None


def test_an_object_is_asked_for_and_a_list_refused() -> None:
    with pytest.raises(json.NotJson, match="list: expected an object"):
        json.decode_object(b"[]")


def test_canonical_form_is_the_same_for_equal_documents() -> None:
    one = json.decode(b'{"b": 1.50, "a": [1e2, 9007199254740993, true]}')
    other = json.decode(b'{"a":[100.0,9007199254740993,true],"b":1.5}')

    assert (
        json.canonical(one)
        == json.canonical(other)
        == (b'{"a":[100,9007199254740992,true],"b":1.5}')
    )
