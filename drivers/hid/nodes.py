"""Which keyboards this host has, by the names that last, and who else has one of them open.

`/dev/input/eventN` is numbered anew at each boot and each plug. udev keeps links: `by-id` has maker
and model, and where two scanners of one make have no serial number of their own they share one
link, which is then of whichever came last; `by-path` has the USB port, and is of the one that is
plugged in there. Everything here is read from files of /sys, /dev and /proc: no device is opened.
"""

from dataclasses import dataclass
from pathlib import Path

DEV = Path("/dev/input")
SYS = Path("/sys/class/input")
PROC = Path("/proc")
KEYBOARDS = "*-event-kbd"
NODES_MAX = 256  # of a host; what is beyond is left out
BUS_USB = "0003"


@dataclass(frozen=True, slots=True)
class Node:
    """A keyboard; `path` is the link to set, `by_id` another where it is of this one alone."""

    path: Path
    event: str  # "event3"
    model: str
    usb: str  # vendor and product, "05e0:1200"
    is_twin: bool  # another of its make is plugged in, and they cannot be told apart but by path


def found(dev: Path = DEV, sys: Path = SYS) -> list[Node]:
    """USB keyboards: scanners, and what people type on; no file tells them apart."""
    links = sorted((dev / "by-path").glob(KEYBOARDS))[:NODES_MAX]
    targets: dict[str, Path] = {}
    for link in links:  # Newer udev makes two links, -usb- and -usbv2-; the shorter is the older.
        event = link.resolve().name
        if event not in targets or len(link.name) < len(targets[event].name):
            targets[event] = link
    return [
        Node(link, event, _said(sys, event, "name"), _usb(sys, event), bool(_twins(sys, event)))
        for event, link in sorted(targets.items(), key=lambda item: item[1])
        if _said(sys, event, "id/bustype") == BUS_USB
    ]


def shared_by(device: Path, sys: Path = SYS) -> list[str]:
    """The events of which any could be meant by a link of by-id; empty for one, or another path."""
    if "by-id" not in device.parts or not device.exists():
        return []
    event = device.resolve().name
    twins = _twins(sys, event)
    return sorted([event, *twins]) if twins else []


def holders(device: Path, own: int, proc: Path = PROC) -> list[str]:
    """Who has the device open, as "name (pid)", as far as /proc shows it to us."""
    target = device.resolve()
    names = []
    for process in sorted(proc.glob("[0-9]*"), key=lambda each: int(each.name)):
        if int(process.name) != own and _has_open(process, target):
            names.append(f"{_text(process / 'comm')} ({process.name})")
    return names


def _has_open(process: Path, target: Path) -> bool:
    try:
        return any(file.readlink() == target for file in (process / "fd").iterdir())
    except OSError:  # of another user, or ended meanwhile
        return False


def _twins(sys: Path, event: str) -> list[str]:
    """Other devices of the same make; interfaces of one device share the port in `phys`."""
    make, port = _make(sys, event), _port(sys, event)
    return [
        each.name
        for each in sorted(sys.glob("event*"))[:NODES_MAX]
        if each.name != event and _make(sys, each.name) == make and _port(sys, each.name) != port
    ]


def _make(sys: Path, event: str) -> tuple[str, ...]:
    return tuple(_said(sys, event, key) for key in ("id/vendor", "id/product", "name", "uniq"))


def _port(sys: Path, event: str) -> str:
    return _said(sys, event, "phys").rpartition("/")[0]


def _usb(sys: Path, event: str) -> str:
    return f"{_said(sys, event, 'id/vendor')}:{_said(sys, event, 'id/product')}"


def _said(sys: Path, event: str, key: str) -> str:
    return _text(sys / event / "device" / key)


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""
