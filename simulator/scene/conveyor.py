"""A conveyor: boxes with tags that pass a photo-eye and two antennas, and tags beside the belt.

The belt runs along x at one speed; the eye is at x = 0, the antennas stand across the belt some
way on. The reader works as at a dock door (simulator.scene.door): rounds, turns, hops. Every box
has its own length and gap, as on a belt that is loaded by hand.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from simulator.scene.air import NOISE_SD_DB, Air, ParkedTag, fade_db
from simulator.scene.chance import FrozenChance
from simulator.scene.door import DEFAULT_TIMING, SceneRead
from simulator.scene.goods import PC_96, Packer, Tagged
from simulator.scene.radio import Antenna, Point, mean_rssi_dbm, read_probability

ANTENNA_Y_M, ANTENNA_Z_M = 0.6, 0.5  # beside the belt, a little above it
HEARD_M = 4.0  # along the belt, from the antennas: from further off nothing is read
BOX_M = (0.25, 0.6)
GAP_M = (0.15, 1.5)
BOX_WIDTH_M, BOX_HEIGHT_M = 0.4, 0.3


@dataclass(frozen=True, slots=True)
class BeltShape:
    """What kind of belt: speed, where the antennas are, what stands beside it."""

    speed_m_s: float
    antennas_x_m: float  # from the eye; below zero: the eye comes behind them
    boxes: int
    tags: tuple[int, int]  # a box: least, most
    strays: int
    empty_share: float = 0.03  # of boxes without a tag
    dead_share: float = 0.015  # of tags


@dataclass(frozen=True, slots=True)
class EyeEdge:
    """The eye's level changed. Seconds of the scene."""

    at_s: float
    dark: bool


@dataclass(slots=True)
class Ridden:
    """The truth of one box."""

    start_s: float  # before the eye
    end_s: float
    keys: tuple[str, ...]
    readable: set[str] = field(default_factory=set)  # gave at least one read


@dataclass(frozen=True, slots=True)
class _Riding:
    """A tag on a box: its place on the belt at time 0, so mostly far upstream."""

    thing: Tagged
    box: int
    x_m: float
    y_m: float
    z_m: float
    loss_db: float


