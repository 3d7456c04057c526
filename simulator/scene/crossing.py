"""One load through one door: how it moves while it does, and what was true when it is over."""

from dataclasses import dataclass, field
from typing import Literal

from simulator.scene.air import Air, MovingTag
from simulator.scene.goods import Pallet
from simulator.scene.radio import Point

Direction = Literal["in", "out"]

FIELD_HALF_M = 5.0  # a load comes into the scene this far from the door plane, and goes
_WAY_M = 2 * FIELD_HALF_M + 1.0  # from one crossing to the next, so that no echo is met twice


@dataclass(frozen=True, slots=True)
class Crossing:
    """The truth of one crossing. Instants are seconds of the scene."""

    door: str
    n: int  # counts the door's crossings from 1
    direction: Direction
    sscc: str  # key of the pallet
    cases: tuple[str, ...]  # keys
    readable: tuple[str, ...]  # those of sscc and cases that gave at least one read
    start_s: float
    crossed_s: float  # the load's centre passes x = 0
    end_s: float
    clean: bool  # straight through at one speed; a gateway has no excuse


@dataclass(slots=True)
class Passage:
    """A crossing that goes on. Times are µs of the scene."""

    n: int
    direction: Direction
    pallet: Pallet
    start_us: int
    speed_m_s: float
    lateral_m: float  # how far from the middle of the lane
    tags: tuple[MovingTag, ...]
    _seen: set[bytes] = field(default_factory=set)

    @classmethod
    def begun(
        cls,
        n: int,
        direction: Direction,
        pallet: Pallet,
        start_us: int,
        speed_m_s: float,
        lateral_m: float,
        air: Air,
    ) -> "Passage":
        tags = tuple(
            MovingTag.placed(thing.epc, place, air)
            for thing, place in zip(pallet.things, pallet.places, strict=True)
        )
        return cls(n, direction, pallet, start_us, speed_m_s, lateral_m, tags)

    @property
    def end_us(self) -> int:
        return self.start_us + crossing_us(self.speed_m_s)

    def is_under_way(self, at_us: int) -> bool:
        """Whether the load is in the scene; at its very first instant it is not yet."""
        return self.start_us < at_us < self.end_us

    def way_m(self, at_us: int) -> float:
        """How far it has come. The count of crossings is in it, because a load that comes again
        comes another way, among other echoes.
        """
        return self.n * _WAY_M + (at_us - self.start_us) * self.speed_m_s / 1e6

    def load_at(self, way_m: float) -> Point:
        """Where the load's centre line meets the floor."""
        x = way_m - self.n * _WAY_M - FIELD_HALF_M
        return (x if self.direction == "in" else -x, self.lateral_m, 0.0)

    def saw(self, epc: bytes) -> None:
        self._seen.add(epc)

    def truth(self, door: str) -> Crossing:
        things = self.pallet.things
        return Crossing(
            door=door,
            n=self.n,
            direction=self.direction,
            sscc=self.pallet.sscc.key,
            cases=tuple(case.key for case in self.pallet.cases),
            readable=tuple(thing.key for thing in things if thing.epc in self._seen),
            start_s=self.start_us / 1e6,
            crossed_s=(self.start_us + crossing_us(self.speed_m_s) // 2) / 1e6,
            end_s=self.end_us / 1e6,
            clean=True,
        )


def crossing_us(speed_m_s: float) -> int:
    """How long a load of that speed is in the scene."""
    return round(2 * FIELD_HALF_M / speed_m_s * 1e6)
