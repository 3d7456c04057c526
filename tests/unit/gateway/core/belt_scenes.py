"""Small scenes for conveyors: plain geometry without chance.

A belt runs at one speed past a photo-eye at 0 m and two antennas at ANTENNAS_M. Boxes are so long
that they stand before the eye for `length_s`. RSSI falls with distance, and a moving tag runs
through the knots of a standing wave.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from drivers.base import GpiChange, NoRead
from gateway.core.belt import BeltPlan
from gateway.core.box import Box
from gateway.core.conveyor import Conveyor
from gateway.core.identify import Scanned, Sighting, Thing
from gateway.core.judgement import Verdict
from gateway.core.photo_eye import EyePlan
from tests.unit.gateway.core.scenes import START_US, seen, thing

EYE = EyePlan("tunnel", 1, invert=False, debounce_us=20_000, stuck_us=30_000_000)
PLAN = BeltPlan(
    name="belt-1",
    antennas=frozenset({"tunnel:1", "tunnel:2"}),
    eye=EYE,
    scanner=None,
    idle_us=1_000_000,
    transit_us=30_000_000,
    visit_gap_us=10_000_000,
    reach_us=10_000_000,
    offset_us=0,
    scanner_offset_us=0,
    tags_per_box=None,
    tags_max=100,
)
SPEED_M_S = 0.5
OFFSET_S = 1.5  # from the eye to the antennas
FIELD_M = 1.5
READ_S = 0.03
LENGTH_S = 0.8

Fed = Sighting | GpiChange | NoRead | Scanned


def at_us(at_s: float) -> int:
    return START_US + round(at_s * 1e6)


def eye(start_s: float, end_s: float) -> list[Fed]:
    return [
        GpiChange("tunnel", at_us(start_s), 1, high=True),
        GpiChange("tunnel", at_us(end_s), 1, high=False),
    ]


def rides(
    what: Thing, at_s: float, offset_s: float = OFFSET_S, speed_m_s: float = SPEED_M_S
) -> Iterator[Sighting]:
    """Reads of a tag that is before the eye at `at_s`."""
    half_s = FIELD_M / speed_m_s
    for step in range(round(2 * half_s / READ_S)):
        away_m = (step * READ_S - half_s) * speed_m_s
        level_db = -45 - 20 * math.log10(1 + 4 * away_m * away_m)
        knot_db = 4 * math.sin(2 * math.pi * away_m / 0.16)
        when_s = at_s + offset_s - half_s + step * READ_S
        yield seen(what, f"tunnel:{1 + step % 2}", when_s, level_db + knot_db)


def stands(what: Thing, from_s: float, to_s: float, every_s: float = 0.3) -> Iterator[Sighting]:
    """Reads of a tag beside the belt: one level, and 1 dB of the receiver's noise."""
    for step in range(round((to_s - from_s) / every_s)):
        yield seen(what, "tunnel:1", from_s + step * every_s, -60.0 + step // 2 % 2)


def box(name: str, at_s: float, tags: int = 1, offset_s: float = OFFSET_S) -> list[Fed]:
    """A box with its tags: its front is before the eye at `at_s`."""
    fed: list[Fed] = [*eye(at_s, at_s + LENGTH_S)]
    for n in range(tags):
        place_s = LENGTH_S * (n + 1) / (tags + 1)
        fed += rides(thing(f"{name}-{n}"), at_s + place_s, offset_s)
    return fed


def train(
    count: int, tags: int = 1, offset_s: float = OFFSET_S, start_s: float = 0.0
) -> list[list[Fed]]:
    """Boxes with gaps that differ, as on any belt that is loaded by hand."""
    gaps_s = (1.6, 2.3, 1.4, 3.1, 1.9, 2.7, 1.5)
    starts_s = [start_s]
    for n in range(count - 1):
        starts_s.append(starts_s[-1] + gaps_s[n % len(gaps_s)])
    return [box(f"box-{n}", at_s, tags, offset_s) for n, at_s in enumerate(starts_s)]


def in_order(fed: Iterable[Fed]) -> list[Fed]:
    return sorted(fed, key=lambda each: each.at_us)


def feed(
    belt: Conveyor, fed: Sequence[Fed], then_s: float = 60.0, tick_s: float = 0.2
) -> list[Box]:
    """In the order given, while the clock goes on, and then silence."""
    boxes: list[Box] = []
    now_us = None
    for each in fed:
        boxes += belt.observe(each) if isinstance(each, Sighting) else belt.notice(each)
        if now_us is None or each.at_us - now_us >= tick_s * 1e6:
            now_us = each.at_us
            boxes += belt.advance(now_us)
    last_us = max(each.at_us for each in fed)
    return boxes + belt.advance(last_us + round(then_s * 1e6))


def on(each: Box, verdict: Verdict = Verdict.MOVED) -> set[str]:
    """The names of the tags on it."""
    return {tag.thing.key.removeprefix("urn:test:") for tag in each.tags if tag.verdict is verdict}


def windows_s(boxes: Iterable[Box]) -> list[tuple[float, float] | None]:
    return [
        None
        if each.window is None
        else ((each.window[0] - START_US) / 1e6, (each.window[1] - START_US) / 1e6)
        for each in boxes
    ]


def apart_s(boxes: Sequence[Box]) -> list[float]:
    starts = [each.window[0] for each in boxes if each.window is not None]
    return [(after - before) / 1e6 for before, after in pairwise(starts)]
