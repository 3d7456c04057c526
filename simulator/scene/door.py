"""One dock door: four antennas, one reader that takes turns between them, loads and strays.

The reader works as a Gen2 interrogator does (Gen2 §6.3.2): an inventory round asks every tag in
the field once, in an order of chance; a tag that is heard costs a slot, a silent one next to
nothing; then the next round begins, on the next antenna or channel when their time is up. So a
lone tag is read over a hundred times a second, and thirty tags share what the reader can do.
Collisions and empty slots are in the length of a slot, not played out.

Nothing here depends on how often `step` is called: the reader goes on slot by slot from where it
was, every draw is made in the order of the scene's own time, and what belongs to a crossing is
drawn from a stream of its own.
"""

from dataclasses import dataclass
from random import Random
from typing import assert_never

from simulator.scene.air import NOISE_SD_DB, Air, MovingTag, ParkedTag
from simulator.scene.chance import FrozenChance
from simulator.scene.crossing import Crossing, Direction, Passage
from simulator.scene.goods import LOAD_WIDTH_M, PC_96, Pallet, Tagged
from simulator.scene.radio import dock_door_antennas, read_probability

LATERAL_M = 0.3  # drivers keep so near to the middle of the lane
RSSI_MIN_DBM, RSSI_MAX_DBM = -128, 127  # PeakRSSI is a signed byte (LLRP 1.0.1 §16.2.7.3)


@dataclass(frozen=True, slots=True)
class SceneRead:
    """One read of one tag. `at_s` is the scene's time, to the µs."""

    at_s: float
    antenna: int
    epc: bytes
    pc: int
    rssi_dbm: int
    channel: int  # index into the reader's hop table, from 1


@dataclass(frozen=True, slots=True)
class ReaderTiming:
    """How the reader spends its time. FCC 15.247 asks for 50 channels and at most 400 ms on each;
    readers mostly stay 200 ms.
    """

    antenna_dwell_us: int = 100_000
    channel_count: int = 50
    channel_dwell_us: int = 200_000
    slot_us: int = 2_500  # a successful read with its share of empty slots: at most 400 a second
    round_overhead_us: int = 5_000  # Query, and the slots that nobody answers in

    def __post_init__(self) -> None:
        for name, value in (
            ("antenna_dwell_us", self.antenna_dwell_us),
            ("channel_count", self.channel_count),
            ("channel_dwell_us", self.channel_dwell_us),
            ("slot_us", self.slot_us),
            ("round_overhead_us", self.round_overhead_us),
        ):
            if value < 1:
                raise ValueError(f"{name} = {value}: expected at least 1")


DEFAULT_TIMING = ReaderTiming()


