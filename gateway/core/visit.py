"""One tag at one read point, from its first read until it is silent: what its reads tell.

Three questions are answered from sums that grow with each read, without keeping the reads:

Did it move?  A tag that stands still is heard on one antenna and channel at one level, but for the
receiver's noise; one that moves runs through the standing waves of the room, whose knots are half a
wavelength (16 cm) apart. So `spread_db` is the standard deviation of RSSI *within* each antenna and
channel, pooled: what differs between antennas and between channels says nothing of movement.

Which way?  `shift` is the time between the two sides' centroids of received power, in units of the
visit's own length: (t_inner - t_outer) / sigma, where each side makes up half of sigma, however
little it heard. It has no unit, does not depend on the speed, and is never beyond 2: about +1.5 for
a walk in, -1.5 for a walk out. First and last reads, which depend on where a tag happened to be
heard from afar, hardly count in it.

Is that chance?  `error` is the standard error of the shift, from each side's own. What a reader
hears of a tag within a tenth of a second tells the same thing often, so the independent pieces are
not reads but *looks*, and the error of a weighted mean is had from how far each look draws it
(White 1980; Liang and Zeger 1986: cluster-robust, with n/(n-1) for few). A side with one look has
no error that is known, and proves nothing. Nor is time alone believed against the level: a tag at
rest that is heard on one channel by this side and, a second later, on another by that one, has a
shift, but no spread.

One way only?  Who comes in slowly, turns and leaves quickly has a shift too: most power was heard
on the way in. So the ends must agree with it: `came` is how much earlier the one side heard the tag
loudly *first*, `went` how much earlier *last*. After a turn these two differ in sign, whatever the
speeds, and however long it stood between.
"""

import math
from dataclasses import dataclass, field

from gateway.core.identify import Sighting, Thing

Level = tuple[str, int | None]  # antenna and channel

UNWEIGHTED_DBM = -60.0  # where a reader tells no RSSI, all reads count alike

# A tag at rest is heard within 1 dB (whole dB on the wire, and the receiver's noise); one that
# crosses the standing waves of a room, with 3 dB and more (Rice fading), or less where the reader
# hops so fast that it hears 10 cm of the way on each channel.
AT_REST_DB = 1.0
STILL_DB = 1.5
RESTLESS_DB = 2.5
FREEDOM_MIN = 6  # a deviation from fewer reads is off by a third or more
STILL_FREEDOM_MIN = 20  # a few reads in one burst look still on any tag: it had no time to move

LASTING_S = 0.5
LOOK_US = 100_000  # about an antenna's turn; what is heard within it is not independent
LOOKS_MIN = 2  # on each side, or there is no standard error
LOOKS_ALONE_MIN = 3  # where too little is known of the level to bear witness
SHIFT_MIN = 0.4  # a quarter of a clean walk's; turning back gives 0
STANDARD_ERRORS_MIN = 3.0
# Loud is what came within 10 dB of a side's loudest read: as the way is gone twice (40 log10 of the
# distance), from less than twice the distance at which the tag was nearest.
LOUD_DB = 10.0
# Of sigma, as the shift: half as much, as an end has half the reads. The reader asks one side after
# the other, so that each end of what turned back is a little off nothing, one way or the other.
END_MIN = 0.2
PEAKS_MAX = 32  # rising peaks within LOUD_DB; readers tell whole or half dB


@dataclass(slots=True)
class _Level:
    """Running mean of the RSSI of one antenna and channel (Welford 1962)."""

    since_s: float
    reads: int = 0
    mean_db: float = 0.0


