"""What only a serial port can do wrong; all else is the contract suite's."""

import asyncio
import errno
import termios
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import serial

from drivers.base import DeviceLost, LinkChange, NotDone, Observation
from drivers.serial import port
from drivers.serial.scanner import SerialScanner
from drivers.serial.settings import SerialSettings
from gateway.shell import clock
from simulator.scanner.pty import PtyScanner
from tests.integration.processes import background, eventually


def settings(device: Path, **more: Any) -> SerialSettings:
    return SerialSettings(name="desk-1", driver="serial", device=str(device), **more)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def refused(device: Path) -> str:
    with pytest.raises(DeviceLost) as lost:
        await port.open_port(settings(device))
    return str(lost.value)


async def test_a_port_that_is_not_there_says_so(tmp_path: Path) -> None:
    assert await refused(tmp_path / "none") == (
        f"{tmp_path}/none: no such device: is it plugged in? expected one of /dev/serial/by-id/"
    )


async def test_what_is_no_serial_port_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    why = "no serial port, or none with this baud and format"

    assert await refused(tmp_path / "file") == f"{tmp_path}/file: {why}"


async def test_a_port_that_another_program_holds_is_busy(tmp_path: Path) -> None:
    async with PtyScanner(tmp_path / "usb") as scanner:
        first = await port.open_port(settings(scanner.link))
        try:
            assert await refused(scanner.link) == (
                f"{scanner.link}: busy: another program holds it, as ModemManager or a terminal"
            )
        finally:
            first.close()
        (await port.open_port(settings(scanner.link))).close()


async def test_a_scanner_is_there_when_it_is_plugged_in_and_not_when_the_supervisor_looks(
    tmp_path: Path,
) -> None:
    """It is told once that it is not there; the next run waits for it."""
    warned: list[str] = []
    driver = SerialScanner(settings(tmp_path / "usb"), clock.now, warned.append)
    told: list[Observation] = []

    async def emit(observations: Sequence[Observation]) -> None:
        told.extend(observations)

    with pytest.raises(DeviceLost, match=r"no such device"):
        await driver.run(emit)
    async with background(driver.run(emit)) as running:
        await asyncio.sleep(0)
        assert not running.done()
        async with PtyScanner(tmp_path / "usb"):
            await eventually(lambda: told != [], "the scanner is up")

    assert [type(each) for each in told] == [LinkChange]


def test_a_port_that_is_forbidden_names_the_group() -> None:
    """The tests may run as root, whom nothing is forbidden."""
    assert port.plain(PermissionError(errno.EACCES, "?")) == (
        "permission denied: the user of the service must be in the group dialout"
    )


async def test_seven_bits_with_parity_are_set(tmp_path: Path) -> None:
    async with PtyScanner(tmp_path / "usb") as scanner:
        opened = await port.open_port(settings(scanner.link, format="7E1", baud=19200))
        try:
            line = opened.line
            assert (line.bytesize, line.parity, line.stopbits, line.baudrate) == (7, "E", 1, 19200)
        finally:
            opened.close()


@pytest.mark.parametrize(
    ("given", "stops", "is_marked", "hardware", "software"),
    [
        ({}, 1, False, False, False),
        ({"format": "8N2", "flow": "rts_cts"}, 2, False, True, False),
        ({"format": "7O1", "flow": "xon_xoff"}, 1, True, False, True),
    ],
)
async def test_a_port_is_set_as_the_settings_say(
    tmp_path: Path,
    given: dict[str, str],
    stops: int,
    is_marked: bool,
    hardware: bool,
    software: bool,
) -> None:
    """`is_marked`: a byte of wrong parity comes as NUL, which no scan holds."""
    async with PtyScanner(tmp_path / "usb") as scanner:
        opened = await port.open_port(settings(scanner.link, **given))
        try:
            line = opened.line
            marked = bool(termios.tcgetattr(line.fileno())[0] & termios.INPCK)
            flow = (line.rtscts, line.xonxoff)
            assert (line.stopbits, marked, *flow) == (stops, is_marked, hardware, software)
        finally:
            opened.close()


async def test_a_device_that_is_pulled_out_is_gone_and_no_error_of_the_system(
    tmp_path: Path,
) -> None:
    up = asyncio.Event()

    async def emit(observations: Sequence[Observation]) -> None:
        up.set()

    async with PtyScanner(tmp_path / "usb") as scanner:
        running = asyncio.create_task(
            SerialScanner(settings(scanner.link), clock.now, print).run(emit)
        )
        await up.wait()
        await scanner.unplug()
        with pytest.raises(DeviceLost) as lost:
            await running

    assert str(lost.value) == f"{tmp_path}/usb: the device is gone"


async def test_a_port_that_opens_too_late_is_closed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A broken adapter holds the call: here the library waits to be let go."""
    go, opened = threading.Event(), list[serial.Serial]()
    real = serial.Serial

    def late(*given: Any, **more: Any) -> serial.Serial:
        go.wait()
        opened.append(real(*given, **more))
        return opened[0]

    monkeypatch.setattr(port, "OPEN_S", 0.01)
    monkeypatch.setattr(serial, "Serial", late)
    async with PtyScanner(tmp_path / "usb") as scanner:
        try:
            assert await refused(scanner.link) == f"{scanner.link}: not open within 0.01 s"
        finally:
            go.set()
        await eventually(lambda: opened != [] and not opened[0].is_open, "the port is closed")


async def test_a_device_that_takes_no_bytes_does_not_hold_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(port, "TRIGGER_S", 0.05)
    async with PtyScanner(tmp_path / "usb") as scanner:
        scanner.stop_listening()
        opened = await port.open_port(settings(scanner.link))
        try:
            with pytest.raises(NotDone, match=r"^it takes no bytes for 0\.05 s$"):
                await opened.write(b"x" * 1_000_000)
        finally:
            opened.close()


async def test_nothing_stays_open(tmp_path: Path) -> None:
    before = open_files()
    async with PtyScanner(tmp_path / "usb") as scanner:
        for _ in range(20):
            (await port.open_port(settings(scanner.link))).close()
    await refused(tmp_path / "none")

    assert open_files() == before
