"""A dock door: which tags went through it together, and which way.

The theory in one page.

    first read of a tag that moved                     all that moved are silent
        |  <------------------- pass ------------------->  | idle_s |
        v                                                  v        v
  outer antennas   ..:|||||||:...                                 closed, judged
  inner antennas        ...:|||||||:..

A *visit* is one tag from its first read until it is silent for idle_s (gateway.core.visit says what
is known of it). Every tag is *watched*; near a door most of them stand still, and are read now and
then for ever. A tag takes part in a *pass* when its visit shows movement:

    shifted    the two sides heard it at different times: it crossed from one to the other
    restless   its level wanders as only a moving tag's does, but it went no clear way

The pass closes when all that were shifted are silent for idle_s (where none was: all that were
restless), at the latest after pass_max_s. Then the shifted tags vote on the direction, each with
the reads that its shift rests on, and every tag that was there is judged:

    moved      shifted, in the direction of the pass; or restless, and shifted about as much as the
               others, though its few reads alone would not prove it
    uncertain  shifted against it; or restless otherwise; or heard in the pass alone, and too little
               to say; or everybody, where there is no direction, or they are still there after
               pass_max_s
    stray      at rest; or it stayed here when this pass, or an earlier one, was over

What is moved is a movement, what is uncertain a person reviews, of strays nothing is said. After
the pass the tags that took part in it take part in no other until they were silent for visit_gap_s.

Time is event time. While a reader of the door is not heard (`LinkChange`), the door's clock waits
for it, up to pass_max_s: what the reader held arrives late, with its own times, and moves the
clock on. If it could not hold, the pass was partly unseen, and all of it is for review.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, TypeVar

from drivers.base import LinkChange
from gateway.core.identify import Sighting, Thing
from gateway.core.visit import Visit, is_clear
from wire.reason import Reason

WATCHED_US = 10_000_000  # a visit without movement begins anew: as long as a slow pallet crosses
ALIKE_MIN = 0.5  # of the pass's shift: what a restless tag must show to have gone with it
REMEMBERED_MAX = 50_000  # tags that passed or stand here; the longest unseen is forgotten

Direction = Literal["in", "out", "unknown"]


class Verdict(StrEnum):
    MOVED = "moved"
    STRAY = "stray"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class DoorPlan:
    """Where the antennas are, and how long things take."""

    name: str
    inner: frozenset[str]  # reader:port
    outer: frozenset[str]
    idle_us: int
    pass_max_us: int
    visit_gap_us: int
    tags_max: int

    @property
    def antennas(self) -> frozenset[str]:
        return self.inner | self.outer

    @property
    def devices(self) -> frozenset[str]:
        return frozenset(antenna.partition(":")[0] for antenna in self.antennas)


@dataclass(frozen=True, slots=True)
class Judged:
    """One tag of a closed pass."""

    visit: Visit
    verdict: Verdict
    reason: Reason | None = None  # why it is uncertain

    @property
    def thing(self) -> Thing:
        return self.visit.thing


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass came to. `confidence` is the share of the votes that agree."""

    door: str
    direction: Direction
    confidence: float
    shift: float
    votes: float  # equally strong reads that the shift rests on
    ended: Literal["silence", "too_long"]
    tags: tuple[Judged, ...]

    def of(self, verdict: Verdict) -> tuple[Judged, ...]:
        return tuple(tag for tag in self.tags if tag.verdict is verdict)


@dataclass(slots=True)
class _Watched:
    """A tag that has not shown movement."""

    visit: Visit
    is_beside: bool = False  # this visit was heard during a pass
    was_beside: bool = False  # an earlier one was
    stayed: bool = False  # a later one was not: it is here whether something passes or not

    def begin_anew(self, visit: Visit, *, during_pass: bool) -> None:
        beside = self.is_beside or during_pass
        self.stayed = self.stayed or (self.was_beside and not beside)
        self.was_beside = self.was_beside or beside
        self.is_beside = False
        self.visit = visit


@dataclass(slots=True)
class _OpenPass:
    """Who takes part so far. Instants are event time."""

    opened_us: int
    visits: dict[str, _Watched] = field(default_factory=dict)
    shifted_us: int | None = None  # newest read of a shifted tag
    restless_us: int = 0  # newest read of any
    is_blind: bool = False  # part of it was not seen

    @property
    def held_us(self) -> int:
        """The newest read of those that hold the pass open."""
        return self.restless_us if self.shifted_us is None else self.shifted_us

    def join(self, key: str, watched: _Watched) -> None:
        self.visits[key] = watched
        self.opened_us = min(self.opened_us, watched.visit.first_us)
        self.heard(watched.visit)

    def heard(self, visit: Visit) -> None:
        self.restless_us = max(self.restless_us, visit.last_us)
        if visit.is_shifted:
            self.shifted_us = max(self.shifted_us or 0, visit.last_us)


