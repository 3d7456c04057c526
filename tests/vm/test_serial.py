"""The serial driver on a real USB adapter (FTDI), which a kernel of its own drives."""

import pytest

from tests.vm.guest import Guest, Listening

pytestmark = pytest.mark.vm


def test_a_serial_scanner_is_read_over_an_unplug(guest: Guest, listening: Listening) -> None:
    path = guest.sh("ls -d /dev/serial/by-id/*").strip()
    listening.start({"name": "desk-1", "driver": "serial", "device": path})
    listening.wait_links(1)
    first = [f"]C10109521141{number:06}" for number in range(20)]
    guest.do("serial-write", "serial1", "".join(f"{code}\\r\\n" for code in first))
    listening.wait_scans(20)
    guest.do("unplug", "serial1")
    guest.until("grep -q device_lost /root/log")
    guest.do("replug", "serial1")
    listening.wait_links(2)
    guest.do("serial-write", "serial1", "behind\\r\\n")
    listening.wait_scans(21)

    assert listening.scans("desk-1") == [*first, "behind"]
