"""Waits for a device to be plugged in, by the kernel's word instead of looking again and again.

udevd tells on a netlink socket when it has done with a device: its links are made then, and its
permissions set (the kernel's own word comes before that, too early to open anything). Nothing is
parsed: each word is a reason to look at the path once more. The socket is opened before the first
look, so that no plug falls between. Anybody may listen; where the socket cannot be had (another
network namespace hears nothing, a service may be forbidden AF_NETLINK), LOOK_S still finds it.
inotify on /dev/input/by-path would say less: the folder itself is not there without a device.
"""

import asyncio
import contextlib
import socket
from pathlib import Path

from drivers.hid.readable import readable

NETLINK_KOBJECT_UEVENT = 15  # linux/netlink.h
UDEV_GROUP = 2  # what udevd has done with; 1 is the kernel's own
WORD_BYTES_MAX = 16 << 10  # the kernel's words have at most 2 KB, udevd's some more
LOOK_S = 10.0  # between looks without any word


async def plugged_in(path: Path) -> None:
    """Back when there is something at `path`."""
    events = _listen()
    try:
        while not path.exists():
            try:
                async with asyncio.timeout(LOOK_S):
                    await _word(events)
            except TimeoutError:
                continue
    finally:
        if events is not None:
            events.close()


def _listen() -> socket.socket | None:
    try:
        events = socket.socket(
            socket.AF_NETLINK,
            socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC,
            NETLINK_KOBJECT_UEVENT,
        )
    except OSError:
        return None
    try:
        events.bind((0, UDEV_GROUP))
    except OSError:
        events.close()
        return None
    return events


async def _word(events: socket.socket | None) -> None:
    if events is None:
        await asyncio.sleep(LOOK_S)
        return
    await readable(events.fileno())
    with contextlib.suppress(OSError):  # all is read; or words were lost (ENOBUFS): a look is due
        while events.recv(WORD_BYTES_MAX):
            pass
