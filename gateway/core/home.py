"""Where a tag stands, told by the levels it is heard at: is it back where it was?

The waves of a hall stand: at one place a tag is heard on each antenna and channel at a level that
belongs to that place, and half a wavelength (16 cm) further at another one, on other channels at
others again. So a tag that is heard at the levels of before stands where it stood before, whatever
it looked like in between. A load that drives by takes the sight of it from one side of a door and
then from the other, which looks like a way through the door, backwards.

What is compared are means of whole visits in which nothing moved with the newest read of each
antenna and channel. Of a tag that moved these differ by 4 dB and more (two draws of Rice fading);
that GROUPS of them are within SAME_DB by chance is one in some hundred at any one moment, and it
has to be heard there still when all else is gone.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass, field

from gateway.core.identify import Sighting
from gateway.core.visit import Level, Visit

GROUPS = 6  # antennas and channels that must agree: with fewer, chance makes a match
SAME_DB = 1.5  # rms: noise of both and whole dB; as a visit's own spread may be (visit.STILL_DB)
HOMES_MAX = 1_000  # tags that are heard often beside a door; the longest unheard is forgotten


@dataclass(slots=True)
class _Home:
    levels: dict[Level, float] = field(default_factory=dict)  # dBm; at most antennas x channels
    off_db: OrderedDict[Level, float] = field(default_factory=OrderedDict)  # the newest GROUPS


@dataclass(slots=True)
class Homes:
    """Of the tags at one door."""

    _homes: OrderedDict[str, _Home] = field(default_factory=OrderedDict)

    def settle(self, visit: Visit) -> None:
        """The tag stood through all of this visit."""
        home = self._homes.setdefault(visit.thing.key, _Home())
        home.levels |= visit.levels()
        self._bound(visit.thing.key)

    def meet(self, visit: Visit) -> None:
        """It begins to look as if it moved. What nothing is known of yet is as it was until now.

        What stands there and was never heard in peace is known again by this; and what comes with a
        load was heard at places until now where it does not stop.
        """
        home = self._homes.setdefault(visit.thing.key, _Home())
        home.levels = visit.levels() | home.levels
        self._bound(visit.thing.key)

    def hear(self, sighting: Sighting) -> None:
        home = self._homes.get(sighting.thing.key)
        if home is None or sighting.rssi_dbm is None:
            return
        level = (sighting.antenna, sighting.channel)
        known_dbm = home.levels.get(level)
        if known_dbm is None:
            return
        home.off_db[level] = sighting.rssi_dbm - known_dbm
        home.off_db.move_to_end(level)
        if len(home.off_db) > GROUPS:
            home.off_db.popitem(last=False)

    def is_there(self, key: str) -> bool:
        """Whether the tag is heard at the levels of where it stood."""
        home = self._homes.get(key)
        if home is None or len(home.off_db) < GROUPS:
            return False
        return math.fsum(off * off for off in home.off_db.values()) <= GROUPS * SAME_DB * SAME_DB

    def _bound(self, key: str) -> None:
        self._homes.move_to_end(key)
        if len(self._homes) > HOMES_MAX:
            self._homes.popitem(last=False)