@dataclass(slots=True)
class DockDoor:
    """See the module. Every method gives the passes that it closed."""

    plan: DoorPlan
    blind_us: int = 0  # how long the door was not seen since it was made
    _open: _OpenPass | None = None
    _watched: OrderedDict[str, _Watched] = field(default_factory=OrderedDict)
    _passed: OrderedDict[str, int] = field(default_factory=OrderedDict)  # key -> last seen
    _down: dict[str, int] = field(default_factory=dict)  # device not heard -> up to when it was

    @property
    def is_open(self) -> bool:
        return self._open is not None

    def observe(self, sighting: Sighting) -> list[Pass]:
        """Take one sighting at one of the door's antennas."""
        self._hear(sighting)
        closed = self.advance(sighting.at_us)
        key = sighting.thing.key
        if self._passed_lately(key, sighting.at_us):
            return closed
        if self._open is not None and key in self._open.visits:
            self._follow(self._open, sighting)
        else:
            self._watch(sighting)
        return closed

    def link(self, change: LinkChange) -> list[Pass]:
        """A reader of the door is heard again, or no longer."""
        if change.device not in self.plan.devices:
            return []
        closed = self.advance(change.at_us)
        if not change.up:
            self._down.setdefault(change.device, change.at_us)
            return closed
        down_us = self._down.pop(change.device, None)
        if down_us is not None and not change.held:
            self.blind_us += change.at_us - down_us
            if self._open is not None:
                self._open.is_blind = True
        return closed

    def advance(self, now_us: int) -> list[Pass]:
        """Let event time pass until `now_us`."""
        if self._open is None:
            return []
        until_us = self._clock(now_us, self._open)
        if until_us - self._open.held_us >= self.plan.idle_us:
            return self._close(self._open, "silence", until_us)
        if until_us - self._open.opened_us >= self.plan.pass_max_us:
            return self._close(self._open, "too_long", until_us)
        return []

    def shift_time(self, step_us: int) -> None:
        """The wall clock was set: what is remembered moves with it."""
        visits = [watched.visit for watched in self._watched.values()]
        if self._open is not None:
            visits += [watched.visit for watched in self._open.visits.values()]
            self._open.opened_us += step_us
            self._open.restless_us += step_us
            if self._open.shifted_us is not None:
                self._open.shifted_us += step_us
        for visit in visits:
            visit.first_us += step_us
            visit.last_us += step_us
        self._passed = OrderedDict((key, at + step_us) for key, at in self._passed.items())
        self._down = {device: at + step_us for device, at in self._down.items()}

    # -- tags -----------------------------------------------------------------------------------

    def _watch(self, sighting: Sighting) -> None:
        """Add to what is known of a tag; when that shows movement, it takes part in a pass."""
        key, at_us = sighting.thing.key, sighting.at_us
        watched = self._watched.get(key) or _Watched(Visit(sighting.thing, at_us, at_us))
        visit, open_pass = watched.visit, self._open
        if at_us - visit.last_us >= self.plan.idle_us or at_us - visit.first_us >= WATCHED_US:
            during_pass = open_pass is not None and visit.last_us >= open_pass.opened_us
            watched.begin_anew(Visit(sighting.thing, at_us, at_us), during_pass=during_pass)
        self._add(watched.visit, sighting)
        if not watched.visit.moves:
            _remember(self._watched, key, watched)
            return
        self._watched.pop(key, None)
        if self._open is None:
            self._open = _OpenPass(watched.visit.first_us)
        self._open.join(key, watched)

    def _follow(self, open_pass: _OpenPass, sighting: Sighting) -> None:
        """Add to what is known of a tag that takes part; a few reads may have looked like more."""
        key = sighting.thing.key
        watched = open_pass.visits[key]
        self._add(watched.visit, sighting)
        if watched.visit.moves:
            open_pass.heard(watched.visit)
            return
        del open_pass.visits[key]
        _remember(self._watched, key, watched)
        if not open_pass.visits:
            self._open = None

    def _add(self, visit: Visit, sighting: Sighting) -> None:
        visit.add(sighting, inner=sighting.antenna in self.plan.inner)

    def _passed_lately(self, key: str, at_us: int) -> bool:
        """Whether the tag was in a pass and has not been silent since."""
        seen_us = self._passed.get(key)
        if seen_us is None:
            return False
        if at_us - seen_us >= self.plan.visit_gap_us:
            del self._passed[key]
            return False
        self._passed[key] = max(seen_us, at_us)
        return True

    # -- time -----------------------------------------------------------------------------------

    def _hear(self, sighting: Sighting) -> None:
        """A reader that is not up yet gives what it held: so far it was heard."""
        device = sighting.antenna.partition(":")[0]
        if device in self._down:
            self._down[device] = max(self._down[device], sighting.at_us)

    def _clock(self, now_us: int, open_pass: _OpenPass) -> int:
        """The door's time: it waits for readers that are not heard, but not for ever."""
        waited_us = min(self._down.values(), default=now_us)
        if now_us - waited_us < self.plan.pass_max_us:
            return min(waited_us, now_us)
        open_pass.is_blind = True
        return now_us

    # -- closing --------------------------------------------------------------------------------

    def _close(
        self, closing: _OpenPass, ended: Literal["silence", "too_long"], until_us: int
    ) -> list[Pass]:
        self._open = None
        heard_us = until_us - self.plan.idle_us  # whoever was read after that is still there
        if ended == "silence":
            self._watch_on(closing, heard_us)
        visits = [watched.visit for watched in closing.visits.values()]
        if not visits:
            return []
        direction, confidence, shift, votes = _elect(visits)
        tags = [_judge(visit, direction, shift, heard_us) for visit in visits]
        for tag in tags:
            _remember(self._passed, tag.thing.key, tag.visit.last_us)
        tags += self._bystanders(closing, direction, until_us)
        judged = self._doubt(closing, tags)
        return [Pass(self.plan.name, direction, confidence, shift, votes, ended, judged)]

    def _watch_on(self, closing: _OpenPass, heard_us: int) -> None:
        """Restless tags that are still here when the shifted ones are gone did not go with them."""
        for key, watched in list(closing.visits.items()):
            if watched.visit.last_us > heard_us:
                del closing.visits[key]
                _remember(self._watched, key, _Watched(watched.visit, stayed=True))

    def _bystanders(self, closing: _OpenPass, direction: Direction, until_us: int) -> list[Judged]:
        """The tags that were heard during the pass and showed no movement."""
        found: list[Judged] = []
        for watched in self._watched.values():
            visit = watched.visit
            if visit.first_us > closing.held_us or visit.last_us < closing.opened_us:
                continue
            stays = watched.stayed or until_us - visit.last_us < self.plan.idle_us
            if stays or visit.is_still or direction == "unknown":
                found.append(Judged(visit, Verdict.STRAY))
            else:
                reason = Reason.EVIDENCE_UNCERTAIN
                found.append(Judged(visit, Verdict.UNCERTAIN, reason))
            watched.is_beside = True
        return found

    def _doubt(self, closing: _OpenPass, tags: list[Judged]) -> tuple[Judged, ...]:
        """A pass that was partly unseen, or has more tags than goods can have, is for review."""
        reason = None
        if closing.is_blind:
            reason = Reason.BLIND
        elif sum(tag.verdict is not Verdict.STRAY for tag in tags) > self.plan.tags_max:
            reason = Reason.TOO_MANY_TAGS
        if reason is None:
            return tuple(tags)
        return tuple(
            tag if tag.verdict is Verdict.STRAY else Judged(tag.visit, Verdict.UNCERTAIN, reason)
            for tag in tags
        )


