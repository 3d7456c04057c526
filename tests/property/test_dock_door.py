"""Whoever stops in the doorway is never booked the wrong way, whether it goes on or back.

Walks are played with chance from a seed: two-way path loss, fading that changes along the way and
is another on each antenna and channel, missed reads, whole dB, a reader that takes turns between
its antennas and hops. Nothing of it is known to the rules.
"""

import cmath
import math
from collections.abc import Iterator, Sequence
from random import Random

import pytest

from gateway.core.dock_door import DockDoor
from gateway.core.identify import Sighting
from gateway.core.judgement import Pass, Verdict
from tests.unit.gateway.core.scenes import INNER, OUTER, PLAN, START_US, run, thing

ANTENNAS = (*INNER, *OUTER)
TURN_S = 0.1
TRIES = 3  # in each turn
FAR_M = 4.0


def play(name: str, way: Sequence[tuple[float, float]], chance: Random) -> Iterator[Sighting]:
    """The reads of one tag that is at these places (m, negative: outside) at these times (s)."""
    what, loss_db = thing(name), chance.gauss(0, 3)
    channels = chance.choice((4, 50))
    echoes: dict[tuple[str, int], tuple[complex, complex]] = {}
    channel, hops_s = 0, 0.0
    for step in range(int(way[-1][0] / TURN_S) * TRIES):
        at_s = step * TURN_S / TRIES
        if at_s >= hops_s:
            channel, hops_s = chance.randrange(channels), hops_s + 0.2
        antenna = ANTENNAS[int(at_s / TURN_S) % len(ANTENNAS)]
        at_m = place(way, at_s)
        away_m = at_m - (1.0 if antenna in INNER else -1.0)
        level_db = -48 - 20 * math.log10(1 + away_m * away_m / 2) - loss_db
        if (antenna, channel) not in echoes:
            echoes[antenna, channel] = (echo(chance, 0.3), echo(chance, 0.25))
        first, second = echoes[antenna, channel]
        turn, slow = cmath.exp(2j * math.pi * at_m / 0.16), cmath.exp(2j * math.pi * at_m / 0.43)
        level_db += 40 * math.log10(max(0.05, abs(1 + first * turn + second * slow)))
        if chance.random() < 1 / (1 + math.exp((-68 - level_db) / 0.8)):
            at_us = START_US + round(at_s * 1e6)
            yield Sighting(what, antenna, at_us, round(level_db + chance.gauss(0, 0.5)), channel, 1)


def echo(chance: Random, strength: float) -> complex:
    return cmath.rect(strength * chance.random() * 2, chance.uniform(0, math.tau))


def place(way: Sequence[tuple[float, float]], at_s: float) -> float:
    (since_s, since_m), (until_s, until_m) = next(
        leg for leg in zip(way, way[1:], strict=False) if at_s <= leg[1][0]
    )
    share = (at_s - since_s) / (until_s - since_s) if until_s > since_s else 1.0
    return since_m + (until_m - since_m) * share


def passes_of(seed: int, stop_s: float, *, back: bool) -> tuple[str, list[Pass]]:
    """One to three tags go somewhere, stop, and go on or back, each way at a speed of its own."""
    chance = Random(seed)
    forth = chance.choice((1, -1))
    there_m, there_m_s, then_m_s = (
        chance.uniform(-1.5, 1.5),
        chance.uniform(0.4, 2.0),
        chance.uniform(0.4, 2.0),
    )
    end_m = -FAR_M if back else FAR_M
    stops_s = (FAR_M + there_m) / there_m_s
    leaves_s = stops_s + stop_s
    ends_s = leaves_s + abs(end_m - there_m) / then_m_s
    way = [
        (0.0, -FAR_M * forth),
        (stops_s, there_m * forth),
        (leaves_s, there_m * forth),
        (ends_s, end_m * forth),
    ]
    reads = [read for n in range(chance.randint(1, 3)) for read in play(f"case-{n}", way, chance)]
    return "in" if forth > 0 else "out", run(DockDoor(PLAN), reads, then_s=150)


def moved(passes: Sequence[Pass]) -> set[str]:
    return {closed.direction for closed in passes if closed.of(Verdict.MOVED)}


SEEDS = {0: 60, 5: 40, 20: 25, 90: 10, 300: 5}


@pytest.mark.parametrize(("stop_s", "seeds"), SEEDS.items())
def test_who_turns_back_is_never_a_movement(stop_s: float, seeds: int) -> None:
    for seed in range(seeds):
        _, passes = passes_of(seed, stop_s, back=True)

        assert (seed, moved(passes)) == (seed, set())


@pytest.mark.parametrize(("stop_s", "seeds"), SEEDS.items())
def test_who_goes_on_is_a_movement_that_way_or_for_review(stop_s: float, seeds: int) -> None:
    right = 0
    for seed in range(seeds):
        way, passes = passes_of(seed, stop_s, back=False)

        assert passes
        assert (seed, moved(passes) - {way}) == (seed, set())
        right += moved(passes) == {way}
    if stop_s == 0:
        assert right >= 0.9 * seeds
