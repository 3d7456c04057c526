"""A dock door to judge by: many loads at once, strays in the shade of loads, Gen2 sessions.

Where door.py plays the demo's quiet day, this one plays what goes wrong at doors: loads that stop
or turn, two behind each other, forklifts with nothing on them, a load at the neighbour's door, tags
that are dead, an antenna that is. The reader works by the same rules (see door.py); in session 1 a
tag that was read is silent for the time that its chip remembers it (Gen2 §6.3.2.2: 0.5 to 5 s).

An hour of a door is a million reads, so what stays the same is worked out once: the tags that an
antenna can hear at all on a channel while nothing moves, and what a load that stands is heard at.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from simulator.scene.air import NOISE_SD_DB, Air, MovingTag, ParkedTag
from simulator.scene.chance import FrozenChance
from simulator.scene.crossing import FIELD_HALF_M, Direction
from simulator.scene.door import DEFAULT_TIMING, ReaderTiming, SceneRead
from simulator.scene.goods import LOAD_WIDTH_M, PC_96, Pallet, Tagged
from simulator.scene.motion import Motion
from simulator.scene.radio import (
    SENSITIVITY_DBM,
    Antenna,
    Point,
    dock_door_antennas,
    mean_rssi_dbm,
    read_probability,
)

Session = Literal[0, 1]

# One try in 70,000 reads a tag that weak; an hour has some hundred thousand tries for each.
_DEAF_DBM = SENSITIVITY_DBM - 9.0
_CULLED_DBM = SENSITIVITY_DBM - 25.0  # mean level, before bias and the best fade: see air.py
_LIFT_DB = 8.0  # a tenth of the echoes, at Rice factor 9 dB, seldom lifts a stray by more
_CULL_EVERY_M = 0.05
_SHUFFLES = 8  # orders of a quiet round, worked out once for an antenna and channel

SHADE_DB = 12.0  # a load or a truck's mast in the middle of the way, out and back
SHADE_HALF_M = 0.8  # from the line of sight, on the floor
_LOAD_WAY_M = 1_000.0  # between the ways of two loads: none meets the echoes of another


@dataclass(frozen=True, slots=True)
class Journey:
    """The truth of one load at one door. Instants are seconds of the scene."""

    door: str
    n: int
    kind: str
    direction: Direction | None  # None: it left as it came, or passed by at another door
    things: tuple[str, ...]  # keys: the pallet and its cases; none on an empty forklift
    readable: tuple[str, ...]  # those that gave at least one read here
    start_s: float
    crossed_s: float
    end_s: float
    clean: bool  # straight through at one speed, and nothing amiss: no excuse for a review


@dataclass(slots=True)
class Load:
    """What comes by a door: a pallet, or a forklift with nothing on it."""

    n: int
    kind: str
    motion: Motion
    lateral_m: float  # from the middle of this door's lane; of a neighbour's load, metres
    tags: tuple[MovingTag, ...]
    things: tuple[Tagged, ...]
    dead: frozenset[bytes]
    clean: bool
    seen: set[bytes] = field(default_factory=set)
    _near: tuple[int, float, list[MovingTag]] | None = None  # port, x, those to ask
    _stands_m: float = -1.0  # the way at which `_stood` holds
    _stood: dict[tuple[bytes, int, int], float | None] = field(default_factory=dict)

    def is_under_way(self, at_us: int) -> bool:
        return self.motion.start_us < at_us < self.motion.end_us

    def candidates(self, antenna: Antenna, at_us: int) -> list[MovingTag]:
        """The tags that could answer this antenna from about here."""
        x = self.motion.at(at_us)[0]
        near = self._near
        if near is None or near[0] != antenna.port or abs(near[1] - x) >= _CULL_EVERY_M:
            y = self.lateral_m
            asked = [tag for tag in self.tags if _mean_dbm(tag, antenna, x, y) >= _CULLED_DBM]
            self._near = near = (antenna.port, x, asked)
        return near[2]

    def rssi_dbm(self, tag: MovingTag, antenna: Antenna, channel: int, at_us: int) -> float | None:
        x, way_m = self.motion.at(at_us)
        if way_m != self._stands_m:
            self._stands_m = way_m
            self._stood.clear()
        name = (tag.epc, antenna.port, channel)
        if name not in self._stood:
            self._stood[name] = tag.rssi_dbm(antenna, channel, (x, self.lateral_m, 0.0), way_m)
        return self._stood[name]

    def truth(self, door: str, *, here: bool) -> Journey:
        motion = self.motion
        return Journey(
            door=door,
            n=self.n,
            kind=self.kind,
            direction=motion.direction if here else None,
            things=tuple(thing.key for thing in self.things),
            readable=tuple(thing.key for thing in self.things if thing.epc in self.seen),
            start_s=motion.start_us / 1e6,
            crossed_s=motion.crossed_us / 1e6,
            end_s=motion.end_us / 1e6,
            clean=self.clean,
        )


@dataclass(frozen=True, slots=True)
class DockSettings:
    """What one door is like."""

    stray_m: tuple[float, float] = (2.0, 8.0)  # from the middle of the door, inside
    dead_share: float = 0.01  # of tags
    session: Session = 0
    dead_port: int | None = None
    timing: ReaderTiming = DEFAULT_TIMING


class DockScene:
    """The reads of one door. All chance comes from `chance`, at once."""

    def __init__(
        self, name: str, chance: Random, strays: Sequence[Tagged], settings: DockSettings
    ) -> None:
        self.name = name
        self.settings = settings
        self._antennas = dock_door_antennas()
        self._air = Air(FrozenChance.drawn_from(chance), has_ground=True)
        self._chance = Random(chance.getrandbits(64))
        self._hops = Random(chance.getrandbits(64))
        self._placing = Random(chance.getrandbits(64))
        alive = [each for each in strays if self._placing.random() >= settings.dead_share]
        self._parked = [_parked(each, self._placing, self._air, settings.stray_m) for each in alive]
        self.strays = tuple(strays)
        self.heard_strays: set[bytes] = set()
        self._quiet: dict[tuple[int, int], list[list[tuple[float, float, ParkedTag]]]] = {}
        self._hopeful: dict[tuple[int, int], list[tuple[None, ParkedTag]]] = {}
        self._hop_order: list[int] = []
        self._channel = 0
        self._channel_until_us = 0
        self._at_us = 0  # the reader has done all before this
        self._loads: list[Load] = []  # to come, or under way
        self._silent_until_us: dict[bytes, int] = {}  # session 1
        self._remembers_us: dict[bytes, int] = {}  # by chip

    def bring(
        self,
        n: int,
        kind: str,
        motion: Motion,
        pallet: Pallet | None,
        lateral_m: float,
        *,
        clean: bool,
    ) -> Load:
        """Let a load come by. ValueError where that time is over."""
        if motion.start_us < self._at_us:
            raise ValueError(f"door {self.name}: {motion.start_us / 1e6} s is over")
        things = pallet.things if pallet is not None else ()
        places = pallet.places if pallet is not None else ()
        dead_share = self.settings.dead_share
        dead = frozenset(each.epc for each in things if self._placing.random() < dead_share)
        tags = tuple(
            MovingTag.placed(thing.epc, place, self._air)
            for thing, place in zip(things, places, strict=True)
            if thing.epc not in dead
        )
        load = Load(n, kind, motion, lateral_m, tags, things, dead, clean)
        self._loads.append(load)
        return load

    def step(self, until_us: int) -> list[SceneRead]:
        """All reads since the last step up to `until_us`, in order of time."""
        reads: list[SceneRead] = []
        while self._at_us <= until_us:
            now_us = self._at_us
            while now_us >= self._channel_until_us:
                self._hop()
            timing = self.settings.timing
            turn = now_us // timing.antenna_dwell_us
            antenna = self._antennas[turn % len(self._antennas)]
            ends_us = min((turn + 1) * timing.antenna_dwell_us, self._channel_until_us)
            if antenna.port == self.settings.dead_port:
                self._at_us = ends_us
                continue
            self._at_us = min(now_us + timing.round_overhead_us, ends_us)
            if self._at_us >= ends_us:
                continue
            here = [load for load in self._loads if load.is_under_way(self._at_us)]
            if here:
                self._busy_round(antenna, here, ends_us, reads)
            else:
                self._quiet_round(antenna, ends_us, reads)
        self._loads = [load for load in self._loads if load.motion.end_us > until_us]
        return reads

    # -- rounds -----------------------------------------------------------------------------------

    def _quiet_round(self, antenna: Antenna, ends_us: int, reads: list[SceneRead]) -> None:
        """Nothing moves: a tag is heard as ever."""
        orders = self._quiet.get((antenna.port, self._channel))
        if orders is None:
            orders = self._audible(antenna)
            self._quiet[antenna.port, self._channel] = orders
        draw = self._chance.random
        session, silent = self.settings.session, self._silent_until_us
        for level, likely, tag in orders[int(draw() * _SHUFFLES)]:
            if session and silent.get(tag.epc, 0) > self._at_us:
                continue
            if draw() >= likely:
                continue
            reads.append(self._read(tag.epc, antenna.port, level))
            self.heard_strays.add(tag.epc)
            if self._at_us >= ends_us:
                return

    def _audible(self, antenna: Antenna) -> list[list[tuple[float, float, ParkedTag]]]:
        heard = [(tag.rssi_dbm(antenna, self._channel, None), tag) for tag in self._parked]
        asked = [(dbm, read_probability(dbm), tag) for dbm, tag in heard if dbm >= _DEAF_DBM]
        return [self._chance.sample(asked, len(asked)) for _ in range(_SHUFFLES)]

    def _busy_round(
        self, antenna: Antenna, here: list[Load], ends_us: int, reads: list[SceneRead]
    ) -> None:
        asked: list[tuple[Load | None, MovingTag | ParkedTag]] = [*self._hopeful_strays(antenna)]
        for load in here:
            asked += [(load, tag) for tag in load.candidates(antenna, self._at_us)]
        self._chance.shuffle(asked)
        draw, session = self._chance.random, self.settings.session
        for owner, tag in asked:
            if session and self._silent_until_us.get(tag.epc, 0) > self._at_us:
                continue
            level = self._level_dbm(owner, tag, antenna, here)
            if level is None or level < _DEAF_DBM or draw() >= read_probability(level):
                continue
            reads.append(self._read(tag.epc, antenna.port, level))
            (self.heard_strays if owner is None else owner.seen).add(tag.epc)
            if self._at_us >= ends_us:
                return

    def _level_dbm(
        self, owner: Load | None, tag: MovingTag | ParkedTag, antenna: Antenna, here: list[Load]
    ) -> float | None:
        if isinstance(tag, ParkedTag):
            return self._shaded_dbm(tag, antenna, here)
        assert owner is not None
        return owner.rssi_dbm(tag, antenna, self._channel, self._at_us)

    def _hopeful_strays(self, antenna: Antenna) -> list[tuple[None, ParkedTag]]:
        """Those that some echo of a load could lift to be heard."""
        found = self._hopeful.get((antenna.port, self._channel))
        if found is None:
            heard = [(tag.rssi_dbm(antenna, self._channel, None), tag) for tag in self._parked]
            found = [(None, tag) for dbm, tag in heard if dbm >= _DEAF_DBM - _LIFT_DB]
            self._hopeful[antenna.port, self._channel] = found
        return found

    def _shaded_dbm(self, tag: ParkedTag, antenna: Antenna, here: list[Load]) -> float:
        """A stray while loads go by: they stand in the way, and send echoes of their own."""
        way_m, shade_db = 0.0, 0.0
        for load in here:
            x, load_way_m = load.motion.at(self._at_us)
            way_m += load.n * _LOAD_WAY_M + load_way_m
            shade_db += shade_of_load_db(antenna.at, tag.at, (x, load.lateral_m))
        return tag.rssi_dbm(antenna, self._channel, way_m) - shade_db

    def _read(self, epc: bytes, port: int, level: float) -> SceneRead:
        at_us = self._at_us
        self._at_us = at_us + self.settings.timing.slot_us
        if self.settings.session:
            self._silent_until_us[epc] = at_us + self._memory_us(epc)
        shown = max(-128, min(127, round(level + self._chance.gauss(0.0, NOISE_SD_DB))))
        return SceneRead(at_us / 1e6, port, epc, PC_96, shown, self._channel)

    def _memory_us(self, epc: bytes) -> int:
        """How long a chip stays silent after a read: from half a second to five."""
        found = self._remembers_us.get(epc)
        if found is None:
            found = round(0.5e6 * 10 ** self._placing.random())
            self._remembers_us[epc] = found
        return found

    def _hop(self) -> None:
        """Each channel once, in an order of chance, then all again in another order."""
        timing = self.settings.timing
        if not self._hop_order:
            self._hop_order = list(range(1, timing.channel_count + 1))
            self._hops.shuffle(self._hop_order)
        self._channel = self._hop_order.pop()
        self._channel_until_us += timing.channel_dwell_us


def shade_of_load_db(antenna: Point, tag: Point, load: tuple[float, float]) -> float:
    """What a load takes that stands at `load` on the floor, near the line from antenna to tag.

    >>> shade_of_load_db((0.0, -1.5, 2.0), (0.0, 4.0, 1.0), (0.0, 0.0))
    12.0
    >>> shade_of_load_db((0.0, -1.5, 2.0), (0.0, 4.0, 1.0), (2.0, 0.0))
    0.0
    """
    (ax, ay, _), (tx, ty, _), (x, y) = antenna, tag, load
    dx, dy = tx - ax, ty - ay
    square = dx * dx + dy * dy
    along = ((x - ax) * dx + (y - ay) * dy) / square if square else 0.0
    along = max(0.0, min(1.0, along))
    off_m = math.hypot(x - ax - along * dx, y - ay - along * dy)
    return SHADE_DB * max(0.0, 1.0 - (off_m / SHADE_HALF_M) ** 2)


def _mean_dbm(tag: MovingTag, antenna: Antenna, x: float, y: float) -> float:
    dx, dy, dz = tag.offset
    return mean_rssi_dbm(antenna, (x + dx, y + dy, dz))


def _parked(stray: Tagged, chance: Random, air: Air, range_m: tuple[float, float]) -> ParkedTag:
    """Inside, so far from the middle of the door, off the lane that loads take."""
    while True:
        away_m, turn = chance.uniform(*range_m), chance.uniform(-math.pi / 2, math.pi / 2)
        x, y = away_m * math.cos(turn), away_m * math.sin(turn)
        if abs(y) >= 1.2 or x > FIELD_HALF_M + 1.0:
            break
    z = chance.uniform(0.2, 2.2)
    return ParkedTag.placed(stray.epc, (x, y, z), chance.uniform(0.0, LOAD_WIDTH_M), air)
