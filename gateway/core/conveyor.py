"""A conveyor: which tags were on which box, where a photo-eye sees the boxes go by.

    eye      ___[ box 1 ]_____[ box 2 ]____         a window each
    antennas      ..:|||:..                         a tag of box 1: its visit,
                      x                             and the centroid of its power

What is heard *while* a box stands before the eye says little: antennas hear metres of belt, several
boxes at once, and the eye is before them or behind. When a tag was nearest says much. So each visit
belongs to one window: the one nearest to its centroid, moved by the offset that is learned from the
boxes (gateway.core.belt_offset); and to none where that is too far. One centroid, one window: a tag
is never on two boxes. What stands beside the belt is on no box: gateway.core.belt_tags.

Decisions are made at instants of event time, in order: a replay makes the same ones. All that comes
within LATE_US of its own time is taken in the order of these times, whatever order it came in.

After a crash the windows, the eye, the scans, the offsets and what was concluded of tags are
recalled as they were at one instant of event time, `floor_us`. What is rebuilt, from the reads, are
the visits that were not concluded then; so none of them may be missing, and nothing is concluded
again before that instant.
"""

import heapq
from dataclasses import dataclass, field, replace
from typing import assert_never

from drivers.base import GpiChange, LinkChange, NoRead
from gateway.core.belt import Belt, BeltPlan
from gateway.core.box import Box
from gateway.core.box_codes import Code
from gateway.core.event_time import EventTime
from gateway.core.identify import Scanned, Sighting
from gateway.core.read_point import Memory, Noticed, Replays
from wire.json import JsonValue

LATE_US = 1_000_000  # what readers gather before they report
PATIENCE_US = 120_000_000  # as a door waits for its reader
WAITING_MAX = 100_000  # sightings of LATE_US, a hundred times what readers hear; then it is less

_Placed = tuple[int, str, str, float, int, int, Sighting]


@dataclass(slots=True)
class Conveyor:
    """See the module. Every method gives the boxes that it judged."""

    plan: BeltPlan
    _time: EventTime = field(init=False)
    _belt: Belt = field(init=False)
    _late: list[_Placed] = field(default_factory=list)  # a heap
    _count: int = 0
    _told: dict[str, JsonValue] = field(default_factory=dict)  # the memory, as given last

    def __post_init__(self) -> None:
        self._time = EventTime(steady_us=self.plan.idle_us, patience_us=PATIENCE_US)
        self._belt = Belt(self.plan, self._time.is_blind_after)

    replays = Replays.SINCE

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def sources(self) -> frozenset[str]:
        eye = self.plan.eye
        scanners = {self.plan.scanner} if self.plan.scanner is not None else set()
        return self.plan.antennas | {f"{eye.device}:gpi{eye.port}"} | scanners

    @property
    def devices(self) -> frozenset[str]:
        readers = {each.partition(":")[0] for each in self.plan.antennas}
        return frozenset(readers | {self.plan.eye.device})

    @property
    def is_open(self) -> bool:
        """Whether anything heard so far is still to be judged."""
        return self._time.has_waiting or bool(self._late) or self._belt.is_open

    @property
    def clock_us(self) -> int:
        return self._time.clock_us

    @property
    def since_us(self) -> int:
        """What was heard since then says all that is still to be judged; and what began before.

        A visit that stays may have begun long ago. Of it one read tells that it did.
        """
        return self._belt.unjudged_us - self.plan.idle_us - 2 * LATE_US

    def is_unsure_of(self, device: str) -> bool:
        return self._time.is_unsure_of(device)

    @property
    def blind_us(self) -> int:
        return self._time.blind_us

    @property
    def dropped(self) -> int:
        return self._time.dropped + self._belt.dropped + self._belt.codes.dropped

    def observe(self, sighting: Sighting) -> list[Box]:
        """Take one sighting at one of the belt's antennas."""
        self._time.take(sighting)
        return self._catch_up()

    def notice(self, noticed: Noticed) -> list[Box]:
        """Take an edge of the eye, or a scan. They count when their own time has passed."""
        match noticed:
            case GpiChange():
                self._belt.eye.take(noticed)
            case NoRead():
                self._belt.scan(Code(noticed.at_us, None))
            case Scanned():
                self._belt.scan(Code(noticed.at_us, noticed.found.key))
            case _:
                assert_never(noticed)
        return []

    def link(self, change: LinkChange) -> list[Box]:
        """A reader of the belt is heard again, or no longer."""
        if change.device not in self.devices:
            return []
        boxes = self.advance(change.at_us)
        self._time.link(change)
        return boxes

    def advance(self, now_us: int) -> list[Box]:
        """Let event time pass until `now_us`; what may still come late is not judged before."""
        self._time.advance(now_us)
        return self._catch_up() + self._run_until(self._time.clock_us - LATE_US)

    def shift_time(self, step_us: int) -> None:
        """The wall clock was set: what is remembered moves with it.

        What was recalled after a crash was told by the clock as it is since; until a replay has
        come there, the step is one from before.
        """
        recalled = self._time.clock_us - LATE_US >= self._belt.floor_us
        self._time.shift(step_us)
        self._belt.shift(step_us, recalled=recalled)
        sightings = [replace(each[-1], at_us=each[-1].at_us + step_us) for each in self._late]
        self._late = []
        for sighting in sightings:
            self._push(sighting)

    def changes(self) -> Memory:
        told = self._belt.memory()
        changed = {key: value for key, value in told.items() if self._told.get(key) != value}
        gone: dict[str, JsonValue] = {key: None for key in self._told if key not in told}
        self._told = told
        return {**gone, **changed, **self._belt.tags.changes()}

    def recall(self, memory: Memory) -> None:
        if not memory:
            return
        try:
            self._belt.recall(memory)
            self._told = {key: each for key, each in memory.items() if not key.startswith("tag:")}
        except ValueError:
            self._belt = Belt(self.plan, self._time.is_blind_after)
            self._told = dict(memory)  # What is of no use is forgotten with the next box.

    # -- in order of time -------------------------------------------------------------------------

    def _catch_up(self) -> list[Box]:
        for sighting in self._time.due():
            self._push(sighting)
        if len(self._late) <= WAITING_MAX:
            return []
        return self._run_until(self._late[0][0])

    def _run_until(self, to_us: int) -> list[Box]:
        boxes: list[Box] = []
        while self._late and self._late[0][0] <= to_us:
            boxes += self._belt.add(heapq.heappop(self._late)[-1])
        return boxes + self._belt.pass_time(to_us)

    def _push(self, sighting: Sighting) -> None:
        """In the order of their times; what is at one instant, in an order of its own, too."""
        rssi_dbm = -1e9 if sighting.rssi_dbm is None else sighting.rssi_dbm
        channel = -1 if sighting.channel is None else sighting.channel
        what = (sighting.thing.key, sighting.antenna, rssi_dbm, channel)
        self._count += 1
        heapq.heappush(self._late, (sighting.at_us, *what, self._count, sighting))
