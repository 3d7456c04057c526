"""The command that names scanners, on real ones."""

import pytest

from tests.vm.guest import Guest

pytestmark = pytest.mark.vm

COMMAND = "cd /opt/src && exec /opt/venv/bin/python -m gateway devices"
# What the calibration sheet holds, as the guest's keyboards type it: of the US, GS as Ctrl+].
SHEET = "RP@\x1dAZM-1\n"


def _path(guest: Guest, number: int) -> str:
    return guest.sh("ls -d /dev/input/by-path/*usb-0*-event-kbd").split()[number - 1]


def _answer(guest: Guest, options: str, scanner: str, text: str, gone: str | None = None) -> str:
    """What the command says when the scanner types once it waits; `gone` is unplugged before."""
    guest.sh("systemctl stop ask 2>/dev/null; systemctl reset-failed; rm -f /root/answer; true")
    guest.sh(
        "systemd-run --quiet --unit ask -p StandardOutput=file:/root/answer"
        " -p StandardError=journal -p RemainAfterExit=yes"
        f" bash -c '{COMMAND} {options}'"
    )
    opened = "ls -l /proc/$(systemctl show ask -p MainPID --value)/fd | grep -c /dev/input/event"
    guest.until(f'test "$({opened})" -ge 2 || {{ journalctl -u ask -n 5 >&2; false; }}')
    if gone is not None:
        guest.do("unplug", gone)
        guest.until(f'test "$({opened})" -lt 2')
    guest.type(scanner, text)
    guest.until("systemctl show ask -p SubState | grep -q exited")
    return guest.sh("cat /root/answer")


def test_a_scan_names_the_scanner_that_gave_it(guest: Guest) -> None:
    assert _answer(guest, "--identify", "scanner2", "0109521141000017\n") == (
        f'[[scanner]]\nname = "scanner-1"\ndriver = "hid"\ndevice = "{_path(guest, 2)}"\n'
    )


def test_a_scanner_that_goes_meanwhile_costs_the_others_nothing(guest: Guest) -> None:
    path = _path(guest, 2)
    try:
        said = _answer(guest, "--identify", "scanner2", "0109521141000017\n", gone="scanner1")
    finally:
        guest.do("replug", "scanner1")
        guest.until("test $(ls -d /dev/input/by-path/*usb-0*-event-kbd | wc -l) -ge 2")

    assert said == f'[[scanner]]\nname = "scanner-1"\ndriver = "hid"\ndevice = "{path}"\n'


def test_a_scan_of_the_sheet_tells_the_keymap(guest: Guest) -> None:
    said = _answer(guest, "--calibrate /root/sheet.html", "scanner1", SHEET)

    assert said == (
        f'[[scanner]]\nname = "scanner-1"\ndriver = "hid"\ndevice = "{_path(guest, 1)}"\n'
        'keymap = "us"\n'
    )
    assert guest.sh("grep -c '<svg' /root/sheet.html").strip() == "2"
