"""Which events to publish next: the sending half of go-back-N, towards a broker that may forget.

The theory in one page. Events are numbered 1, 2, 3 ... without gaps. Three marks move along them:

    1 .......... committed .......... next ............ made
       settled   |  published,       |  waiting        |
                 |  not settled      |                 |

`made` moves when the outbox has committed an event, `next` when we publish, `committed` when the
*ledger* says that all up to there is settled. The broker's PUBACK moves nothing: it only bounds how
much is under way. So whatever broker or ledger lose, we go back to committed + 1 and say it again:

    - on every new connection,
    - when the ledger asks (`cmd/resend`),
    - when `committed` stands still for WAITS_US: 10 s, then 20, 40, 60; each time with a probe of
      PROBE_ROWS only, until it moves.

The ledger knows repeats by their ids, so saying it again is always right.
"""

from dataclasses import dataclass, field

IN_FLIGHT_MAX = 20  # published without PUBACK: what a broker must hold for us
UNSETTLED_MAX = 1000  # published without ack: what a ledger must sort out after a gap
PROBE_ROWS = 20
WAITS_US = (10_000_000, 20_000_000, 40_000_000, 60_000_000)


@dataclass(slots=True)
class Delivery:
    """`made` and `committed` as the outbox has them at start."""

    made: int
    committed: int
    _next: int = field(init=False)
    _connected: bool = False
    _in_flight: set[int] = field(default_factory=set)
    _still_since_us: int = 0  # since when `committed` stands still while something is under way
    _waits: int = 0  # how often we went back without an answer
    resent: int = 0

    def __post_init__(self) -> None:
        self._next = self.committed + 1

    def connected(self, now_us: int) -> None:
        self._connected = True
        self._go_back(self.committed + 1, now_us)

    def disconnected(self) -> None:
        self._connected = False
        self._in_flight.clear()

    def was_made(self, seq: int) -> None:
        self.made = max(self.made, seq)

    def take(self, now_us: int) -> range:
        """The numbers to publish now; they count as published."""
        if not self._connected:
            return range(0)
        window = PROBE_ROWS if self._waits else UNSETTLED_MAX
        first = self._next
        room = IN_FLIGHT_MAX - len(self._in_flight)
        last = min(self.made, self.committed + window, first + room - 1)
        if last < first:
            return range(0)
        if first == self.committed + 1:
            self._still_since_us = now_us
        self._next = last + 1
        self._in_flight.update(range(first, last + 1))
        return range(first, last + 1)

    def puback(self, seq: int) -> None:
        """The broker has taken it; it may still forget it."""
        self._in_flight.discard(seq)

    def settled(self, committed: int, now_us: int) -> None:
        """The ledger has settled all up to `committed`."""
        if committed <= self.committed:
            return
        self.committed = committed
        self._next = max(self._next, committed + 1)
        self._in_flight = {seq for seq in self._in_flight if seq > committed}
        self._still_since_us = now_us
        self._waits = 0

    def rewound(self, committed: int, now_us: int) -> None:
        """The ledger was restored: what it no longer has is unsettled again."""
        self.committed = committed
        self._next = max(self._next, committed + 1)
        self._waits = 0
        self._go_back(committed + 1, now_us)

    def asked(self, from_seq: int, now_us: int) -> None:
        """The ledger wants everything from `from_seq` on."""
        if self.committed < from_seq < self._next:
            self._go_back(from_seq, now_us)

    def deadline_us(self) -> int | None:
        """When `expire` has something to do; None while nothing is under way."""
        if not self._connected or self._next == self.committed + 1:
            return None
        return self._still_since_us + WAITS_US[min(self._waits, len(WAITS_US) - 1)]

    def expire(self, now_us: int) -> None:
        """No ack came for too long: go back and probe."""
        deadline_us = self.deadline_us()
        if deadline_us is not None and now_us >= deadline_us:
            self._waits += 1
            self._go_back(self.committed + 1, now_us)

    def _go_back(self, seq: int, now_us: int) -> None:
        if seq < self._next:
            self.resent += self._next - seq
            self._next = seq
        self._still_since_us = now_us
        self._in_flight.clear()
