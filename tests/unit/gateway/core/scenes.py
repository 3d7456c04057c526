"""Small scenes for read points: what a tag's reads look like when it does this or that.

Plain geometry without chance: two antennas a side, 1 m in front of and behind the door, RSSI that
falls with distance, and knots of a standing wave every 16 cm that only a moving tag runs through.
"""

import math
from collections.abc import Iterable, Iterator

from gateway.core.dock_door import DockDoor, DoorPlan
from gateway.core.identify import Role, Sighting, Thing
from gateway.core.judgement import Pass

INNER = ("dock-1:1", "dock-1:2")
OUTER = ("dock-1:3", "dock-1:4")
PLAN = DoorPlan(
    name="door-1",
    inner=frozenset(INNER),
    outer=frozenset(OUTER),
    idle_us=3_000_000,
    pass_max_us=120_000_000,
    visit_gap_us=10_000_000,
    tags_max=300,
)
START_US = 1_700_000_000_000_000
READS_EVERY_US = 30_000  # with four antennas, 12 cm a turn at 1 m/s: no beat with the knots


def thing(name: str = "case-1", role: Role = Role.ITEM) -> Thing:
    return Thing(f"urn:test:{name}", role)


def seen(
    what: Thing,
    antenna: str = INNER[0],
    at_s: float = 0.0,
    rssi_dbm: float | None = -60.0,
    channel: int = 1,
) -> Sighting:
    return Sighting(what, antenna, START_US + round(at_s * 1e6), rssi_dbm, channel, 1)


def walk(
    what: Thing,
    positions_m: Iterable[float],
    start_s: float = 0.0,
    antennas: tuple[str, ...] = (*INNER, *OUTER),
) -> Iterator[Sighting]:
    """Reads of a tag that is at these places (negative: outside), one each 30 ms."""
    for step, position_m in enumerate(positions_m):
        antenna = antennas[step % len(antennas)]
        away_m = abs(position_m - (1.0 if antenna in INNER else -1.0))
        level_db = -45 - 15 * math.log10(1 + away_m * away_m)
        knot_db = 4 * math.sin(2 * math.pi * position_m / 0.16)
        yield seen(what, antenna, start_s + step * READS_EVERY_US / 1e6, level_db + knot_db)


def line(from_m: float, to_m: float, seconds: float) -> list[float]:
    steps = round(seconds * 1e6 / READS_EVERY_US)
    return [from_m + (to_m - from_m) * step / steps for step in range(steps)]


def still(what: Thing, at_m: float, seconds: float, start_s: float = 0.0) -> Iterator[Sighting]:
    """Reads of a tag at rest: one level an antenna, and 1 dB of the receiver's noise."""
    for step, sighting in enumerate(
        walk(what, [at_m] * round(seconds * 1e6 / READS_EVERY_US), start_s)
    ):
        noise_db = (step // 4) % 2
        assert sighting.rssi_dbm is not None
        yield Sighting(what, sighting.antenna, sighting.at_us, sighting.rssi_dbm + noise_db, 1, 1)


def run(door: DockDoor, sightings: Iterable[Sighting], then_s: float | None = 5.0) -> list[Pass]:
    """Everything in the order of time, and then silence."""
    passes = []
    last_us = START_US
    for sighting in sorted(sightings, key=lambda each: each.at_us):
        passes += door.observe(sighting)
        last_us = max(last_us, sighting.at_us)
    if then_s is not None:
        passes += door.advance(last_us + round(then_s * 1e6))
    return passes
