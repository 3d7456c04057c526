from drivers.base import Scan
from gateway.core.repeats import THINGS_MAX, Repeats, is_one_thing

SECOND_US = 1_000_000
START_US = 1_763_800_000 * SECOND_US
SSCC = b"00195211411234567899"


def scan(at_s: float, data: bytes = SSCC, device: str = "belt-1", symbology: str = "C1") -> Scan:
    return Scan(device, START_US + int(at_s * SECOND_US), data, symbology)


def repeats(window_s: float = 2.0) -> Repeats:
    window_us = int(window_s * SECOND_US)
    return Repeats({"belt-1": window_us, "belt-2": window_us}, is_one_thing)


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
    scans = [scan(at / 3, SSCC if at % 2 else b"00195211411234567882") for at in range(30)]

    assert judged(repeats(), *scans) == judged(repeats(), *scans)


def test_what_is_remembered_is_bounded() -> None:
    rule = repeats(3600)
    others = [scan(1, b"00%018d" % number) for number in range(THINGS_MAX)]
    judged(rule, scan(0), *others)

    assert judged(rule, scan(2), others[-1]) == [False, True]


def test_what_was_scanned_last_is_remembered_longest() -> None:
    rule = repeats(3600)
    others = [scan(1, b"00%018d" % number) for number in range(THINGS_MAX)]
    judged(rule, scan(0), *others[:-1], scan(2), others[-1])

    assert judged(rule, scan(3), others[0]) == [True, False]


def test_only_an_sscc_of_a_gs1_symbol_is_one_thing_yet() -> None:
    assert is_one_thing(scan(0))
    assert not is_one_thing(scan(0, symbology="C0"))
    assert not is_one_thing(scan(0, SSCC + b"1"))
    assert not is_one_thing(scan(0, b"0019521141123456789X"))
    assert not is_one_thing(scan(0, b"01195211411234567899"))
