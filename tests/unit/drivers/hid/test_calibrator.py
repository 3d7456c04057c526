"""What hears a scan where no keyboard can be read; keyboards themselves are in tests/vm."""

from pathlib import Path

import pytest

from drivers.base import Now
from drivers.hid.calibrator import calibrated
from drivers.hid.nodes import Node


async def test_where_no_keyboard_can_be_opened_the_last_one_says_why(tmp_path: Path) -> None:
    found = []
    for event in ("event1", "event2"):
        (tmp_path / event).touch()
        found.append(Node(tmp_path / event, event, "Scanner", "05e0:1200", is_twin=True))

    with pytest.raises(OSError, match=r"^\[Errno 25\] Inappropriate ioctl for device"):
        await calibrated(found, 60, lambda: Now(0, 0))
