"""readpoint-gateway devices --identify at serial ports, beside a daemon and without one."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path

import pytest

from drivers.serial import port
from gateway.cli import scanners
from gateway.cli.scanners import identify
from gateway.shell import plugged
from simulator.scanner.pty import PtyScanner
from tests.integration.processes import until
from tests.integration.tag_box import Box, box
from tests.integration.test_scanner_serial import settings

CODE = b"]C10109521141000017\r\n"
AGAIN_S = 0.05  # a person scans once more where nothing came of it: the port was just being opened
HELD = """
[[scanner]]
name = "belt-1"
driver = "serial"
device = "{device}"
repeat_s = 0
"""


@pytest.fixture
def by_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the links of the serial ports of this host are."""
    monkeypatch.setattr(plugged, "SERIAL", tmp_path / "serial")
    (tmp_path / "serial" / "by-id").mkdir(parents=True)
    return tmp_path / "serial" / "by-id"


async def scanned_until(said: Awaitable[int], scanner: PtyScanner) -> int:
    waiting = asyncio.ensure_future(said)
    while not waiting.done():
        await scanner.send(CODE)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(waiting), AGAIN_S)
    return waiting.result()


def to_paste(device: Path) -> str:
    return f'[[scanner]]\nname = "scanner-1"\ndriver = "serial"\ndevice = "{device}"\n'


def daemon_of(folder: Path, device: Path) -> Box:
    return box(folder, HELD.format(device=device))


async def test_a_scan_names_its_port_and_one_that_is_busy_costs_the_others_nothing(
    by_id: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with PtyScanner(by_id / "usb-first") as busy, PtyScanner(by_id / "usb-second") as free:
        held = await port.open_port(settings(busy.link))
        try:
            code = await scanned_until(asyncio.to_thread(identify, None, None), free)
        finally:
            held.close()

    assert code == 0
    assert capsys.readouterr() == (
        to_paste(free.link),
        "scan now on the one to name\n"
        f"{busy.link}: busy: another program holds it, as ModemManager or a terminal\n",
    )


async def test_where_no_scanner_can_be_heard_nobody_waits(
    by_id: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (by_id / "usb-file").symlink_to(by_id.parent / "file")
    (by_id.parent / "file").touch()

    assert await asyncio.to_thread(identify, None, None) == 1
    assert capsys.readouterr() == (
        "",
        "scan now on the one to name\n"
        f"{by_id}/usb-file: no serial port, or none with this baud and format\n"
        "no scanner can be heard\n",
    )


async def test_where_no_scanner_is_plugged_in_that_is_said(
    by_id: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(identify, None, None) == 1
    assert capsys.readouterr().err == (
        "scan now on the one to name\nno scanner is plugged in, and no daemon holds one\n"
    )


async def test_a_scan_that_does_not_come_is_not_waited_for_for_ever(
    by_id: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scanners, "WAIT_S", 0.01)
    async with PtyScanner(by_id / "usb-first"):
        assert await asyncio.to_thread(identify, None, None) == 1

    assert capsys.readouterr().err == "scan now on the one to name\nno scan within 0.01 s\n"


async def test_a_scanner_of_the_daemon_is_heard_through_it(
    by_id: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its port is busy for us, which is no news."""
    async with PtyScanner(by_id / "usb-held") as held, PtyScanner(by_id / "usb-free"):
        desk = daemon_of(tmp_path, held.link)
        with desk.daemon():
            await asyncio.to_thread(
                until, lambda: desk.log.read_text().count("device_up") == 2, "both are up"
            )
            code = await scanned_until(asyncio.to_thread(identify, desk.config, None), held)

    assert code == 0
    assert capsys.readouterr() == (
        "belt-1: 0109521141000017: a scanner of the settings, held by the daemon\n",
        "scan now on the one to name\n",
    )


async def test_beside_a_daemon_a_new_scanner_is_heard(
    by_id: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with PtyScanner(by_id / "usb-held") as held, PtyScanner(by_id / "usb-free") as free:
        desk = daemon_of(tmp_path, held.link)
        with desk.daemon():
            code = await scanned_until(asyncio.to_thread(identify, desk.config, None), free)

    assert code == 0
    assert capsys.readouterr() == (to_paste(free.link), "scan now on the one to name\n")


async def test_the_settings_without_a_daemon_are_no_reason_to_leave_a_scanner_out(
    by_id: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with PtyScanner(by_id / "usb-held") as scanner:
        desk = daemon_of(tmp_path, scanner.link)
        code = await scanned_until(asyncio.to_thread(identify, desk.config, None), scanner)

    assert code == 0
    assert capsys.readouterr() == (to_paste(scanner.link), "scan now on the one to name\n")
