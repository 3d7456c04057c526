"""One tag at one read point, from its first read until it is silent: what its reads tell.

Two questions are answered from sums that grow with each read, without keeping the reads:

Did it move?  A tag that stands still is heard on one antenna and channel at one level, but for the
receiver's noise; one that moves runs through the standing waves of the room, whose knots are half a
wavelength (16 cm) apart. So `spread_db` is the standard deviation of RSSI *within* each antenna and
channel, pooled: what differs between antennas and between channels says nothing of movement.

Which way?  `shift` is the time between the two sides' centroids of received power, in units of the
visit's own length: (t_inner - t_outer) / sigma. It has no unit and does not depend on the speed:
about +1.5 for a walk in, -1.5 for a walk out, 0 for somebody who turned back. First and last reads,
which depend on where a tag happened to be heard from afar, hardly count in it.
"""

import math
from dataclasses import dataclass, field

from gateway.core.identify import Sighting, Thing

UNWEIGHTED_DBM = -60.0  # where a reader tells no RSSI, all reads count alike

# A tag at rest is heard within 1 dB (whole dB on the wire, and the receiver's noise); one that
# crosses the standing waves of a room, with 3 dB and more (Rice fading).
STILL_DB = 1.5
RESTLESS_DB = 2.5
FREEDOM_MIN = 6  # a deviation from fewer reads is off by a third or more
STILL_FREEDOM_MIN = 20  # a few reads in one burst look still on any tag: it had no time to move

SHIFT_MIN = 0.4  # a quarter of a clean walk's; turning back gives 0
STANDARD_ERRORS_MIN = 3.0  # of the shift, which with n equally strong reads is about 1/sqrt(n)


@dataclass(slots=True)
class _Level:
    """Running mean of the RSSI of one antenna and channel (Welford 1962)."""

    reads: int = 0
    mean_db: float = 0.0


@dataclass(slots=True)
class _Energy:
    """Received power over time on one side: its sum and first two moments (mW, s)."""

    mw: float = 0.0
    mw_s: float = 0.0
    mw_s2: float = 0.0
    mw2: float = 0.0

    def add(self, mw: float, at_s: float, reads: int) -> None:
        self.mw += reads * mw
        self.mw_s += reads * mw * at_s
        self.mw_s2 += reads * mw * at_s * at_s
        self.mw2 += reads * mw * mw

    @property
    def reads(self) -> float:
        """How many equally strong reads would tell as much (Kish 1965, effective sample size)."""
        return self.mw * self.mw / self.mw2 if self.mw2 else 0.0


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
    inner: _Energy = field(default_factory=_Energy)
    outer: _Energy = field(default_factory=_Energy)
    _levels: dict[tuple[str, int | None], _Level] = field(default_factory=dict)
    _squares_db2: float = 0.0
    freedom: int = 0  # degrees of freedom of the spread: reads beyond the first of each level

    def add(self, sighting: Sighting, *, inner: bool) -> None:
        dbm = sighting.rssi_dbm
        at_s = (sighting.at_us - self.first_us) / 1e6
        mw = 10 ** ((UNWEIGHTED_DBM if dbm is None else dbm) / 10)
        (self.inner if inner else self.outer).add(mw, at_s, sighting.count)
        self.reads += sighting.count
        self.last_us = max(self.last_us, sighting.at_us)  # Reports may come out of order.
        heard = self.heard.setdefault(sighting.antenna, Heard())
        heard.reads += sighting.count
        if dbm is not None:
            heard.peak_dbm = dbm if heard.peak_dbm is None else max(heard.peak_dbm, dbm)
            self._level((sighting.antenna, sighting.channel), dbm)

    def _level(self, group: tuple[str, int | None], dbm: float) -> None:
        level = self._levels.setdefault(group, _Level())
        level.reads += 1
        away = dbm - level.mean_db
        level.mean_db += away / level.reads
        if level.reads > 1:
            self._squares_db2 += away * (dbm - level.mean_db)
            self.freedom += 1

    @property
    def spread_db(self) -> float:
        """Standard deviation of RSSI within antenna and channel; 0 where nothing is known."""
        return math.sqrt(self._squares_db2 / self.freedom) if self.freedom else 0.0

    @property
    def votes(self) -> float:
        """How many reads the shift rests on: those of the side that heard less.

        A few strong reads outweigh many weak ones, so they are counted by what they weigh.
        """
        return min(self.inner.reads, self.outer.reads)

    @property
    def shift(self) -> float:
        """(t_inner - t_outer) / sigma; positive: it went in. 0 where one side heard nothing."""
        if not self.votes:
            return 0.0
        mw = self.inner.mw + self.outer.mw
        mean_s = (self.inner.mw_s + self.outer.mw_s) / mw
        variance_s2 = (self.inner.mw_s2 + self.outer.mw_s2) / mw - mean_s * mean_s
        if variance_s2 <= 0:
            return 0.0
        apart_s = self.inner.mw_s / self.inner.mw - self.outer.mw_s / self.outer.mw
        return apart_s / math.sqrt(variance_s2)

    @property
    def is_still(self) -> bool:
        few = self.freedom < STILL_FREEDOM_MIN
        return not few and self.spread_db < STILL_DB and not self.is_shifted

    @property
    def is_restless(self) -> bool:
        return self.freedom >= FREEDOM_MIN and self.spread_db >= RESTLESS_DB

    @property
    def is_shifted(self) -> bool:
        return is_clear(self.shift, self.votes)

    @property
    def moves(self) -> bool:
        return self.is_shifted or self.is_restless

    @property
    def centre_us(self) -> int:
        """When it was nearest: the centroid of all received power."""
        mw = self.inner.mw + self.outer.mw
        return self.first_us + round((self.inner.mw_s + self.outer.mw_s) / mw * 1e6)


def is_clear(shift: float, votes: float) -> bool:
    """Whether a shift is large, and larger than chance makes it with so few reads."""
    return abs(shift) >= SHIFT_MIN and abs(shift) * math.sqrt(votes) >= STANDARD_ERRORS_MIN
