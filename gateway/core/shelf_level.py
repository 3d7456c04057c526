"""What one zone of a shelf hears of one tag, over minutes and days: a level, and a change of it.

A tag at rest keeps its level at each antenna, give or take what people and doors do to the room's
standing waves. So each look (the loudest read of a second) either agrees with the level, and is
averaged into it, or it does not, and begins a change. A change lasts until one look agrees with the
level again. When it has lasted for long without the tag having moved, it is the level.
"""

from dataclasses import dataclass

# Shadows of people and open doors are within 3 dB for most, and twice that for nearly all.
CHANGE_DB = 6.0
LOOKS_MIN = 5  # of a change; fewer are a gap between two people
LEVEL_LOOKS = 100  # over how many the level is averaged: minutes, so that a shadow does not draw it
SETTLED_TIMES = 10  # as long as a move takes: then the change is the level

LOOK_US = 1_000_000


@dataclass(slots=True)
class _Mean:
    since_us: int
    last_us: int
    dbm: float
    looks: int = 1

    def add(self, dbm: float, at_us: int) -> None:
        self.looks += 1
        self.last_us = at_us
        self.dbm += (dbm - self.dbm) / min(self.looks, LEVEL_LOOKS)


@dataclass(slots=True)
class Level:
    """Tell it each read. `move_us`: how long a change must last."""

    move_us: int
    base: _Mean | None = None
    change: _Mean | None = None
    _look: int = -1
    _peak_dbm: float = 0.0

    def hear(self, dbm: float, at_us: int) -> None:
        look = at_us // LOOK_US
        if look == self._look:
            self._peak_dbm = max(self._peak_dbm, dbm)
            return
        if self._look >= 0:
            self._take(self._peak_dbm, self._look * LOOK_US)
        self._look, self._peak_dbm = look, dbm

    def settle(self) -> None:
        """The tag stands: what was heard until now is its level."""
        self.base, self.change = self.change or self.base, None

    def shift(self, step_us: int) -> None:
        """The wall clock was set."""
        self._look += step_us // LOOK_US
        for mean in (self.base, self.change):
            if mean is not None:
                mean.since_us += step_us
                mean.last_us += step_us

    def renew(self, now_us: int) -> None:
        """The tag moved: what it is heard at now is its level, and what it was heard at is not."""
        if self.change is not None:
            self.settle()
        elif now_us - self._look * LOOK_US >= self.move_us:
            self.base = None

    @property
    def is_louder(self) -> bool:
        """Whether a change has lasted, for the louder, or to being heard at all."""
        return self._lasts and (self.base is None or self.change_db >= CHANGE_DB)

    @property
    def is_weaker(self) -> bool:
        return self._lasts and self.base is not None and self.change_db <= -CHANGE_DB

    @property
    def change_db(self) -> float:
        """Only asked where there is a change of a level."""
        assert self.change is not None
        assert self.base is not None
        return self.change.dbm - self.base.dbm

    @property
    def change_now_dbm(self) -> float:
        """What it is heard at now; only asked where there is a change."""
        assert self.change is not None
        return self.change.dbm

    @property
    def _lasts(self) -> bool:
        change = self.change
        return (
            change is not None
            and change.looks >= LOOKS_MIN
            and change.last_us - change.since_us >= self.move_us
        )

    def _take(self, dbm: float, at_us: int) -> None:
        if self.base is not None and abs(dbm - self.base.dbm) < CHANGE_DB:
            self.base.add(dbm, at_us)
            self.change = None
        elif self.change is None:
            self.change = _Mean(at_us, at_us, dbm)
        else:
            self.change.add(dbm, at_us)
            if at_us - self.change.since_us >= SETTLED_TIMES * self.move_us:
                self.settle()
