"""What the driver says where there is no device; the devices themselves are in tests/vm."""

import asyncio
import errno
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from drivers.base import DeviceLost, Now, Observation
from drivers.hid import hotplug
from drivers.hid.scanner import LATE_US_MAX, HidScanner, at, open_device, told
from drivers.hid.settings import HidSettings


async def _emit(observations: Sequence[Observation]) -> None:
    raise AssertionError(observations)


def _scanner(path: Path) -> HidScanner:
    settings = HidSettings.model_construct(name="belt-1", driver="hid", device=path)
    return HidScanner(settings, lambda: Now(0, 0), print)


async def test_a_missing_device_is_told_once_and_then_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "event-kbd"
    scanner = _scanner(path)
    with pytest.raises(DeviceLost) as lost:
        await scanner.run(_emit)
    assert str(lost.value) == f"{path}: not plugged in"

    waiting = asyncio.create_task(scanner.run(_emit))
    await asyncio.sleep(0)
    assert not waiting.done()

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_without_the_library_the_driver_says_what_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "event-kbd"
    path.touch()
    monkeypatch.setitem(sys.modules, "evdev", None)

    with pytest.raises(DeviceLost) as lost:
        await _scanner(path).run(_emit)

    assert str(lost.value) == "needs: pip install 'readpoint[hid]'"


async def test_what_is_no_input_device_is_lost_in_words(tmp_path: Path) -> None:
    path = tmp_path / "event-kbd"
    path.touch()

    with pytest.raises(DeviceLost) as lost:
        await _scanner(path).run(_emit)

    assert str(lost.value) == f"{path}: Inappropriate ioctl for device"


async def test_what_is_there_already_is_not_waited_for(tmp_path: Path) -> None:
    await hotplug.plugged_in(tmp_path)


async def test_a_plug_is_found_also_without_a_word_of_udev(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hotplug, "LOOK_S", 0.001)
    waiting = asyncio.create_task(hotplug.plugged_in(tmp_path / "later"))
    await asyncio.sleep(0)
    (tmp_path / "later").touch()

    await asyncio.wait_for(waiting, 30)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (errno.ENODEV, "unplugged"),
        (errno.ENOENT, "unplugged"),
        (errno.EACCES, "no permission: expected this user in the group input"),
        (errno.EBUSY, "taken by another program; open in: a process not seen here"),
        (errno.EINVAL, "Invalid argument"),
    ],
)
def test_errors_are_told_in_words(number: int, why: str, tmp_path: Path) -> None:
    path = tmp_path / "event-kbd"

    assert told(path, OSError(number, "Invalid argument")) == f"{path}: {why}"


@pytest.mark.parametrize(
    ("utc_us", "expected"),
    [
        (100_000_000, Now(100_000_000, 7_000_000)),
        (99_999_000, Now(99_999_000, 6_999_000)),
        (100_000_000 - LATE_US_MAX, Now(100_000_000 - LATE_US_MAX, 7_000_000 - LATE_US_MAX)),
        (100_000_000 - LATE_US_MAX - 1, Now(100_000_000, 7_000_000)),  # the clock was set forward
        (100_000_001, Now(100_000_000, 7_000_000)),  # and back
    ],
)
def test_an_event_was_when_the_kernel_says_unless_that_cannot_be(
    utc_us: int, expected: Now
) -> None:
    assert at(utc_us, Now(100_000_000, 7_000_000)) == expected


def test_a_name_of_two_devices_is_not_opened(tmp_path: Path) -> None:
    for number in ("1", "2"):
        device = tmp_path / "sys" / f"event{number}" / "device"
        device.mkdir(parents=True)
        (device / "phys").write_text(f"usb-0000:00:14.0-{number}/input0\n")
        (tmp_path / f"event{number}").touch()
    link = tmp_path / "by-id" / "usb-Symbol-event-kbd"
    link.parent.mkdir()
    link.symlink_to(tmp_path / "event2")

    with pytest.raises(DeviceLost) as lost:
        open_device(_scanner(link).settings, tmp_path / "sys")

    assert str(lost.value) == (
        f"{link}: one name of several devices of one make (event1, event2):"
        " expected a path of /dev/input/by-path"
    )
