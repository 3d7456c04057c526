"""A small Debian guest with two USB keyboard scanners of one make, by the scripts that boot it.

The scripts are no part of the project: READPOINT_VM names their folder, else ../shared/vm. What
they write (disk, sockets) is below the temporary folder, and the image is kept there between runs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("drivers", "gateway", "wire", "gs1", "simulator")
TESTS = ("tests/vm", "tests/contract", "tests/integration")
LIBRARIES = (
    "biip",
    "evdev",
    "paho-mqtt",
    "pydantic",
    "pyserial",
    "pytest",
    "pytest-asyncio",
    "python-barcode",
    "rfc8785",
    "segno",
    "structlog",
)
WORK = Path(tempfile.gettempdir()) / "readpoint-vm"
BUILD_S, BOOT_S, COMMAND_S, SCAN_S = 1800, 400, 300, 120


class NoGuest(Exception):
    """There can be none here; one sentence says why."""


def scripts() -> Path:
    folder = Path(os.environ.get("READPOINT_VM") or ROOT.parent / "shared" / "vm")
    if not (folder / "guest.py").is_file():
        raise NoGuest(f"no VM scripts: {folder}/guest.py is not there (READPOINT_VM)")
    return folder


def image(folder: Path) -> Path:
    """The guest's disk, built where there is none yet."""
    for made in (
        Path(os.environ.get("READPOINT_VM_IMAGE") or folder / "guest-amd64"),
        WORK / "image",
    ):
        if (made / "base.qcow2").is_file():
            break
    else:
        if os.geteuid() != 0 or not shutil.which("apt-get"):
            raise NoGuest(f"no image, and {folder}/build_guest.sh needs root and Debian")
        made.mkdir(parents=True, exist_ok=True)
        _run(["bash", str(folder / "build_guest.sh"), "--out", str(made)], BUILD_S)
    if not shutil.which("qemu-system-x86_64"):
        raise NoGuest("qemu-system-x86_64 is not installed")
    return made


@dataclass(slots=True)
class Guest:
    """A guest that runs; `close` ends it."""

    script: Path
    run: Path

    @classmethod
    def boot(cls) -> "Guest":
        folder = scripts()
        disk = image(folder)
        WORK.mkdir(parents=True, exist_ok=True)
        guest = cls(folder / "guest.py", Path(tempfile.mkdtemp(prefix="run-", dir=WORK)))
        try:
            guest.do("start", "--fresh", "--image", str(disk), timeout_s=BOOT_S)
            guest._install()
        except BaseException:
            guest.close()
            raise
        return guest

    def close(self) -> None:
        subprocess.run(self._command("stop"), check=False, capture_output=True, timeout=COMMAND_S)
        shutil.rmtree(self.run, ignore_errors=True)

    def do(self, *words: str, timeout_s: float = COMMAND_S) -> str:
        return _run(self._command(*words), timeout_s)

    def sh(self, command: str, timeout_s: int = 60) -> str:
        """A shell command in the guest, and what it says; fails as it fails."""
        return self.do("exec", "--timeout", str(timeout_s), "--", command, timeout_s=timeout_s + 60)

    def type(self, scanner: str, text: str, interval_s: float = 0.02) -> None:
        said = text.encode("unicode_escape").decode()
        self.do("scan", scanner, said, "--interval", str(interval_s), timeout_s=SCAN_S)

    def type_at_once(self, texts: dict[str, str], interval_s: float) -> None:
        """Several scanners type, an event of each in turn: one program may control the guest."""
        words = [each for scanner, text in texts.items() for each in (scanner, ascii(text)[1:-1])]
        script = Path(__file__).with_name("at_once.py")
        _run(
            [sys.executable, str(script), str(self.script), str(self.run), str(interval_s), *words],
            SCAN_S,
        )

    def until(self, command: str, seconds: float = 60) -> None:
        """Until the command succeeds in the guest."""
        end = time.monotonic() + seconds
        while True:
            try:
                self.sh(command)
            except AssertionError:
                if time.monotonic() > end:
                    raise
            else:
                return

    def _command(self, *words: str) -> list[str]:
        return [sys.executable, str(self.script), "--run", str(self.run), *words]

    def _install(self) -> None:
        """The sources of here, and the libraries that drivers need, from the host's cache."""
        share = self.run / "share"
        wheels = share / "wheels"
        # A python of the guest's version makes the wheels; its own version is Debian 12's.
        pinned = [
            line
            for line in (ROOT / "constraints.txt").read_text().splitlines()
            if line.partition("==")[0].lower() in LIBRARIES
        ]
        pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--wheel-dir", str(wheels)]
        _run([*pip, *pinned], COMMAND_S)
        for package in (*PACKAGES, *TESTS):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / package, share / "src" / package, ignore=ignored)
        self.sh(
            "cp -r /mnt/share/src /opt/src && python3 -m venv /opt/venv &&"
            " /opt/venv/bin/pip install --quiet --no-index --find-links /mnt/share/wheels"
            f" {' '.join(LIBRARIES)}",
            timeout_s=240,
        )


@dataclass(slots=True)
class Listening:
    """Scanners that are read in the guest by the drivers, under the gateway's supervisor."""

    guest: Guest
    unit: str = "listen"

    def start(self, *settings: dict[str, object], service: Sequence[str] = ()) -> None:
        """`service`: what systemd is to allow, as a unit says it."""
        self.stop()
        texts = " ".join(f"'{json.dumps(each)}'" for each in settings)
        allowed = " ".join(f"-p '{each}'" for each in service)
        self.guest.sh(
            f"rm -f /root/said /root/log; systemd-run --quiet --unit {self.unit}"
            " --working-directory /opt/src -p StandardOutput=file:/root/said"
            " -p StandardError=file:/root/log"
            f" {allowed}"
            f" -E PYTHONPATH=/opt/src /opt/venv/bin/python tests/vm/listen.py {texts}"
        )

    def stop(self) -> None:
        self.guest.sh(f"systemctl stop {self.unit} 2>/dev/null; systemctl reset-failed; true")

    def said(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.guest.sh("cat /root/said").splitlines()]

    def log(self) -> str:
        return self.guest.sh("cat /root/log")

    def wait_links(self, count: int) -> None:
        self.guest.until(f'test "$(grep -c \'"up":true\' /root/said)" -ge {count}')

    def wait_scans(self, count: int, seconds: float = 60) -> None:
        self.guest.until(f'test "$(grep -c \'"scanner"\' /root/said)" -ge {count}', seconds)

    def scans(self, scanner: str) -> list[str]:
        return [str(each["data"]) for each in self.said() if each.get("scanner") == scanner]


def _run(words: Sequence[str], timeout_s: float) -> str:
    done = subprocess.run(
        words,
        check=False,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{words[-1]}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout
