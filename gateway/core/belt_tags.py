"""The tags at a conveyor: which visits go by with the boxes, and which stay beside the belt.

A tag of a box comes, is near, and goes; so a visit *stays*

    - where it lasts longer than a box takes through the field (transit_us),
    - where its level is that of a tag at rest (gateway.core.visit, is_still),
    - where its tag was read less than visit_gap_us before: it never left.

It *goes by* where its level wanders as only a moving tag's does, or where its power comes in less
time than its reads. Most others were heard too little to say. For these their past speaks: what is
heard here for the first time came with what goes by now. Once more it may be either, and a person
looks; after that it is taken to stand here, until it is seen to go by.

What was concluded of a tag is remembered with the newest read that it rests on. A visit that does
not begin after that was concluded before: a crash came between, and its reads are fed again.
"""

import math
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gateway.core.identify import Sighting
from gateway.core.visit import LOOK_US, LOOKS_ALONE_MIN, Visit
from wire.json import JsonValue
from wire.reason import Reason

OPEN_MAX = 50_000  # tags in the field; the longest unread is let go
REMEMBERED_MAX = 50_000
REMEMBERED_US = 3_600_000_000  # what stands beside a belt is heard once an hour, or is no bother
UNCLEAR_MAX = 2  # visits that do not tell, and may still be boxes'

# Reads all through a visit, and power only in a part of it: an even presence has 1, a passage with
# a loud middle much less. In between is where neither is likelier.
PEAKED_MAX = 0.5

_NEVER_US = -(1 << 62)


class Bearing(StrEnum):
    """What a visit does, as far as its reads tell."""

    GOES_BY = "goes_by"
    UNCLEAR = "unclear"
    STAYS = "stays"


@dataclass(slots=True)
class Passage:
    """A visit, and how its reads are spread in time."""

    visit: Visit
    moment_s: float = 0.0
    moment_s2: float = 0.0
    stays: bool = False
    ready_us: int = 0  # closed, and every window that it may belong to is known

    def add(self, sighting: Sighting) -> None:
        self.visit.add(sighting, inner=True)
        at_s = (sighting.at_us - self.visit.first_us) / 1e6
        self.moment_s += at_s * sighting.count
        self.moment_s2 += at_s * at_s * sighting.count

    @property
    def is_peaked(self) -> bool:
        visit = self.visit
        mean_s = self.moment_s / visit.reads
        variance_s2 = self.moment_s2 / visit.reads - mean_s * mean_s
        enough = visit.inner.looks >= LOOKS_ALONE_MIN
        return enough and visit.inner.variance_s2 < PEAKED_MAX * variance_s2

    @property
    def bearing(self) -> Bearing:
        if self.stays or self.visit.is_still:
            return Bearing.STAYS
        moves = self.visit.is_restless or self.is_peaked
        return Bearing.GOES_BY if moves else Bearing.UNCLEAR

    @property
    def error_us(self) -> float:
        """The standard error of the centroid; of few looks no better than one of them is long."""
        side = self.visit.inner
        error_us = math.sqrt(side.error2_s2) * 1e6 if side.looks > 1 else LOOK_US
        return error_us if side.looks >= LOOKS_ALONE_MIN else max(LOOK_US, error_us)


@dataclass(slots=True)
class _Known:
    """What was concluded of a tag so far."""

    slot: int
    last_us: int
    stayed: bool = False
    went_by: bool = False
    unclear: int = 0


