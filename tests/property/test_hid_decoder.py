"""The keys of a scanner that plays a keyboard: any events, and any text of each country."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.hid.protocol.calibration import calibrate
from drivers.hid.protocol.codes import FUNCTION_KEYS, KEYPAD_DIGITS, MODIFIERS, Event
from drivers.hid.protocol.decoder import Decoder, Spoilt
from drivers.hid.protocol.keymap import KEYMAPS, SPACING, Keymap
from tests.unit.drivers.hid.keys import ALT_GR, CTRL, SHIFT, by_number, tap

relaxed = settings(deadline=None, max_examples=300)

SPACE = 57
LEVELS = {"plain": (), "shift": (SHIFT,), "alt_gr": (ALT_GR,), "shift_alt_gr": (SHIFT, ALT_GR)}

keys = st.sampled_from(sorted({*range(130), *MODIFIERS, *KEYPAD_DIGITS, *FUNCTION_KEYS.values()}))
events = st.builds(
    Event,
    st.sampled_from([0, 1, 1, 1, 1, 4, 17, 0xFFFF]),
    keys | st.sampled_from([0, 3]) | st.integers(0, 0xFFFF),
    st.sampled_from([0, 1, 1, 2]) | st.integers(-(2**31), 2**31 - 1),
)
keymaps = st.sampled_from(sorted(KEYMAPS))
gs_keys = st.none() | st.sampled_from([*FUNCTION_KEYS, "|", "^", "~", "`"])


@relaxed
@given(keymaps, gs_keys, st.lists(events, max_size=80))
def test_no_events_raise_and_their_pieces_are_of_no_matter(
    name: str, gs_key: str | None, typed: list[Event]
) -> None:
    whole = Decoder(KEYMAPS[name], gs_key).receive(typed)
    decoder = Decoder(KEYMAPS[name], gs_key)
    single = [said for event in typed for said in decoder.receive([event])]

    assert _merged(single) == whole
    calibrate(typed)


def _merged(said: list[bytes | Spoilt]) -> list[bytes | Spoilt]:
    merged: list[bytes | Spoilt] = []
    for each in said:
        if merged and isinstance(merged[-1], bytes) and isinstance(each, bytes):
            merged[-1] += each
        else:
            merged.append(each)
    return merged


def strokes(keymap: Keymap) -> dict[str, list[Event]]:
    """How each character is typed, a dead key's own with a space behind it."""
    typed: dict[str, list[Event]] = {"\x1d": tap(27, CTRL)}
    dead: dict[str, list[Event]] = {}
    for level, held in LEVELS.items():
        for code, character in getattr(keymap, level).items():
            if character in SPACING:
                dead.setdefault(character, tap(code, *held))
                typed.setdefault(SPACING[character], tap(code, *held) + tap(SPACE))
            else:
                typed.setdefault(character, tap(code, *held))
    plain = [letter for letter in typed if letter.isascii() and letter.isalpha()]
    for accent, before in dead.items():
        for letter in plain:
            whole = unicodedata.normalize("NFC", letter + accent)
            if len(whole) == 1 and ord(whole) < 256:
                typed.setdefault(whole, before + typed[letter])
    return typed


TYPED = {name: strokes(keymap) for name, keymap in KEYMAPS.items()}


@pytest.mark.parametrize("name", KEYMAPS)
@relaxed
@given(st.data())
def test_any_text_that_a_country_types_comes_back(name: str, data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from(sorted(TYPED[name])), max_size=20))
    events = [event for character in text for event in TYPED[name][character]]

    assert b"".join(_bytes(Decoder(KEYMAPS[name]).receive(events))) == text.encode("latin-1")


@relaxed
@given(keymaps, st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=12))
def test_any_text_by_its_numbers_comes_back_in_each_country(name: str, text: str) -> None:
    events = [event for each in text for event in by_number(f"0{ord(each):03}")]

    assert b"".join(_bytes(Decoder(KEYMAPS[name]).receive(events))) == text.encode("latin-1")


def _bytes(said: list[bytes | Spoilt]) -> list[bytes]:
    assert not [each for each in said if isinstance(each, Spoilt)], said
    return [each for each in said if isinstance(each, bytes)]
