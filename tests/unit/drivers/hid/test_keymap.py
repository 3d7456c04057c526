import string

import pytest

from drivers.hid.protocol.keymap import KEYMAPS, SPACING, Keymap

PRINTABLE = {character for character in string.printable if character.isprintable()}


def _levels(keymap: Keymap) -> dict[str, str]:
    """Each character that can be typed -> how."""
    typed: dict[str, str] = {}
    for name in ("plain", "shift", "alt_gr", "shift_alt_gr"):
        for code, character in getattr(keymap, name).items():
            typed.setdefault(SPACING.get(character, character), f"{name} {code}")
    return typed


@pytest.mark.parametrize("keymap", KEYMAPS.values(), ids=KEYMAPS)
def test_all_of_ascii_can_be_typed_in_each_country(keymap: Keymap) -> None:
    assert PRINTABLE - _levels(keymap).keys() == set()


@pytest.mark.parametrize("keymap", KEYMAPS.values(), ids=KEYMAPS)
def test_each_key_types_one_byte(keymap: Keymap) -> None:
    assert all(len(character.encode("latin-1")) == 1 for character in _levels(keymap))


def test_the_letters_and_signs_that_countries_are_known_by() -> None:
    where = {name: [_levels(keymap)[each] for each in '@zq"'] for name, keymap in KEYMAPS.items()}

    assert where == {
        "us": ["shift 3", "plain 44", "plain 16", "shift 40"],
        "uk": ["shift 40", "plain 44", "plain 16", "shift 3"],
        "de": ["alt_gr 16", "plain 21", "plain 16", "shift 3"],
        "fr": ["alt_gr 11", "plain 17", "plain 30", "plain 4"],
        "be": ["alt_gr 3", "plain 17", "plain 30", "plain 4"],
        "it": ["alt_gr 39", "plain 44", "plain 16", "shift 3"],
        "es": ["alt_gr 3", "plain 44", "plain 16", "shift 3"],
    }
