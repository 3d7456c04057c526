"""How far a reader's clock is from the host's, also when it drifts or is set while connected.

The first word of a connection carries the reader's time, and gives the first sample: the host's
monotonic time at arrival less the reader's time. Every live report gives another, with the newest
time that it speaks of. A sample is never too small, for a report does not arrive before it was
made; delays on the way make it larger. So the offset is the smallest sample of the last WINDOW_US:
a clock that is ahead of before is followed at once, one that is behind when the older samples are
forgotten. What a reader held is old when it arrives, and is no sample. What waited in the socket
while the host was held up is old, too: after a pause the newest sample from before it counts until
reports have come for SLOT_US.

One broken time far in the future would hold the offset for a whole window, so a sample that is
smaller by more than AHEAD_MAX_US is believed only when SET_REPORTS come in a row: then the clock
was set.
"""

from collections import deque
from dataclasses import dataclass, field

WINDOW_US = 60_000_000
SLOT_US = 10_000_000  # the window moves by slots, so that it needs no memory for each report
AHEAD_MAX_US = 5_000_000  # no network makes the greeting so late, and no drift a report so early
SET_REPORTS = 10


@dataclass(slots=True)
class ClockOffset:
    """Host monotonic less reader clock, in µs. `us` is None before the first sample."""

    us: int | None = None
    _slots: deque[tuple[int, int]] = field(default_factory=deque)  # when it began, its smallest
    _ahead: int = 0  # reports in a row that are too far ahead

    def greeted(self, reader_us: int, now_us: int) -> None:
        """The connection began at `reader_us`; `now_us` is the host's monotonic time."""
        self._add(now_us - reader_us, now_us)

    def reported(self, newest_us: int, now_us: int) -> None:
        """A live report speaks of times up to `newest_us`, by the reader's clock."""
        sample_us = now_us - newest_us
        if self.us is not None and sample_us < self.us - AHEAD_MAX_US:
            self._ahead += 1
            if self._ahead < SET_REPORTS:
                return
        self._ahead = 0
        self._add(sample_us, now_us)

    def _add(self, sample_us: int, now_us: int) -> None:
        if self._slots and now_us - self._slots[-1][0] < SLOT_US:
            began_us, smallest_us = self._slots.pop()
            self._slots.append((began_us, min(smallest_us, sample_us)))
        else:
            while len(self._slots) > 1 and now_us - self._slots[0][0] >= WINDOW_US + SLOT_US:
                self._slots.popleft()
            self._slots.append((now_us, sample_us))
        self.us = min(smallest_us for _, smallest_us in self._slots)
