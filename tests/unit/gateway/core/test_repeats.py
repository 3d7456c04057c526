import pytest

from drivers.base import Scan
from gateway.core.repeats import THINGS_MAX, Repeats, one_thing
from gs1.check_digit import check_digit

SECOND_US = 1_000_000
START_US = 1_763_800_000 * SECOND_US
SSCC = b"00195211411234567899"


def sscc(number: int) -> bytes:
    digits = f"{number:017d}"
    return f"00{digits}{check_digit(digits)}".encode()


def scan(at_s: float, data: bytes = SSCC, device: str = "belt-1", symbology: str = "C1") -> Scan:
    return Scan(device, START_US + int(at_s * SECOND_US), data, symbology)


def repeats(window_s: float = 2.0) -> Repeats:
    window_us = int(window_s * SECOND_US)
    return Repeats({"belt-1": window_us, "belt-2": window_us}, one_thing)


def judged(rule: Repeats, *scans: Scan) -> list[bool]:
    return [rule.is_repeat(each) for each in scans]


def test_one_thing_within_the_window_is_a_repeat() -> None:
    assert judged(repeats(), scan(0), scan(1.999999), scan(4)) == [False, True, False]


def test_a_thing_that_lies_under_the_scanner_is_one_scan() -> None:
    assert judged(repeats(), *(scan(second) for second in range(60))) == [False] + [True] * 59


def test_each_scanner_has_a_window_of_its_own() -> None:
    assert judged(repeats(), scan(0), scan(1, device="belt-2"), scan(1)) == [False, False, True]


def test_of_a_class_every_scan_is_one_more() -> None:
    plain = scan(0, b"09521141012345")
    assert judged(repeats(), plain, plain, plain) == [False, False, False]


def test_without_a_window_nothing_is_a_repeat() -> None:
    assert judged(repeats(0), scan(0), scan(0)) == [False, False]
    assert judged(repeats(), scan(0, device="x"), scan(0, device="x")) == [False, False]


def test_a_clock_that_was_set_back_far_makes_no_repeat() -> None:
    assert judged(repeats(), scan(100), scan(99), scan(10)) == [False, True, False]


def test_a_replay_judges_the_same() -> None:
    scans = [scan(at / 3, SSCC if at % 2 else sscc(1)) for at in range(30)]

    assert judged(repeats(), *scans) == judged(repeats(), *scans)


def test_what_is_remembered_is_bounded() -> None:
    rule = repeats(3600)
    others = [scan(1, sscc(number)) for number in range(THINGS_MAX)]
    judged(rule, scan(0), *others)

    assert judged(rule, scan(2), others[-1]) == [False, True]


def test_what_was_scanned_last_is_remembered_longest() -> None:
    rule = repeats(3600)
    others = [scan(1, sscc(number)) for number in range(THINGS_MAX)]
    judged(rule, scan(0), *others[:-1], scan(2), others[-1])

    assert judged(rule, scan(3), others[0]) == [True, False]


def test_one_thing_is_the_same_in_every_symbol() -> None:
    of_two = scan(0), scan(1, b"https://example.com/00/195211411234567899", symbology="Q1")

    assert judged(repeats(), *of_two) == [False, True]


@pytest.mark.parametrize(
    ("symbology", "data", "key"),
    [
        ("C1", SSCC, "00/195211411234567899"),
        ("d2", b"010952114101234521A7", "01/09521141012345/21/A7"),
        ("d2", b"010952114101234510A7", None),
        ("d2", b"0109521141012345", None),
        ("E0", b"9521141012345", None),
        ("C0", SSCC, None),
        ("C1", SSCC[:-1] + b"8", None),
        (None, b"BIN 7", None),
    ],
)
def test_one_thing_is_a_serial_or_a_logistic_unit(
    symbology: str | None, data: bytes, key: str | None
) -> None:
    wanted = None if key is None else f"https://id.gs1.org/{key}"

    assert one_thing(Scan("belt-1", 0, data, symbology)) == wanted
