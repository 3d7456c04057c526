"""A tag that is written, from the desk to the ledger: broker, daemon, reader, ledger are real."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.core.masterdata import ItemRow, LocationRow
from tests.contract.books import DOCK, HALL, TEA, case, received, told
from tests.integration.ledger_process import Ledger, folder, serving
from tests.integration.llrp_desk import Desk, desk
from tests.integration.processes import eventually, mosquitto

WRITE = ("tag", "write", "--reader", "desk-1", "--antenna", "1", "--company-prefix", "9521141")
RECORDED_US = 1_795_400_000_000_000
BLANK = "00" * 12


@dataclass(frozen=True)
class Shop:
    """A desk, its running gateway, and the ledger that hears it and knows case 7 at the hall."""

    desk: Desk
    ledger: Ledger

    def gateways(self) -> dict[str, Any]:
        rows = self.ledger.get("/api/v1/gateways")["gateways"]
        return {row["source"]: row for row in rows}

    async def until_settled(self, count: int) -> None:
        def settled() -> bool:
            row = self.gateways().get("test/desk-gw")
            return row is not None and row["committed"] == count

        await eventually(settled, f"the ledger settled {count} events")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with AsyncExitStack() as stack:
        broker = stack.enter_context(mosquitto(tmp_path))
        files = folder(tmp_path / "ledger", broker)
        files.take(
            [ItemRow("TEA", "Green tea", "pack", TEA, 12)],
            [LocationRow(HALL, "Hall 1", "internal", "test")],
        )
        files.book((told(received(1, (7,))), RECORDED_US), announced={DOCK.name: "e1"})
        ledger = stack.enter_context(serving(files))
        ledger.until_it_hears()
        made = await stack.enter_async_context(desk(tmp_path, broker=broker))
        made.say_more(f'\n[ledger]\nurl = "{files.url}"\n\n[commission]\nbiz_location = "{HALL}"\n')
        await stack.enter_async_context(made.daemon())
        yield Shop(made, ledger)


async def test_what_was_written_reaches_the_ledger_and_is_booked_there(shop: Shop) -> None:
    shop.desk.put(BLANK)

    code, out, error = await shop.desk.run(*WRITE, "--key", case(8))
    await shop.until_settled(1)

    assert (code, error) == (0, "")
    assert out.startswith(f"{case(8)}: EPC 30")
    (kept,) = [
        row
        for row in shop.ledger.walk("movements", verdict="all")
        if row["source"] == "test/desk-gw"
    ]
    said = {key: kept[key] for key in ("biz_step", "kind", "verdict")}
    assert said == {"biz_step": "commissioning", "kind": "movement", "verdict": "booked"}
    (unit,) = shop.ledger.get("/api/v1/units", key=case(8))["units"]
    assert (unit["key"], unit["location"]) == (case(8), HALL)
    gateway = shop.gateways()["test/desk-gw"]
    assert (gateway["committed"], gateway["booked"], gateway["rejected"]) == (1, 1, 0)


async def test_a_number_of_the_ledger_is_written_only_on_purpose(shop: Shop) -> None:
    tag = shop.desk.put(BLANK)

    refused = await shop.desk.run(*WRITE, "--key", case(7))
    untouched = tag.writes
    done = await shop.desk.run(*WRITE, "--key", case(7), "--replace")
    await shop.until_settled(1)

    assert refused == (
        1,
        "",
        f"{case(7)}: the ledger has it, at {HALL}: expected --replace, or another serial\n",
    )
    assert (untouched, done[0]) == (0, 0)


async def test_the_tag_of_a_thing_of_the_ledger_is_taken_only_on_purpose(shop: Shop) -> None:
    shop.desk.put(BLANK)
    first = await shop.desk.run(*WRITE, "--key", case(7), "--replace")
    refused = await shop.desk.run(*WRITE, "--key", case(9))
    done = await shop.desk.run(*WRITE, "--key", case(9), "--replace")
    await shop.until_settled(2)

    assert (first[0], done[0]) == (0, 0)
    assert refused == (
        1,
        "",
        f"the tag is {case(7)}: the ledger has it, at {HALL}: expected --replace,"
        " or another serial\n",
    )


async def test_a_tag_that_was_written_without_a_daemon_is_told_by_the_next(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        files = folder(tmp_path / "ledger", broker)
        with serving(files) as ledger:
            ledger.until_it_hears()
            async with desk(tmp_path, broker=broker) as made:
                made.put(BLANK)
                code, _, _ = await made.run(*WRITE, "--key", case(8), "--replace")
                before = ledger.get("/api/v1/gateways")["gateways"]
                shop = Shop(made, ledger)
                async with made.daemon():
                    await shop.until_settled(1)

    assert (code, before) == (0, [])
