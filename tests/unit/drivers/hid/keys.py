"""A keyboard typed by hand: the key events that a scanner sends, written for the tests."""

from collections.abc import Iterable

from drivers.hid.protocol.codes import Event

SYN = Event(0, 0, 0)
SHIFT, CTRL, ALT, ALT_GR, ENTER, TAB = 42, 29, 56, 100, 28, 15
KEYPAD = {"0": 82, "1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73}


def down(code: int) -> list[Event]:
    return [Event(1, code, 1), SYN]


def up(code: int) -> list[Event]:
    return [Event(1, code, 0), SYN]


def tap(code: int, *held: int) -> list[Event]:
    """The key, with others held around it."""
    events = [event for each in held for event in down(each)]
    events += down(code) + up(code)
    return events + [event for each in reversed(held) for event in up(each)]


def taps(codes: Iterable[int]) -> list[Event]:
    return [event for code in codes for event in tap(code)]


def by_number(digits: str) -> list[Event]:
    """Alt and the digits on the keypad."""
    return down(ALT) + taps(KEYPAD[digit] for digit in digits) + up(ALT)