@dataclass(slots=True)
class BeltTags:
    """Visits open and close here; whoever knows the windows has them concluded."""

    idle_us: int
    transit_us: int
    visit_gap_us: int
    open: OrderedDict[str, Passage] = field(default_factory=OrderedDict)  # by the newest read
    stays_before_us: int = _NEVER_US  # a visit that began before then was found to stay
    _known: OrderedDict[str, _Known] = field(default_factory=OrderedDict)  # by the slot
    _slot: int = 0
    _changed: dict[str, JsonValue] = field(default_factory=dict)

    def add(self, sighting: Sighting) -> list[Passage]:
        """Gives those that had to be let go."""
        key, at_us = sighting.thing.key, sighting.at_us
        passage = self.open.get(key)
        if passage is None:
            passage = Passage(Visit(sighting.thing, at_us, at_us))
            self.open[key] = passage
        passage.add(sighting)
        self.open.move_to_end(key)
        first_us = passage.visit.first_us
        if at_us - first_us >= self.transit_us or first_us < self.stays_before_us:
            passage.stays = True
        return [self.open.popitem(last=False)[1]] if len(self.open) > OPEN_MAX else []

    @property
    def silent_us(self) -> int | None:
        """When the next of them is silent, if nothing more is heard of it."""
        if not self.open:
            return None
        return next(iter(self.open.values())).visit.last_us + self.idle_us

    def close_silent(self, at_us: int) -> list[Passage]:
        closed: list[Passage] = []
        while self.open:
            key, passage = next(iter(self.open.items()))
            if at_us - passage.visit.last_us < self.idle_us:
                break
            closed.append(self.open.pop(key))
        return closed

    def going(self) -> Iterator[Passage]:
        """Those that may yet belong to a box."""
        return (each for each in self.open.values() if not each.stays)

    def is_concluded(self, passage: Passage) -> bool:
        """Whether it was, before a crash: then its reads are fed again."""
        known = self._known.get(passage.visit.thing.key)
        return known is not None and passage.visit.first_us <= known.last_us

    def bear(self, passage: Passage) -> tuple[Bearing, Reason | None]:
        """What it does, by its own reads and by what was concluded of the tag before; and whether
        that is doubtful.
        """
        bearing = passage.bearing
        known = self._known.get(passage.visit.thing.key)
        if bearing is Bearing.STAYS or known is None:
            return (Bearing.GOES_BY if bearing is Bearing.UNCLEAR else bearing), None
        if passage.visit.first_us - known.last_us < self.visit_gap_us:
            return Bearing.STAYS, None
        if bearing is Bearing.GOES_BY:
            return bearing, Reason.EVIDENCE_UNCERTAIN if known.stayed else None
        if known.stayed or known.unclear >= UNCLEAR_MAX:
            return Bearing.STAYS, None
        doubtful = known.unclear or known.went_by
        return Bearing.GOES_BY, Reason.EVIDENCE_UNCERTAIN if doubtful else None

    def conclude(self, passage: Passage) -> None:
        """Remember it: what it did is said now."""
        visit = passage.visit
        key, own = visit.thing.key, passage.bearing
        known = self._known.pop(key, None) or _Known(-1, _NEVER_US)
        was_away = visit.first_us - known.last_us >= self.visit_gap_us
        if own is Bearing.STAYS:
            known.stayed = True
        elif own is Bearing.UNCLEAR:
            known.unclear += was_away
        else:
            known.went_by = known.went_by or was_away
        self._changed[_key(known.slot)] = None
        known.slot, self._slot = self._slot, self._slot + 1
        known.last_us = max(known.last_us, visit.last_us)
        self._known[key] = known
        self._changed[_key(known.slot)] = _row(key, known)
        self._forget(visit.last_us)

    def _forget(self, now_us: int) -> None:
        while self._known:
            key, known = next(iter(self._known.items()))
            if len(self._known) <= REMEMBERED_MAX and now_us - known.last_us < REMEMBERED_US:
                return
            del self._known[key]
            self._changed[_key(known.slot)] = None

    def shift(self, step_us: int, *, recalled: bool) -> None:
        """The wall clock was set; `recalled`: what is remembered moves, too."""
        for passage in self.open.values():
            passage.visit.first_us += step_us
            passage.visit.last_us += step_us
        if recalled:
            self.stays_before_us += step_us
            for key, known in self._known.items():
                known.last_us += step_us
                self._changed[_key(known.slot)] = _row(key, known)

    def changes(self) -> dict[str, JsonValue]:
        changed, self._changed = self._changed, {}
        changed.pop(_key(-1), None)
        return changed

    def recall(self, memory: Mapping[str, JsonValue]) -> None:
        """Raises ValueError where what is there was written by nobody who thinks as this does."""
        for name in sorted(each for each in memory if each.startswith("tag:")):
            match memory[name]:
                case [str(key), int(last_us), bool(stayed), bool(went_by), int(unclear)]:
                    slot = int(name.removeprefix("tag:"))
                    self._known[key] = _Known(slot, last_us, stayed, went_by, unclear)
                    self._slot = slot + 1
                case other:
                    raise ValueError(f"{name}: {other!r}")


def _key(slot: int) -> str:
    """In order as text, so that on disk what is new stands together."""
    return f"tag:{slot:015d}"


def _row(key: str, known: _Known) -> JsonValue:
    return [key, known.last_us, known.stayed, known.went_by, known.unclear]
