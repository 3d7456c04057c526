"""The time of a read point: sightings in the order of their own times, from several readers.

A reader that was away for a minute delivers what it held with the times at which it was heard. So
while a reader is not heard (`LinkChange`), the clock stands at what was heard of it last, and what
the others hear waits; when it delivers, its times move the clock on, and all comes out in order.
It is waited for as long as it delivers, but no longer than `patience_us` without a word: then the
read point is blind until the reader is heard again. If the reader could not hold, it was blind.

One timestamp may be wrong. A read that is `steady_us` or more from what its reader said before is
believed when the reader's next read says so too, or when the clock has come there; else time did
not go where it said, and it is dropped. Times that are wrong for longer are the driver's to bound.
"""

import heapq
from dataclasses import dataclass, field, replace

from drivers.base import LinkChange
from gateway.core.identify import Sighting

# What one reader hears at its best (400 reads a second) in four minutes, twice the usual patience.
# With more the oldest are let go before the reader that is missed was heard: blind, for review.
WAITING_MAX = 100_000

_NEVER_US = -(1 << 62)


@dataclass(slots=True)
class _Down:
    """A reader that is not heard."""

    since_us: int
    heard_us: int  # up to when it was, by what it delivered since
    word_us: int  # when it last delivered: the host's time


@dataclass(slots=True)
class EventTime:
    """Feed it what comes; take `due` and `clock_us` after each."""

    steady_us: int
    patience_us: int
    blind_us: int = 0  # how long readers were not heard that could not hold
    blind_until_us: int = _NEVER_US  # what was before this was partly unseen
    dropped: int = 0  # reads with a time that nothing confirmed, or that is judged already
    _now_us: int = _NEVER_US
    _down: dict[str, _Down] = field(default_factory=dict)
    _last_us: dict[str, int] = field(default_factory=dict)  # by device
    _odd: dict[str, Sighting] = field(default_factory=dict)  # by device: not believed yet
    _waiting: list[tuple[int, int, Sighting]] = field(default_factory=list)  # a heap
    _count: int = 0
    _let_go_us: int = _NEVER_US  # the time of what was let go last

    def take(self, sighting: Sighting) -> None:
        device = _device(sighting)
        odd = self._odd.pop(device, None)
        if odd is not None:
            if self._confirms(device, odd.at_us, sighting.at_us):
                self._believe(odd)
            else:
                self.dropped += 1
        if self._is_odd(device, sighting.at_us):
            self._odd[device] = sighting
        else:
            self._believe(sighting)

    def link(self, change: LinkChange) -> None:
        """A reader is heard again, or no longer."""
        device = change.device
        self._now_us = max(self._now_us, change.at_us)
        if not change.up:
            self._down.setdefault(device, _Down(change.at_us, change.at_us, change.at_us))
            return
        down = self._down.pop(device, None)
        if down is None:
            return
        if not change.held:
            self.blind_us += change.at_us - down.since_us
        if not change.held or not self._is_waited_for(down):
            self.blind_until_us = max(self.blind_until_us, change.at_us)

    def advance(self, now_us: int) -> None:
        """Let the host's time pass until `now_us`."""
        self._now_us = max(self._now_us, now_us)
        for device, odd in list(self._odd.items()):
            ahead = odd.at_us > self._last_us.get(device, _NEVER_US)
            if ahead and self._now_us > odd.at_us - self.steady_us // 2:
                del self._odd[device]
                self._believe(odd)

    @property
    def clock_us(self) -> int:
        """The host's time, or that of the reader that is waited for."""
        waited = [down.heard_us for down in self._down.values() if self._is_waited_for(down)]
        return min([self._now_us, *waited])

    def due(self) -> list[Sighting]:
        """What need not wait any longer, in order of time."""
        clock_us = self.clock_us if self._is_waiting() else None
        found: list[Sighting] = []
        while self._waiting:
            at_us, _, sighting = self._waiting[0]
            if clock_us is not None and at_us > clock_us:
                if len(self._waiting) <= WAITING_MAX:
                    break
                self.blind_until_us = max(self.blind_until_us, at_us)
            heapq.heappop(self._waiting)
            self._let_go_us = at_us
            found.append(sighting)
        return found

    @property
    def has_waiting(self) -> bool:
        return bool(self._waiting)

    def is_unsure_of(self, device: str) -> bool:
        """Whether the device's newest read is not believed yet."""
        return device in self._odd

    def is_blind_after(self, at_us: int) -> bool:
        """Whether anything at or after this instant was not seen."""
        given_up = any(not self._is_waited_for(down) for down in self._down.values())
        return given_up or at_us <= self.blind_until_us

    def shift(self, step_us: int) -> None:
        """The wall clock was set: what is remembered moves with it."""
        self._now_us += step_us
        self._let_go_us += step_us
        self.blind_until_us += step_us
        self._last_us = {device: at_us + step_us for device, at_us in self._last_us.items()}
        self._odd = {device: _shifted(odd, step_us) for device, odd in self._odd.items()}
        self._waiting = [
            (at_us + step_us, count, _shifted(sighting, step_us))
            for at_us, count, sighting in self._waiting
        ]  # Still a heap: the order is the same.
        for down in self._down.values():
            down.since_us += step_us
            down.heard_us += step_us
            down.word_us += step_us

    # -- one timestamp ----------------------------------------------------------------------------

    def _is_odd(self, device: str, at_us: int) -> bool:
        last_us = self._last_us.get(device, _NEVER_US)
        ahead_us = at_us - max(last_us, self._now_us)
        return ahead_us >= self.steady_us or last_us - at_us >= self.steady_us

    def _confirms(self, device: str, odd_us: int, next_us: int) -> bool:
        """Whether the reader's next read is where the odd one said, and not where it was before."""
        if odd_us > self._last_us.get(device, _NEVER_US):
            return next_us > odd_us - self.steady_us // 2
        return next_us < odd_us + self.steady_us // 2

    def _believe(self, sighting: Sighting) -> None:
        device = _device(sighting)
        self._last_us[device] = sighting.at_us
        down = self._down.get(device)
        if down is not None:
            down.heard_us = max(down.heard_us, sighting.at_us)
            down.word_us = self._now_us
            if sighting.at_us <= self._let_go_us - self.steady_us:
                self.dropped += 1  # What was then is judged, as blind.
                return
        self._count += 1
        heapq.heappush(self._waiting, (sighting.at_us, self._count, sighting))

    # -- readers that are not heard ---------------------------------------------------------------

    def _is_waiting(self) -> bool:
        return any(self._is_waited_for(down) for down in self._down.values())

    def _is_waited_for(self, down: _Down) -> bool:
        return self._now_us - down.word_us < self.patience_us


def _device(sighting: Sighting) -> str:
    return sighting.antenna.partition(":")[0]


def _shifted(sighting: Sighting, step_us: int) -> Sighting:
    return replace(sighting, at_us=sighting.at_us + step_us)
