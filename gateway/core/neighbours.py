"""Doors that hear each other's loads: which of them did a load go through?

Where doors stand three metres apart, a pallet that goes through one of them is heard by the other,
too: on the same way at the same time, only farther off. Both would say that it moved. Nothing in
the one door's reads tells; the difference does.

A pass of a door that has neighbours waits until each of them was heard for as long, and has no
pass open that began meanwhile. Then the tags that both heard are compared, each by the loudest read
of either door. The loudest is had where the tag was nearest; a centroid or a count of reads depends
on how often a reader asks. What a wall or another case shades on the one side it may shade on the
other, so all tags that both heard decide together, by the median of their differences:

    clear     at least NEARER_DB, and three standard errors of what fading does to it
    nearer    the door that heard them louder: it keeps its verdicts
    farther   its tags are strays, and what it alone heard of such a load is uncertain
    unclear   uncertain at the louder door, strays at the other: a person looks once

Two doors with powers set differently are off by that difference: give doors that are neighbours the
same power.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Protocol

from gateway.core.judgement import Judged, Pass, Verdict
from wire.reason import Reason

# A tag twice as far away is heard 12 dB weaker (the way is gone twice, 40 log10 of the distance).
# In the middle between two doors nobody should decide; a quarter of that is 20 % of the distance.
NEARER_DB = 3.0
# The loudest of many reads of one tag differs by about that much from what the distance tells: the
# room's standing waves, and how the tag lies. Two doors hear it in two independent ways.
FADING_DB = 4.0
STANDARD_ERRORS_MIN = 3.0
RECENT_MAX = 64  # passes of one door that a neighbour's may still be compared with


class Door(Protocol):
    """What is asked of a door's machine."""

    @property
    def clock_us(self) -> int: ...

    @property
    def open_since_us(self) -> int | None:
        """When the open pass began; None where none is open."""


@dataclass(slots=True)
class Neighbours:
    """`of`: for each door those that hear its loads, either way round. One for all doors of a site.

    Tell it each pass when it closes; ask it for each until it rules.
    """

    of: Mapping[str, frozenset[str]]
    patience_us: int  # silence after which a door has heard all of a load
    doors: dict[str, Door] = field(default_factory=dict)
    _recent: dict[str, deque[Pass]] = field(default_factory=dict)

    def tell(self, door_pass: Pass) -> None:
        recent = self._recent.setdefault(door_pass.door, deque(maxlen=RECENT_MAX))
        recent.append(door_pass)

    def rule(self, door_pass: Pass, *, at_once: bool) -> Pass | None:
        """What remains of the pass beside its neighbours'; None where that is not known yet.

        `at_once`: nothing is waited for, as times are about to be other ones.
        """
        neighbours = [name for name in self.of.get(door_pass.door, ()) if name in self.doors]
        _, last_us = _span(door_pass)
        if not at_once and any(
            self._may_still_hear(self.doors[name], last_us) for name in neighbours
        ):
            return None
        for name in sorted(neighbours):
            door_pass = self._beside(door_pass, self._recent.get(name, ()))
        return door_pass

    def forget(self) -> None:
        """The wall clock was set: what closed before has times of another count."""
        self._recent.clear()

    def _may_still_hear(self, door: Door, last_us: int) -> bool:
        since_us = door.open_since_us
        return door.clock_us < last_us + self.patience_us or (
            since_us is not None and since_us <= last_us
        )

    def _beside(self, door_pass: Pass, others: Iterable[Pass]) -> Pass:
        first_us, last_us = _span(door_pass)
        theirs: dict[str, float] = {}
        for other in others:
            other_first_us, other_last_us = _span(other)
            if other_first_us <= last_us and first_us <= other_last_us:
                theirs |= _loudest(other.tags)
        mine = _loudest(_taking_part(door_pass))
        common = mine.keys() & theirs.keys()
        if not common:
            return door_pass
        nearer_db = [mine[key] - theirs[key] for key in sorted(common)]
        return _settled(door_pass, common, median(nearer_db), _needed_db(len(nearer_db)))


def _settled(door_pass: Pass, common: Iterable[str], nearer_db: float, needed_db: float) -> Pass:
    common = set(common)
    if nearer_db >= needed_db:
        return door_pass
    is_clear = nearer_db <= -needed_db
    is_mostly_common = 2 * len(common) >= len(_taking_part(door_pass))
    tags: list[Judged] = []
    for tag in door_pass.tags:
        if tag.verdict is Verdict.STRAY:
            tags.append(tag)
        elif tag.thing.key in common and (is_clear or nearer_db < 0):
            tags.append(Judged(tag.visit, Verdict.STRAY, Reason.NEIGHBOUR))
        elif tag.thing.key in common or is_mostly_common:
            tags.append(Judged(tag.visit, Verdict.UNCERTAIN, Reason.NEIGHBOUR))
        else:
            tags.append(tag)
    return replace(door_pass, tags=tuple(tags))


def _needed_db(tags: int) -> float:
    """How clear a median of so many differences must be."""
    return max(NEARER_DB, STANDARD_ERRORS_MIN * FADING_DB / math.sqrt(tags))


def _taking_part(door_pass: Pass) -> list[Judged]:
    return [tag for tag in door_pass.tags if tag.verdict is not Verdict.STRAY]


def _loudest(tags: Iterable[Judged]) -> dict[str, float]:
    """The loudest read of each tag, dBm; those of readers that tell no RSSI are left out."""
    found: dict[str, float] = {}
    for tag in tags:
        peaks = [each.peak_dbm for each in tag.visit.heard.values() if each.peak_dbm is not None]
        if peaks:
            found[tag.thing.key] = max(peaks)
    return found


def _span(door_pass: Pass) -> tuple[int, int]:
    """From the first read to the last of those that take part; of all, where none does."""
    visits = [tag.visit for tag in _taking_part(door_pass) or door_pass.tags]
    return min(each.first_us for each in visits), max(each.last_us for each in visits)