class ConveyorScene:
    """`play` it once; then `boxes` is the truth."""

    def __init__(self, shape: BeltShape, chance: Random) -> None:
        self.shape = shape
        self._air = Air(FrozenChance.drawn_from(chance))
        self._chance = Random(chance.getrandbits(64))
        self._packer = Packer(Random(chance.getrandbits(64)))
        self.boxes: list[Ridden] = []
        self._riding: list[_Riding] = []
        self._load(chance)
        self.strays = tuple(self._packer.any_case() for _ in range(shape.strays))
        self._parked = tuple(self._park(stray, chance) for stray in self.strays)
        self._antennas = tuple(
            Antenna(port, (shape.antennas_x_m, side * ANTENNA_Y_M, ANTENNA_Z_M), (0.0, -side, 0.0))
            for port, side in ((1, -1.0), (2, 1.0))
        )

    def play(self) -> Iterator[SceneRead | EyeEdge]:
        """Everything in the order of time."""
        edges = [
            edge
            for box in self.boxes
            for edge in (EyeEdge(box.start_s, dark=True), EyeEdge(box.end_s, dark=False))
        ]
        place = 0
        for read in self._reads():
            while place < len(edges) and edges[place].at_s <= read.at_s:
                yield edges[place]
                place += 1
            yield read
        yield from edges[place:]

    # -- the reader -------------------------------------------------------------------------------

    def _reads(self) -> Iterator[SceneRead]:
        timing = DEFAULT_TIMING
        ahead_us = round((HEARD_M + abs(self.shape.antennas_x_m)) / self.shape.speed_m_s * 1e6)
        end_us = round(self.boxes[-1].end_s * 1e6) + ahead_us
        at_us = 0
        while at_us < end_us:
            antenna = self._antennas[at_us // timing.antenna_dwell_us % len(self._antennas)]
            channel = 1 + self._hop(at_us // timing.channel_dwell_us)
            until_us = (at_us // timing.antenna_dwell_us + 1) * timing.antenna_dwell_us
            field_tags: list[_Riding | ParkedTag] = [*self._near(at_us / 1e6), *self._parked]
            self._chance.shuffle(field_tags)
            at_us += timing.round_overhead_us
            for tag in field_tags:
                if at_us >= until_us:
                    break
                rssi_dbm = self._heard(tag, antenna, channel, at_us / 1e6)
                if self._chance.random() >= read_probability(rssi_dbm):
                    continue
                yield self._read(tag, antenna, channel, at_us, rssi_dbm)
                at_us += timing.slot_us

    def _hop(self, turn: int) -> int:
        """Each channel once in an order of chance, then again in another."""
        rest, place = divmod(turn, DEFAULT_TIMING.channel_count)
        order = list(range(DEFAULT_TIMING.channel_count))
        Random(rest).shuffle(order)
        return order[place]

    def _near(self, at_s: float) -> list[_Riding]:
        """Those on the belt within earshot. Tags stand in the order in which they come."""
        moved_m = at_s * self.shape.speed_m_s
        low_m = self.shape.antennas_x_m - HEARD_M - moved_m
        return [tag for tag in self._riding if low_m <= tag.x_m <= low_m + 2 * HEARD_M]

    def _heard(
        self, tag: _Riding | ParkedTag, antenna: Antenna, channel: int, at_s: float
    ) -> float:
        if isinstance(tag, ParkedTag):
            return tag.rssi_dbm(antenna, channel, load_way_m=None)
        way_m = at_s * self.shape.speed_m_s
        at: Point = (tag.x_m + way_m, tag.y_m, tag.z_m)
        level_dbm = mean_rssi_dbm(antenna, at) - tag.loss_db
        level_dbm += self._air.bias_db(antenna.port, channel)
        return level_dbm + fade_db(self._air.echoes(tag.thing.epc, antenna.port, channel, way_m))

    def _read(
        self,
        tag: _Riding | ParkedTag,
        antenna: Antenna,
        channel: int,
        at_us: int,
        rssi_dbm: float,
    ) -> SceneRead:
        epc = tag.epc if isinstance(tag, ParkedTag) else tag.thing.epc
        if isinstance(tag, _Riding):
            self.boxes[tag.box].readable.add(tag.thing.key)
        shown = round(rssi_dbm + self._chance.gauss(0.0, NOISE_SD_DB))
        return SceneRead(at_us / 1e6, antenna.port, epc, PC_96, shown, channel)

    # -- what is there ----------------------------------------------------------------------------

    def _load(self, chance: Random) -> None:
        shape = self.shape
        front_m = -HEARD_M - abs(shape.antennas_x_m)  # of the first box at time 0
        for number in range(shape.boxes):
            length_m = chance.uniform(*BOX_M)
            count = 0 if chance.random() < shape.empty_share else chance.randint(*shape.tags)
            things = [self._packer.any_case() for _ in range(count)]
            start_s, end_s = -front_m / shape.speed_m_s, (length_m - front_m) / shape.speed_m_s
            self.boxes.append(Ridden(start_s, end_s, tuple(each.key for each in things)))
            for thing in things:
                if chance.random() >= shape.dead_share:
                    self._riding.append(self._ride(thing, number, front_m, length_m, chance))
            front_m -= length_m + chance.uniform(*GAP_M)

    def _ride(
        self, thing: Tagged, box: int, front_m: float, length_m: float, chance: Random
    ) -> _Riding:
        y_m = chance.uniform(-BOX_WIDTH_M / 2, BOX_WIDTH_M / 2)
        z_m = chance.uniform(0.0, BOX_HEIGHT_M)
        x_m = front_m - chance.uniform(0.0, length_m)
        return _Riding(thing, box, x_m, y_m, z_m, self._air.tag_loss_db(thing.epc))

    def _park(self, stray: Tagged, chance: Random) -> ParkedTag:
        """In a rack or on the floor, off the belt."""
        side = chance.choice((-1, 1))
        at = (
            self.shape.antennas_x_m + chance.uniform(-4.0, 4.0),
            side * chance.uniform(1.2, 5.0),
            chance.uniform(0.0, 1.5),
        )
        return ParkedTag.placed(stray.epc, at, chance.uniform(0.0, 0.5), self._air)


def drawn_shape(chance: Random, boxes: int) -> BeltShape:
    """A belt as one meets them."""
    speed_m_s = math.exp(chance.uniform(math.log(0.3), math.log(2.0)))
    most = chance.choice((1, 5, 15, 30))
    return BeltShape(
        speed_m_s=speed_m_s,
        antennas_x_m=chance.choice((-1, 1, 1)) * chance.uniform(0.3, 1.5),
        boxes=boxes,
        tags=(1, most),
        strays=chance.choice((0, 2, 5, 10, 20)),
    )
