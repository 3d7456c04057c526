import pytest

from drivers.hid.protocol.calibration import Ambiguous, Found, Unknown, calibrate
from drivers.hid.protocol.codes import Event
from drivers.hid.protocol.keymap import KEYMAPS
from tests.unit.drivers.hid.keys import ALT_GR, CTRL, ENTER, SHIFT, TAB, by_number, tap, taps

CTRL_BRACE = tap(27, CTRL)


def _capitals(*codes: int) -> list[Event]:
    return [event for code in codes for event in tap(code, SHIFT)]


# R P @, and A Z M - 1, on the keyboard of each country.
TYPED = {
    "us": (_capitals(19, 25, 3), _capitals(30, 44, 50) + taps([12, 2])),
    "uk": (_capitals(19, 25, 40), _capitals(30, 44, 50) + taps([12, 2])),
    "de": (_capitals(19, 25) + tap(16, ALT_GR), _capitals(30, 21, 50) + taps([53, 2])),
    "fr": (_capitals(19, 25) + tap(11, ALT_GR), _capitals(16, 17, 39) + tap(7) + _capitals(2)),
    "be": (_capitals(19, 25) + tap(3, ALT_GR), _capitals(16, 17, 39) + tap(13) + _capitals(2)),
    "it": (_capitals(19, 25) + tap(39, ALT_GR), _capitals(30, 44, 50) + taps([53, 2])),
    "es": (_capitals(19, 25) + tap(3, ALT_GR), _capitals(30, 44, 50) + taps([53, 2])),
}


def _scan(country: str, gs: list[Event], end: list[Event]) -> list[Event]:
    before, after = TYPED[country]
    return before + gs + after + end


@pytest.mark.parametrize("country", KEYMAPS)
def test_one_scan_tells_the_country(country: str) -> None:
    assert calibrate(_scan(country, CTRL_BRACE, tap(ENTER))) == Found(
        country, sends_gs=True, gs_key=None, terminator="line", sends_aim_id=False
    )


@pytest.mark.parametrize("country", KEYMAPS)
@pytest.mark.parametrize(
    ("gs", "gs_key"),
    [(by_number("029"), None), (tap(66), "f8"), (tap(87), "f11"), (tap(6, SHIFT), None)],
)
def test_and_how_gs_is_sent(country: str, gs: list[Event], gs_key: str | None) -> None:
    """Shift and the key of 5 is a sign in most countries, a 5 in France and Belgium."""
    found = calibrate(_scan(country, gs, tap(TAB)))

    if gs == tap(6, SHIFT):
        gs_key = "5" if country in ("fr", "be") else "%"
    assert found == Found(
        country, sends_gs=True, gs_key=gs_key, terminator="tab", sends_aim_id=False
    )


def test_a_scanner_that_leaves_gs_out_and_ends_with_nothing_is_told() -> None:
    assert calibrate(_scan("us", [], [])) == Found(
        "us", sends_gs=False, gs_key=None, terminator="none", sends_aim_id=False
    )


def test_an_aim_id_before_the_code_is_told() -> None:
    aim_id = tap(27) + _capitals(46) + tap(11)

    assert calibrate(aim_id + _scan("us", CTRL_BRACE, tap(ENTER))) == Found(
        "us", sends_gs=True, gs_key=None, terminator="line", sends_aim_id=True
    )


def test_characters_by_their_number_fit_each_country() -> None:
    numbers = [f"{number:03}" for number in b"RP@\x1dAZM-1"]
    found = calibrate([event for each in numbers for event in by_number(each)] + tap(ENTER))

    assert found == Ambiguous(
        tuple(
            Found(name, sends_gs=True, gs_key=None, terminator="line", sends_aim_id=False)
            for name in KEYMAPS
        )
    )


def test_another_code_is_not_taken_for_the_sheet() -> None:
    unknown = Unknown(
        "not the code of the sheet by any keymap of us, uk, de, fr, be, it, es:"
        " set the scanner to one of these countries"
    )

    assert calibrate(taps([2, 3, 4]) + tap(ENTER)) == unknown
    assert calibrate(taps([2, 3, 66]) + tap(ENTER)) == unknown
    assert calibrate(taps([66, 67]) + tap(ENTER)) == unknown
    assert calibrate(_scan("us", taps([2, 3]), tap(ENTER))) == unknown
    assert calibrate([]) == unknown


def test_a_turned_case_is_told() -> None:
    small = taps([19, 25]) + tap(3, SHIFT) + CTRL_BRACE + taps([30, 44, 50, 12, 2, ENTER])

    assert calibrate(small) == Unknown(
        "the case is turned: switch Caps Lock handling off in the scanner"
    )
