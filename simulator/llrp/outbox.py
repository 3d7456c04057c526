"""What waits to go out: answers, then alarms, then reports and events, each within its bound."""

from collections import deque
from dataclasses import dataclass, field

from simulator.llrp.backlog import Backlog
from simulator.llrp.faults import Faults

TAKE_BYTES = 64 << 10  # handed to the socket at once; what is handed over can be lost with it
ALARMS_MAX = 16  # there are two kinds, each once until the backlog has room again


@dataclass(slots=True)
class Outbox:
    """The backlog outlives a connection; answers do not. `holding`: no reports before
    ENABLE_EVENTS_AND_REPORTS. `sent` counts tag reads.
    """

    backlog: Backlog
    faults: Faults
    holding: bool = False
    sent: int = 0
    answers: deque[bytes] = field(default_factory=deque)
    alarms: deque[bytes] = field(default_factory=lambda: deque(maxlen=ALARMS_MAX))
    _late: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return len(self.answers) + len(self._late)

    @property
    def due_us(self) -> int | None:
        """When an answer that was delayed is due."""
        return min((due_us for due_us, _ in self._late), default=None)

    def connect(self, *, holding: bool) -> None:
        self.holding = holding
        self.disconnect()

    def disconnect(self) -> None:
        self.answers.clear()
        self._late.clear()

    def answer(self, data: bytes, due_us: int | None = None) -> None:
        if due_us is None:
            self.answers.append(data)
        else:
            self._late.append((due_us, data))

    def tick(self, now_us: int) -> None:
        due = [data for due_us, data in self._late if due_us <= now_us]
        self._late = [(due_us, data) for due_us, data in self._late if due_us > now_us]
        self.answers.extend(due)

    def take(self, *, closing: bool) -> bytes | None:
        """The next bytes for the client; after its goodbye, answers only."""
        taken: list[bytes] = []
        size = 0
        while size < TAKE_BYTES and not (self.faults.mute or self.faults.hang_up):
            data = self._next(closing=closing)
            if data is None:
                break
            taken.append(self.faults.outgoing(data))
            size += len(taken[-1])
        return b"".join(taken) or None

    def _next(self, *, closing: bool) -> bytes | None:
        if self.answers:
            return self.answers.popleft()
        if self.holding or closing:
            return None
        if self.alarms:
            return self.alarms.popleft()
        waiting = self.backlog.take()
        if waiting is None:
            return None
        self.sent += waiting.reads
        return waiting.data
