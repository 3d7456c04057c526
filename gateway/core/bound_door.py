"""A dock door with documents: each pass is of the one that was bound when it was heard last.

A `BoundDoor` is a DockDoor that also hears what is bound to it. `Teller.say` makes the events of a
pass, which name the document, and the light that tells the person at the door what to think of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from drivers.base import LinkChange
from gateway.core import binding
from gateway.core.announce import Ways, announce
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Scanned, Sighting
from gateway.core.judgement import Pass, Verdict
from gateway.core.matching import Matcher
from gateway.core.read_point import Light, Memory, Noticed, Replays, Voice
from wire.event import Event


@dataclass(slots=True)
class BoundDoor:
    """See gateway.core.read_point.Machine. `scanner`: with which documents are scanned here."""

    door: DockDoor
    matcher: Matcher
    scanner: str | None = None

    replays = Replays.OPEN

    @property
    def name(self) -> str:
        return self.door.name

    @property
    def sources(self) -> frozenset[str]:
        """What the scanner says is looked up elsewhere; here it only counts as heard."""
        scanners = {self.scanner} if self.scanner is not None else set()
        return self.door.sources | {binding.source(self.name)} | scanners

    @property
    def devices(self) -> frozenset[str]:
        return self.door.devices

    @property
    def is_open(self) -> bool:
        return self.door.is_open

    @property
    def since_us(self) -> int:
        return self.door.since_us

    @property
    def clock_us(self) -> int:
        return self.door.clock_us

    @property
    def blind_us(self) -> int:
        return self.door.blind_us

    @property
    def dropped(self) -> int:
        return self.door.dropped

    def is_unsure_of(self, device: str) -> bool:
        return self.door.is_unsure_of(device)

    def observe(self, sighting: Sighting) -> list[Pass]:
        return self._bound(self.door.observe(sighting))

    def notice(self, noticed: Noticed) -> list[Pass]:
        if isinstance(noticed, Scanned):
            if noticed.scanner == binding.source(self.name):
                self.matcher.bindings.take(noticed.at_us, noticed.text)
            return []
        return self._bound(self.door.notice(noticed))

    def link(self, change: LinkChange) -> list[Pass]:
        return self._bound(self.door.link(change))

    def advance(self, now_us: int) -> list[Pass]:
        return self._bound(self.door.advance(now_us))

    def shift_time(self, step_us: int) -> None:
        self.door.shift_time(step_us)
        self.matcher.bindings.shift(step_us)

    def changes(self) -> Memory:
        return {**self.door.changes(), **self.matcher.bindings.changes()}

    def recall(self, memory: Memory) -> None:
        self.door.recall(memory)
        self.matcher.bindings.recall(dict(memory))

    def _bound(self, passes: list[Pass]) -> list[Pass]:
        return [replace(each, bound=self.matcher.bindings.at(heard_us(each))) for each in passes]


def heard_us(door_pass: Pass) -> int:
    """When the last of those that went was heard; of all, where none did."""
    went = [tag for tag in door_pass.tags if tag.verdict is not Verdict.STRAY] or door_pass.tags
    return max(tag.visit.last_us for tag in went)


@dataclass(frozen=True, slots=True)
class Teller:
    """What a pass says. `is_watched`: somebody is shown what to think of each."""

    ways: Ways
    matcher: Matcher
    is_watched: bool

    def say(self, door_pass: Pass, voice: Voice) -> Sequence[Event | Light]:
        said: list[Event | Light] = [*announce(door_pass, voice, self.ways)]
        at_us = heard_us(door_pass)
        finding = self.matcher.find(door_pass, at_us)
        self.matcher.count(door_pass)
        if finding is not None and (self.is_watched or door_pass.bound is not None):
            said.append(Light(door_pass.door, finding.word, finding.text, at_us))
        return said
