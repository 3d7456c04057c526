"""Reports and events that wait for the client, within a bound."""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

# What is dropped beyond it is the oldest, and counted. At the 400 reads a second of a busy door,
# one message a read, this is two and three quarter minutes without a client, in some 5 MB.
HELD_MESSAGES_MAX = 66_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """One message: how many tag reads it tells, and of which ROSpec (an event tells none)."""

    data: bytes
    reads: int
    rospec: int


@dataclass(slots=True)
class Backlog:
    """First in, first out. `reads` and `lost` count tag reads, not messages."""

    messages_max: int = HELD_MESSAGES_MAX
    reads: int = 0  # that wait
    lost: int = 0
    _waiting: deque[Waiting] = field(default_factory=deque)

    def __post_init__(self) -> None:
        if self.messages_max < 1:
            raise ValueError(f"messages_max = {self.messages_max}: expected at least 1")

    @property
    def percent(self) -> int:
        """How full it is."""
        return len(self._waiting) * 100 // self.messages_max

    def put(self, waiting: Waiting) -> None:
        self._waiting.append(waiting)
        self.reads += waiting.reads
        while len(self._waiting) > self.messages_max:
            self._lose(self._waiting.popleft())

    def take(self) -> Waiting | None:
        if not self._waiting:
            return None
        taken = self._waiting.popleft()
        self.reads -= taken.reads
        return taken

    def drop(self, rospecs: Collection[int]) -> None:
        """A deleted ROSpec takes its reports with it."""
        before, self._waiting = self._waiting, deque()
        for waiting in before:
            if waiting.rospec in rospecs:
                self._lose(waiting)
            else:
                self._waiting.append(waiting)

    def clear(self) -> None:
        while self._waiting:
            self._lose(self._waiting.popleft())

    def _lose(self, waiting: Waiting) -> None:
        self.reads -= waiting.reads
        self.lost += waiting.reads
