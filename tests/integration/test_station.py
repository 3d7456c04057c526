"""EDGE §7: a person with a scanner, the daemon, a broker that goes away, and the ledger's stock."""

import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from subprocess import Popen

import httpx
import pytest

from ledger.core.masterdata import ItemRow, LocationRow
from simulator.scanner.pty import PtyScanner
from tests.integration.ledger_process import Folder, Ledger, folder, serving
from tests.integration.processes import (
    PATIENCE_S,
    command,
    eventually,
    free_port,
    mosquitto,
    running,
)

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


@dataclass
class Desk:
    """A hand with a scanner, and the screen beside it."""

    folder: Path
    broker: int
    hand: PtyScanner
    page: int = field(default_factory=free_port)

    @property
    def log(self) -> Path:
        return self.folder / "gateway.log"

    @contextmanager
    def gateway(self) -> "Iterator[Popen[bytes]]":
        config = self.folder / "gateway.toml"
        config.write_text(
            SETTINGS.format(folder=self.folder, broker=self.broker, page=self.page, places=PLACES)
        )
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


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with PtyScanner(tmp_path / "scanner") as hand:
        yield Desk(tmp_path, free_port(), hand)


def books(desk: Desk, path: Path) -> Folder:
    files = folder(path, desk.broker)
    files.take(
        [ItemRow("TEA", "Green tea", "pack", TEA, 12)],
        [LocationRow(f"{PLACES}/hall-1", "Hall 1", "internal", "rotterdam")],
    )
    return files


async def booked(ledger: Ledger, stock: dict[str, int]) -> None:
    await eventually(
        lambda: {sku: n for sku, n in ledger.on_hand().items() if n} == stock, f"stock is {stock}"
    )


async def test_what_is_scanned_while_the_network_is_down_is_answered_and_booked_after(
    desk: Desk, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        ledger_files = books(desk, tmp_path / "ledger")
        stack.enter_context(desk.gateway())
        await desk.ready()

        await desk.scan("$RP.OPERATOR.anna", "$RP.RECEIVE", "$RP.QTY.3", TEA_CODE)
        await desk.scan(CASE_CODE + "1", "PART 12")

        assert desk.hand.heard == b"+++++-"
        said = desk.shown()
        assert "RECEIVE operator anna" in said
        assert "✓ accepted receive 3 × (01) 09521141012345" in said
        assert "✗ refused 'PART 12': no GS1 code" in said
        assert "Broker not connected ; 3 events wait" in said

        stack.enter_context(mosquitto(tmp_path, desk.broker))
        ledger = stack.enter_context(serving(ledger_files))
        await booked(ledger, {"TEA": 48})
        await desk.until_shown("Broker connected ; every event is in the books.")


async def test_what_is_taken_back_leaves_the_stock_also_after_a_crash(
    desk: Desk, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        stack.enter_context(mosquitto(tmp_path, desk.broker))
        ledger = stack.enter_context(serving(books(desk, tmp_path / "ledger")))
        with desk.gateway() as process:
            await desk.ready()
            await desk.scan("$RP.RECEIVE", CASE_CODE + "1", CASE_CODE + "2")
            await booked(ledger, {"TEA": 24})
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE_S)
        with desk.gateway():
            await desk.ready()
            await desk.until_shown("RECEIVE")  # The task goes on where it was.
            await desk.scan(CASE_CODE + "3", "$RP.UNDO", "$RP.UNDO")

            await booked(ledger, {"TEA": 12})
            assert desk.shown().count("✓ accepted taken back") == 2
            kinds = [row["kind"] for row in ledger.walk("movements")]
            assert kinds == ["declaration"] * 2 + ["movement"] * 3
