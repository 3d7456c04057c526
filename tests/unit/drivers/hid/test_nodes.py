"""What udev and the kernel keep in files, spelled out by hand."""

import os
from pathlib import Path

from drivers.hid.nodes import Node, found, holders, shared_by

SCANNER = {
    "id/bustype": "0003",
    "id/vendor": "05e0",
    "id/product": "1200",
    "name": "Symbol Scanner",
}


def _event(sys: Path, event: str, **said: str) -> None:
    for key, value in said.items():
        file = sys / event / "device" / key.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{value}\n")


def _scanner(root: Path, event: str, port: str, **more: str) -> Path:
    """A scanner at a USB port, with the link that udev makes; gives the link."""
    _event(root / "sys", event, **(SCANNER | {"phys": f"usb-0000:00:14.0-{port}/input0"} | more))
    node, folder = root / "dev" / event, root / "dev" / "by-path"
    folder.mkdir(parents=True, exist_ok=True)
    node.touch()
    link = folder / f"pci-0000:00:14.0-usb-0:{port}:1.0-event-kbd"
    link.symlink_to(node)
    return link


def test_keyboards_on_usb_are_found_by_their_port(tmp_path: Path) -> None:
    second = _scanner(tmp_path, "event7", "2")
    first = _scanner(tmp_path, "event9", "1", name="Other Scanner")
    _scanner(tmp_path, "event1", "9", id__bustype="0011", name="Panel")

    assert found(tmp_path / "dev", tmp_path / "sys") == [
        Node(first, "event9", "Other Scanner", "05e0:1200", is_twin=False),
        Node(second, "event7", "Symbol Scanner", "05e0:1200", is_twin=False),
    ]


def test_the_second_name_of_newer_udev_is_left_out(tmp_path: Path) -> None:
    link = _scanner(tmp_path, "event7", "2")
    newer = link.with_name(link.name.replace("usb-0", "usbv2-0"))
    newer.symlink_to(tmp_path / "dev" / "event7")

    assert [node.path for node in found(tmp_path / "dev", tmp_path / "sys")] == [link]


def test_two_of_one_make_are_twins_and_share_a_link_of_by_id(tmp_path: Path) -> None:
    first = _scanner(tmp_path, "event7", "1")
    _scanner(tmp_path, "event8", "2")
    by_id = tmp_path / "dev" / "by-id" / "usb-Symbol-event-kbd"
    by_id.parent.mkdir()
    by_id.symlink_to(tmp_path / "dev" / "event8")

    assert [node.is_twin for node in found(tmp_path / "dev", tmp_path / "sys")] == [True, True]
    assert shared_by(by_id, tmp_path / "sys") == ["event7", "event8"]
    assert shared_by(first, tmp_path / "sys") == []


def test_two_interfaces_of_one_device_and_other_serial_numbers_are_no_twins(tmp_path: Path) -> None:
    _scanner(tmp_path, "event7", "1")
    _event(tmp_path / "sys", "event8", **SCANNER, phys="usb-0000:00:14.0-1/input1")
    _event(tmp_path / "sys", "event9", **SCANNER, phys="usb-0000:00:14.0-3/input0", uniq="S123")
    by_id = tmp_path / "dev" / "by-id" / "usb-Symbol-event-kbd"
    by_id.parent.mkdir()
    by_id.symlink_to(tmp_path / "dev" / "event7")

    assert shared_by(by_id, tmp_path / "sys") == []
    assert shared_by(by_id.with_name("gone"), tmp_path / "sys") == []


def test_who_has_a_device_open_is_told_but_not_ourselves(tmp_path: Path) -> None:
    device = tmp_path / "event7"
    device.touch()
    for pid, name, opened in (
        ("12", "login", device),
        ("7", "Xorg", device),
        ("8", "cat", tmp_path),
    ):
        (tmp_path / "proc" / pid / "fd").mkdir(parents=True)
        (tmp_path / "proc" / pid / "comm").write_text(f"{name}\n")
        (tmp_path / "proc" / pid / "fd" / "3").symlink_to(opened)
    (tmp_path / "proc" / "99").mkdir()
    link = tmp_path / "link"
    link.symlink_to(device)

    assert holders(link, 7, tmp_path / "proc") == ["login (12)"]
    assert holders(link, 1, tmp_path / "proc") == ["Xorg (7)", "login (12)"]


def test_the_real_proc_names_whoever_has_a_file_open(tmp_path: Path) -> None:
    file = tmp_path / "device"
    with file.open("w"):
        assert any(f"({os.getpid()})" in name for name in holders(file, 0))
    assert holders(file, 0) == []