def _judge(visit: Visit, direction: Direction, shift: float, heard_us: int) -> Judged:
    """What one tag did that took part in a pass with this direction and mean shift.

    A tag that was read after `heard_us` is still in the door.
    """
    if visit.last_us > heard_us:
        return Judged(visit, Verdict.UNCERTAIN, Reason.DWELLING)
    if direction == "unknown":
        return Judged(visit, Verdict.UNCERTAIN, Reason.DIRECTION_UNKNOWN)
    if visit.is_shifted and _way(visit.shift) == direction:
        return Judged(visit, Verdict.MOVED)
    if not visit.is_shifted and visit.shift / shift >= ALIKE_MIN:
        return Judged(visit, Verdict.MOVED)
    return Judged(visit, Verdict.UNCERTAIN, Reason.EVIDENCE_UNCERTAIN)


def _way(shift: float) -> Direction:
    return "in" if shift > 0 else "out"


def _elect(visits: Iterable[Visit]) -> tuple[Direction, float, float, float]:
    """(direction, share of the votes that agree, mean shift, votes) of the shifted tags."""
    voters = [visit for visit in visits if visit.is_shifted]
    votes = sum(visit.votes for visit in voters)
    if not votes:
        return "unknown", 0.0, 0.0, 0.0
    shift = sum(visit.votes * visit.shift for visit in voters) / votes
    way = _way(shift)
    agreeing = sum(visit.votes for visit in voters if _way(visit.shift) == way)
    direction: Direction = way if is_clear(shift, votes) else "unknown"
    return direction, agreeing / votes, shift, votes


_T = TypeVar("_T")


def _remember(memory: OrderedDict[str, _T], key: str, value: _T) -> None:
    memory[key] = value
    memory.move_to_end(key)
    if len(memory) > REMEMBERED_MAX:
        memory.popitem(last=False)
