"""What is known of a device before it is opened."""

import sys
from pathlib import Path

import pytest

from drivers.hid.settings import NEEDS, HidSettings
from drivers.registry import doubt, serial_port


def two_of_one_make(root: Path) -> tuple[Path, Path]:
    """The folder of /sys, and the by-id link that the two share."""
    for number in ("1", "2"):
        device = root / "sys" / f"event{number}" / "device"
        (device / "id").mkdir(parents=True)
        (device / "id" / "vendor").write_text("05e0\n")
        (device / "id" / "product").write_text("1200\n")
        (device / "name").write_text("Symbol Scanner\n")
        (device / "phys").write_text(f"usb-0000:00:14.0-{number}/input0\n")
        (root / f"event{number}").touch()
    link = root / "by-id" / "usb-Symbol-event-kbd"
    link.parent.mkdir()
    link.symlink_to(root / "event2")
    return root / "sys", link


def keyboard(path: Path) -> HidSettings:
    return HidSettings.model_construct(name="belt-1", driver="hid", device=path)


def test_a_name_that_two_devices_share_is_doubted(tmp_path: Path) -> None:
    sys_, link = two_of_one_make(tmp_path)

    assert doubt(keyboard(link), sys_) == (
        "2 devices of one make share this name: expected one of by-path"
    )
    assert doubt(keyboard(tmp_path / "event2"), sys_) == ""
    assert doubt(keyboard(link.with_name("gone")), sys_) == ""


def test_a_keyboard_without_its_library_is_doubted_and_a_serial_port_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sys_, link = two_of_one_make(tmp_path)
    monkeypatch.setitem(sys.modules, "evdev", None)

    assert doubt(keyboard(link), sys_) == NEEDS
    assert doubt(serial_port(str(link)), sys_) == ""
