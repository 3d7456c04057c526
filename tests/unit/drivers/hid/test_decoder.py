import pytest

from drivers.hid.protocol.codes import Event
from drivers.hid.protocol.decoder import Decoder, Spoilt
from drivers.hid.protocol.keymap import DE, ES, FR, IT, KEYMAPS, UK, US, Keymap
from tests.unit.drivers.hid.keys import (
    ALT,
    ALT_GR,
    CTRL,
    ENTER,
    SHIFT,
    SYN,
    TAB,
    by_number,
    down,
    tap,
    taps,
    up,
)

A, B, N, E_KEY, RIGHT_BRACE, SPACE, CAPS, F8, KP_ENTER = 30, 48, 49, 18, 27, 57, 58, 66, 96
CAPS_LIGHT_ON = Event(17, 1, 1)
DROPPED = Event(0, 3, 0)
LOST = Spoilt("the kernel lost keys of a scan: this host was too slow")


def test_capitals_come_from_shift_and_a_scan_ends_with_enter() -> None:
    events = tap(A, SHIFT) + tap(A) + tap(2) + tap(B, 54) + tap(ENTER)

    assert Decoder(US).receive(events) == [b"Aa1B\r"]


def test_the_state_of_keys_lasts_over_pieces_of_any_size() -> None:
    decoder = Decoder(US)
    events = tap(A, SHIFT) + tap(A) + tap(ENTER)

    assert [said for event in events for said in decoder.receive([event])] == [b"A", b"a", b"\r"]


def test_both_enter_keys_and_tab_are_characters() -> None:
    assert Decoder(US).receive(tap(ENTER) + tap(KP_ENTER) + tap(TAB)) == [b"\r\r\t"]


def test_caps_lock_by_key_or_light_changes_nothing() -> None:
    events = [*tap(CAPS), CAPS_LIGHT_ON, *tap(A), *tap(A, SHIFT), *tap(69), *tap(70)]

    assert Decoder(US).receive(events) == [b"aA"]


def test_a_key_that_stays_down_types_once() -> None:
    repeats = [Event(1, A, 2), SYN] * 3

    assert Decoder(US).receive([*down(A), *repeats, *up(A)]) == [b"a"]


@pytest.mark.parametrize(
    "events",
    [tap(RIGHT_BRACE, CTRL), tap(RIGHT_BRACE, 97), by_number("029"), by_number("0029")],
)
@pytest.mark.parametrize("keymap", KEYMAPS.values(), ids=KEYMAPS)
def test_gs_is_taken_in_each_country(keymap: Keymap, events: list[Event]) -> None:
    assert Decoder(keymap).receive(events) == [b"\x1d"]


def test_a_key_can_be_set_to_be_gs() -> None:
    assert Decoder(US, "f8").receive(tap(F8)) == [b"\x1d"]
    assert Decoder(US, "f20").receive(tap(190)) == [b"\x1d"]
    assert Decoder(US, "|").receive(tap(43, SHIFT) + tap(43)) == [b"\x1d\\"]


def test_a_sign_for_gs_may_be_a_dead_key_or_a_number() -> None:
    assert Decoder(DE, "^").receive(tap(41) + tap(SPACE) + tap(A)) == [b"\x1da"]
    assert Decoder(DE, "^").receive(tap(41) + tap(A)) == [b"\xe2"]
    assert Decoder(US, "|").receive(by_number("124")) == [b"\x1d"]


def test_ctrl_with_a_letter_of_the_country_is_a_control_character() -> None:
    """Ctrl+J is a line feed; on a German keyboard Ctrl+Z is where the US have Y."""
    assert Decoder(US).receive(tap(36, CTRL) + tap(50, CTRL)) == [b"\n\r"]
    assert Decoder(DE).receive(tap(21, CTRL)) == [b"\x1a"]


