"""The way of an observation: which thing, which read points, what they conclude.

Deterministic and without clock: the same observations under the same settings give the same
events, byte for byte, whether they come from a reader now, from the ring after a crash, or from
somebody's recording.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from drivers.base import (
    AntennaChange,
    ClockStepped,
    GpiChange,
    LinkChange,
    NoRead,
    Observation,
    Scan,
    TagRead,
)
from gateway.core.announce import Voice, announce
from gateway.core.dock_door import DockDoor
from gateway.core.filter import Turned
from gateway.core.identify import Identifier
from gateway.core.judgement import Pass
from gateway.core.repeats import Repeats
from wire.event import Event

# More than any read point waits (gateway.settings): a pass an hour, then for its reader another.
WAITED_MAX_US = 3 * 3600 * 1_000_000

Ask = Callable[[DockDoor], list[Pass]]


@dataclass(slots=True)
class ReadPoint:
    """One read point at work."""

    door: DockDoor
    voice: Voice
    passes: int = 0
    resume: int = 0  # a replay from here finds an open pass again, and no closed one
    mark: int = 0  # the next `resume`, when no pass opens before the next checkpoint
    unsure: dict[str, int] = field(default_factory=dict)  # by device: a read not believed yet

    @property
    def name(self) -> str:
        return self.door.plan.name


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A closed pass that no event could be made of: a bug, or a value that no rule foresaw.

    It costs that pass. Were it to end the process, the replay at the next start would come to the
    same pass, and end it again.
    """

    read_point: str
    reads: int
    error: Exception


Said = Event | Unsaid


@dataclass(slots=True)
class Pipeline:
    """Feed it each observation with its number, and the time; it gives the events to send."""

    identifier: Identifier
    read_points: Sequence[ReadPoint]
    repeats: Repeats = field(default_factory=lambda: Repeats({}, lambda _: None))
    repeated: int = 0  # scans of a thing that its scanner has just read
    no_reads: int = 0  # triggers of scanners that read nothing
    unrouted: int = 0  # reads at antennas of no read point
    turned: Counter[Turned] = field(default_factory=Counter)  # reads that the filter turned away
    not_understood: int = 0  # observations that no read point here can use
    _by_antenna: dict[str, list[ReadPoint]] = field(default_factory=dict)
    _by_device: dict[str, list[ReadPoint]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for read_point in self.read_points:
            for device in read_point.door.plan.devices:
                self._by_device.setdefault(device, []).append(read_point)
            for antenna in read_point.door.plan.antennas:
                self._by_antenna.setdefault(antenna, []).append(read_point)

    def feed(self, number: int, observation: Observation) -> list[Said]:
        """Take observation `number` (they are numbered without gaps)."""
        match observation:
            case TagRead():
                return self._read(number, observation)
            case LinkChange():
                return self._all(number, lambda door: door.link(observation))
            case ClockStepped(step_us=step_us):
                for read_point in self.read_points:
                    read_point.door.shift_time(step_us)
                return []
            case Scan():
                return self._scan(observation)
            case NoRead():
                self.no_reads += 1  # No kind of read point has a place for it yet.
                return []
            case GpiChange() | AntennaChange():
                return []  # A door needs none; they stand in the ring, and in health.
            case _:
                assert_never(observation)

    def tick(self, number: int, now_us: int, heard_us: Mapping[str, int]) -> list[Said]:
        """Let event time pass; `number` is that of the next observation.

        `heard_us` says when each device that is up was last heard: for a door, no time passes
        beyond that, since a reader that is silent itself does not say that its tags are.
        """

        def ask(door: DockDoor) -> list[Pass]:
            heard = [at_us for device, at_us in heard_us.items() if device in door.plan.devices]
            return door.advance(min([now_us, *heard]))

        return self._all(number, ask)

    def hear(self, number: int, device: str, at_us: int) -> list[Said]:
        """Let time pass as `device` tells it, for the read points that hear with it.

        For what has no clock: a recording. Others tell nothing of a read point's time: its reader
        may be one that is lost, and what it holds still to come.
        """
        said: list[Said] = []
        for each in self._by_device.get(device, []):
            said += self._said(each, number, each.door.advance(at_us))
        return said

    def end(self, number: int, now_us: int) -> list[Said]:
        """Nothing comes any more: who waits for a silence, or for a reader, has waited.

        Only what is a pass ends with that: of what was still there, nobody knows that it left.
        """
        return self.tick(number, now_us + WAITED_MAX_US, {})

    def checkpoint(self, number: int) -> None:
        """Move the resume numbers on; `number` is that of the next observation.

        To be called at most every WATCHED_US of dock_door: what is older than that is in no visit
        that could still open a pass.
        """
        for each in self.read_points:
            if not each.door.is_open:
                each.resume, each.mark = each.mark, number

    @property
    def dropped(self) -> int:
        """Reads that came at a time that no read point could place them in."""
        return sum(each.door.dropped for each in self.read_points)

    def resume(self) -> dict[str, int]:
        """For each read point, from which observation on a replay finds its open pass again."""
        return {each.name: each.resume for each in self.read_points}

    def _scan(self, scan: Scan) -> list[Said]:
        if self.repeats.is_repeat(scan):
            self.repeated += 1
        else:
            self.not_understood += 1
        return []

    def _read(self, number: int, read: TagRead) -> list[Said]:
        sighting = self.identifier.sighting(read)
        read_points = self._by_antenna.get(sighting.antenna, [])
        if not read_points:
            self.unrouted += 1
        elif turned := self.identifier.turned(read, sighting.thing):
            self.turned[turned] += read.seen_count
            return []
        said: list[Said] = []
        for read_point in read_points:
            if number < read_point.resume:
                continue  # A replay: this read point is done with it.
            said += self._said(read_point, number, read_point.door.observe(sighting))
            if read_point.door.is_unsure_of(read.device):
                read_point.unsure[read.device] = number
        return said

    def _all(self, number: int, ask: Ask) -> list[Said]:
        said: list[Said] = []
        for read_point in self.read_points:
            said += self._said(read_point, number, ask(read_point.door))
        return said

    def _said(self, read_point: ReadPoint, number: int, closed: Sequence[Pass]) -> list[Said]:
        if closed:
            # What was not believed until now came after the pass, and belongs to the next one.
            read_point.resume = read_point.mark = min([number, *read_point.unsure.values()])
        read_point.unsure.clear()
        read_point.passes += len(closed)
        return [each for door_pass in closed for each in _announced(door_pass, read_point)]


def _announced(door_pass: Pass, read_point: ReadPoint) -> Sequence[Said]:
    try:
        return announce(door_pass, read_point.voice)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is about this pass
        reads = sum(tag.visit.reads for tag in door_pass.tags)
        return [Unsaid(read_point.name, reads, error)]
