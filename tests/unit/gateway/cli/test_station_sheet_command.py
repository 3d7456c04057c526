"""`readpoint-gateway sheet`: a page, or one line that says why there is none."""

from pathlib import Path

import pytest

from gateway.cli.sheet import sheet

SETTINGS = """\
[gateway]
id = "desk-pi-1"
site = "rotterdam"

[[read_point]]
name = "desk-1"
kind = "station"
read_point = "urn:x:desk-1"
scanner = "hand-1"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(SETTINGS)
    return path


def test_a_sheet_is_written_whole(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = config.with_name("sheet.html")

    assert sheet(config, "desk-1", ["anna"], out) == 0

    assert out.read_text().count("<svg") == 8 + 10 + 1
    assert capsys.readouterr().err == f"{out}: print it at 100 %\n"


@pytest.mark.parametrize(
    ("name", "operators", "said"),
    [
        ("desk-2", [], '{config}: no station "desk-2"; did you mean "desk-1"?'),
        ("desk-1", ["an na"], "--operator 'an na': expected a-z, A-Z, 0-9 and -"),
    ],
)
def test_a_sheet_that_cannot_be_says_why(
    config: Path, capsys: pytest.CaptureFixture[str], name: str, operators: list[str], said: str
) -> None:
    out = config.with_name("sheet.html")

    assert sheet(config, name, operators, out) == 1

    assert capsys.readouterr().err == said.format(config=config) + "\n"
    assert not out.exists()


def test_settings_that_are_wrong_and_a_place_that_is_none_say_so(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sheet(config, "desk-1", [], config.parent) == 1
    config.write_text("[gateway]\n")
    assert sheet(config, "desk-1", [], config.with_name("sheet.html")) == 1

    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith("readpoint-gateway: [Errno 21] Is a directory")
    assert said[1].endswith("line 1: gateway.id: missing")
