"""`kind = "conveyor"` in the settings."""

from pathlib import Path

import pytest

from gateway.core.photo_eye import EyePlan
from gateway.settings.conveyor import ConveyorTable
from gateway.settings.file import load
from tests.unit.gateway.test_gateway_settings import problems, write

CONFIG = Path(__file__).parents[3] / "config"

BELT = """\
[gateway]
id = "belt-pi-1"
site = "rotterdam"

[[reader]]
name = "tunnel"
driver = "llrp"
host = "192.0.2.22"
antennas = [{ port = 1 }, { port = 2 }]

[[scanner]]
name = "belt-1"
driver = "tcp"
host = "192.0.2.31"
port = 51236

[[read_point]]
name = "belt-1"
kind = "conveyor"
read_point = "https://id.gs1.org/414/9521141123454/254/belt-1"
antennas = ["tunnel:1", "tunnel:2"]
trigger = "tunnel:gpi1"
scanner = "belt-1"
passing = { biz_step = "picking", biz_location = "urn:x:aisle" }
"""


def test_a_conveyor_is_read_with_the_short_form_of_its_trigger(tmp_path: Path) -> None:
    settings = load(write(tmp_path, BELT)).settings
    (belt,) = settings.read_point
    (at_work,) = settings.at_work()

    assert isinstance(belt, ConveyorTable)
    plan = belt.plan()
    assert plan.eye == EyePlan("tunnel", 1, invert=False, debounce_us=20_000, stuck_us=30_000_000)
    assert plan.antennas == {"tunnel:1", "tunnel:2"}
    assert plan.scanner == "belt-1"
    assert (plan.idle_us, plan.transit_us, plan.reach_us) == (3_000_000, 30_000_000, 10_000_000)
    assert (at_work.kind, at_work.machine.name) == ("conveyor", "belt-1")
    assert at_work.machine.sources == {"tunnel:1", "tunnel:2", "tunnel:gpi1", "belt-1"}
    assert settings.read_point_of("tunnel:2") == belt.read_point


def test_the_long_form_of_a_trigger_says_more(tmp_path: Path) -> None:
    full = '{ source = "tunnel:gpi2", invert = true, debounce_ms = 5, stuck_s = 10 }'
    text = BELT.replace('"tunnel:gpi1"', full).replace('scanner = "belt-1"\n', "")
    (belt,) = load(write(tmp_path, text)).settings.read_point

    assert isinstance(belt, ConveyorTable)
    plan = belt.plan()
    assert plan.eye == EyePlan("tunnel", 2, invert=True, debounce_us=5_000, stuck_us=10_000_000)
    assert (plan.scanner, belt.scanners) == (None, ())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('"tunnel:2"]', '"tunel:2"]'),
         ['line 21: read_point[0].antennas: no antenna "tunel:2"; did you mean "tunnel:2"?']),
        (('"tunnel:gpi1"', '"tunel:gpi1"'),
         ['line 22: read_point[0].trigger: no input "tunel:gpi1"; did you mean "tunnel:gpi1"?']),
        (('"tunnel:gpi1"', '"gpio:17"'),
         ['line 22: read_point[0].trigger: expected reader and input, as "tunnel:gpi1"']),
        (('scanner = "belt-1"', 'scanner = "belt-2"'),
         ['line 23: read_point[0].scanner: no scanner "belt-2"; did you mean "belt-1"?']),
        (('"tunnel:gpi1"', '{ source = "tunnel:gpi1", inverted = true }'),
         ["line 22: read_point[0].trigger.inverted: unknown key;"
          ' did you mean "invert"?']),
        (('scanner = "belt-1"', "offset_s = 11"),
         ["line 17: read_point[0]: offset_s is beyond reach_s, which is 10"]),
    ],
)  # fmt: skip
def test_what_a_conveyor_cannot_be_is_refused(
    tmp_path: Path, change: tuple[str, str], expected: list[str]
) -> None:
    assert problems(tmp_path, BELT.replace(*change)) == expected


def test_the_example_is_read_when_it_is_uncommented(tmp_path: Path) -> None:
    example = (CONFIG / "gateway.toml").read_text().partition("#  [[read_point]]")[2]
    block = example.partition("\n\n")[0]
    options = "\n".join(line.removeprefix("#  ") for line in block.splitlines())
    text = BELT.partition("[[read_point]]")[0] + f"[[read_point]]\n{options}\n"
    (belt,) = load(write(tmp_path, text)).settings.read_point

    (plain,) = load(write(tmp_path, BELT)).settings.read_point
    assert isinstance(belt, ConveyorTable)
    assert isinstance(plain, ConveyorTable)
    assert belt.plan() == plain.plan()
