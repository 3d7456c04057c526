from gs1 import check_digit
from simulator.scanner.codes import byte_by_byte, codes, cut, joined, noise


def test_codes_are_always_the_same_for_a_seed_and_good() -> None:
    found = codes(8, seed=1)

    assert found == codes(8, seed=1)
    assert found != codes(8, seed=2)
    for code in found:
        text = code.decode()
        key = text[5:19] if text.startswith("]C101") else text[5:]
        assert check_digit.is_valid(key, len(key)), text
    assert [text[:5] for text in found].count(b"]C100") == 2


def test_what_may_happen_on_the_way() -> None:
    assert byte_by_byte(b"abc") == [b"a", b"b", b"c"]
    assert cut(b"abcdef") == b"abc"
    assert joined([b"a", b"b"], b"\r", b"\x02") == b"\x02a\r\x02b\r"
    assert noise(20, 1) == noise(20, 1)
    assert min(noise(500, 1)) >= 0x80
