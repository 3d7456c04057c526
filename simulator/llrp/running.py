"""The ROSpec that runs: which of its AISpecs, since when, and when that ends.

AISpecs run one after the other, and the ROSpec ends with the last of them (LLRP 1.0.1 §10.2.2). An
AISpec without a stop trigger runs as long as its ROSpec, so that none after it ever does.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from simulator.llrp.rospec import AiSpec, RoSpec
from simulator.llrp.triggers import GpiEdge, Observation, Stop

OBSERVED_MAX = 100_000  # EPCs that a tag observation trigger tells apart; more count as seen


@dataclass(slots=True)
class Run:
    """Times are monotonic µs. `step` gives whether something came to its end."""

    rospec: RoSpec
    began_us: int
    spec_began_us: int
    place: int = 0
    attempts: int = 0
    seen: set[bytes] = field(default_factory=set)
    newest_us: int = 0

    @property
    def aispec(self) -> AiSpec:
        return self.rospec.aispecs[self.place]

    @property
    def due_us(self) -> int | None:
        """When the ROSpec or the AISpec ends by time, if nothing else comes before."""
        ends = [
            end
            for end in (
                _limit_us(self.rospec.stop, self.began_us),
                _limit_us(self.aispec.stop, self.spec_began_us),
                self._quiet_us(),
            )
            if end is not None
        ]
        return min(ends, default=None)

    def is_over(self, now_us: int) -> bool:
        """Whether the whole ROSpec's time is over."""
        limit_us = _limit_us(self.rospec.stop, self.began_us)
        return limit_us is not None and now_us >= limit_us

    def is_spec_over(self, now_us: int) -> bool:
        """Whether the AISpec's time is over, or it has observed what it was to observe."""
        ends = (_limit_us(self.aispec.stop, self.spec_began_us), self._quiet_us())
        return any(end is not None and now_us >= end for end in ends) or self._observed()

    def next_spec(self, now_us: int) -> bool:
        """Go on with the next AISpec; False where there is none."""
        if self.place + 1 >= len(self.rospec.aispecs):
            return False
        self.place += 1
        self.spec_began_us = self.newest_us = now_us
        self.attempts = 0
        self.seen.clear()
        return True

    def observe(self, epcs: Collection[bytes], now_us: int) -> None:
        """One attempt to see tags saw these."""
        if self._observation is None:
            return
        self.attempts += 1
        for epc in epcs:
            if epc not in self.seen and len(self.seen) < OBSERVED_MAX:
                self.seen.add(epc)
                self.newest_us = now_us

    @property
    def _observation(self) -> Observation | None:
        return self.aispec.stop.observation

    def _observed(self) -> bool:
        match self._observation:
            case Observation(kind=0, tags=tags):
                return len(self.seen) >= tags
            case Observation(kind=2, attempts=attempts):
                return self.attempts >= attempts
            case _:
                return False

    def _quiet_us(self) -> int | None:
        match self._observation:
            case Observation(kind=1, quiet_ms=quiet_ms):
                return self.newest_us + quiet_ms * 1_000
            case _:
                return None


def meets(edge: GpiEdge | None, port: int, high: bool) -> bool:
    return edge is not None and (edge.port, edge.high) == (port, high)


def _limit_us(stop: Stop, began_us: int) -> int | None:
    return None if stop.duration_ms is None else began_us + stop.duration_ms * 1_000
