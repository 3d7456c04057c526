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
from gateway.core.filter import Turned
from gateway.core.identify import Identifier
from gateway.core.read_point import Memory, Noticed, Outcome, ReadPoint
from gateway.core.repeats import Repeats

# More than any read point waits (gateway.settings): a pass an hour, then for its reader another.
WAITED_MAX_US = 3 * 3600 * 1_000_000


@dataclass(slots=True)
class Pipeline:
    """Feed it each observation with its number, and the time; it gives the events to send."""

    identifier: Identifier
    read_points: Sequence[ReadPoint[object]]
    repeats: Repeats = field(default_factory=lambda: Repeats({}, lambda _: None))
    # Scans of a thing that its scanner has just read, by scanner.
    repeated: Counter[str] = field(default_factory=Counter)
    unrouted: int = 0  # reads at antennas of no read point
    turned: Counter[Turned] = field(default_factory=Counter)  # reads that the filter turned away
    not_understood: int = 0  # scans and no-reads at scanners of no read point
    _by_source: dict[str, list[ReadPoint[object]]] = field(default_factory=dict)
    _by_device: dict[str, list[ReadPoint[object]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for read_point in self.read_points:
            for device in read_point.machine.devices:
                self._by_device.setdefault(device, []).append(read_point)
            for source in read_point.machine.sources:
                self._by_source.setdefault(source, []).append(read_point)

    def feed(self, number: int, observation: Observation) -> list[Outcome]:
        """Take observation `number` (they are numbered without gaps)."""
        match observation:
            case TagRead():
                return self._read(number, observation)
            case LinkChange():
                return self._all(lambda each: each.link(number, observation))
            case ClockStepped(step_us=step_us):
                return self._all(lambda each: each.shift_time(step_us))
            case Scan():
                return self._scan(number, observation)
            case NoRead():
                return self._scanner(number, observation.device, observation)
            case GpiChange():
                source = f"{observation.device}:gpi{observation.port}"
                return self._notice(number, source, observation)
            case AntennaChange():
                return []  # It stands in the ring, and in health.
            case _:
                assert_never(observation)

    def tick(self, number: int, now_us: int, heard_us: Mapping[str, int]) -> list[Outcome]:
        """Let event time pass; `number` is that of the next observation.

        `heard_us` says when each device that is up was last heard: for a read point, no time passes
        beyond that, since a reader that is silent itself does not say that its tags are.
        """

        def ask(each: ReadPoint[object]) -> list[Outcome]:
            devices = each.machine.devices
            heard = [at_us for device, at_us in heard_us.items() if device in devices]
            return each.advance(number, min([now_us, *heard]))

        return self._all(ask)

    def hear(self, number: int, device: str, at_us: int) -> list[Outcome]:
        """Let time pass as `device` tells it, for the read points that hear with it.

        For what has no clock: a recording. Others tell nothing of a read point's time: its reader
        may be one that is lost, and what it holds still to come.
        """
        points = self._by_device.get(device, [])
        return [said for each in points for said in each.advance(number, at_us)]

    def end(self, number: int, now_us: int) -> list[Outcome]:
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
            each.checkpoint(number)

    @property
    def dropped(self) -> int:
        """Reads that came at a time that no read point could place them in."""
        return sum(each.machine.dropped for each in self.read_points)

    def resume(self) -> dict[str, int]:
        """For each read point, from which observation on a replay finds its open pass again."""
        return {each.name: each.resume for each in self.read_points}

    @property
    def has_news(self) -> bool:
        """Whether `changes` must be on disk now."""
        return any(each.has_news for each in self.read_points)

    def changes(self) -> dict[str, Memory]:
        """What has to be on disk together with `resume`, so that a replay goes on from there."""
        changes = {each.name: each.changes() for each in self.read_points}
        return {name: changed for name, changed in changes.items() if changed}

    def _scan(self, number: int, scan: Scan) -> list[Outcome]:
        if self.repeats.is_repeat(scan):
            self.repeated[scan.device] += 1
            return []
        return self._scanner(number, scan.device, self.identifier.scanned(scan))

    def _scanner(self, number: int, scanner: str, noticed: Noticed) -> list[Outcome]:
        if scanner not in self._by_source:
            self.not_understood += 1
        return self._notice(number, scanner, noticed)

    def _notice(self, number: int, source: str, noticed: Noticed) -> list[Outcome]:
        points = self._by_source.get(source, [])
        return [said for each in points for said in each.notice(number, noticed)]

    def _read(self, number: int, read: TagRead) -> list[Outcome]:
        sighting = self.identifier.sighting(read)
        points = self._by_source.get(sighting.antenna, [])
        if not points:
            self.unrouted += 1
        elif turned := self.identifier.turned(read, sighting.thing):
            self.turned[turned] += read.seen_count
            return []
        return [said for each in points for said in each.observe(number, sighting)]

    def _all(self, ask: Callable[[ReadPoint[object]], list[Outcome]]) -> list[Outcome]:
        return [said for each in self.read_points for said in ask(each)]
