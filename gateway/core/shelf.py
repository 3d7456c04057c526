"""A shelf: which tags stand in which of its zones, and when one comes, leaves, or moves.

    zone a   ..|..|...|..|....|                      what one tag is heard at
    zone b        .      .    |..|...|..|...
             arrives          moves         departs after a silence

Tags on a shelf stand still, for days, and are heard now and then: by their own zone most times, by
others sometimes. Three questions are asked of each, every ROUND_US of event time, so that what
happens together is told together:

Did it come?  It was heard in ARRIVAL_LOOKS looks and more (a look is a second) over `arrive_us`: so
what is carried past has not arrived. Its zone is the one that heard most power of it.

Did it leave?  It is silent, and would hardly be if it still stood there. How often its zone hears a
tag is learned for each: of the looks in which the zone heard anything at all, in how many it heard
this one (p). A tag that is there is missed in n such looks in a row with the chance (1 - p)**n; it
left when that is below MISSED_BY_CHANCE, and `depart_us` is over (the window of SMURF: Jeffery,
Garofalakis and Franklin, VLDB 2006, §4). Looks in which the zone heard nothing do not count: an
antenna whose cable is torn hears no tag leave. One that is heard too seldom to be missed is
uncertain after twice that time; so are all tags of a zone that hears nothing any more. A tag that
was put there to stay (`references`) tells an empty zone from a deaf one.

Did it change its place?  Levels of two antennas tell little of distance: antennas, cables and the
way a tag lies differ by more than two shelves do. But a tag at rest keeps its level everywhere,
so a move is a *change*, and shows twice: home hears it weaker than it always did, or misses it; and
another zone louder than *that* always did, or anew (gateway.core.shelf_level). A person before the
shelf shades some antennas for a while, and makes no other louder for as long: parked tags do not
flap.

A tag that stood there when the shelf was first read has not arrived, as far as anybody knows.
"""

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from drivers.base import LinkChange
from gateway.core.event_time import EventTime
from gateway.core.identify import Role, Sighting, Thing
from gateway.core.judgement import Judged, Verdict
from gateway.core.read_point import Memory, Noticed, Replays
from gateway.core.shelf_level import LOOK_US, Level
from gateway.core.visit import UNWEIGHTED_DBM, Visit
from wire.json import JsonValue
from wire.reason import Reason

TAGS_MAX = 50_000  # that stand here or are about to; of more, the longest unheard is forgotten
ROUND_US = 5_000_000
PATIENCE_US = 120_000_000  # how long a reader that is away is waited for
STEADY_US = 10_000_000  # a read so far from what its reader said before must be confirmed
ARRIVAL_LOOKS = 3
# A parked tag that is heard in half of its looks begins a silence 1,000 times an hour, and one
# departure in 10,000 tag-hours may be wrong: one in 10 million.
MISSED_BY_CHANCE = 1e-7
UNTOLD = ""  # the memory's key for what is of no tag

What = Literal["arrived", "departed", "moved"]


@dataclass(frozen=True, slots=True)
class ShelfPlan:
    """Which antennas hear which zone, and how long things take."""

    name: str
    zones: Mapping[str, str]  # antenna (reader:port) -> zone
    references: frozenset[str]  # keys of tags that were put there to stay
    arrive_us: int
    depart_us: int
    move_us: int

    @property
    def devices(self) -> frozenset[str]:
        return frozenset(antenna.partition(":")[0] for antenna in self.zones)


@dataclass(frozen=True, slots=True)
class Change:
    """What some tags did together: the same thing between the same zones, in one round."""

    shelf: str
    what: What
    origin: str | None  # the zone that they stood in
    zone: str | None  # the one that they stand in now
    tags: tuple[Judged, ...]


class _Kind(NamedTuple):
    what: What
    origin: str | None
    zone: str | None


@dataclass(slots=True)
class _Zone:
    looks: int = 0  # in which it heard anything
    _look: int = -1

    def hear(self, at_us: int) -> None:
        if at_us // LOOK_US != self._look:
            self._look = at_us // LOOK_US
            self.looks += 1


