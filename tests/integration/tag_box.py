"""A box with the gateway's settings and a field of tags: for the commands that need a device."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.processes import PATIENCE_S, free_port, until
from tests.integration.tag_field import FIELD, FieldFile

GATEWAY = """\
[gateway]
id = "desk-gw"
site = "test"
data_dir = "{folder}/gw"

[mqtt]
port = {broker}

[[reader]]
name = "desk-1"
driver = "llrp"
host = "192.0.2.1"
antennas = [{{ port = 1 }}, {{ port = 2 }}]
"""


@dataclass
class Box:
    folder: Path
    settings: str
    broker: int

    @property
    def field(self) -> FieldFile:
        return FieldFile(self.folder / "field.json")

    @property
    def config(self) -> Path:
        return self.folder / "gateway.toml"

    @property
    def socket(self) -> Path:
        return self.folder / "gw" / "gateway.sock"

    @property
    def log(self) -> Path:
        return self.folder / "gateway.log"

    def start(self, *arguments: str | Path, stdout: int = subprocess.PIPE) -> "Child":
        program = Path(__file__).with_name("tag_gateway.py")
        environment = {**os.environ, FIELD: str(self.field.path)}
        return Child(
            subprocess.Popen(
                [sys.executable, program, *map(str, arguments)],
                env=environment,
                stdout=stdout,
                stderr=subprocess.PIPE,
                bufsize=0,
            )
        )

    def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of a command that ends by itself."""
        return self.start(*arguments, "--config", self.config).ended()

    @contextmanager
    def daemon(self) -> Iterator["subprocess.Popen[bytes]"]:
        """The daemon, when it answers at its socket."""
        program = Path(__file__).with_name("tag_gateway.py")
        environment = {**os.environ, FIELD: str(self.field.path)}
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, program, "run", "--config", self.config],
                env=environment,
                stdout=log,
                stderr=log,
            )
            try:
                until(lambda: "device_up" in self.log.read_text(), "the daemon has its reader")
                yield process
            finally:
                process.terminate()
                process.wait(PATIENCE_S)


@dataclass
class Child:
    process: "subprocess.Popen[bytes]"

    def stop(self, by: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        self.process.send_signal(by)
        return self.ended()

    def ended(self) -> tuple[int, str, str]:
        try:
            out, error = self.process.communicate(timeout=PATIENCE_S)
        finally:
            self.process.kill()
        return self.process.returncode, (out or b"").decode(), error.decode()


def box(folder: Path, more: str = "") -> Box:
    broker = free_port()
    made = Box(folder, GATEWAY.format(folder=folder, broker=broker) + more, broker)
    made.config.write_text(made.settings)
    made.field.put()
    return made
