"""Two rules of thumb to measure against. Both see each read when it is made, by a true clock.

first/last antenna    a tag moved if the side that read it first is not the side that read it last,
                      until it is silent for three seconds
read in the window    a tag moved if it was read while a load was in the doorway, which a perfect
                      pair of photo-eyes tells; the way is that of the eye that was dark first
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from benchmarks.doors.score import Booking
from simulator.scene.dock import Load
from simulator.scene.door import SceneRead

SILENT_S = 3.0
EYES_M = 1.5  # from the door plane
INNER_PORTS = (1, 2)


@dataclass(slots=True)
class _Seen:
    first_s: float
    last_s: float
    first_in: bool
    last_in: bool


@dataclass(slots=True)
class FirstLast:
    keys: dict[bytes, str]
    bookings: list[Booking] = field(default_factory=list)
    _seen: dict[tuple[str, bytes], _Seen] = field(default_factory=dict)

    def take(self, door: str, reads: Sequence[SceneRead]) -> None:
        for read in reads:
            inner = read.antenna in INNER_PORTS
            seen = self._seen.get((door, read.epc))
            if seen is not None and read.at_s - seen.last_s < SILENT_S:
                seen.last_s, seen.last_in = read.at_s, inner
                continue
            if seen is not None:
                self._end(door, read.epc, seen)
            self._seen[door, read.epc] = _Seen(read.at_s, read.at_s, inner, inner)

    def finish(self) -> None:
        for (door, epc), seen in self._seen.items():
            self._end(door, epc, seen)
        self._seen.clear()

    def _end(self, door: str, epc: bytes, seen: _Seen) -> None:
        if seen.first_in != seen.last_in:
            at_s = (seen.first_s + seen.last_s) / 2
            way = "in" if seen.last_in else "out"
            self.bookings.append(Booking(door, self.keys[epc], at_s, way))


@dataclass(slots=True)
class InWindow:
    keys: dict[bytes, str]
    bookings: list[Booking] = field(default_factory=list)
    _taken: set[tuple[str, int, bytes]] = field(default_factory=set)

    def take(self, door: str, reads: Sequence[SceneRead], loads: Sequence[Load]) -> None:
        """`loads` are those of the door's own lane."""
        for load in loads:
            for read in reads:
                name = (door, load.n, read.epc)
                if name in self._taken or not load.motion.is_near(round(read.at_s * 1e6), EYES_M):
                    continue
                self._taken.add(name)
                way = "in" if load.motion.knots[0][1] < 0 else "out"
                at_s = load.motion.crossed_us / 1e6
                self.bookings.append(
                    Booking(door, self.keys[read.epc], at_s, way, pass_id=str(load.n))
                )
