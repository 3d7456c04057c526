"""Which keymap a scanner is set to, and how it sends GS: one scan of a code that is known tells.

TEXT has characters whose keys differ between any two of the keymaps: `@` alone tells most apart, A
and Z tell those of AZERTY and QWERTZ. All are capitals, so that a turned case shows, too. GS stands
in the middle; what came between the two halves is how this scanner sends it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from drivers.hid.protocol.codes import FUNCTION_KEYS, Event
from drivers.hid.protocol.decoder import GS, Decoder, Spoilt
from drivers.hid.protocol.keymap import KEYMAPS, Keymap

BEFORE = "RP@"
AFTER = "AZM-1"
TEXT = BEFORE + GS + AFTER

Terminator = Literal["line", "tab", "none"]


@dataclass(frozen=True, slots=True)
class Found:
    """What the settings of this scanner must say."""

    keymap: str
    sends_gs: bool
    gs_key: str | None  # None: it sends Ctrl+] or Alt+029, which are always taken
    terminator: Terminator
    sends_aim_id: bool


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several keymaps fit: the scanner types characters by their number, and each will do."""

    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not the code of the sheet, or no keymap that is known here."""

    why: str


def calibrate(events: Sequence[Event]) -> Found | Ambiguous | Unknown:
    """What one scan of TEXT tells; `events` are all of it, with its end."""
    found = [one for keymap in KEYMAPS.values() if (one := _as_typed(keymap, events)) is not None]
    if len(found) == 1:
        return found[0]
    if found:
        return Ambiguous(tuple(found))
    if _is_turned(events):
        return Unknown("the case is turned: switch Caps Lock handling off in the scanner")
    return Unknown(
        f"not the code of the sheet by any keymap of {', '.join(KEYMAPS)}:"
        " set the scanner to one of these countries"
    )


def _as_typed(keymap: Keymap, events: Sequence[Event]) -> Found | None:
    typed = _text(keymap, None, events)
    if typed is not None:
        return _parted(keymap, typed)
    for gs_key, code in FUNCTION_KEYS.items():
        if any(event.code == code for event in events):
            typed = _text(keymap, gs_key, events)
            found = None if typed is None else _parted(keymap, typed)
            return None if found is None else replace(found, gs_key=gs_key)
    return None


def _text(keymap: Keymap, gs_key: str | None, events: Sequence[Event]) -> str | None:
    said = Decoder(keymap, gs_key).receive(events)
    if any(isinstance(each, Spoilt) for each in said):
        return None
    return b"".join(each for each in said if isinstance(each, bytes)).decode("latin-1")


def _parted(keymap: Keymap, typed: str) -> Found | None:
    text = typed.rstrip("\r\n\t")
    end = typed[len(text) :]
    terminator: Terminator = "none" if not end else "tab" if end[0] == "\t" else "line"
    at = text.find(BEFORE)
    if at < 0 or not text.endswith(AFTER):
        return None
    between = text[at + len(BEFORE) : len(text) - len(AFTER)]
    if len(between) > 1:
        return None
    return Found(
        keymap.name,
        sends_gs=between != "",
        gs_key=None if between in ("", GS) else between,
        terminator=terminator,
        sends_aim_id=text[:at].startswith("]"),
    )


def _is_turned(events: Sequence[Event]) -> bool:
    """Small letters where TEXT has capitals, whatever the keymap."""
    texts = (_text(keymap, None, events) for keymap in KEYMAPS.values())
    return any(text is not None and BEFORE.lower() in text for text in texts)
