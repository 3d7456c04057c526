"""How a load moves along its lane: straight on, with a stop in the doorway, or back again.

Only x changes (metres, inside is positive). Between two knots the speed is constant.
"""

from bisect import bisect_right
from dataclasses import dataclass, field

from simulator.scene.crossing import FIELD_HALF_M, Direction


@dataclass(frozen=True, slots=True)
class Motion:
    """Where the load's centre is at which time. Knots are (µs, m), times rising."""

    knots: tuple[tuple[int, float], ...]
    _ways_m: tuple[float, ...] = field(init=False)
    _times_us: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        times = tuple(at_us for at_us, _ in self.knots)
        if len(times) < 2 or any(b <= a for a, b in zip(times, times[1:], strict=False)):
            raise ValueError(f"times {times} µs: expected two and more, rising")
        ways, way_m = [0.0], 0.0
        for (_, a), (_, b) in zip(self.knots, self.knots[1:], strict=False):
            way_m += abs(b - a)
            ways.append(way_m)
        object.__setattr__(self, "_ways_m", tuple(ways))
        object.__setattr__(self, "_times_us", times)

    @property
    def start_us(self) -> int:
        return self.knots[0][0]

    @property
    def end_us(self) -> int:
        return self.knots[-1][0]

    @property
    def direction(self) -> Direction | None:
        """Which way it went through the door; None where it left as it came."""
        first_m, last_m = self.knots[0][1], self.knots[-1][1]
        if (first_m < 0) == (last_m < 0):
            return None
        return "in" if last_m > 0 else "out"

    @property
    def crossed_us(self) -> int:
        """When its centre went through the door plane last, or was nearest to it."""
        crossed_us, nearest_m = self.start_us, abs(self.knots[0][1])
        for (a_us, a_m), (b_us, b_m) in zip(self.knots, self.knots[1:], strict=False):
            if (a_m < 0) != (b_m < 0):
                crossed_us, nearest_m = a_us + round((b_us - a_us) * a_m / (a_m - b_m)), 0.0
            elif abs(b_m) < nearest_m:
                crossed_us, nearest_m = b_us, abs(b_m)
        return crossed_us

    def at(self, at_us: int) -> tuple[float, float]:
        """(x, way travelled), in metres. Before its start it stands at the first knot.

        >>> Motion(((0, -5.0), (2_000_000, 5.0))).at(500_000)
        (-2.5, 2.5)
        """
        after = bisect_right(self._times_us, at_us)
        if after == 0:
            return self.knots[0][1], 0.0
        if after == len(self.knots):
            return self.knots[-1][1], self._ways_m[-1]
        (a_us, a_m), (b_us, b_m) = self.knots[after - 1], self.knots[after]
        moved_m = (b_m - a_m) * (at_us - a_us) / (b_us - a_us)
        return a_m + moved_m, self._ways_m[after - 1] + abs(moved_m)

    def is_near(self, at_us: int, within_m: float) -> bool:
        return self.start_us <= at_us <= self.end_us and abs(self.at(at_us)[0]) <= within_m


def straight(start_us: int, direction: Direction, speed_m_s: float) -> Motion:
    """Through the door at one speed."""
    return Motion(
        _mirrored(direction, [(start_us, -FIELD_HALF_M), _leg(2 * FIELD_HALF_M, speed_m_s)])
    )


def stopped(
    start_us: int,
    direction: Direction,
    speed_m_s: float,
    stop_m: float,
    stop_s: float,
    *,
    returns: bool,
) -> Motion:
    """A stop with the centre at `stop_m` beyond the door plane; then on, or back."""
    there_m = FIELD_HALF_M + stop_m
    legs = [_leg(there_m, speed_m_s), (round(stop_s * 1e6), 0.0)]
    onward_m = -there_m if returns else 2 * FIELD_HALF_M - there_m
    legs.append(_leg(onward_m, speed_m_s))
    return Motion(_mirrored(direction, [(start_us, -FIELD_HALF_M), *legs]))


def _leg(way_m: float, speed_m_s: float) -> tuple[int, float]:
    """A signed way, and how long it takes."""
    if speed_m_s <= 0.0:
        raise ValueError(f"speed {speed_m_s} m/s: expected more than 0")
    return round(abs(way_m) / speed_m_s * 1e6), way_m


def _mirrored(direction: Direction, legs: list[tuple[int, float]]) -> tuple[tuple[int, float], ...]:
    """Knots from a start and legs, as of a load that comes from outside; else turned about."""
    sign = 1.0 if direction == "in" else -1.0
    at_us, x_m = legs[0]
    knots = [(at_us, sign * x_m)]
    for span_us, way_m in legs[1:]:
        if span_us:
            at_us, x_m = at_us + span_us, x_m + way_m
            knots.append((at_us, sign * x_m))
    return tuple(knots)
