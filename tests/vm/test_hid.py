"""The HID driver on two real USB keyboards of one make, which a kernel of its own drives."""

import re

import pytest

from tests.vm.guest import ROOT, Guest, Listening

pytestmark = pytest.mark.vm

SCANS = 50
# Between key events. The emulated keyboard gives one each 8 ms, as one at full speed does,
# and loses keys itself where more come.
KEY_S = 0.008


def _paths(guest: Guest) -> list[str]:
    listed = guest.sh("ls -d /dev/input/by-path/*usb-*-event-kbd").split()
    return [path for path in listed if "usbv2" not in path]


def _settings(name: str, path: str, **more: object) -> dict[str, object]:
    return {"name": name, "driver": "hid", "device": path, **more}


def _both(guest: Guest, listening: Listening) -> None:
    first, second = _paths(guest)
    listening.start(_settings("belt-1", first), _settings("belt-2", second))
    listening.wait_links(2)


def test_two_scanners_of_one_make_at_once_lose_and_mix_nothing(
    guest: Guest, listening: Listening
) -> None:
    _both(guest, listening)
    first = [f"0109521141{number:06}" for number in range(SCANS)]
    second = [f"Ab-{number:03}\x1dX" for number in range(SCANS)]

    lines = {"scanner1": first, "scanner2": second}
    guest.type_at_once(
        {name: "".join(f"{one}\n" for one in codes) for name, codes in lines.items()}, KEY_S
    )
    listening.wait_scans(2 * SCANS)

    assert listening.scans("belt-1") == first
    assert listening.scans("belt-2") == second


def test_a_scanner_that_is_unplugged_is_lost_and_comes_back_by_itself(
    guest: Guest, listening: Listening
) -> None:
    _both(guest, listening)
    guest.type("scanner1", "before\n")
    guest.do("unplug", "scanner1")
    guest.type("scanner2", "meanwhile\n")
    guest.until("grep -q unplugged /root/log")
    guest.do("replug", "scanner1")
    listening.wait_links(3)
    guest.type("scanner1", "behind\n")
    listening.wait_scans(3)

    assert listening.scans("belt-1") == ["before", "behind"]
    assert listening.scans("belt-2") == ["meanwhile"]
    links = [(each["reader"], each["up"]) for each in listening.said() if "up" in each]
    assert sorted(links) == [
        ("belt-1", False),
        ("belt-1", True),
        ("belt-1", True),
        ("belt-2", True),
    ]


def test_what_was_typed_up_to_an_unplug_is_no_scan(guest: Guest, listening: Listening) -> None:
    _both(guest, listening)
    guest.type("scanner1", "half")
    guest.do("unplug", "scanner1")
    guest.until("grep -q unplugged /root/log")
    guest.do("replug", "scanner1")
    listening.wait_links(3)
    guest.type("scanner1", "whole\n")
    listening.wait_scans(1)

    assert listening.scans("belt-1") == ["whole"]
    assert "b'half': its end never came" in listening.log()


def test_a_scanner_without_enter_is_ended_by_silence(guest: Guest, listening: Listening) -> None:
    first, _ = _paths(guest)
    listening.start(_settings("belt-1", first, terminator="none", idle_s=0.5))
    listening.wait_links(1)
    guest.type("scanner1", "one")
    listening.wait_scans(1)
    guest.type("scanner1", "two")
    listening.wait_scans(2)

    assert listening.scans("belt-1") == ["one", "two"]


def test_a_device_that_another_program_has_grabbed_is_told_with_its_name(
    guest: Guest, listening: Listening
) -> None:
    first, _ = _paths(guest)
    guest.sh(f"systemd-run --quiet --unit other evtest --grab {first}")
    try:
        guest.until("pgrep evtest")
        listening.start(_settings("belt-1", first))
        guest.until("grep -q 'taken by another program; open in:.*evtest (' /root/log")
    finally:
        guest.sh("systemctl stop other")
    listening.wait_links(1)


def test_the_link_that_two_scanners_share_is_refused(guest: Guest, listening: Listening) -> None:
    shared = guest.sh("ls -d /dev/input/by-id/*-event-kbd").strip()
    listening.start(_settings("belt-1", shared))
    guest.until("grep -q 'one name of several devices of one make' /root/log")

    assert listening.said() == []


def test_the_shipped_service_may_do_what_scanners_need(guest: Guest, listening: Listening) -> None:
    """By its hardening, as its user: open, grab, hear of a plug, and name who has the device."""
    unit = (ROOT / "systemd" / "readpoint-gateway.service").read_text()
    allowed = re.findall(
        r"^(?:User|SupplementaryGroups|NoNew|Private|Protect|Restrict(?!art)|Lock).*=.*$",
        unit,
        re.MULTILINE,
    )
    guest.sh("id readpoint || useradd --system readpoint")
    first, _ = _paths(guest)
    serial: dict[str, object] = {
        "name": "desk-1",
        "driver": "serial",
        "device": guest.sh("ls -d /dev/serial/by-id/*").strip(),
    }
    listening.start(_settings("belt-1", first), serial, service=allowed)
    listening.wait_links(2)
    assert (
        guest.sh(f"ps -o user= -p $(systemctl show {listening.unit} -p MainPID --value)")
        == "readpoint\n"
    )
    guest.type("scanner1", "before\n")
    guest.do("unplug", "scanner1")
    guest.until("grep -q unplugged /root/log")
    guest.do("replug", "scanner1")
    listening.wait_links(3)
    guest.type("scanner1", "behind\n")
    guest.do("serial-write", "serial1", "desk\\r\\n")
    listening.wait_scans(3)

    assert listening.scans("belt-1") == ["before", "behind"]
    assert listening.scans("desk-1") == ["desk"]
    assert len(allowed) == 8


def test_caps_lock_is_put_out(guest: Guest, listening: Listening) -> None:
    """What a desktop does when somebody presses Caps Lock on another keyboard."""
    first, _ = _paths(guest)
    lit = "/opt/venv/bin/python -c \"import evdev; device = evdev.InputDevice('{path}'); {does}\""
    _both(guest, listening)
    guest.sh(lit.format(path=first, does="device.set_led(1, 1); device.syn()"))
    guest.until(lit.format(path=first, does="raise SystemExit(1 in device.leds())"))
    guest.type("scanner1", "aA\n")
    listening.wait_scans(1)

    assert listening.scans("belt-1") == ["aA"]
