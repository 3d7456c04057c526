"""What all kinds of read point have in common: how they are fed, resumed after a crash, and heard.

A kind is a `Machine`: pure, in event time, deterministic. It concludes; `say` makes events of what
it concluded. A `ReadPoint` is a machine at work. It knows from which observation on a replay comes
to the same conclusions, and what of the machine's memory has to be on disk for that.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Generic, Literal, Protocol, TypeVar

from drivers.base import GpiChange, LinkChange, NoRead
from gateway.core.antenna_health import AntennaHealth
from gateway.core.identify import Scanned, Sighting
from gateway.core.visit import Visit
from wire import refusal
from wire.event import Event
from wire.json import JsonValue

Mode = Literal["trial", "live", "off"]
Kind = Literal["dock_door", "conveyor", "shelf", "station", "count"]
Noticed = GpiChange | NoRead | Scanned
Memory = Mapping[str, JsonValue]  # None: to be forgotten

MARKS_MAX = 1_000  # checkpoints, some hours of them: what a machine needs is never older

C = TypeVar("C", covariant=True)  # noqa: PLC0105 - what a machine concludes


class Replays(StrEnum):
    """What of the past a machine must be fed again after a crash."""

    OPEN = "open"  # what is not concluded; nothing that was concluded is fed twice
    SINCE = "since"  # all from `since_us` on; what it concluded it keeps to itself, by its memory
    NOTHING = "nothing"  # each observation is done with at once, and its memory has the rest


class Machine(Protocol[C]):
    """A kind of read point. Each method that is told something gives what it concluded by it."""

    replays: Replays

    @property
    def name(self) -> str: ...

    @property
    def sources(self) -> frozenset[str]:
        """What it hears: antennas "dock-1:2", inputs "dock-1:gpi1", scanners "belt-1"."""

    @property
    def devices(self) -> frozenset[str]:
        """Those whose word of time counts: it passes no further than they were heard."""

    @property
    def is_open(self) -> bool:
        """Whether anything heard so far is still to be judged."""

    @property
    def since_us(self) -> int:
        """What was heard since then (event time) says all that is still to be judged."""

    @property
    def clock_us(self) -> int:
        """Up to when time passed."""

    @property
    def blind_us(self) -> int:
        """For how long it was not seen, since it was made."""

    @property
    def dropped(self) -> int:
        """Reads that came at a time in which it could not place them."""

    def is_unsure_of(self, device: str) -> bool:
        """Whether the device's newest read has an instant that nothing confirmed so far."""

    def observe(self, sighting: Sighting) -> Sequence[C]: ...

    def notice(self, noticed: Noticed) -> Sequence[C]: ...

    def link(self, change: LinkChange) -> Sequence[C]: ...

    def advance(self, now_us: int) -> Sequence[C]: ...

    def shift_time(self, step_us: int) -> None: ...

    def changes(self) -> Memory:
        """What of its memory changed since this was asked last."""

    def recall(self, memory: Memory) -> None:
        """To be told before anything else; what is there may be of another version, or wrong."""


J = TypeVar("J")


class Referee(Protocol[J]):
    """Rules on what several read points concluded of one thing, one conclusion at a time."""

    def tell(self, concluded: J) -> None:
        """It was concluded, and will be asked about until it is ruled."""

    def rule(self, concluded: J, *, at_once: bool) -> J | None:
        """What remains of it; None where that is not known yet, unless `at_once`."""

    def forget(self) -> None:
        """The wall clock is about to be set: what was told has times of another count."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks, of which place, and how far it is to be trusted."""

    gateway: str
    zone: tzinfo
    read_point: str  # its URI
    mode: Mode
    verdicts: bool = False  # also what is no news to anybody: for `replay`


@dataclass(frozen=True, slots=True)
class Step:
    """What a movement here means: EPCIS words, and claims that the ledger judges."""

    biz_step: str
    biz_location: str | None = None
    claimed_from: str | None = None
    claimed_to: str | None = None


@dataclass(frozen=True, slots=True)
class Light:
    """What a person at the read point is to see or hear; never sent, and nothing of a replay."""

    read_point: str
    word: Literal["accepted", "refused", "moved", "uncertain", "wrong"]
    text: str = ""
    at_us: int | None = None  # event time; None: now


@dataclass(frozen=True, slots=True)
class Unsaid:
    """A conclusion that no event could be made of: a bug, or a value that no rule foresaw.

    It costs that conclusion. Were it to end the process, the replay at the next start would come to
    the same one, and end it again.
    """

    read_point: str
    what: str
    error: Exception


Said = Event | Unsaid
Outcome = Said | Light