class DoorScene:
    """The reads of one door, given its loads. All chance comes from `chance`, at once."""

    def __init__(
        self,
        name: str,
        chance: Random,
        strays: tuple[Tagged, ...] = (),
        timing: ReaderTiming = DEFAULT_TIMING,
    ) -> None:
        self.name = name
        self.strays = strays
        self._timing = timing
        self._antennas = dock_door_antennas()
        self._air = Air(FrozenChance.drawn_from(chance))
        self._chance = Random(chance.getrandbits(64))  # the reader's: rounds, reads, noise
        self._crossings = Random(chance.getrandbits(64))
        self._hops = Random(chance.getrandbits(64))
        self._parked = tuple(_parked(stray, chance, self._air) for stray in strays)
        self._hop_order: list[int] = []
        self._channel = 0
        self._channel_until_us = 0
        self._antenna = self._antennas[0]
        self._round: list[MovingTag | ParkedTag] = []
        self._round_until_us = 0
        self._at_us = 0  # the reader has done all before this
        self._stepped_us = 0
        self._passage: Passage | None = None
        self._count = 0
        self._finished: list[Crossing] = []

    @property
    def busy_until_s(self) -> float | None:
        """When the crossing that goes on, or is to come, will be over."""
        return None if self._passage is None else self._passage.end_us / 1e6

    def cross(self, pallet: Pallet, direction: Direction, start_s: float, speed_m_s: float) -> None:
        """Let `pallet` go through. ValueError where the door is busy or the time is over."""
        start_us = round(start_s * 1e6)
        if self._passage is not None:
            raise ValueError(f"door {self.name}: busy until {self.busy_until_s} s")
        if start_us < self._stepped_us:
            raise ValueError(f"door {self.name}: {start_s} s is over")
        if speed_m_s <= 0.0:
            raise ValueError(f"speed {speed_m_s} m/s: expected more than 0")
        self._count += 1
        lateral_m = self._crossings.uniform(-LATERAL_M, LATERAL_M)
        self._passage = Passage.begun(
            self._count, direction, pallet, start_us, speed_m_s, lateral_m, self._air
        )

    def step(self, until_s: float) -> list[SceneRead]:
        """All reads since the last step up to and with `until_s`, in order of time."""
        until_us = round(until_s * 1e6)
        reads: list[SceneRead] = []
        while self._at_us <= until_us:
            if not self._round or self._at_us >= self._round_until_us:
                self._begin_round()
                continue
            read = self._try(self._round.pop())
            if read is not None:
                reads.append(read)
        self._stepped_us = max(self._stepped_us, until_us)
        if self._passage is not None and self._passage.end_us <= self._stepped_us:
            self._finished.append(self._passage.truth(self.name))
            self._passage = None
        return reads

    def finished(self) -> list[Crossing]:
        """The crossings that ended since this was last asked."""
        finished, self._finished = self._finished, []
        return finished

    def _begin_round(self) -> None:
        """Query: who is in the field now takes part; who comes later waits for the next round."""
        now_us = self._at_us
        while now_us >= self._channel_until_us:
            self._hop()
        turn = now_us // self._timing.antenna_dwell_us
        self._antenna = self._antennas[turn % len(self._antennas)]
        turn_ends_us = (turn + 1) * self._timing.antenna_dwell_us
        self._round_until_us = min(turn_ends_us, self._channel_until_us)
        self._round = [*self._parked]
        if self._passage is not None and self._passage.is_under_way(now_us):
            self._round += self._passage.tags
            self._round_until_us = min(self._round_until_us, self._passage.end_us)
        self._chance.shuffle(self._round)
        self._at_us = min(now_us + self._timing.round_overhead_us, self._round_until_us)

    def _hop(self) -> None:
        """Each channel once, in an order of chance, then all again in another order."""
        if not self._hop_order:
            self._hop_order = list(range(1, self._timing.channel_count + 1))
            self._hops.shuffle(self._hop_order)
        self._channel = self._hop_order.pop()
        self._channel_until_us += self._timing.channel_dwell_us

    def _try(self, tag: MovingTag | ParkedTag) -> SceneRead | None:
        """Ask one tag. A silent one costs no time."""
        rssi_dbm = self._heard(tag)
        if rssi_dbm is None or self._chance.random() >= read_probability(rssi_dbm):
            return None
        at_s = self._at_us / 1e6
        self._at_us += self._timing.slot_us
        if isinstance(tag, MovingTag) and self._passage is not None:
            self._passage.saw(tag.epc)
        measured = round(rssi_dbm + self._chance.gauss(0.0, NOISE_SD_DB))
        shown = max(RSSI_MIN_DBM, min(RSSI_MAX_DBM, measured))
        return SceneRead(at_s, self._antenna.port, tag.epc, PC_96, shown, self._channel)

    def _heard(self, tag: MovingTag | ParkedTag) -> float | None:
        passage = self._passage
        if passage is None or not passage.is_under_way(self._at_us):
            assert isinstance(tag, ParkedTag)  # a round ends with the passage whose tags are in it
            return tag.rssi_dbm(self._antenna, self._channel, load_way_m=None)
        way_m = passage.way_m(self._at_us)
        match tag:
            case ParkedTag():
                return tag.rssi_dbm(self._antenna, self._channel, way_m)
            case MovingTag():
                load_at = passage.load_at(way_m)
                return tag.rssi_dbm(self._antenna, self._channel, load_at, way_m)
            case _:
                assert_never(tag)


def _parked(stray: Tagged, chance: Random, air: Air) -> ParkedTag:
    """Inside, off the lane, in a rack or on the floor, somewhere in a load of its own."""
    side = chance.choice((-1, 1))
    x = chance.uniform(2.5, 7.0)
    y = side * chance.uniform(2.0, 4.5)
    z = chance.uniform(0.2, 2.2)
    return ParkedTag.placed(stray.epc, (x, y, z), chance.uniform(0.0, LOAD_WIDTH_M), air)
