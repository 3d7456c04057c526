"""Tags to keys and back, for all keys and for any bytes."""

from hypothesis import given
from hypothesis import strategies as st

from gs1.check_digit import check_digit
from gs1.epc import SERIAL_96_MAX, Tag, decode, encode
from gs1.keys import Sgtin, Sscc, parse


def _digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


gtins = _digits(13).map(lambda body: body + check_digit(body))
ssccs = _digits(17).map(lambda body: body + check_digit(body))
sgtins = st.builds(Sgtin, gtins, st.integers(0, SERIAL_96_MAX).map(str))


@given(st.one_of(sgtins, st.builds(Sscc, ssccs)), st.integers(6, 12), st.integers(0, 7))
def test_a_key_survives_the_tag(identity: Sgtin | Sscc, digits: int, filter_value: int) -> None:
    bits = encode(identity, digits, filter_value)

    assert isinstance(bits, bytes)
    assert decode(bits, 0x3000) == Tag(identity, filter_value, digits)
    assert parse(identity.key) == identity


@given(st.binary(max_size=62), st.none() | st.integers(0, 0xFFFF))
def test_any_bytes_are_a_key_or_unknown(bits: bytes, pc: int | None) -> None:
    found = decode(bits, pc)

    if isinstance(found, Tag):
        assert encode(found.identity, found.prefix_digits, found.filter_value) == bits


@given(st.binary(min_size=11, max_size=11), st.sampled_from([0x30, 0x31]))
def test_96_bits_that_decode_are_the_only_bits_of_their_key(rest: bytes, header: int) -> None:
    bits = bytes([header]) + rest
    found = decode(bits)

    if isinstance(found, Tag):
        assert encode(found.identity, found.prefix_digits, found.filter_value) == bits


@given(st.text(max_size=80))
def test_any_text_is_a_key_or_none(text: str) -> None:
    key = parse("https://id.gs1.org/" + text)

    assert key is None or key.key == "https://id.gs1.org/" + text
