"""What chance does to the signal of one tag: fading, losses, biases.

Three things that stay, each drawn once for a door (FrozenChance): what a tag loses by the way it
sticks and by what stands before it; what an antenna and a channel are off by (cable, hop-dependent
gain); and the echoes, which add up to another value on each antenna and channel (Rice fading).
The echoes of a tag that moves change with the way it travels, those of a parked tag with nothing
of its own; only while a load drives by does a small part of its echoes come from that load.

Fading is of power received at the tag *and* back at the reader over one and the same channel, so
its dB count twice. Neighbour channels fade independently here; in a real hall they do so only
over some MHz (coherence bandwidth of a delay spread of 30 to 60 ns).
"""

import math
from dataclasses import dataclass, field
from struct import Struct

from simulator.scene.chance import FrozenChance
from simulator.scene.goods import LOAD_LENGTH_M, LOAD_TOP_M, LOAD_WIDTH_M
from simulator.scene.radio import (
    GOODS_DB_PER_M,
    SENSITIVITY_DBM,
    Antenna,
    Point,
    ground_ray_db,
    mean_rssi_dbm,
)

TAG_LOSS_SD_DB = 3.0  # orientation and shadowing of one tag, as spread between equal cases
BIAS_SD_DB = 2.0  # per antenna and channel: connectors, cable ripple, the antenna over the band
DECORRELATION_M = 0.08  # a quarter of a wavelength at 915 MHz: out and back it is a half
NOISE_SD_DB = 0.5  # of one measurement; readers then round to whole dB

# Rice factor: power of the direct path over that of all echoes. Indoors, with a line of sight, it
# is some 3 to 12 dB; that a tag's fading counts on both ways is from Griffin and Durgin, "Complete
# Link Budgets for Backscatter-Radio and RFID Systems", IEEE Antennas and Propagation Mag. 51(2).
RICE_K_DB = 9.0

# The share of a parked tag's echoes that comes by way of a load while it drives through the door.
LOAD_ECHO_SHARE = 0.1

# Where even the best fade (one in 10^7 is over 15 dB) leaves a read as unlikely as one in 6,000,
# the echoes are not worked out: most tries on a load that is still far end here.
_HOPELESS_DBM = SENSITIVITY_DBM - 7.0 - 15.0

_K = 10.0 ** (RICE_K_DB / 10.0)
_DIRECT = math.sqrt(_K / (_K + 1.0))
_ECHOES = math.sqrt(1.0 / (_K + 1.0))
_NULL = 0.05  # amplitude of a deep fade; the logarithm must exist

_PLACE = Struct(">BHq")
_BIAS, _TAG, _ECHO = b"b", b"t", b"e"


@dataclass(slots=True)
class Air:
    """One door's air. Tags are told apart by their EPC; channels are indices from 1."""

    _frozen: FrozenChance
    has_ground: bool = False  # whether the floor reflects
    _bias_db: dict[tuple[int, int], float] = field(default_factory=dict)

    def mean_dbm(self, antenna: Antenna, at: Point) -> float:
        """What a middling tag is heard at, without what chance adds."""
        level = mean_rssi_dbm(antenna, at)
        return level + ground_ray_db(antenna, at) if self.has_ground else level

    def tag_loss_db(self, epc: bytes) -> float:
        return TAG_LOSS_SD_DB * self._frozen.normal(_TAG + epc)

    def bias_db(self, port: int, channel: int) -> float:
        """Kept: there are no more than antennas times channels."""
        found = self._bias_db.get((port, channel))
        if found is None:
            found = BIAS_SD_DB * self._frozen.normal(_BIAS + _PLACE.pack(port, channel, 0))
            self._bias_db[port, channel] = found
        return found

    def echoes(self, epc: bytes, port: int, channel: int, way_m: float) -> complex:
        """The sum of the echoes, mean square 1. It changes over about DECORRELATION_M of way:
        independent draws at whole multiples, joined so that the mean square stays 1 between.
        """
        place, part = divmod(way_m / DECORRELATION_M, 1.0)
        name = _ECHO + epc
        here = self._frozen.complex_normal(name + _PLACE.pack(port, channel, int(place)))
        if part == 0.0:
            return here
        ahead = self._frozen.complex_normal(name + _PLACE.pack(port, channel, int(place) + 1))
        return math.cos(part * math.pi / 2) * here + math.sin(part * math.pi / 2) * ahead


