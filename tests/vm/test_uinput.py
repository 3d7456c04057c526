"""The simulated keyboard scanner, where a kernel has uinput."""

import pytest

from tests.vm.guest import Guest

pytestmark = pytest.mark.vm


def test_every_character_of_a_us_keyboard_comes_as_it_was_typed(guest: Guest) -> None:
    guest.sh("modprobe uinput; udevadm settle")
    said = guest.sh(
        "cd /opt/src && PYTHONPATH=. timeout 50 /opt/venv/bin/python tests/vm/in_guest_uinput.py"
    ).splitlines()

    assert said[0] == repr(b"aZ09~!@#$%^&*()_+{}|:\"<>?`-=[];'\\,./ \x1dX")
    assert said[1].endswith(": unplugged")


def test_what_every_scanner_owes_a_keyboard_owes_too(guest: Guest) -> None:
    """The suite of all kinds (tests/contract), where there is a kernel that has uinput."""
    guest.sh("modprobe uinput; udevadm settle")
    said = guest.sh(
        "cd /opt/src && PYTHONPATH=. timeout 200 /opt/venv/bin/python -m pytest -q -rs"
        " --noconftest -p no:cacheprovider -o asyncio_mode=auto"
        " -k hid tests/contract/test_scanners.py",
        timeout_s=240,
    )

    assert " failed" not in said, said
    assert "7 passed" in said, said
