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

    leaning    the two sides heard it at different times, by more than chance
    restless   its level wanders as only a moving tag's does, but it leans no way

The pass closes when all that ever leaned in it are silent for idle_s (where none did: all that were
restless), at the latest after pass_max_s. What leaned once has moved, and may stand in the doorway
then for as long as it likes: its visit goes on, and what it does next is judged together with what
it did before. At the end those that took part vote on the direction, and each tag is judged:

    moved      shifted (it leans, and both ends of its visit agree) in the direction of the pass;
               or restless and shifted about as much, though it would prove nothing alone; or too
               little heard, and in company of those (gateway.core.judgement)
    uncertain  shifted against it; or restless otherwise; or heard in the pass alone, and too little
               to say; or all, where there is no direction; or those that are still here after
               pass_max_s, and whoever was here at the same time
    stray      at rest; or it stayed here when this pass, or an earlier one, was over

A tag that is heard again at the levels of where it stood before stands there still: it takes part
no longer, whatever it looked like in between (gateway.core.home). A load that drives by takes the
sight of parked tags from one side after the other; were they taken to have moved, each would hold
the pass open, and doubt would fall on all that was there with it.

What is moved is a movement, what is uncertain a person reviews, of strays nothing is said.

A tag that took part is judged once, until it was away: silent for visit_gap_s, or for pass_max_s
where the pass was too long for it. If before that it is shifted otherwise than it was judged, it
takes part once more, for review: it never left, and nobody knows what it did between.

Time is event time, and reads come in its order: see gateway.core.event_time. Of what was partly not
seen, all is for review.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

from drivers.base import LinkChange
from gateway.core.attendance import OpenPass, Tag
from gateway.core.event_time import EventTime
from gateway.core.home import Homes
from gateway.core.identify import Sighting
from gateway.core.judgement import Direction, Ended, Judged, Pass, Verdict, elect, in_company, judge
from gateway.core.read_point import Memory, Noticed, Replays
from gateway.core.visit import Visit
from wire.reason import Reason

WATCHED_US = 10_000_000  # a visit without movement begins anew: as long as a slow pallet crosses
KNOWN_AFTER_US = 60_000_000  # of listening: what stands here and can be heard was heard by then
REMEMBERED_MAX = 50_000  # tags that passed or stand here; the longest unseen is forgotten
MEMBERS_MAX = 1_000  # of one pass: twice what max_tags may be. With more it is for review anyway


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


