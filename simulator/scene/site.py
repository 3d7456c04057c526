"""A small site: dock doors over one stock of pallets, and the truth of all that crossed.

Pallets come in through any door, stay, and some leave again through any door. The doors do not
hear each other: they are taken to be walls apart. What happens when is decided in the order of the
scene's time, so a seed gives one story, whatever steps it is asked for in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from simulator.scene.crossing import Crossing, Direction, crossing_us
from simulator.scene.door import DEFAULT_TIMING, DoorScene, ReaderTiming, SceneRead
from simulator.scene.goods import CATALOGUE, CatalogueItem, Packer, Pallet

PALLETS_INSIDE_MAX = 500  # the hall is full: from then on one leaves where one may


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What kind of day it is. Ranges are (least, most), drawn evenly."""

    cases: tuple[int, int] = (8, 24)
    strays_per_door: int = 6
    speed_m_s: tuple[float, float] = (0.8, 2.0)  # a hand pallet truck to a careful forklift
    gap_s: tuple[float, float] = (4.0, 6.0)  # between one load's end and the next one's start
    outbound_share: float = 1 / 3  # of crossings, once something may leave
    stay_s: float = 20.0  # how long a pallet is inside at least
    stagger_s: float = 1.0  # between the first crossings of neighbour doors
    timing: ReaderTiming = DEFAULT_TIMING


DEFAULT_SETTINGS = SiteSettings()


@dataclass(slots=True)
class _Gate:
    """A door and when its next crossing starts; None: no more crossings."""

    door: DoorScene
    next_start_us: int | None


class SiteScene:
    """Reads and truth of several doors. All chance comes from `chance`."""

    catalogue: tuple[CatalogueItem, ...] = CATALOGUE

    def __init__(
        self, doors: Sequence[str], chance: Random, settings: SiteSettings = DEFAULT_SETTINGS
    ) -> None:
        if len(set(doors)) != len(doors):
            raise ValueError(f"doors {list(doors)}: expected each name once")
        self._settings = settings
        self._chance = Random(chance.getrandbits(64))
        self._packer = Packer(Random(chance.getrandbits(64)), *settings.cases)
        self._gates = [
            self._gate(name, place, Random(chance.getrandbits(64)))
            for place, name in enumerate(doors)
        ]
        self._inside: list[tuple[int, Pallet]] = []  # with the µs from which each may leave
        self._stop_us: int | None = None

    @property
    def doors(self) -> tuple[DoorScene, ...]:
        return tuple(gate.door for gate in self._gates)

    def stop_at(self, stop_s: float) -> None:
        """From now on no crossing starts that would not be over by then."""
        self._stop_us = round(stop_s * 1e6)

    def step(self, until_s: float) -> dict[str, list[SceneRead]]:
        """The reads of each door since the last step up to and with `until_s`."""
        reads: dict[str, list[SceneRead]] = {gate.door.name: [] for gate in self._gates}
        until_us = round(until_s * 1e6)
        while (gate := self._next_gate(until_us)) is not None:
            assert gate.next_start_us is not None
            reads[gate.door.name] += gate.door.step(gate.next_start_us / 1e6)
            self._start_crossing(gate, gate.next_start_us)
        for gate in self._gates:
            reads[gate.door.name] += gate.door.step(until_s)
        return reads

    def finished(self) -> list[Crossing]:
        """The crossings that ended since this was last asked, in the order they ended in."""
        finished = [crossing for gate in self._gates for crossing in gate.door.finished()]
        return sorted(finished, key=lambda crossing: (crossing.end_s, crossing.door))

    def _gate(self, name: str, place: int, chance: Random) -> _Gate:
        strays = tuple(self._packer.any_case() for _ in range(self._settings.strays_per_door))
        door = DoorScene(name, chance, strays, self._settings.timing)
        first_s = place * self._settings.stagger_s + self._chance.uniform(0.2, 0.9)
        return _Gate(door, round(first_s * 1e6))

    def _next_gate(self, until_us: int) -> _Gate | None:
        """The gate whose crossing starts next, where it starts by `until_us`."""
        due = [
            (gate.next_start_us, place)
            for place, gate in enumerate(self._gates)
            if gate.next_start_us is not None and gate.next_start_us <= until_us
        ]
        return self._gates[min(due)[1]] if due else None

    def _start_crossing(self, gate: _Gate, start_us: int) -> None:
        speed_m_s = self._chance.uniform(*self._settings.speed_m_s)
        end_us = start_us + crossing_us(speed_m_s)
        if self._stop_us is not None and end_us > self._stop_us:
            gate.next_start_us = None
            return
        direction, pallet = self._choose_load(start_us)
        if direction == "in":
            self._inside.append((end_us + round(self._settings.stay_s * 1e6), pallet))
        gate.door.cross(pallet, direction, start_us / 1e6, speed_m_s)
        gap_s = self._chance.uniform(*self._settings.gap_s)
        gate.next_start_us = end_us + round(gap_s * 1e6)

    def _choose_load(self, start_us: int) -> tuple[Direction, Pallet]:
        may_leave = [kept for kept in self._inside if kept[0] <= start_us]
        full = len(self._inside) >= PALLETS_INSIDE_MAX
        wants_out = full or self._chance.random() < self._settings.outbound_share
        if not (may_leave and wants_out):
            return "in", self._packer.pallet()
        leaving = self._chance.choice(may_leave)
        self._inside.remove(leaving)
        return "out", leaving[1]
