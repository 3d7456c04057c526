"""A station for tests: a scanner at a serial port, the daemon, and the page beside it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from subprocess import Popen

import httpx

from simulator.scanner.pty import PtyScanner
from tests.integration.processes import command, eventually, free_port, running

PLACES = "https://id.gs1.org/414/9521141123454/254"
TEA = "https://id.gs1.org/01/09521141012345"
TEA_CODE = "]C10109521141012345"
CASE_CODE = "]C1010952114101234521"

SETTINGS = """\
[gateway]
id = "desk-gw"
site = "rotterdam"
data_dir = "{folder}/gateway"

[mqtt]
port = {broker}

[local_page]
listen = "127.0.0.1:{page}"

[[scanner]]
name = "hand-1"
driver = "serial"
device = "{folder}/scanner"
beep_good = "+"
beep_bad = "-"

[[read_point]]
name = "desk-1"
kind = "station"
mode = "live"
read_point = "{places}/desk-1"
scanner = "hand-1"
receiving = {{ biz_step = "receiving", biz_location = "{places}/hall-1", from = "supplier" }}
shipping = {{ biz_step = "shipping", from = "{places}/hall-1", to = "transit" }}
"""


def settings(folder: Path, broker: int, page: int) -> str:
    return SETTINGS.format(folder=folder, broker=broker, page=page, places=PLACES)


@dataclass
class Desk:
    """A hand with a scanner, and the screen beside it."""

    folder: Path
    broker: int
    hand: PtyScanner
    page: int = field(default_factory=free_port)
    more: str = ""  # settings

    @property
    def log(self) -> Path:
        return self.folder / "gateway.log"

    @contextmanager
    def gateway(self) -> "Iterator[Popen[bytes]]":
        config = self.folder / "gateway.toml"
        config.write_text(settings(self.folder, self.broker, self.page) + self.more)
        with running(command("gateway", "run", "--config", config), self.log) as process:
            yield process

    async def ready(self) -> None:
        await self.until_shown("hand-1 serial up")

    async def scan(self, *codes: str) -> None:
        """Each is scanned when the one before it was answered with a beep."""
        for code in codes:
            heard = len(self.hand.heard)
            await self.hand.send(code.encode() + b"\r\n")
            await eventually(lambda: len(self.hand.heard) > heard, f"an answer to {code}")  # noqa: B023

    def shown(self) -> str:
        """The page, as a person reads it."""
        try:
            answer = httpx.get(f"http://127.0.0.1:{self.page}/", timeout=10)
        except httpx.TransportError:
            return ""
        assert answer.status_code == 200
        body = re.sub(r"<style>.*?</style>", " ", answer.text, flags=re.DOTALL)
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)))

    async def until_shown(self, words: str) -> None:
        await eventually(lambda: words in self.shown(), f"the page says {words!r}")
