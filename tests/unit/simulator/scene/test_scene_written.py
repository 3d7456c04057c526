"""A scenario's text, and the two files of a day."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from drivers.base import ClockStepped, LinkChange, TagRead
from gateway.core.recording import BadLine, from_line
from simulator.cli import site
from simulator.scene import scenario, written
from simulator.scene.dock_day import DAY_PLANS, DayPlan, DockDay
from wire import toml

SMALL = DayPlan("small", loads=2, cases=(3, 4), strays=(8, 8), speed_m_s=(2.0, 2.0))
TEXT = 'like = "turned back"\nloads = 1\ncases = [2, 3]\nstrays = [4, 4]\n'


def test_a_scenario_is_a_kind_of_day_but_for_what_it_says() -> None:
    expected = replace(DAY_PLANS["turned back"], loads=1, cases=(2, 3), strays=(4, 4))

    assert scenario.read(TEXT) == expected


def test_an_empty_scenario_is_a_day_of_loads_straight_through() -> None:
    assert scenario.read("") == DAY_PLANS["straight"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("load = 3", 'line 1: load: unknown key; did you mean "loads"?'),
        ('like = "straigt"', 'line 1: like: unknown kind "straigt"; did you mean "straight"?'),
        ("cases = [9, 2]", "line 1: cases: [9, 2]: expected the least first"),
        ("stray_m = [1.0, 1.2]", "stray_m [1.0, 1.2]: expected the most to be 1.5 or more"),
    ],
)
def test_what_is_wrong_in_a_scenario_is_told_with_its_line(text: str, problem: str) -> None:
    found = scenario.read(text)

    assert isinstance(found, toml.Problems)
    assert [str(each) for each in found.found] == [problem]


def test_a_gateway_understands_every_line_of_the_recording() -> None:
    plan = replace(SMALL, outage_s=(5.0, 5.0), clock_step_s=(90.0, 90.0))
    lines = [line for heard, _ in written.lines_of(DockDay(plan, Random(5))) for line in heard]
    found = [from_line(line.encode()) for line in lines]

    assert not [each for each in found if isinstance(each, BadLine)]
    assert {type(each) for each in found} == {TagRead, LinkChange, ClockStepped}


def test_the_truth_has_each_load_and_at_last_the_parked() -> None:
    day = DockDay(SMALL, Random(5))
    lines = [line for _, truth in written.lines_of(day) for line in truth]
    *loads, last = [json.loads(line) for line in lines]

    assert [(load["n"], load["door"]) for load in loads] == [(1, "dock-1"), (2, "dock-1")]
    assert [tuple(load["readable"]) for load in loads] == [each.readable for each in day.truth()]
    assert all(load["start"] < load["crossed"] < load["end"] for load in loads)
    assert last == {"parked": sorted(day.heard_strays)}


def written_by(folder: Path, seed: int) -> tuple[int, bytes, bytes]:
    folder.mkdir()
    (folder / "s.toml").write_text(TEXT)
    code = run("--scenario", folder / "s.toml", "--seed", seed, *files(folder))
    return code, (folder / "r").read_bytes(), (folder / "t").read_bytes()


def files(folder: Path) -> tuple[str | Path, ...]:
    return ("-o", folder / "r", "--truth", folder / "t")


def run(*arguments: object) -> int:
    parser = argparse.ArgumentParser()
    site.add_to(parser.add_subparsers())
    return site.run(parser.parse_args(["site", *map(str, arguments)]))


def test_a_seed_gives_the_same_two_files_again(tmp_path: Path) -> None:
    first, again = written_by(tmp_path / "a", 1), written_by(tmp_path / "b", 1)

    assert first == again
    assert first[0] == 0
    assert written_by(tmp_path / "c", 2)[1] != first[1]


def test_a_file_that_is_there_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.toml").write_text(TEXT)
    (tmp_path / "r").write_text("mine")

    assert run("--scenario", tmp_path / "s.toml", *files(tmp_path)) == 1
    assert (tmp_path / "r").read_text() == "mine"
    assert "File exists" in capsys.readouterr().err


def test_a_scenario_that_is_wrong_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "s.toml").write_text("loads = 0")

    assert run("--scenario", tmp_path / "s.toml", *files(tmp_path)) == 1
    assert "line 1: loads:" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("arguments", [("--scenario", "s"), ("--port", "5084", "-o", "r")])
def test_what_does_not_go_together_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    assert run(*arguments) == 2
