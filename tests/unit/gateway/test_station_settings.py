"""What the settings may say of a station."""

from pathlib import Path

import pytest

from gateway.core.station import Station
from gateway.core.station_scan import Task
from gateway.settings.file import SettingsError, load, load_for_replay
from gateway.settings.station import StationTable

GOOD = """\
[gateway]
id = "desk-pi-1"
site = "rotterdam"

[[reader]]
name = "dock-1"
driver = "llrp"
host = "192.0.2.21"
antennas = [{ port = 1 }]

[[scanner]]
name = "hand-1"
driver = "serial"
device = "/dev/ttyACM0"

[[read_point]]
name = "desk-1"
kind = "station"
read_point = "urn:x:desk-1"
scanner = "hand-1"
"""


def read(folder: Path, more: str = "") -> StationTable:
    path = folder / "gateway.toml"
    path.write_text(GOOD + more)
    (station,) = load(path).settings.read_point
    assert isinstance(station, StationTable)
    return station


def problem(folder: Path, more: str, text: str = GOOD) -> str:
    path = folder / "gateway.toml"
    path.write_text(text + more)
    with pytest.raises(SettingsError) as refused:
        load(path)
    (line,) = str(refused.value).splitlines()
    return line.removeprefix(f"{path}: ")


def test_a_station_needs_a_scanner_alone(tmp_path: Path) -> None:
    station = read(tmp_path)

    plan = station.plan("x")
    assert (plan.scanners, plan.mode_timeout_us) == (frozenset({"hand-1"}), 300_000_000)
    assert {task: step.biz_step for task, step in plan.steps.items()} == {
        Task.NONE: "inspecting",
        Task.RECEIVE: "receiving",
        Task.SHIP: "shipping",
        Task.MOVE: "storing",
        Task.COUNT: "cycle_counting",
    }
    assert station.pulses == ()


def test_a_station_at_work_has_its_places_people_and_steps(tmp_path: Path) -> None:
    read(
        tmp_path,
        'receiving = { biz_step = "accepting", biz_location = "urn:x:hall", from = "customer" }\n'
        'locations = { "BIN 7" = "urn:x:bin-7" }\n'
        'operators = { "4711" = "anna" }\n'
        'feedback = { accepted = ["dock-1:gpo1"], refused = ["dock-1:gpo2"], pulse_s = 0.2 }\n',
    )
    settings = load(tmp_path / "gateway.toml").settings

    (point,) = settings.at_work()

    assert (point.kind, point.name, point.voice.mode) == ("station", "desk-1", "trial")
    assert isinstance(point.machine, Station)
    plan = point.machine.plan
    assert plan.steps[Task.RECEIVE].biz_location == "urn:x:hall"
    assert plan.locations == {"BIN 7": "urn:x:bin-7"}
    assert plan.operators == {"4711": "anna"}
    assert plan.told_as == "desk-pi-1 urn:x:desk-1 UTC trial"
    assert settings.read_point[0].pulses == (
        ("accepted", "dock-1:gpo1", 0.2),
        ("refused", "dock-1:gpo2", 0.2),
    )


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('scanners = ["hand-1"]', "hand-1 twice among its scanners"),
        ('locations = { "$RP.SHIP" = "urn:x:a" }', 'label "$RP.SHIP": $RP. begins a command'),
        (
            'locations = { "A" = "urn:x:a" }\noperators = { "A" = "anna" }',
            'label "A": expected a place or a person, not both',
        ),
        (
            'feedback = { accepted = ["dock-1:gpo1"], refused = ["dock-1:gpo1"] }',
            "dock-1:gpo1 says accepted and refused: expected one of them",
        ),
        (
            'moving = { biz_step = "storing", from = "urn:x:a" }',
            "moving: its places are scanned: expected no biz_location and no from",
        ),
        (
            'moving = { biz_step = "storing", biz_location = "urn:x:a" }',
            "moving: its places are scanned: expected no biz_location and no from",
        ),
    ],
)
def test_what_a_station_cannot_do_is_refused(tmp_path: Path, more: str, expected: str) -> None:
    assert problem(tmp_path, more).endswith(expected)


def test_a_station_that_hears_nothing_is_refused(tmp_path: Path) -> None:
    deaf = GOOD.replace('scanner = "hand-1"\n', "")

    assert problem(tmp_path, "", deaf).endswith('expected scanner = "hand-1", or scanners')


def test_a_scanner_or_an_output_that_is_not_there_is_named(tmp_path: Path) -> None:
    other = GOOD.replace('scanner = "hand-1"\n', 'scanners = ["hand-2"]\n')

    assert problem(tmp_path, "", other) == (
        'line 20: read_point[0].scanners: no scanner "hand-2"; did you mean "hand-1"?'
    )
    assert problem(tmp_path, 'feedback = { refused = ["dock-2:gpo1"] }') == (
        'line 21: read_point[0].feedback: no reader "dock-2"; did you mean "dock-1"?'
    )


def test_for_a_replay_the_reader_of_an_output_need_not_be_there(tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    path.write_text(GOOD + 'feedback = { refused = ["dock-2:gpo1"] }')

    assert load_for_replay(path).settings.read_point[0].pulses == (("refused", "dock-2:gpo1", 0.5),)


def test_one_scanner_is_of_one_station(tmp_path: Path) -> None:
    second = GOOD.partition("[[read_point]]")[2].replace("desk-1", "desk-2")

    assert problem(tmp_path, f"[[read_point]]{second}").endswith(
        '"hand-1" is a scanner of "desk-1"'
    )
