"""The lasting names of what is plugged in."""

from pathlib import Path

import pytest

from gateway.shell import plugged
from gateway.shell.plugged import PORTS_MAX, Plugged, Port, without


@pytest.fixture
def serial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where udev's links are."""
    monkeypatch.setattr(plugged, "SERIAL", tmp_path / "serial")
    for folder in ("by-id", "by-path"):
        (tmp_path / "serial" / folder).mkdir(parents=True)
    return tmp_path / "serial"


def test_a_port_has_the_name_of_the_device_before_that_of_the_plug(serial: Path) -> None:
    for name in ("ttyACM0", "ttyUSB0"):
        (serial.parent / name).touch()
    by_id, by_path = serial / "by-id" / "usb-Maker", serial / "by-path" / "usb-1"
    by_id.symlink_to(serial.parent / "ttyACM0")
    by_path.symlink_to(serial.parent / "ttyACM0")
    other = serial / "by-path" / "usb-2"
    other.symlink_to(serial.parent / "ttyUSB0")

    assert plugged.plugged().serial == (
        Port(str(by_id), (str(by_path),)),
        Port(str(other), ()),
    )


def test_ports_beyond_the_bound_are_left_out(serial: Path) -> None:
    for number in range(PORTS_MAX + 1):
        (serial / "by-id" / f"usb-{number:03}").symlink_to(serial.parent / f"ttyUSB{number}")

    assert [Path(port.path).name for port in plugged.plugged().serial] == [
        f"usb-{number:03}" for number in range(PORTS_MAX)
    ]


def test_a_host_without_serial_ports_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugged, "SERIAL", tmp_path / "none")

    assert plugged.plugged().serial == ()


def test_a_port_is_taken_by_whichever_of_its_names(serial: Path) -> None:
    (serial.parent / "ttyACM0").touch()
    link = serial / "by-id" / "usb-Maker"
    link.symlink_to(serial.parent / "ttyACM0")
    found = Plugged((Port(str(link), ()),), ())

    assert without(found, [str(serial.parent / "ttyACM0")]) == Plugged((), ())
    assert without(found, [str(serial.parent / "ttyUSB0")]) == found
