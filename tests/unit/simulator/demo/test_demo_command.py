"""What the command refuses before anything is started: one line, what, where, what was expected."""

import argparse
from pathlib import Path

import pytest

from simulator.cli import demo


def asked(*arguments: str | Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="readpoint-simulate")
    demo.add_to(parser.add_subparsers())
    return parser.parse_args(["demo", *map(str, arguments)])


def test_a_folder_that_holds_books_is_not_taken_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "ledger" / "ledger.sqlite").touch()

    code = demo.run(asked("--json", "--seconds", "1", "--data-dir", tmp_path))

    assert (code, capsys.readouterr()) == (
        1,
        (
            "",
            f"readpoint-simulate: {tmp_path}/ledger: there are books of another run already:"
            " expected a new folder, or one without\n",
        ),
    )
    assert [each.name for each in tmp_path.iterdir()] == ["ledger"]


@pytest.mark.parametrize("seconds", ["0", "-3", "nan", "inf", "soon"])
def test_a_time_that_is_none_is_wrong_usage(
    seconds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        asked("--seconds", seconds)

    assert refused.value.code == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "readpoint-simulate demo: error: argument --seconds:"
        f" {seconds}: expected more than 0, at most 86400"
    )
