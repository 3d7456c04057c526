"""What the site says is what the demo reads, and what it does not say is refused."""

import json
from dataclasses import replace

import pytest

from simulator.demo import site, truth
from simulator.demo.layout import door_of
from simulator.demo.referee import Crossing
from simulator.scene import crossing

PASSED = crossing.Crossing(
    door="dock-2",
    n=1,
    direction="out",
    sscc="urn:pallet",
    cases=("urn:case-1", "urn:case-2"),
    readable=("urn:pallet", "urn:case-2"),
    start_s=1.0,
    crossed_s=4.5,
    end_s=8.0,
    clean=True,
)


def line(passed: crossing.Crossing = PASSED) -> bytes:
    return json.dumps({"crossing": site.told(passed, 1_000_000)}).encode()


def test_a_crossing_is_read_as_the_site_tells_it() -> None:
    assert truth.read(line()) == Crossing(
        door_of("dock-2"), "out", 5_500_000, frozenset({"urn:pallet", "urn:case-2"})
    )


def test_what_is_no_crossing_to_judge_by_is_told_apart() -> None:
    assert truth.read(line(replace(PASSED, clean=False))) is None
    assert truth.read(b'{"ready": true}\n') is None
    assert truth.read(b'{"done": true}\n') == "done"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"Traceback\n", "Invalid JSON: expected value at line 1 column 1"),
        (b"[]\n", "Input should be an object"),
        (b'{"crossing": {"door": "dock-1"}}\n', "crossing.direction: Field required"),
        (b'{"halted": true}\n', "halted: Extra inputs are not permitted"),
        (b"\xff\n", "Invalid JSON: expected value at line 1 column 1"),
    ],
)
def test_any_other_line_is_named(said: bytes, why: str) -> None:
    with pytest.raises(ValueError) as refused:
        truth.read(said)
    shown = said.decode(errors="replace").rstrip()
    assert str(refused.value) == (
        f"said {shown!r} ({why}): expected a JSON object with ready, crossing or done"
    )
