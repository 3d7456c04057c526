"""The page beside a station, in Chromium, on the real daemon and without a broker."""

import os
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.integration.desk import CASE_CODE, TEA_CODE, settings
from tests.integration.processes import command, free_port, is_listening, running, until

pytestmark = pytest.mark.browser


@contextmanager
def scanner(link: Path) -> Iterator[int]:
    """A serial port: what is written to it was scanned."""
    master, slave = os.openpty()
    tty.setraw(slave)
    link.symlink_to(os.ttyname(slave))
    yield master
    os.close(slave)
    os.close(master)


def test_the_page_says_what_is_done_and_whether_it_was_taken(
    tmp_path: Path, open_page: Open
) -> None:
    port, config = free_port(), tmp_path / "gateway.toml"
    config.write_text(settings(tmp_path, free_port(), port))
    run = command("gateway", "run", "--config", config)
    with scanner(tmp_path / "scanner") as hand, running(run, tmp_path / "gateway.log"):
        until(lambda: is_listening(port), "the page is served")
        page = open_page(f"http://127.0.0.1:{port}/", viewport={"width": 800, "height": 900})
        station = page.locator("#desk-1")
        expect(page.locator("#devices tr").first).to_contain_text("up")
        expect(station.locator(".task")).to_have_text("nothing is done now")

        for code in (CASE_CODE + "7", "$RP.OPERATOR.anna", "$RP.RECEIVE", "$RP.QTY.3", TEA_CODE):
            os.write(hand, code.encode() + b"\r")
        os.write(hand, b"<b>PART</b> 12\r")

        expect(station.locator(".task")).to_have_text("RECEIVE")
        expect(station.locator(".what")).to_have_text("operator anna")
        expect(station.locator("tr")).to_have_count(6)
        marks = station.locator(".mark").all_inner_texts()
        assert marks == ["✗ refused", *["✓ accepted"] * 4, "✗ refused"]
        newest = station.locator("tr").first.locator("td").last
        assert newest.inner_text() == "'<b>PART</b> 12': no GS1 code"
        expect(page.locator("#delivery")).to_contain_text("not connected; 3 events wait")
        page.screenshot(path=tmp_path / "page.png", full_page=True)
