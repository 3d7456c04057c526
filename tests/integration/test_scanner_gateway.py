"""Scanners of the settings through the programs themselves: simulated, opened, recorded."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers.base import Observation, Scan
from gateway.core.recording import BadLine, from_line
from simulator.scanner.codes import codes
from tests.integration.processes import PATIENCE_S, free_port, until

SETTINGS = """\
[gateway]
id = "desk-gw"
site = "test"
data_dir = "{folder}/gw"

[[scanner]]
name = "desk-1"
driver = "serial"
device = "{folder}/usb-scanner"

[[scanner]]
name = "belt-1"
driver = "tcp"
mode = "server"
listen = "127.0.0.1"
port = {port}
"""


@contextmanager
def program(*arguments: str | Path) -> "Iterator[subprocess.Popen[bytes]]":
    process = subprocess.Popen([sys.executable, "-m", *map(str, arguments)], stdout=-3, stderr=-3)
    try:
        yield process
    finally:
        process.kill()
        process.wait(PATIENCE_S)


def recorded(path: Path) -> list[Observation]:
    lines = path.read_bytes().splitlines() if path.exists() else []
    found = [from_line(line) for line in lines]
    return [each for each in found if not isinstance(each, BadLine)]


def test_what_the_scanners_of_the_settings_say_is_recorded(tmp_path: Path) -> None:
    port, out = free_port(), tmp_path / "out.ndjson"
    config = tmp_path / "gateway.toml"
    config.write_text(SETTINGS.format(folder=tmp_path, port=port))
    expected = [code[3:] for code in codes(3, 1)]

    def scans(device: str) -> list[bytes]:
        return [
            each.data for each in recorded(out) if isinstance(each, Scan) and each.device == device
        ]

    scanning = ("simulator", "scanner", "--codes", "3", "--every", "1.5")
    with (
        program("gateway", "record", "--config", config, "-o", out) as recording,
        program(*scanning, "--connect", f"127.0.0.1:{port}"),
    ):
        until(lambda: scans("belt-1") == expected, "all scans at the belt")
        with program(*scanning, "--pty", tmp_path / "usb-scanner"):
            until(lambda: scans("desk-1") == expected, "all scans at the desk")
        recording.send_signal(signal.SIGTERM)

        assert recording.wait(PATIENCE_S) == 0
