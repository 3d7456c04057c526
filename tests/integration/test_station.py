"""EDGE §7: a person with a scanner, the daemon, a broker that goes away, and the ledger's stock."""

import signal
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ledger.core.masterdata import ItemRow, LocationRow
from simulator.llrp.reader import SimulatedReader
from simulator.scanner.pty import PtyScanner
from tests.integration.desk import CASE_CODE, PLACES, TEA, TEA_CODE, Desk
from tests.integration.ledger_process import Folder, Ledger, folder, serving
from tests.integration.processes import PATIENCE_S, eventually, free_port, mosquitto

READER = """
feedback = {{ accepted = ["dock-1:gpo1"], refused = ["dock-1:gpo2"], pulse_s = 0.05 }}

[[reader]]
name = "dock-1"
driver = "llrp"
host = "127.0.0.1"
port = {port}
antennas = [{{ port = 1 }}]
"""


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


async def test_outputs_of_a_reader_pulse_for_the_person(desk: Desk) -> None:
    async with SimulatedReader("dock-1") as reader:

        def high() -> list[int]:
            return [each.port for each in reader.on_output if each.high]

        desk.more = READER.format(port=reader.port)
        with desk.gateway():
            await desk.ready()
            await reader.until_active()
            await desk.until_shown("dock-1 llrp up")
            await desk.scan("$RP.SHIP")
            await eventually(lambda: high() == [1], "taken")
            await desk.scan("PART 12")
            await eventually(lambda: high() == [1, 2], "refused")
            await eventually(lambda: not any(reader.gpos.values()), "all low again")


async def test_a_reader_that_is_away_costs_no_scan(desk: Desk) -> None:
    desk.more = READER.format(port=free_port())
    with desk.gateway():
        await desk.ready()
        await desk.scan("$RP.SHIP", CASE_CODE + "1", "$RP.UNDO")

        await desk.until_shown("✓ accepted taken back")
        assert desk.log.read_text().count("light_failed") == 1