@dataclass(slots=True)
class Side:
    """What the antennas of one side heard: power over time (mW, s), and when it was loud.

    A look's power is its `mw`, its moment the `mw_s`.
    """

    mw: float = 0.0
    _mw_s: float = 0.0
    _mw_s2: float = 0.0
    looks: int = 0
    _look: int = -1  # the newest
    _look_mw: float = 0.0
    _look_mw_s: float = 0.0
    _powers2: float = 0.0  # sums over the looks: power squared,
    _moments2: float = 0.0  # moment squared,
    _products: float = 0.0  # power times moment
    _rising: list[tuple[float, float]] = field(default_factory=list)  # (s, dBm), each the loudest
    loud_last_s: float = 0.0

    def add(self, dbm: float, at_s: float, reads: int) -> None:
        mw = reads * 10 ** (dbm / 10)
        self.mw += mw
        self._mw_s += mw * at_s
        self._mw_s2 += mw * at_s * at_s
        self._add_to_look(int(at_s * 1e6) // LOOK_US, mw, mw * at_s)
        self._add_peak(dbm, at_s)

    def _add_to_look(self, look: int, mw: float, mw_s: float) -> None:
        if look != self._look:
            self._look, self._look_mw, self._look_mw_s = look, 0.0, 0.0
            self.looks += 1
        power, moment = self._look_mw + mw, self._look_mw_s + mw_s
        self._powers2 += power * power - self._look_mw * self._look_mw
        self._moments2 += moment * moment - self._look_mw_s * self._look_mw_s
        self._products += power * moment - self._look_mw * self._look_mw_s
        self._look_mw, self._look_mw_s = power, moment

    def _add_peak(self, dbm: float, at_s: float) -> None:
        """The first loud read is always one that was louder than all before it."""
        if not self._rising or dbm > self._rising[-1][1]:
            near = [peak for peak in self._rising if peak[1] >= dbm - LOUD_DB]
            self._rising = [*near[-(PEAKS_MAX - 1) :], (at_s, dbm)]
        if dbm >= self._rising[-1][1] - LOUD_DB:
            self.loud_last_s = max(self.loud_last_s, at_s)

    @property
    def loud_first_s(self) -> float:
        return self._rising[0][0]

    @property
    def mean_s(self) -> float:
        return self._mw_s / self.mw

    @property
    def variance_s2(self) -> float:
        return max(0.0, self._mw_s2 / self.mw - self.mean_s * self.mean_s)

    @property
    def votes(self) -> float:
        """How many equally strong looks tell as much (Kish 1965, effective sample size)."""
        return self.mw * self.mw / self._powers2 if self.looks else 0.0

    @property
    def error2_s2(self) -> float:
        """The variance of `mean_s`, where there are two looks and more."""
        mean_s = self.mean_s
        drawn = self._moments2 - 2 * mean_s * self._products + mean_s * mean_s * self._powers2
        return max(0.0, drawn) / (self.mw * self.mw) * self.looks / (self.looks - 1)


@dataclass(slots=True)
class Heard:
    """What one antenna heard of the tag."""

    reads: int = 0
    peak_dbm: float | None = None


@dataclass(slots=True)
class Visit:
    """Sums over the reads of one tag. Times inside are seconds since `first_us`."""

    thing: Thing
    first_us: int
    last_us: int
    reads: int = 0
    heard: dict[str, Heard] = field(default_factory=dict)
    inner: Side = field(default_factory=Side)
    outer: Side = field(default_factory=Side)
    _levels: dict[Level, _Level] = field(default_factory=dict)
    _squares_db2: float = 0.0
    lasting: int = 0  # reads of a level that was heard LASTING_S before
    freedom: int = 0  # degrees of freedom of the spread: reads beyond the first of each level

    def add(self, sighting: Sighting, *, inner: bool) -> None:
        dbm = sighting.rssi_dbm
        at_s = (sighting.at_us - self.first_us) / 1e6
        side = self.inner if inner else self.outer
        side.add(UNWEIGHTED_DBM if dbm is None else dbm, at_s, sighting.count)
        self.reads += sighting.count
        self.last_us = max(self.last_us, sighting.at_us)  # Reports may come out of order.
        heard = self.heard.setdefault(sighting.antenna, Heard())
        heard.reads += sighting.count
        if dbm is not None:
            heard.peak_dbm = dbm if heard.peak_dbm is None else max(heard.peak_dbm, dbm)
            self._level((sighting.antenna, sighting.channel), dbm, at_s)

    def _level(self, group: Level, dbm: float, at_s: float) -> None:
        level = self._levels.setdefault(group, _Level(at_s))
        level.reads += 1
        away = dbm - level.mean_db
        level.mean_db += away / level.reads
        if level.reads > 1:
            self._squares_db2 += away * (dbm - level.mean_db)
            self.freedom += 1
            self.lasting += at_s - level.since_s >= LASTING_S

    def levels(self) -> dict[Level, float]:
        """The mean RSSI on each antenna and channel, where the reader tells it."""
        return {group: level.mean_db for group, level in self._levels.items()}

    @property
    def spread_db(self) -> float:
        """Standard deviation of RSSI within antenna and channel; 0 where nothing is known."""
        return math.sqrt(self._squares_db2 / self.freedom) if self.freedom else 0.0

    @property
    def votes(self) -> float:
        """How many equally strong looks the shift rests on: those of the side with fewer."""
        return min(self.inner.votes, self.outer.votes)

    @property
    def shift(self) -> float:
        """(t_inner - t_outer) / sigma; positive: it went in. 0 where one side heard nothing."""
        sigma_s = self._sigma_s()
        return (self.inner.mean_s - self.outer.mean_s) / sigma_s if sigma_s else 0.0

    @property
    def error(self) -> float:
        """The standard error of the shift; endless where a side has too few looks."""
        sigma_s = self._sigma_s()
        enough = LOOKS_MIN if self.freedom >= FREEDOM_MIN else LOOKS_ALONE_MIN
        if not sigma_s or min(self.inner.looks, self.outer.looks) < enough:
            return math.inf
        return math.sqrt(self.inner.error2_s2 + self.outer.error2_s2) / sigma_s

    def _sigma_s(self) -> float:
        """The visit's length: the deviation in time, were both sides heard alike."""
        if not self.votes:
            return 0.0
        apart_s = self.inner.mean_s - self.outer.mean_s
        within_s2 = (self.inner.variance_s2 + self.outer.variance_s2) / 2
        return math.sqrt(within_s2 + apart_s * apart_s / 4)

    @property
    def came_s(self) -> float:
        """By how much the outer side heard it loudly first; positive: it came from outside."""
        return self.inner.loud_first_s - self.outer.loud_first_s if self.votes else 0.0

    @property
    def went_s(self) -> float:
        """By how much the inner side heard it loudly last; positive: it left to the inside."""
        return self.inner.loud_last_s - self.outer.loud_last_s if self.votes else 0.0

    @property
    def is_leaning(self) -> bool:
        """Whether the sides heard it at different times, by more than chance."""
        at_rest = self.freedom >= FREEDOM_MIN and self.spread_db < AT_REST_DB
        return not at_rest and is_clear(self.shift, self.error)

    @property
    def is_shifted(self) -> bool:
        """Whether it went from one side to the other, and not back."""
        return self.is_leaning and self.goes_one_way

    @property
    def goes_one_way(self) -> bool:
        """Whether both ends of it tell the way that its shift tells."""
        way = math.copysign(1.0, self.shift)
        return min(way * self.came_s, way * self.went_s) > END_MIN * self._sigma_s()

    @property
    def is_still(self) -> bool:
        """Whether it is known to have stood, and nothing speaks against that."""
        few = self.lasting < STILL_FREEDOM_MIN
        return not few and self.spread_db < STILL_DB and not is_clear(self.shift, self.error)

    @property
    def is_restless(self) -> bool:
        return self.freedom >= FREEDOM_MIN and self.spread_db >= RESTLESS_DB

    @property
    def moves(self) -> bool:
        return self.is_leaning or self.is_restless

    @property
    def inner_us(self) -> int | None:
        """When the inner side heard it: the centroid of its power; None where it did not."""
        return self._side_us(self.inner)

    @property
    def outer_us(self) -> int | None:
        return self._side_us(self.outer)

    def _side_us(self, side: Side) -> int | None:
        return self.first_us + round(side.mean_s * 1e6) if side.looks else None

    @property
    def loudest_dbm(self) -> float:
        """Of all its reads; -inf where the reader tells no RSSI."""
        peaks = [each.peak_dbm for each in self.heard.values() if each.peak_dbm is not None]
        return max(peaks, default=-math.inf)

    @property
    def centre_us(self) -> int:
        """When it was nearest: the centroid of all received power."""
        mw = self.inner.mw + self.outer.mw
        mw_s = sum(side.mw * side.mean_s for side in (self.inner, self.outer) if side.mw)
        return self.first_us + round(mw_s / mw * 1e6)


def is_clear(shift: float, error: float) -> bool:
    """Whether a shift is large, and larger than chance makes it."""
    return abs(shift) >= max(SHIFT_MIN, STANDARD_ERRORS_MIN * error)
