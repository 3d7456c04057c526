"""What the settings may say of a door's documents and lights."""

from pathlib import Path

import pytest

from gateway.core.bound_door import BoundDoor
from gateway.settings.dock_door import DockDoorTable
from gateway.settings.file import load
from tests.unit.gateway.test_gateway_settings import problems, write

DOOR = """\
[gateway]
id = "dock-pi-1"
site = "rotterdam"

[[reader]]
name = "dock-1"
driver = "llrp"
host = "192.0.2.21"
antennas = [{ port = 1 }, { port = 2 }]

[[scanner]]
name = "hand-1"
driver = "serial"
device = "/dev/ttyACM0"

[[read_point]]
name = "door-1"
kind = "dock_door"
read_point = "urn:x:door-1"
inner = ["dock-1:1"]
outer = ["dock-1:2"]
"""
LIGHTS = 'lights = { green = "dock-1:gpo1", red = "dock-1:gpo3", buzzer = "dock-1:gpo4" }\n'
STATION = """
[[scanner]]
name = "hand-2"
driver = "serial"
device = "/dev/ttyACM1"

[[read_point]]
name = "desk-1"
kind = "station"
read_point = "urn:x:desk-1"
scanner = "hand-2"
feedback = { accepted = ["dock-1:gpo3"] }
"""


def read(folder: Path, more: str = "") -> DockDoorTable:
    (door,) = load(write(folder, DOOR + more)).settings.read_point
    assert isinstance(door, DockDoorTable)
    return door


def test_a_door_needs_neither_lights_nor_a_scanner(tmp_path: Path) -> None:
    door = read(tmp_path)
    assert (door.scanners, door.outputs, door.lights) == ((), (), None)

    (point,) = load(tmp_path / "gateway.toml").settings.at_work()
    assert isinstance(point.machine, BoundDoor)
    assert point.machine.sources == {"dock-1:1", "dock-1:2", "door-1:binding"}
    matcher = point.machine.matcher
    assert (matcher.bindings.timeout_us, matcher.stale_us) == (14_400_000_000, 86_400_000_000)


def test_a_door_shows_with_outputs_and_hears_documents_with_a_scanner(tmp_path: Path) -> None:
    more = 'scanner = "hand-1"\nbind_timeout_s = 60\nexpected_max_age_s = 3600\n'
    door = read(tmp_path, LIGHTS + more)

    assert door.lights is not None
    assert door.lights.named == (
        ("moved", "dock-1:gpo1"),
        ("wrong", "dock-1:gpo3"),
        ("wrong", "dock-1:gpo4"),
    )
    assert door.outputs == (
        ("lights", "dock-1:gpo1"),
        ("lights", "dock-1:gpo3"),
        ("lights", "dock-1:gpo4"),
    )
    (point,) = load(tmp_path / "gateway.toml").settings.at_work()
    assert isinstance(point.machine, BoundDoor)
    assert "hand-1" in point.machine.sources
    matcher = point.machine.matcher
    assert (matcher.bindings.timeout_us, matcher.stale_us) == (60_000_000, 3_600_000_000)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (
            LIGHTS.replace("dock-1:gpo1", "dok-1:gpo1"),
            'read_point[0].lights: no reader "dok-1"; did you mean "dock-1"?',
        ),
        (
            LIGHTS.replace("gpo4", "gpo3"),
            "read_point[0].lights: dock-1:gpo3 twice: expected an output for each",
        ),
        (
            LIGHTS.replace("dock-1:gpo1", "dock-1:1"),
            'read_point[0].lights.green: expected reader and output, as "dock-1:gpo1"',
        ),
        (LIGHTS + STATION, 'read_point[1].feedback: "dock-1:gpo3" is an output of "door-1"'),
        ('scanner = "hand-2"\n', 'read_point[0].scanner: no scanner "hand-2"'),
        ("bind_timeout_s = 5\n", "read_point[0].bind_timeout_s: "),
    ],
)
def test_lights_and_scanners_that_cannot_be_are_refused(
    tmp_path: Path, more: str, why: str
) -> None:
    (problem,) = problems(tmp_path, DOOR + more)

    assert why in problem
