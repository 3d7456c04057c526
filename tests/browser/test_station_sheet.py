"""The command sheet as a printer would draw it, and as a scanner reads it."""

import subprocess
from pathlib import Path

import pytest

from gateway.__main__ import main
from gateway.core.commands import Command, Digit
from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

SETTINGS = """\
[gateway]
id = "desk-pi-1"
site = "rotterdam"

[[read_point]]
name = "desk-1"
kind = "station"
read_point = "urn:x:desk-1"
scanner = "hand-1"
locations = { "BIN-7" = "urn:x:bin-7", "A 12/3" = "urn:x:a-12-3" }
"""


def test_every_code_of_the_sheet_can_be_read(
    tmp_path: Path, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, page, picture = (tmp_path / name for name in ("gateway.toml", "sheet.html", "s.png"))
    config.write_text(SETTINGS)
    told = ["--config", config, "--read-point", "desk-1", "--operator", "anna", "-o", page]
    monkeypatch.setattr("sys.argv", ["readpoint-gateway", "sheet", *map(str, told)])
    assert main() == 0

    shown = open_page(page.as_uri(), viewport={"width": 800, "height": 1100}, device_scale_factor=2)
    shown.screenshot(path=picture, full_page=True)

    read = subprocess.run(
        ["zbarimg", "--quiet", str(picture)], capture_output=True, text=True, check=True
    )
    assert sorted(read.stdout.splitlines()) == sorted(
        f"CODE-128:{text}"
        for text in [
            *(each.code for each in Command),
            *(Digit(value).code for value in range(10)),
            "BIN-7",
            "A 12/3",
            "$RP.OPERATOR.anna",
        ]
    )
