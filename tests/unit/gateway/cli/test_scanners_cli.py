"""What a person is told of the scanners of this host."""

import sys
from pathlib import Path

import pytest

from drivers import registry
from drivers.hid.protocol.calibration import Ambiguous, Found, Unknown
from drivers.hid.settings import NEEDS
from gateway.cli.check import check
from gateway.cli.scanners import answered, identify, told
from gateway.shell import plugged
from gateway.shell.plugged import Held, Plugged, Port, Spoken

KEYBOARD = registry.Keyboard(
    Path("/dev/input/by-path/usb-1-event-kbd"), "event7", "Symbol\x1bScanner", "05e0:1200", True
)
FOUND = Found("de", False, "\\", "none", True)
NAMED = (
    '[[scanner]]\nname = "scanner-1"\ndriver = "hid"\n'
    'device = "/dev/input/by-path/usb-1-event-kbd"\n'
)
CHECKED = """\
[gateway]
id = "desk-gw"
site = "test"
data_dir = "/var/lib/readpoint"

[[scanner]]
name = "belt-1"
driver = "hid"
device = "/dev/input/by-path/usb-1-event-kbd"
"""


def typed(
    result: Found | Ambiguous | Unknown,
) -> registry.Calibrated:
    return registry.Calibrated(KEYBOARD, result, "0109521141000017")


def test_each_scanner_is_told_by_the_name_to_set() -> None:
    port = Port("/dev/serial/by-id/usb-Maker", ("/dev/serial/by-path/usb-1",))
    other = Port("/dev/serial/by-path/usb-2", ())

    assert told(Plugged((port, other), (KEYBOARD,))) == [
        "serial port: /dev/serial/by-id/usb-Maker (/dev/serial/by-path/usb-1)",
        "serial port: /dev/serial/by-path/usb-2",
        "keyboard or HID scanner: /dev/input/by-path/usb-1-event-kbd: Symbol?Scanner (05e0:1200)"
        "; another of its make is here: by-path alone tells them apart",
    ]


@pytest.mark.parametrize(
    ("said", "is_asked", "code", "out", "error"),
    [
        (
            Spoken("/dev/serial/by-id/usb-Maker", "0109521141000017"),
            False,
            0,
            '[[scanner]]\nname = "scanner-1"\ndriver = "serial"\n'
            'device = "/dev/serial/by-id/usb-Maker"\n',
            "",
        ),
        (
            Held("belt-1", "01\x1d21"),
            False,
            0,
            "belt-1: 01?21: a scanner of the settings, held by the daemon\n",
            "",
        ),
        (
            Held("belt-1", "01"),
            True,
            1,
            "belt-1: 01: a scanner of the settings, held by the daemon\n",
            "its keymap can be told while no daemon holds it: stop the daemon\n",
        ),
        (
            typed(FOUND),
            True,
            0,
            NAMED + 'keymap = "de"\ngs_key = "\\\\"\nterminator = "none"\n',
            "this scanner leaves GS out: set it to send Ctrl+] or F8\n",
        ),
        (typed(Ambiguous((FOUND,))), True, 0, NAMED + 'terminator = "none"\n', ""),
        (typed(Unknown("not the code")), False, 0, NAMED, ""),
        (
            typed(Unknown("not the code")),
            True,
            1,
            NAMED,
            "/dev/input/by-path/usb-1-event-kbd: not the code\n",
        ),
    ],
)
def test_the_answer_names_the_scanner_and_the_lines_to_paste(
    said: plugged.Said,
    is_asked: bool,
    code: int,
    out: str,
    error: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert answered(said, is_asked=is_asked) == code
    assert capsys.readouterr() == (out, error)


def test_a_sheet_without_its_libraries_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)

    assert identify(None, tmp_path / "sheet.html") == 1
    assert capsys.readouterr() == ("", f"{NEEDS}\n")
    assert not (tmp_path / "sheet.html").exists()


def test_a_keyboard_that_cannot_be_read_here_is_warned_of_and_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "evdev", None)
    config = tmp_path / "gateway.toml"
    config.write_text(CHECKED)

    assert check(config) == 0
    assert capsys.readouterr() == (
        f"{config}: good: 0 readers, 1 scanner, 0 read points\n",
        f'{config}: warning: scanner "belt-1": {NEEDS}\n',
    )