@dataclass(slots=True)
class DockDoor:
    """See the module. Every method gives the passes that it closed."""

    plan: DoorPlan
    _time: EventTime = field(init=False)
    _open: OpenPass | None = None
    _listens_us: int | None = None  # since when
    _remembered_us: int | None = None  # what `changes` gave of it
    _watched: OrderedDict[str, Tag] = field(default_factory=OrderedDict)
    _homes: Homes = field(default_factory=Homes)

    def __post_init__(self) -> None:
        self._time = EventTime(steady_us=self.plan.idle_us, patience_us=self.plan.pass_max_us)

    replays = Replays.OPEN

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def sources(self) -> frozenset[str]:
        return self.plan.antennas

    @property
    def devices(self) -> frozenset[str]:
        return self.plan.devices

    @property
    def since_us(self) -> int:
        return self.clock_us  # Not asked for: `replays` says that what is open tells.

    @property
    def clock_us(self) -> int:
        return self._time.clock_us

    @property
    def is_open(self) -> bool:
        """Whether anything heard so far is still to be judged."""
        return self._open is not None or self._time.has_waiting

    @property
    def open_since_us(self) -> int | None:
        """When the open pass began; None where none is open."""
        return None if self._open is None else self._open.opened_us

    def is_unsure_of(self, device: str) -> bool:
        """Whether the device's newest read has an instant that nothing confirmed so far."""
        return self._time.is_unsure_of(device)

    @property
    def blind_us(self) -> int:
        """How long the door was not seen since it was made."""
        return self._time.blind_us

    @property
    def dropped(self) -> int:
        """Reads with a time that nothing confirmed, or of a time that was judged already."""
        return self._time.dropped

    def observe(self, sighting: Sighting) -> list[Pass]:
        """Take one sighting at one of the door's antennas."""
        self._time.take(sighting)
        return self._catch_up()

    def notice(self, noticed: Noticed) -> list[Pass]:  # noqa: ARG002 - it has no eyes
        return []

    def changes(self) -> Memory:
        """Since when it listens; the rest a crash forgets (docs/read-points.md)."""
        if self._listens_us == self._remembered_us:
            return {}
        self._remembered_us = self._listens_us
        return {"listens_us": self._listens_us}

    def recall(self, memory: Memory) -> None:
        listens_us = memory.get("listens_us")
        if isinstance(listens_us, int):
            self._listens_us = self._remembered_us = listens_us

    def link(self, change: LinkChange) -> list[Pass]:
        """A reader of the door is heard again, or no longer."""
        if change.device not in self.plan.devices:
            return []
        closed = self.advance(change.at_us)
        self._time.link(change)
        return closed

    def advance(self, now_us: int) -> list[Pass]:
        """Let event time pass until `now_us`."""
        self._time.advance(now_us)
        return self._catch_up() + self._close_until(self._time.clock_us)

    def shift_time(self, step_us: int) -> None:
        """The wall clock was set: what is remembered moves with it."""
        self._time.shift(step_us)
        if self._listens_us is not None:
            self._listens_us += step_us
        tags = list(self._watched.values())
        if self._open is not None:
            tags += self._open.tags.values()
            self._open.opened_us += step_us
            self._open.restless_us += step_us
            if self._open.leaned_us is not None:
                self._open.leaned_us += step_us
        for tag in tags:
            tag.visit.first_us += step_us
            tag.visit.last_us += step_us

    # -- tags -----------------------------------------------------------------------------------

    def _catch_up(self) -> list[Pass]:
        closed: list[Pass] = []
        for sighting in self._time.due():
            closed += self._close_until(sighting.at_us)
            key = sighting.thing.key
            if self._open is not None and key in self._open.tags:
                self._follow(self._open, key, sighting)
            else:
                self._watch(key, sighting)
        return closed

    def _watch(self, key: str, sighting: Sighting) -> None:
        """Add to what is known of a tag; when that shows movement, it takes part in a pass."""
        at_us = sighting.at_us
        tag = self._watched.get(key)
        if tag is None or tag.was_away(at_us):
            is_new = tag is None and self._knows_who_stands_here(at_us)
            tag = Tag(Visit(sighting.thing, at_us, at_us), is_new=is_new)
        elif self._begins_anew(tag.visit, at_us):
            during_pass = self._open is not None and tag.visit.last_us >= self._open.opened_us
            if tag.stood and not during_pass:
                self._homes.settle(tag.visit)
            tag.begin_anew(Visit(sighting.thing, at_us, at_us), during_pass=during_pass)
        self._add(tag.visit, sighting)
        if not tag.takes_part or self._homes.is_there(key) or self._is_crowded():
            self._remember(key, tag)
            return
        self._watched.pop(key, None)
        self._homes.meet(tag.visit)
        if self._open is None:
            self._open = OpenPass(tag.visit.first_us)
        self._open.join(key, tag)

    def _begins_anew(self, visit: Visit, at_us: int) -> bool:
        """Whether a visit is over: by silence, for its length, or because time went back.

        While a pass is open no visit is over for its length: a tag of the same load that stands
        still now would be judged by what it does next alone.
        """
        if self._open is None and at_us - visit.first_us >= WATCHED_US:
            return True
        idle_us = self.plan.idle_us
        return at_us - visit.last_us >= idle_us or visit.first_us - at_us >= idle_us

    def _knows_who_stands_here(self, at_us: int) -> bool:
        """Whether it has listened long enough that what it never heard was not here."""
        if self._listens_us is None:
            self._listens_us = at_us
        return at_us - self._listens_us >= KNOWN_AFTER_US

    def _is_crowded(self) -> bool:
        if self._open is None or len(self._open.tags) < MEMBERS_MAX:
            return False
        self._open.is_crowded = True
        return True

    def _follow(self, open_pass: OpenPass, key: str, sighting: Sighting) -> None:
        """Add to what is known of a tag that takes part.

        One that only looked restless for a moment takes part no longer; what leaned once does.
        """
        tag = open_pass.tags[key]
        self._add(tag.visit, sighting)
        is_home = self._homes.is_there(key)
        if (tag.has_leaned or tag.visit.moves) and not is_home:
            open_pass.heard(tag)
            return
        del open_pass.tags[key]
        if is_home:
            tag = tag.found_at_home(sighting.at_us)
            tag.visit.add(sighting, inner=sighting.antenna in self.plan.inner)
        self._remember(key, tag)
        if not open_pass.tags:
            self._open = None

    def _add(self, visit: Visit, sighting: Sighting) -> None:
        visit.add(sighting, inner=sighting.antenna in self.plan.inner)
        self._homes.hear(sighting)

    def _remember(self, key: str, tag: Tag) -> None:
        self._watched[key] = tag
        self._watched.move_to_end(key)
        if len(self._watched) > REMEMBERED_MAX:
            self._watched.popitem(last=False)

    # -- closing --------------------------------------------------------------------------------

    def _close_until(self, clock_us: int) -> list[Pass]:
        """Close the open pass if it is over by then.

        It ends at an instant of its own, not when that is noticed: a replay notices later.
        """
        if self._open is None:
            return []
        if clock_us - self._open.held_us >= self.plan.idle_us:
            # A load's tags are not heard last all at once; what is heard half of the silence later
            # was not of it.
            here_us = self._open.held_us + self.plan.idle_us // 2
            return self._close(self._open, "silence", here_us)
        too_long_us = self._open.opened_us + self.plan.pass_max_us
        if clock_us >= too_long_us:
            return self._close(self._open, "too_long", too_long_us - self.plan.idle_us)
        return []

    def _close(self, closing: OpenPass, ended: Ended, here_us: int) -> list[Pass]:
        """Whoever was read after `here_us` is still here."""
        self._open = None
        if ended == "silence":
            self._watch_on(closing, here_us)
        election = elect([tag.visit for tag in closing.tags.values() if tag.has_leaned])
        here = [tag.visit for tag in closing.tags.values() if tag.visit.last_us > here_us]
        dwelling_us = min((visit.first_us for visit in here), default=None)
        judged = [judge(tag.visit, election, dwelling_us) for tag in closing.tags.values()]
        judged += self._bystanders(closing, election.direction, here_us)
        judged = in_company(judged, self._news(closing, judged))
        tags = self._doubt(closing, judged)
        for tag in tags[: len(closing.tags)]:
            self._remember_said(tag, election.direction, ended)
        return [Pass(self.plan.name, *election, ended, tags)]

    def _watch_on(self, closing: OpenPass, here_us: int) -> None:
        """Restless tags that are still here when all that leaned are gone did not go with them."""
        for key, tag in list(closing.tags.items()):
            if tag.visit.last_us > here_us:
                del closing.tags[key]
                self._remember(key, Tag(tag.visit, stayed=True))

    def _bystanders(self, closing: OpenPass, direction: Direction, here_us: int) -> list[Judged]:
        """The tags that were heard during the pass and do not take part."""
        found: list[Judged] = []
        for tag in self._watched.values():
            visit = tag.visit
            is_of_it = closing.opened_us <= visit.last_us and visit.first_us <= closing.held_us
            if tag.said is not None or not is_of_it:
                continue
            stays = tag.stayed or visit.last_us > here_us or self._homes.is_there(visit.thing.key)
            if stays or direction == "unknown" or (visit.is_still and not tag.has_moved):
                found.append(Judged(visit, Verdict.STRAY))
            else:
                found.append(Judged(visit, Verdict.UNCERTAIN, Reason.EVIDENCE_UNCERTAIN))
            tag.is_beside = True
        return found

    def _news(self, closing: OpenPass, judged: list[Judged]) -> set[str]:
        keys = (tag.thing.key for tag in judged)
        return {key for key in keys if (closing.tags.get(key) or self._watched[key]).is_new}

    def _doubt(self, closing: OpenPass, tags: list[Judged]) -> tuple[Judged, ...]:
        """Some passes are for review as a whole.

        Those that were partly unseen; those with more tags than goods can have; and those in which
        a tag takes part once more, because what came with it may not have been away either.
        """
        reason = None
        if self._time.is_blind_after(closing.opened_us):
            reason = Reason.BLIND
        elif closing.is_crowded or self._count(tags) > self.plan.tags_max:
            reason = Reason.TOO_MANY_TAGS
        elif any(tag.said is not None for tag in closing.tags.values()):
            reason = Reason.DIRECTION_UNKNOWN
        if reason is None:
            return tuple(tags)
        return tuple(
            tag if tag.verdict is Verdict.STRAY else Judged(tag.visit, Verdict.UNCERTAIN, reason)
            for tag in tags
        )

    @staticmethod
    def _count(tags: list[Judged]) -> int:
        return sum(tag.verdict is not Verdict.STRAY for tag in tags)

    def _remember_said(self, tag: Judged, direction: Direction, ended: Ended) -> None:
        """It takes part in no other pass as if this one had not been, until it was away."""
        last_us = tag.visit.last_us
        self._remember(
            tag.thing.key,
            Tag(
                Visit(tag.thing, last_us, last_us),
                said=direction if tag.verdict is Verdict.MOVED else "unknown",
                away_us=self.plan.pass_max_us if ended == "too_long" else self.plan.visit_gap_us,
            ),
        )