@dataclass(slots=True)
class _Tag:
    """Where it stands, how often it is heard there, and what every zone hears of it."""

    thing: Thing
    last: Sighting
    first_us: int  # since it came
    home: str | None = None
    heard: int = 0  # looks of its home that heard it, since it arrived
    looks_then: int = 0  # of its home, when it arrived
    looks_last: int = 0  # of its home, when that heard it last
    is_doubted: bool = False  # said to be gone perhaps
    levels: dict[str, Level] = field(default_factory=dict)
    powers_mw: dict[str, float] = field(default_factory=dict)  # by zone, until it arrived
    looks: set[int] = field(default_factory=set)  # until it arrived

    def judged(self, verdict: Verdict, reason: Reason | None = None) -> Judged:
        """By what was heard of it last."""
        visit = Visit(self.thing, self.last.at_us, self.last.at_us)
        visit.add(self.last, inner=True)
        return Judged(visit, verdict, reason)

    def settle(self, home: str, looks: int) -> None:
        self.home, self.is_doubted = home, False
        self.heard, self.looks_then, self.looks_last = 1, looks - 1, looks
        self.powers_mw.clear()
        self.looks.clear()


@dataclass(slots=True)
class Shelf:
    """See the module. Every method gives the changes that it found."""

    plan: ShelfPlan
    _time: EventTime = field(init=False)
    _zones: dict[str, _Zone] = field(init=False)
    _tags: OrderedDict[str, _Tag] = field(default_factory=OrderedDict)  # the longest unheard first
    _round_us: int | None = None  # the last that was held
    _heard_us: int = 0  # the newest sighting
    _settled_us: int | None = None  # until then what is found stood here before
    _changed: dict[str, JsonValue] = field(default_factory=dict)
    forgotten: int = 0  # tags, for TAGS_MAX

    replays = Replays.SINCE

    def __post_init__(self) -> None:
        self._time = EventTime(steady_us=STEADY_US, patience_us=PATIENCE_US)
        self._zones = {zone: _Zone() for zone in self.plan.zones.values()}

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def sources(self) -> frozenset[str]:
        return frozenset(self.plan.zones)

    @property
    def devices(self) -> frozenset[str]:
        return self.plan.devices

    @property
    def is_open(self) -> bool:
        """Whether anything heard so far is still to be judged."""
        return self._time.has_waiting

    @property
    def since_us(self) -> int:
        """A silence, an arrival and a move are found again from there; the rest is memory."""
        return self._time.clock_us - 2 * self.plan.depart_us - self.plan.arrive_us - ROUND_US

    @property
    def clock_us(self) -> int:
        return self._time.clock_us

    @property
    def blind_us(self) -> int:
        return self._time.blind_us

    @property
    def dropped(self) -> int:
        return self._time.dropped + self.forgotten

    def is_unsure_of(self, device: str) -> bool:
        return self._time.is_unsure_of(device)

    def observe(self, sighting: Sighting) -> list[Change]:
        """Take one sighting at one of the shelf's antennas."""
        self._time.take(sighting)
        return self._catch_up()

    def notice(self, noticed: Noticed) -> list[Change]:  # noqa: ARG002 - it has no eyes
        return []

    def link(self, change: LinkChange) -> list[Change]:
        """A reader of the shelf is heard again, or no longer."""
        if change.device not in self.plan.devices:
            return []
        changes = self.advance(change.at_us)
        self._time.link(change)
        return changes

    def advance(self, now_us: int) -> list[Change]:
        """Let event time pass until `now_us`."""
        self._time.advance(now_us)
        return self._catch_up() + self._rounds(self._time.clock_us)

    def shift_time(self, step_us: int) -> None:
        """The wall clock was set: what is remembered moves with it."""
        self._time.shift(step_us)
        self._heard_us += step_us
        if self._round_us is not None:
            self._round_us += step_us
        if self._settled_us is not None:
            self._settled_us += step_us
        for tag in self._tags.values():
            tag.first_us += step_us
            tag.last = replace(tag.last, at_us=tag.last.at_us + step_us)
            for level in tag.levels.values():
                level.shift(step_us)

    # -- memory -----------------------------------------------------------------------------------

    def changes(self) -> Memory:
        changed, self._changed = self._changed, {}
        return changed

    def recall(self, memory: Memory) -> None:
        """A tag that is remembered stands where it stood, and is silent from the replay on."""
        untold = memory.get(UNTOLD)
        if isinstance(untold, dict):
            round_us, settled_us = untold.get("round_us"), untold.get("settled_us")
            if isinstance(round_us, int) and isinstance(settled_us, int):
                self._round_us, self._settled_us = round_us, settled_us
        for key, said in memory.items():
            match said:
                case {"role": str(role), "zone": str(zone), "heard": int(heard), "of": int(of)}:
                    if zone in self._zones and role in {each.value for each in Role}:
                        self._recall(Thing(key, Role(role)), zone, heard, of)
                case _:
                    pass

    def _recall(self, thing: Thing, zone: str, heard: int, of: int) -> None:
        antenna = next(antenna for antenna, its in self.plan.zones.items() if its == zone)
        now_us = self._round_us or 0
        last = Sighting(thing, antenna, now_us, None, None, 1)
        tag = _Tag(thing, last, now_us, zone, heard, -of)
        self._tags[thing.key] = tag

    def _remember(self, tag: _Tag) -> None:
        if tag.home is None:
            self._changed[tag.thing.key] = None
            return
        of = self._zones[tag.home].looks - tag.looks_then
        self._changed[tag.thing.key] = {
            "role": tag.thing.role.value,
            "zone": tag.home,
            "heard": tag.heard,
            "of": of,
        }

    # -- tags -------------------------------------------------------------------------------------

    def _catch_up(self) -> list[Change]:
        changes: list[Change] = []
        for sighting in self._time.due():
            changes += self._rounds(sighting.at_us)
            self._hear(sighting)
        return changes

    def _hear(self, sighting: Sighting) -> None:
        key, at_us = sighting.thing.key, sighting.at_us
        zone = self.plan.zones[sighting.antenna]
        self._heard_us = max(self._heard_us, at_us)
        if self._settled_us is None:
            self._settled_us = at_us + self.plan.depart_us
        self._zones[zone].hear(at_us)
        if key in self.plan.references:
            return
        tag = self._tags.get(key)
        if tag is None:
            tag = self._tags[key] = _Tag(sighting.thing, sighting, at_us)
        dbm = UNWEIGHTED_DBM if sighting.rssi_dbm is None else sighting.rssi_dbm
        tag.levels.setdefault(zone, Level(self.plan.move_us)).hear(dbm, at_us)
        if tag.home is None:
            mw = sighting.count * 10 ** (dbm / 10)
            tag.powers_mw[zone] = tag.powers_mw.get(zone, 0.0) + mw
            if len(tag.looks) < ARRIVAL_LOOKS:
                tag.looks.add(at_us // LOOK_US)
        elif tag.home == zone:
            looks = self._zones[zone].looks
            tag.heard += looks != tag.looks_last
            tag.looks_last = looks
            tag.is_doubted = False
        if at_us >= tag.last.at_us:
            tag.last = sighting
        self._tags.move_to_end(key)
        if len(self._tags) > TAGS_MAX:
            gone, _ = self._tags.popitem(last=False)
            self._changed[gone] = None
            self.forgotten += 1

    # -- rounds -----------------------------------------------------------------------------------

    def _rounds(self, clock_us: int) -> list[Change]:
        """Those that are due: at instants of event time, so that a replay holds the same ones."""
        due_us = clock_us // ROUND_US * ROUND_US
        if self._round_us is None:
            self._round_us = due_us
        changes: list[Change] = []
        while self._round_us < due_us:
            # In a long silence nothing happens after the longest that anything waits for.
            quiet_us = max(self._heard_us, self._time.blind_until_us) + 2 * self.plan.depart_us
            idle = self._round_us > quiet_us
            self._round_us = due_us if idle else self._round_us + ROUND_US
            changes += self._round(self._round_us)
        return changes

    def _round(self, now_us: int) -> list[Change]:
        found: dict[_Kind, list[Judged]] = {}
        for tag in list(self._tags.values()):
            for kind, judged in self._look_at(tag, now_us):
                found.setdefault(kind, []).append(judged)
        if found:
            self._changed[UNTOLD] = {"round_us": now_us, "settled_us": self._settled_us}
        return [Change(self.name, *kind, tuple(tags)) for kind, tags in found.items()]

    def _look_at(self, tag: _Tag, now_us: int) -> list[tuple[_Kind, Judged]]:
        silent_us = now_us - max(tag.last.at_us, self._time.blind_until_us)
        if tag.home is None:
            return self._arrival(tag, silent_us)
        if silent_us >= self.plan.depart_us:
            return self._departure(tag, tag.home, silent_us)
        return self._move(tag, tag.home, now_us)

    def _arrival(self, tag: _Tag, silent_us: int) -> list[tuple[_Kind, Judged]]:
        if silent_us >= self.plan.depart_us:
            del self._tags[tag.thing.key]  # It was carried past.
            return []
        lasted_us = tag.last.at_us - tag.first_us
        if lasted_us < self.plan.arrive_us or len(tag.looks) < ARRIVAL_LOOKS:
            return []
        zone = max(sorted(tag.powers_mw), key=lambda each: tag.powers_mw[each])
        tag.settle(zone, self._zones[zone].looks)
        for level in tag.levels.values():
            level.settle()
        self._remember(tag)
        if self._settled_us is None or tag.first_us < self._settled_us:
            judged = tag.judged(Verdict.UNCERTAIN, Reason.FIRST_INVENTORY)
        else:
            judged = tag.judged(Verdict.MOVED)
        return [(_Kind("arrived", None, zone), judged)]

    def _departure(self, tag: _Tag, home: str, silent_us: int) -> list[tuple[_Kind, Judged]]:
        kind = _Kind("departed", home, None)
        if self._is_missed(tag, home):
            tag.home = None
            self._remember(tag)
            del self._tags[tag.thing.key]
            return [(kind, tag.judged(Verdict.MOVED))]
        if tag.is_doubted or silent_us < 2 * self.plan.depart_us:
            return []
        tag.is_doubted = True
        heard_others = self._zones[home].looks > tag.looks_last
        reason = Reason.EVIDENCE_UNCERTAIN if heard_others else Reason.ANTENNA_SILENT
        return [(kind, tag.judged(Verdict.UNCERTAIN, reason))]

    def _is_missed(self, tag: _Tag, home: str) -> bool:
        """Whether it would hardly be unheard for so long if it stood there (Laplace's rule)."""
        looks = self._zones[home].looks
        share = (tag.heard + 1) / (tag.looks_last - tag.looks_then + 2)
        return (looks - tag.looks_last) * math.log(1 - share) < math.log(MISSED_BY_CHANCE)

    def _move(self, tag: _Tag, home: str, now_us: int) -> list[tuple[_Kind, Judged]]:
        at_home = tag.levels.get(home)
        is_weaker = at_home is not None and at_home.is_weaker
        if not is_weaker and not self._is_missed(tag, home):
            return []
        louder = [zone for zone, level in tag.levels.items() if zone != home and level.is_louder]
        if not louder:
            return []
        zone = max(sorted(louder), key=lambda each: tag.levels[each].change_now_dbm)
        for level in tag.levels.values():
            level.renew(now_us)
        tag.settle(zone, self._zones[zone].looks)
        self._remember(tag)
        return [(_Kind("moved", home, zone), tag.judged(Verdict.MOVED))]
