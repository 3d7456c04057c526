"""The boxes of a conveyor: windows, the tags and codes that wait for them, and what each came to.

Whoever feeds it does so in order of time: `add` reads, and `act` at the instants at which anything
is due, which `due_us` tells.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.belt_offset import BeltOffset
from gateway.core.belt_tags import Bearing, BeltTags, Passage
from gateway.core.box import Box, BoxRules, for_review, found_wrong
from gateway.core.box_codes import BoxCodes, Code
from gateway.core.identify import Sighting
from gateway.core.judgement import Judged, Verdict
from gateway.core.photo_eye import FAR_US, EyePlan, PhotoEye, Place, Window, nearest
from gateway.core.visit import Visit
from wire.json import JsonValue
from wire.reason import Reason

CLOSED_MAX = 1_000  # visits that wait for their window: twice what a box may bear
WINDOWS_KEPT = 256  # behind the newest: those of the centroids that the offset rests on, and more
WINDOWS_MAX = 2_000  # not judged yet: an eye that flickers for as long as one waits for its tags
STRAYS_MAX = 1_000  # told with one box; only who asks for verdicts sees them

_NEVER_US = -FAR_US


@dataclass(frozen=True, slots=True)
class BeltPlan:
    """Where the antennas and the eye are, and how long things take."""

    name: str
    antennas: frozenset[str]  # reader:port
    eye: EyePlan
    scanner: str | None
    idle_us: int
    transit_us: int
    visit_gap_us: int
    reach_us: int
    offset_us: int
    scanner_offset_us: int
    tags_per_box: int | None
    tags_max: int

    @property
    def rules(self) -> BoxRules:
        return BoxRules(self.tags_per_box, has_scanner=self.scanner is not None)


@dataclass(slots=True)
class Belt:
    """See the module."""

    plan: BeltPlan
    is_blind_after: Callable[[int], bool]
    dropped: int = 0
    at_us: int = _NEVER_US  # all until then is done
    floor_us: int = _NEVER_US  # and was before a crash
    due_us: int = _NEVER_US  # nothing is due before then, but for the eye
    eye: PhotoEye = field(init=False)
    offset: BeltOffset = field(init=False)
    codes: BoxCodes = field(init=False)
    tags: BeltTags = field(init=False)
    _closed: list[Passage] = field(default_factory=list)
    _strays: list[Judged] = field(default_factory=list)
    _windows: list[Window] = field(default_factory=list)
    _first: int = 0  # number of the first of them
    _judged: int = 0  # of them, those before this

    def __post_init__(self) -> None:
        plan = self.plan
        self.eye = PhotoEye(plan.eye)
        self.offset = BeltOffset(plan.reach_us, plan.offset_us)
        self.codes = BoxCodes(BeltOffset(plan.reach_us, plan.scanner_offset_us))
        self.tags = BeltTags(plan.idle_us, plan.transit_us, plan.visit_gap_us)

    @property
    def is_open(self) -> bool:
        """Whether anything of it is still to be judged."""
        waits = self.tags.open or self._closed or self.codes.is_waiting
        return bool(waits) or self._judged < len(self._windows)

    @property
    def unjudged_us(self) -> int:
        """When the first visit began that may yet belong to a box."""
        visits = [each.visit.first_us for each in (*self.tags.going(), *self._closed)]
        return min([self.at_us, *visits])

    # -- what comes, and time ---------------------------------------------------------------------

    def add(self, sighting: Sighting) -> list[Box]:
        """Let time pass up to a sighting, and take it."""
        boxes = self.pass_time(sighting.at_us)
        for passage in self.tags.add(sighting):
            self._close(passage)
        self.due_us = min(self.due_us, sighting.at_us + self.plan.idle_us)
        return boxes

    def scan(self, code: Code) -> None:
        self.codes.take(code)
        self.due_us = _NEVER_US

    def pass_time(self, to_us: int) -> list[Box]:
        """Everything that is due until then, at its own instant."""
        boxes: list[Box] = []
        to_us = max(to_us, self.at_us)
        while (at_us := self._next_us()) <= to_us:
            self.at_us = max(self.at_us, at_us)
            boxes += self._act()
        self.at_us = to_us
        self.eye.pass_time(self.at_us)
        self.codes.pass_time(self.at_us)
        return boxes

    def shift(self, step_us: int, *, recalled: bool) -> None:
        """The wall clock was set; `recalled`: what was recalled after a crash moves, too."""
        self.eye.shift(step_us, recalled=recalled)
        self.codes.shift(step_us, recalled=recalled)
        self.tags.shift(step_us, recalled=recalled)
        self.at_us += step_us
        self.due_us = _NEVER_US
        for passage in self._closed:
            passage.visit.first_us += step_us
            passage.visit.last_us += step_us
            passage.ready_us += step_us
        if recalled:
            self.offset.shift(step_us)
            self.floor_us += step_us
            for window in self._windows:
                window.shift(step_us)

    def _next_us(self) -> int:
        eye_us = self.eye.next_us
        return self.due_us if eye_us is None else min(eye_us, self.due_us)

    def _act(self) -> list[Box]:
        self._windows += self.eye.pass_time(self.at_us)
        for passage in self.tags.close_silent(self.at_us):
            self._close(passage)
        boxes: list[Box] = []
        if self.at_us >= self.floor_us:
            boxes += self._lost()
            while self._is_ready():
                boxes.append(self._judge())
        self.due_us = min((each for each in self._instants() if each > self.at_us), default=FAR_US)
        return boxes

    def _instants(self) -> Iterator[int]:
        """When something may be due, as far as it is known; the eye tells its own."""
        yield self.floor_us
        for each_us in (self.tags.silent_us, self.codes.next_us):
            if each_us is not None:
                yield each_us
        yield from (each.ready_us for each in self._closed)
        if self._judged < len(self._windows):
            window = self._windows[self._judged]
            if window.end_us is not None:
                yield self._ready_us(window.end_us)

    # -- tags -------------------------------------------------------------------------------------

    def _close(self, passage: Passage) -> None:
        if self.tags.is_concluded(passage):
            return
        visit = passage.visit
        if passage.bearing is Bearing.STAYS:
            self.tags.conclude(passage)
            self._keep_stray(Judged(visit, Verdict.STRAY))
            return
        passage.ready_us = max(self.at_us, visit.centre_us + 3 * self.plan.reach_us)
        self._closed.append(passage)
        if len(self._closed) > CLOSED_MAX:
            self.tags.conclude(self._closed.pop(0))
            self.dropped += 1
            for window in self._windows[self._judged :]:
                window.doubt = Reason.TOO_MANY_TAGS

    def _keep_stray(self, stray: Judged) -> None:
        if len(self._strays) < STRAYS_MAX:
            self._strays.append(stray)

    # -- windows ----------------------------------------------------------------------------------

    def _nearest(self, visit: Visit) -> Place:
        return nearest(self._windows, visit.centre_us - self.offset.offset_us)

    def _ready_us(self, end_us: int) -> int:
        """When no later window can be nearer to a tag of this one, and all of them were heard."""
        tags_us = max(0, self.offset.offset_us) + 3 * self.offset.limit_us
        if self.plan.scanner is None:
            return end_us + tags_us
        codes_us = max(0, self.codes.offset.offset_us) + self.codes.limit_us
        return end_us + max(tags_us, codes_us)

    def _is_ready(self) -> bool:
        """Whether the next window can be judged: no visit goes on that may belong to it."""
        if self._judged == len(self._windows):
            return False
        end_us = self._windows[self._judged].end_us
        if end_us is None:
            return False
        if len(self._windows) - self._judged > WINDOWS_MAX:
            return True
        if self._ready_us(end_us) > self.at_us:
            return False
        return all(self._nearest(each.visit).index > self._judged for each in self.tags.going())

    def _lost(self) -> list[Box]:
        """What belongs to none of the windows that are still to be judged."""
        lost = [each for each in self._closed if each.ready_us <= self.at_us]
        lost = [each for each in lost if self._is_lost(each)]
        codes = self.codes.lost(self._windows, self._judged, self.at_us)
        if not lost and not codes:
            return []
        tags = [self._concluded(each, self._why_lost(each.visit)) for each in self._taken(lost)]
        faults = (Reason.NO_BOX,) if codes else ()
        return [self._box(None, tags, codes, faults)]

    def _is_lost(self, passage: Passage) -> bool:
        place = self._nearest(passage.visit)
        return place.index < self._judged or place.away_us > self.offset.limit_us

    def _why_lost(self, visit: Visit) -> Reason:
        """Whether the eye was stuck when it went by there, or merely saw no box."""
        at_us = visit.centre_us - self.offset.offset_us
        before = [each for each in self._windows if each.start_us <= at_us]
        stuck = bool(before) and before[-1].doubt is Reason.EYE_STUCK
        if stuck and (before[-1].moved_us is None or at_us <= before[-1].moved_us):
            return Reason.EYE_STUCK
        return Reason.NO_BOX

    def _judge(self) -> Box:
        """The next window, with all that belongs to it."""
        teaching = [each.visit.centre_us for each in self._closed if self._teaches(each)]
        self.offset.learn(self._windows, teaching)
        self.codes.learn(self._windows)
        window, index = self._windows[self._judged], self._judged
        mine: list[Passage] = []
        doubts: dict[int, Reason | None] = {}
        for each in self._closed:
            place = self._nearest(each.visit)
            if place.index == index and place.away_us <= self.offset.limit_us:
                doubts[id(each)] = self._doubt_of(place, each)
                mine.append(each)
        tags = [self._concluded(each, doubts[id(each)]) for each in self._taken(mine)]
        codes = self.codes.of(self._windows, index)
        doubt = self._doubt(window, tags)
        self._judged += 1
        if self._judged > WINDOWS_KEPT:
            del self._windows[0]
            self._first += 1
            self._judged -= 1
        if doubt is not None:
            tags = for_review(tags, doubt)
        boxed = [tag for tag in tags if tag.verdict is not Verdict.STRAY]
        faults = found_wrong(self.plan.rules, boxed, codes, doubt)
        for fault in (Reason.MULTI_READ, Reason.MISMATCH):
            if fault in faults:
                tags = for_review(tags, fault)
        return self._box(window, tags, codes, faults)

    def _taken(self, passages: Sequence[Passage]) -> list[Passage]:
        """In the order in which they came; they wait no longer."""
        self._closed = [each for each in self._closed if each not in passages]
        return sorted(passages, key=lambda each: (each.visit.first_us, each.visit.thing.key))

    def _concluded(self, passage: Passage, doubt: Reason | None) -> Judged:
        bearing, own_doubt = self.tags.bear(passage)
        if self._teaches(passage):
            self.offset.tell(passage.visit.centre_us)
        self.tags.conclude(passage)
        if bearing is Bearing.STAYS:
            return Judged(passage.visit, Verdict.STRAY)
        reason = doubt or own_doubt
        verdict = Verdict.MOVED if reason is None else Verdict.UNCERTAIN
        return Judged(passage.visit, verdict, reason)

    def _teaches(self, passage: Passage) -> bool:
        """Whether it surely went by: what stands here would teach any offset."""
        went_by = passage.bearing is Bearing.GOES_BY
        return went_by and self.tags.bear(passage) == (Bearing.GOES_BY, None)

    def _doubt_of(self, place: Place, passage: Passage) -> Reason | None:
        """Whether it may be the neighbour's."""
        between = place.away_us > 0 and place.next_us - place.away_us < 2 * passage.error_us
        return Reason.EVIDENCE_UNCERTAIN if between else None

    def _doubt(self, window: Window, tags: Sequence[Judged]) -> Reason | None:
        """Why all of a box is for review."""
        first_us = min([window.start_us, *(each.visit.first_us for each in tags)])
        if window.doubt is not None:
            return window.doubt
        if self.is_blind_after(first_us):
            return Reason.BLIND
        if sum(tag.verdict is not Verdict.STRAY for tag in tags) > self.plan.tags_max:
            return Reason.TOO_MANY_TAGS
        # While nobody knows how far the antennas are off, its tags may be on the neighbour.
        is_alone = nearest(self._windows, window.start_us).next_us > self.offset.limit_us
        known = self.offset.is_known or is_alone
        return None if known else Reason.EVIDENCE_UNCERTAIN

    def _box(
        self,
        window: Window | None,
        tags: Sequence[Judged],
        codes: Sequence[Code],
        faults: Sequence[Reason],
    ) -> Box:
        strays, self._strays = self._strays, []
        span = None if window is None else (window.start_us, window.end_us or window.start_us)
        at_us = self.at_us if span is None else sum(span) // 2
        if span is None and codes:
            at_us = codes[0].at_us
        return Box(
            self.plan.name,
            at_us,
            span,
            self.offset.offset_us,
            self.offset.limit_us,
            (*tags, *strays),
            tuple(codes),
            tuple(faults),
        )

    # -- memory -----------------------------------------------------------------------------------

    def memory(self) -> dict[str, JsonValue]:
        """All that is small; what was concluded of tags they tell themselves."""
        told: dict[str, JsonValue] = {
            "belt": [
                max(self.at_us, self.floor_us),
                max(self.unjudged_us, self.tags.stays_before_us),
                self._first,
                self._judged,
            ],
            "eye": self.eye.memory(self._windows),
            **self.offset.memory("offset"),
        }
        if self.plan.scanner is not None:
            told |= self.codes.memory()
        return told | {_key(n): each.row() for n, each in enumerate(self._windows, self._first)}

    def recall(self, memory: Mapping[str, JsonValue]) -> None:
        """Raises ValueError where it was written by nobody who thinks as this does."""
        names = sorted(each for each in memory if each.startswith("window:"))
        windows = [Window.from_row(memory[each]) for each in names]
        match memory.get("belt"):
            case [int(floor_us), int(since_us), int(first), int(judged)]:
                self.floor_us, self.tags.stays_before_us = floor_us, since_us
                self._first, self._judged = first, judged
            case other:
                raise ValueError(f"belt: {other!r}")
        if names != [_key(n) for n in range(first, first + len(names))] or judged > len(names):
            raise ValueError(f"windows: {names!r}")
        self._windows = windows
        self.eye.recall(memory.get("eye"), windows)
        self.offset.recall(memory, "offset")
        if self.plan.scanner is not None:
            self.codes.recall(memory)
        self.tags.recall(memory)


def _key(number: int) -> str:
    return f"window:{number:012d}"
