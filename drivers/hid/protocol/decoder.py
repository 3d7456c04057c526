"""Key events of one scanner in, the bytes of its codes out; what ends a scan is in the bytes.

The decoder follows which keys are down: a scanner types each character as a person would, Shift
down, key down, key up, Shift up. A character comes when its key goes down; the kernel's repeats of
a key that stays down are nothing that the scanner sent.

**Caps lock** changes nothing here. The key of it and its light are the host's: the kernel's console
and the desktop keep a state, and tell each keyboard by the light (LED_CAPSL). A scanner types Shift
and `a` for `A`; some look at their light and leave Shift out while it is lit, for the host would
turn the case round. This host does not: it decodes places of keys and keeps no such state. So the
case must come from Shift alone, and the light must be dark: drivers/hid/scanner.py keeps it so. To
turn the case round here while the light is lit would be right for the scanners that look at it and
wrong for all others, and nothing tells which one it is.

**GS** (ASCII 29), what GS1 has between elements, has no key. Scanners send Ctrl+], Alt+029 or a key
that they are told; the first two mean nothing else, and are always taken. Ctrl+] is at the place
where the US keyboard has it also in countries where that key types another character.

**Alt and digits of the keypad** is a character by its number, as Windows takes it: three digits
are of code page 437, four with a 0 before of ISO 8859-1; below 128 they are the same.

**SYN_DROPPED** says that the kernel had no room, and that events were lost (Documentation/input/
event-codes.rst). Which ones nobody knows: a code with a digit missing can be another good code,
so the scan under way is spoilt up to its end: dropped, counted and told, and the person scans
again. All keys count as up from then on. A key that types nothing in this keymap spoils a scan
for the same reason: what is left would be a code with a hole.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers.hid.protocol.codes import (
    CTRL,
    DOWN,
    ENTER,
    EV_KEY,
    EV_SYN,
    FUNCTION_KEYS,
    KEYPAD_DIGITS,
    KP_ENTER,
    LEFT_ALT,
    LOCKS,
    MODIFIERS,
    RIGHT_ALT,
    SHIFT,
    SYN_DROPPED,
    SYN_REPORT,
    TAB,
    UP,
    Event,
)
from drivers.hid.protocol.keymap import SPACING, US, Keymap

GS = "\x1d"
ALT_DIGITS_MAX = 4  # Alt+0255; more are no character of ISO 8859-1
_LINE_KEYS = {ENTER: "\r", KP_ENTER: "\r", TAB: "\t"}
_CONTROLLED = frozenset("@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_")  # Ctrl takes 64 from these


@dataclass(frozen=True, slots=True)
class Spoilt:
    """The scan under way has a hole; `why` is for the person."""

    why: str


@dataclass(slots=True)
class Decoder:
    """`gs_key`: a function key ("f8") or a character that stands for GS in this scanner's codes."""

    keymap: Keymap
    gs_key: str | None = None
    _down: set[int] = field(default_factory=set)
    _dead: str = ""  # a combining character that waits for its letter
    _digits: str = ""  # of Alt and the keypad
    _is_blind: bool = False  # behind SYN_DROPPED, up to the next SYN_REPORT

    def receive(self, events: Iterable[Event]) -> list[bytes | Spoilt]:
        """What the events type, in order; each piece of bytes is whole characters."""
        said: list[str | Spoilt] = []
        for event in events:
            if event.kind == EV_SYN:
                said += self._report(event.code)
            elif event.kind == EV_KEY and not self._is_blind:
                said += self._key(event.code, event.value)
        return _joined(said)

    def _report(self, code: int) -> list[str | Spoilt]:
        if code == SYN_REPORT:
            self._is_blind = False
        if code != SYN_DROPPED:
            return []
        self._is_blind = True
        self._down.clear()
        self._dead = self._digits = ""
        return [Spoilt("the kernel lost keys of a scan: this host was too slow")]

    def _key(self, code: int, value: int) -> list[str | Spoilt]:
        if code in MODIFIERS:
            return self._modifier(code, value)
        if value != DOWN or code in LOCKS:
            return []
        typed = self._typed(code)
        if isinstance(typed, Spoilt):
            self._dead = ""
            return [typed]
        return [self._said(typed)]

    def _modifier(self, code: int, value: int) -> list[str | Spoilt]:
        if value != UP:
            self._down.add(code)
            return []
        self._down.discard(code)
        digits, self._digits = self._digits, ""
        if not digits:
            return []
        character = _by_number(digits)
        if character is None:
            return [Spoilt(f"Alt+{digits} is no character of ISO 8859-1")]
        return [self._said(character)]

    def _typed(self, code: int) -> str | Spoilt:
        """The character of the key; empty where it is a digit of a number that goes on."""
        ctrl = bool(self._down & CTRL)
        # Windows knows AltGr as Ctrl and Alt, and so do scanners that have no right Alt.
        alt_gr = RIGHT_ALT in self._down or (ctrl and LEFT_ALT in self._down)
        alt = LEFT_ALT in self._down and not ctrl
        if code in KEYPAD_DIGITS:
            if alt:
                self._digits = (self._digits + str(KEYPAD_DIGITS[code]))[: ALT_DIGITS_MAX + 1]
            return "" if alt else str(KEYPAD_DIGITS[code])
        if code == FUNCTION_KEYS.get(self.gs_key or ""):
            return GS
        if code in _LINE_KEYS:
            return _LINE_KEYS[code]
        shift = bool(self._down & SHIFT)
        typed = self.keymap.typed(code, shift=shift, alt_gr=alt_gr)
        if ctrl and not alt_gr:
            typed = _controlled(typed) or _controlled(US.typed(code, shift=False, alt_gr=False))
        if typed is None or alt:
            held = "".join(
                f"{name}+"
                for name, is_down in (
                    ("Shift", shift),
                    ("Ctrl", ctrl and not alt_gr),
                    ("AltGr", alt_gr),
                    ("Alt", alt),
                )
                if is_down
            )
            return Spoilt(f"{held}key {code} types nothing on a keyboard {self.keymap.name!r}")
        return typed

    def _said(self, typed: str) -> str:
        """Its sign for GS may come of a dead key, or by its number: so it is looked for last."""
        text = self._composed(typed)
        sign = self.gs_key if self.gs_key is not None and len(self.gs_key) == 1 else GS
        return text.replace(sign, GS)

    def _composed(self, typed: str) -> str:
        """With the dead key before it; a dead key itself waits, and gives the one before."""
        if not typed:
            return ""
        dead = self._dead
        if typed in SPACING and dead != typed:
            self._dead = typed
            return SPACING.get(dead, "")
        self._dead = ""
        if not dead:
            return typed
        if typed == " ":
            return SPACING[dead]
        whole = unicodedata.normalize("NFC", typed + dead)
        fits = len(whole) == 1 and ord(whole) < 256
        return whole if fits else SPACING[dead] + SPACING.get(typed, typed)


def _by_number(digits: str) -> str | None:
    number = int(digits)
    if len(digits) > ALT_DIGITS_MAX or number > 255:
        return None
    if number < 128 or len(digits) == ALT_DIGITS_MAX:
        return chr(number)
    character = bytes([number]).decode("cp437")
    return character if ord(character) < 256 else None


def _controlled(typed: str | None) -> str | None:
    upper = (typed or "").upper()
    return chr(ord(upper) - 64) if upper in _CONTROLLED else None


def _joined(said: list[str | Spoilt]) -> list[bytes | Spoilt]:
    joined: list[bytes | Spoilt] = []
    for each in said:
        if isinstance(each, Spoilt):
            joined.append(each)
        elif each:
            characters = each.encode("latin-1")
            last = joined[-1] if joined else None
            if isinstance(last, bytes):
                joined[-1] = last + characters
            else:
                joined.append(characters)
    return joined
