"""How strong a tag is heard: antennas, path loss, pattern, and when a reader reads at all.

All here is the *mean*; what chance adds (fading, losses of one tag) is in air.py. Coordinates are
metres: x through the door (x < 0 outside, door plane at x = 0), y across the lane (0 in its
middle), z up. A passive tag answers with the reader's own carrier, so every loss of the way is
paid twice: out and back.
"""

import math
from dataclasses import dataclass

Point = tuple[float, float, float]

# The two-way link budget of a tag on a case, 1 m in front of the antenna (Dobkin, "The RF in
# RFID", 2nd ed., ch. 3, gives the terms; the values are typical of data sheets at 915 MHz).
_TRANSMIT_DBM = 30.0  # 1 W conducted, the limit in FCC 15.247
_CABLE_DB = -1.0
_ANTENNA_DBIC = 8.0  # a circular patch of 26 cm
_FREE_SPACE_1_M_DB = -31.7  # (wavelength / 4 pi)^2 at 915 MHz
_POLARISATION_DB = -3.0  # circular antenna, linear tag
_TAG_DBI = 2.0  # a dipole
_ON_PRODUCT_DB = -6.0  # the dipole is detuned and half shielded by what it sticks on
_MODULATION_DB = -6.0  # the tag reflects only a part, once

RSSI_AT_1_M_DBM = (
    _TRANSMIT_DBM
    + 2 * (_CABLE_DB + _ANTENNA_DBIC + _FREE_SPACE_1_M_DB)
    + 2 * (_POLARISATION_DB + _TAG_DBI + _ON_PRODUCT_DB)
    + _MODULATION_DB
)  # -39.4 dBm: what readers show for a case at arm's length

# What dry goods in cartons swallow, one way (between paper at about 5 and soap at 20 dB/m).
GOODS_DB_PER_M = 10.0

WAVELENGTH_M = 0.3277  # at 915 MHz
_CONCRETE = 5.0  # relative permittivity, dry
_NULL = 0.05  # of a field that cancels itself; the logarithm must exist

DISTANCE_MIN_M = 0.5  # nearer than about a wavelength the far-field law says nonsense
BEAMWIDTH_DEG = 68.0  # between the half-power points of such a patch
FRONT_TO_BACK_DB = 18.0

# Where half of the tries read a tag, and how steep that is. In truth the tag's own power fails
# first, and it does so within a dB or two; what the reader would have heard then is a good measure.
SENSITIVITY_DBM = -70.0
SENSITIVITY_SLOPE_DB = 0.8


@dataclass(frozen=True, slots=True)
class Antenna:
    """One reader port: where its antenna hangs and which way it looks (a unit vector)."""

    port: int
    at: Point
    boresight: Point


def dock_door_antennas(
    lane_m: float = 3.0,
    inner_x_m: float = 0.8,
    outer_x_m: float = -0.8,
    height_m: float = 2.0,
    turn_deg: float = 20.0,
    down_deg: float = 20.0,
) -> tuple[Antenna, ...]:
    """Ports 1, 2 the inner pair, 3, 4 the outer pair; odd ones at y < 0. All look across the lane,
    turned away from the door by `turn_deg` and down by `down_deg`.
    """
    turn, down = math.radians(turn_deg), math.radians(down_deg)
    antennas = []
    for port, (x, side) in enumerate(
        ((inner_x_m, -1), (inner_x_m, 1), (outer_x_m, -1), (outer_x_m, 1)), start=1
    ):
        away = math.copysign(math.sin(turn), x) * math.cos(down)
        across = -side * math.cos(turn) * math.cos(down)
        boresight = (away, across, -math.sin(down))
        antennas.append(Antenna(port, (x, side * lane_m / 2, height_m), boresight))
    return tuple(antennas)


def pattern_loss_db(angle_deg: float) -> float:
    """What an antenna loses `angle_deg` off its boresight, one way: a parabola in dB with a floor
    (3GPP TR 36.814 table A.2.1.1-2, the usual model of a sector antenna).

    >>> pattern_loss_db(0.0), round(pattern_loss_db(34.0), 1), pattern_loss_db(180.0)
    (0.0, 3.0, 18.0)
    """
    return min(12.0 * (angle_deg / BEAMWIDTH_DEG) ** 2, FRONT_TO_BACK_DB)


def mean_rssi_dbm(antenna: Antenna, at: Point) -> float:
    """RSSI of a middling tag at `at`, without fading: 40 log10 of the distance, and the pattern
    twice.
    """
    distance_m = math.dist(at, antenna.at)
    path_db = 40.0 * math.log10(max(distance_m, DISTANCE_MIN_M))
    return RSSI_AT_1_M_DBM - path_db - 2.0 * _pattern_db(antenna, at)


def ground_ray_db(antenna: Antenna, at: Point) -> float:
    """What the ray by way of the floor adds or takes, out and back: the two-ray model of any
    textbook on propagation, with Fresnel's coefficient of dry concrete and the pattern of the
    antenna towards the point on the floor.

    The field is horizontal, as the dipoles of most labels lie; the tag's own pattern is not in it.
    """
    x, y, z = at
    ax, ay, az = antenna.at
    level2 = (x - ax) ** 2 + (y - ay) ** 2
    direct_m = max(math.sqrt(level2 + (z - az) ** 2), DISTANCE_MIN_M)
    bounced_m = math.sqrt(level2 + (z + az) ** 2)
    if bounced_m <= 0.0:
        return 0.0
    rise = (z + az) / bounced_m  # sine of the grazing angle
    root = math.sqrt(_CONCRETE - 1.0 + rise * rise)
    reflected = (rise - root) / (rise + root)
    pattern_db = _pattern_db(antenna, (x, y, -z)) - _pattern_db(antenna, at)
    share = reflected * direct_m / bounced_m * 10 ** (-pattern_db / 20)
    turn = math.tau * (bounced_m - direct_m) / WAVELENGTH_M
    field = math.hypot(1.0 + share * math.cos(turn), share * math.sin(turn))
    return 40.0 * math.log10(max(field, _NULL))


def _pattern_db(antenna: Antenna, at: Point) -> float:
    dx, dy, dz = at[0] - antenna.at[0], at[1] - antenna.at[1], at[2] - antenna.at[2]
    distance_m = math.sqrt(dx * dx + dy * dy + dz * dz)
    bx, by, bz = antenna.boresight
    cosine = (dx * bx + dy * by + dz * bz) / distance_m if distance_m > 0.0 else 1.0
    return pattern_loss_db(math.degrees(math.acos(max(-1.0, min(1.0, cosine)))))


def read_probability(rssi_dbm: float) -> float:
    """How likely one try reads a tag that would be heard at `rssi_dbm`: a smooth step.

    >>> read_probability(-70.0), round(read_probability(-66.0), 2), read_probability(-80.0) < 1e-5
    (0.5, 0.99, True)
    """
    return 1.0 / (1.0 + math.exp((SENSITIVITY_DBM - rssi_dbm) / SENSITIVITY_SLOPE_DB))