def test_a_key_that_types_nothing_spoils_the_scan_and_says_which() -> None:
    assert Decoder(US).receive(tap(A) + tap(F8) + tap(B)) == [
        b"a",
        Spoilt("key 66 types nothing on a keyboard 'us'"),
        b"b",
    ]
    assert Decoder(FR).receive(tap(41, SHIFT)) == [
        Spoilt("Shift+key 41 types nothing on a keyboard 'fr'")
    ]
    assert Decoder(DE).receive(tap(A, ALT_GR)) == [
        Spoilt("AltGr+key 30 types nothing on a keyboard 'de'")
    ]
    assert Decoder(US).receive(tap(A, ALT)) == [
        Spoilt("Alt+key 30 types nothing on a keyboard 'us'")
    ]
    assert Decoder(US).receive(tap(2, CTRL)) == [
        Spoilt("Ctrl+key 2 types nothing on a keyboard 'us'")
    ]


def test_alt_gr_is_the_right_alt_or_ctrl_and_alt() -> None:
    events = tap(16, ALT_GR) + tap(16, CTRL, ALT) + tap(16, CTRL, ALT_GR)

    assert Decoder(DE).receive(events) == [b"@@@"]
    assert Decoder(IT).receive(tap(26, ALT_GR, SHIFT)) == [b"{"]


def test_a_character_by_its_number() -> None:
    events = by_number("065") + by_number("0228") + by_number("132") + by_number("127")

    assert Decoder(US).receive(events) == [b"A\xe4\xe4\x7f"]


@pytest.mark.parametrize("digits", ["0256", "999", "00065", "176", "9999999"])
def test_a_number_of_no_character_spoils_the_scan(digits: str) -> None:
    assert Decoder(US).receive(by_number(digits)) == [
        Spoilt(f"Alt+{digits[:5]} is no character of ISO 8859-1")
    ]


def test_digits_of_the_keypad_are_digits_with_or_without_num_lock() -> None:
    assert Decoder(US).receive(taps([82, 79, 73, 74])) == [b"019-"]


def test_a_dead_key_waits_for_its_letter() -> None:
    circumflex = tap(41)
    assert Decoder(DE).receive(circumflex + tap(E_KEY)) == [b"\xea"]
    assert Decoder(DE).receive(circumflex + tap(SPACE)) == [b"^"]
    assert Decoder(DE).receive(circumflex + tap(B)) == [b"^b"]
    assert Decoder(DE).receive(circumflex + circumflex) == [b"^^"]
    assert Decoder(DE).receive(circumflex + tap(13) + tap(E_KEY)) == [b"^\xe9"]
    assert Decoder(DE).receive(circumflex + tap(ENTER)) == [b"^\r"]
    assert Decoder(ES).receive(tap(5, ALT_GR) + tap(N)) == [b"\xf1"]


def test_a_letter_beyond_iso_8859_1_keeps_its_accent_before_it() -> None:
    assert Decoder(DE).receive(tap(41) + tap(17)) == [b"^w"]  # not U+0175


def test_a_dead_key_goes_with_the_scan_that_is_spoilt() -> None:
    assert Decoder(DE).receive(tap(41) + tap(F8) + tap(E_KEY)) == [
        Spoilt("key 66 types nothing on a keyboard 'de'"),
        b"e",
    ]


def test_after_lost_events_all_keys_are_up_and_the_scan_is_spoilt() -> None:
    events = [*down(SHIFT), *down(A), DROPPED, Event(1, B, 1), Event(1, A, 1), SYN, *tap(B)]

    assert Decoder(US).receive(events) == [b"A", LOST, b"b"]


def test_after_lost_events_neither_a_dead_key_nor_a_number_goes_on() -> None:
    decoder = Decoder(DE)

    assert decoder.receive([*tap(41), DROPPED, SYN, *tap(E_KEY)]) == [LOST, b"e"]
    events = [*down(ALT), *tap(82), *tap(80), DROPPED, SYN, *up(ALT), *tap(E_KEY)]
    assert decoder.receive(events) == [LOST, b"e"]


def test_other_events_are_nothing() -> None:
    assert Decoder(UK).receive([Event(4, 4, 458_756), Event(0, 1, 0)]) == []