@dataclass(slots=True)
class MovingTag:
    """A tag on a load that travels; `offset` is its place from the load's centre line and floor."""

    epc: bytes
    offset: Point
    _air: Air
    _loss_db: float

    @classmethod
    def placed(cls, epc: bytes, offset: Point, air: Air) -> "MovingTag":
        return cls(epc, offset, air, air.tag_loss_db(epc))

    def rssi_dbm(
        self, antenna: Antenna, channel: int, load_at: Point, way_m: float
    ) -> float | None:
        """What the reader would hear; None where it cannot be enough to be read."""
        (x, y, z), (dx, dy, dz) = load_at, self.offset
        level = self._air.mean_dbm(antenna, (x + dx, y + dy, z + dz)) - self._loss_db
        level += self._air.bias_db(antenna.port, channel)
        if level < _HOPELESS_DBM:
            return None
        ax, ay, az = antenna.at
        level -= goods_loss_db(way_in_load_m(self.offset, (ax - x, ay - y, az - z)))
        return level + fade_db(self._air.echoes(self.epc, antenna.port, channel, way_m))


@dataclass(slots=True)
class ParkedTag:
    """A tag that stands still, behind `behind_m` of goods. Its level and its own echoes are worked
    out once.
    """

    epc: bytes
    at: Point
    _air: Air
    _loss_db: float
    _kept: dict[tuple[int, int], tuple[float, complex, float]] = field(default_factory=dict)

    @classmethod
    def placed(cls, epc: bytes, at: Point, behind_m: float, air: Air) -> "ParkedTag":
        return cls(epc, at, air, air.tag_loss_db(epc) + goods_loss_db(behind_m))

    def rssi_dbm(self, antenna: Antenna, channel: int, load_way_m: float | None) -> float:
        """What the reader would hear; `load_way_m` is the way of the load in the door."""
        kept = self._kept.get((antenna.port, channel))
        if kept is None:
            kept = self._work_out(antenna, channel)
            self._kept[antenna.port, channel] = kept
        level, own, alone = kept
        if load_way_m is None or level < _HOPELESS_DBM:
            return alone
        # The tag's own echoes are those of way 0; no load has come less than a crossing's length.
        by_load = self._air.echoes(self.epc, antenna.port, channel, load_way_m)
        mixed = math.sqrt(1.0 - LOAD_ECHO_SHARE) * own + math.sqrt(LOAD_ECHO_SHARE) * by_load
        return level + fade_db(mixed)

    def _work_out(self, antenna: Antenna, channel: int) -> tuple[float, complex, float]:
        level = self._air.mean_dbm(antenna, self.at) - self._loss_db
        level += self._air.bias_db(antenna.port, channel)
        own = self._air.echoes(self.epc, antenna.port, channel, 0.0)
        return level, own, level + fade_db(own)


def goods_loss_db(way_m: float) -> float:
    """What so much of goods in the way costs, out and back."""
    return 2.0 * GOODS_DB_PER_M * way_m


def way_in_load_m(offset: Point, target: Point) -> float:
    """How far the straight line from a tag in the load runs through goods on its way to `target`;
    both from the load's centre line and floor. The load is a box on the floor.

    >>> round(way_in_load_m((0.0, 0.4, 1.0), (0.0, -1.5, 1.0)), 3)  # from the far side, across
    0.8
    """
    (x, y, z), (tx, ty, tz) = offset, target
    dx, dy, dz = tx - x, ty - y, tz - z
    share = 1.0
    if dx:
        share = min(share, (math.copysign(LOAD_LENGTH_M / 2, dx) - x) / dx)
    if dy:
        share = min(share, (math.copysign(LOAD_WIDTH_M / 2, dy) - y) / dy)
    if dz:
        share = min(share, ((LOAD_TOP_M if dz > 0 else 0.0) - z) / dz)
    return share * math.sqrt(dx * dx + dy * dy + dz * dz)


def fade_db(echoes: complex) -> float:
    """What echoes of mean square 1 do to the two-way signal beside the direct path.

    >>> round(fade_db(0j), 2), round(fade_db(-3 + 0j), 1)
    (-1.03, -48.7)
    """
    return 40.0 * math.log10(max(abs(_DIRECT + _ECHOES * echoes), _NULL))
