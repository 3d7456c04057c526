"""The reader's times as the host's: which ones can be, and which ones tell how its clock goes.

A reader that read on while nobody listened gives old reads first. They have the offset that the
connection's greeting told, and tell nothing of the clock: neither within BACKLOG_US of the link nor
while they are older than the connection (ClockOffset says what the others tell). After that of
BACKLOG_MAX_US nothing is held any more: what is older than the connection then says that the clock
was set back.
"""

from dataclasses import dataclass, field

from drivers.base import Now, TagRead
from drivers.llrp.protocol.offset import AHEAD_MAX_US, ClockOffset

BACKLOG_US = 10_000_000  # a reader with nothing held and nothing in the field says nothing at all
BACKLOG_MAX_US = 120_000_000  # 66,000 messages take seconds; a clock that was set back, for ever
HELD_MAX_US = 366 * 86_400_000_000  # no reader holds what is older: such a time is a broken one
_NEVER_US = 1 << 62


@dataclass(slots=True)
class ReaderClock:
    """Make a new one for every connection. Reader times are µs UTC, or µs since it was started."""

    _connected_at_us: int | None = None  # by the reader's clock
    _offset: ClockOffset = field(default_factory=ClockOffset)
    _drained_from_us: int = _NEVER_US  # from then on, a new read says that the backlog is in
    _believed_from_us: int = _NEVER_US  # from then on, every read does
    _is_drained: bool = False

    def greeted(self, reader_us: int | None, now: Now) -> None:
        """The connection begins, with the reader's time where it has one."""
        self._connected_at_us = reader_us
        if reader_us is not None:
            self._offset.greeted(reader_us, now.monotonic_us)

    def link_up(self, now: Now, *, holds: bool) -> None:
        """`holds`: what comes now may be what the reader held."""
        self._drained_from_us = now.monotonic_us + BACKLOG_US
        self._believed_from_us = now.monotonic_us + (BACKLOG_MAX_US if holds else BACKLOG_US)

    def reported(self, newest_us: int | None, now: Now) -> None:
        """A report speaks of times up to `newest_us`."""
        if newest_us is None or now.monotonic_us < self._drained_from_us:
            return
        self._is_drained = self._is_drained or self.is_new(newest_us, now)
        if self._is_drained:
            self._offset.reported(newest_us, now.monotonic_us)

    def shift_us(self, now: Now) -> int | None:
        """What to add to a reader's time for the host's UTC; None while that is not known."""
        if self._offset.us is None:
            return None
        return self._offset.us + now.utc_us - now.monotonic_us

    def is_new(self, reader_us: int | None, now: Now) -> bool:
        """Whether a read is newer than the connection, and so the backlog is in."""
        is_believed = now.monotonic_us >= self._believed_from_us
        if reader_us is None or self._connected_at_us is None or is_believed:
            return True
        return reader_us >= self._connected_at_us


def can_be(host_us: int, now: Now) -> bool:
    """Whether something that is told now can have happened then."""
    return -HELD_MAX_US <= host_us - now.utc_us <= AHEAD_MAX_US


def in_possible_time(read: TagRead, now: Now) -> TagRead:
    """The read as it is told; what cannot be of its times is now."""
    last_us = read.last_us if can_be(read.last_us, now) else now.utc_us
    first_us = read.first_us if can_be(read.first_us, now) else now.utc_us
    return read._replace(first_us=min(first_us, last_us), last_us=last_us)
