"""What the host hears of a reader whose link drops, and of its own clock when somebody sets it.

A reader that holds its reads goes on reading while nobody listens, and delivers them late, with
the times at which it read. A clock that is set moves all that is said from then on.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.scene.door import SceneRead


@dataclass(frozen=True, slots=True)
class Outage:
    """The link is down. All µs of the scene."""

    from_us: int
    until_us: int


@dataclass(frozen=True, slots=True)
class ClockStep:
    """The host's clock is set by so much."""

    at_us: int
    step_us: int


@dataclass(frozen=True, slots=True)
class HeardRead:
    reader: str
    at_us: int  # by the host's clock
    read: SceneRead


@dataclass(frozen=True, slots=True)
class HeardLink:
    """The reader is gone, or has delivered all that it held."""

    reader: str
    at_us: int
    up: bool


@dataclass(frozen=True, slots=True)
class HeardClock:
    at_us: int  # by the new clock
    step_us: int


Heard = HeardRead | HeardLink | HeardClock


@dataclass(slots=True)
class HostClock:
    """The host's time for a time of the scene."""

    epoch_us: int
    steps: Sequence[ClockStep] = ()
    _offsets_us: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._offsets_us = [self.epoch_us]
        for step in self.steps:
            self._offsets_us.append(self._offsets_us[-1] + step.step_us)

    def offset_us(self, scene_us: int) -> int:
        done = bisect_right(self.steps, scene_us, key=lambda step: step.at_us)
        return self._offsets_us[done]

    def steps_between(self, after_us: int, until_us: int) -> list[HeardClock]:
        return [
            HeardClock(step.at_us + self.offset_us(step.at_us), step.step_us)
            for step in self.steps
            if after_us < step.at_us <= until_us
        ]


@dataclass(slots=True)
class Link:
    """One reader's link. Give it all reads of each step; it says what arrives in that step."""

    reader: str
    clock: HostClock
    outages: Sequence[Outage] = ()  # one after the other
    _held: list[SceneRead] = field(default_factory=list)
    _down: Outage | None = None

    def arrive(self, reads: Sequence[SceneRead], until_us: int) -> list[tuple[int, Heard]]:
        """(µs of the scene at which it arrives, what), in that order."""
        found: list[tuple[int, Heard]] = []
        for read in reads:
            at_us = round(read.at_s * 1e6)
            found += self._change(at_us)
            if self._down is None:
                found.append((at_us, self._heard(read, at_us, at_us)))
            else:
                self._held.append(read)
        return found + self._change(until_us)

    def _change(self, now_us: int) -> list[tuple[int, Heard]]:
        found: list[tuple[int, Heard]] = []
        while self.outages:
            outage = self.outages[0]
            if self._down is None and outage.from_us <= now_us:
                at_us = outage.from_us
                found.append((at_us, HeardLink(self.reader, at_us + self._offset(at_us), up=False)))
                self._down = outage
            elif self._down is not None and outage.until_us <= now_us:
                found += self._come_back(outage.until_us)
                self.outages = self.outages[1:]
            else:
                break
        return found

    def _come_back(self, at_us: int) -> list[tuple[int, Heard]]:
        """First what was held, then that it is up again."""
        late = [(at_us, self._heard(read, round(read.at_s * 1e6), at_us)) for read in self._held]
        self._held, self._down = [], None
        back = HeardLink(self.reader, at_us + self._offset(at_us), up=True)
        return [*late, (at_us, back)]

    def _heard(self, read: SceneRead, at_us: int, arrives_us: int) -> Heard:
        """The driver corrects a reader's times by the host's clock of when they arrive."""
        return HeardRead(self.reader, at_us + self._offset(arrives_us), read)

    def _offset(self, scene_us: int) -> int:
        return self.clock.offset_us(scene_us)
