"""What Linux calls the events and keys of a keyboard (linux/input-event-codes.h).

A code is a place on the keyboard, not a character: which character it types is the keymap's.
"""

from typing import NamedTuple

EV_SYN = 0
EV_KEY = 1
EV_LED = 17

SYN_REPORT = 0
SYN_DROPPED = 3

UP = 0
DOWN = 1  # 2 is the kernel's own repeat of a key that stays down

TAB = 15
ENTER = 28
SPACE = 57
KP_ENTER = 96

LEFT_CTRL, RIGHT_CTRL = 29, 97
LEFT_SHIFT, RIGHT_SHIFT = 42, 54
LEFT_ALT, RIGHT_ALT = 56, 100
CTRL = frozenset({LEFT_CTRL, RIGHT_CTRL})
SHIFT = frozenset({LEFT_SHIFT, RIGHT_SHIFT})
MODIFIERS = CTRL | SHIFT | {LEFT_ALT, RIGHT_ALT}

CAPS_LOCK, NUM_LOCK, SCROLL_LOCK = 58, 69, 70
LOCKS = frozenset({CAPS_LOCK, NUM_LOCK, SCROLL_LOCK})
LED_CAPS_LOCK = 1

KEYPAD_DIGITS = {82: 0, 79: 1, 80: 2, 81: 3, 75: 4, 76: 5, 77: 6, 71: 7, 72: 8, 73: 9}

FUNCTION_KEYS = {
    **{f"f{number}": 58 + number for number in range(1, 11)},
    "f11": 87,
    "f12": 88,
    **{f"f{number}": 170 + number for number in range(13, 25)},
}


class Event(NamedTuple):
    """One `struct input_event`, without its time."""

    kind: int
    code: int
    value: int