@dataclass(slots=True)
class ReadPoint(Generic[C]):
    """A machine at work. Nobody else hands its conclusions to `say`, so C may be covariant."""

    kind: Kind
    machine: Machine[C]
    voice: Voice
    say: Callable[[C, Voice], Sequence[Event | Light]]
    referee: Referee[C] | None = None
    health: AntennaHealth | None = None
    went_by: Callable[[C], Sequence[Visit]] | None = None  # for `health`: what surely did
    passes: int = 0  # conclusions so far
    resume: int = 0  # a replay from this observation on comes to the same conclusions
    mark: int = 0  # the next `resume`, when no pass opens before the next checkpoint
    has_news: bool = False  # memory that must be on disk now, though nothing may have been said
    _marks: deque[tuple[int, int]] = field(default_factory=lambda: deque(maxlen=MARKS_MAX))
    _unsure: dict[str, int] = field(default_factory=dict)  # by device: a read not believed yet
    # What waits for the referee, each with the number from which what came after it is found again.
    _held: deque[tuple[int, C]] = field(default_factory=deque)

    @property
    def name(self) -> str:
        return self.machine.name

    def start(self, number: int, memory: Memory) -> None:
        """As the last run left it."""
        self.resume = self.mark = number
        self.machine.recall(memory)

    def observe(self, number: int, sighting: Sighting) -> list[Outcome]:
        if number < self.resume:
            return []  # A replay: this one is done with it.
        said = self._said(number, self.machine.observe(sighting))
        device = sighting.antenna.partition(":")[0]
        if self.machine.is_unsure_of(device):
            self._unsure[device] = number
        return said

    def notice(self, number: int, noticed: Noticed) -> list[Outcome]:
        if number < self.resume:
            return []
        concluded = self.machine.notice(noticed)
        if self.machine.replays is Replays.NOTHING:
            number += 1
            self.resume = self.mark = number
            self.has_news = True
        return self._said(number, concluded)

    def changes(self) -> Memory:
        self.has_news = False
        return self.machine.changes()

    def link(self, number: int, change: LinkChange) -> list[Outcome]:
        return self._said(number, self.machine.link(change))

    def advance(self, number: int, now_us: int) -> list[Outcome]:
        """`number`: of the next observation."""
        return self._said(number, self.machine.advance(now_us))

    def checkpoint(self, number: int) -> None:
        """Move the resume number on; `number` is that of the next observation."""
        replays = self.machine.replays
        if replays is Replays.SINCE:
            self._resume_since(number)
        elif replays is Replays.NOTHING:
            self.resume = self.mark = number
        elif not self.machine.is_open and not self._held:
            self.resume, self.mark = self.mark, number

    def _resume_since(self, number: int) -> None:
        since_us = self.machine.since_us
        while self._marks and self._marks[0][1] <= since_us:
            self.resume = max(self.resume, self._marks.popleft()[0])
        self._marks.append((number, self.machine.clock_us))

    def shift_time(self, step_us: int) -> list[Outcome]:
        """The wall clock was set: what is remembered moves with it, and nothing waits over that."""
        said = self._words(self._ruled(at_once=True))
        if self.referee is not None:
            self.referee.forget()
        self.machine.shift_time(step_us)
        self._marks = deque([(n, at_us + step_us) for n, at_us in self._marks], maxlen=MARKS_MAX)
        return said

    def _said(self, number: int, concluded: Sequence[C]) -> list[Outcome]:
        # What was not believed until now came after the pass, and belongs to the next one.
        next_number = min([number, *self._unsure.values()])
        self._unsure.clear()
        for each in concluded:
            self._held.append((next_number, each))
            if self.referee is not None:
                self.referee.tell(each)
        return self._words(self._ruled(at_once=False))

    def _ruled(self, *, at_once: bool) -> Iterator[C]:
        """What waits no longer, in the order in which it was concluded."""
        while self._held:
            number, concluded = self._held[0]
            if self.referee is not None:
                ruled = self.referee.rule(concluded, at_once=at_once)
                if ruled is None:
                    return
                concluded = ruled
            self._held.popleft()
            self.passes += 1
            if self.health is not None and self.went_by is not None:
                self.health.tell(self.went_by(concluded))
            if self.machine.replays is Replays.OPEN:
                self.resume = self.mark = number
            yield concluded

    def _words(self, concluded: Iterator[C]) -> list[Outcome]:
        said: list[Outcome] = []
        for each in concluded:
            try:
                said += self.say(each, self.voice)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is about this conclusion
                said.append(Unsaid(self.name, refusal.shortened(repr(each)), error))
        return said
