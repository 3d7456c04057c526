"""How long to wait before the next try: longer each time, until one lasts."""

from dataclasses import dataclass, field
from random import Random

STABLE_US = 60_000_000  # a connection that lasted this long was a good one: start the waits anew


@dataclass(slots=True)
class Backoff:
    """Doubling waits with jitter, so that forty of them do not come back in one second."""

    chance: Random
    first_s: float
    longest_s: float
    _next_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._next_s = self.first_s

    def wait_s(self) -> float:
        wait_s, self._next_s = self._next_s, min(self._next_s * 2, self.longest_s)
        return wait_s * self.chance.uniform(0.5, 1.0)

    def lasted(self, us: int) -> None:
        """A connection is over that lasted so long. One that is made and lost again is no sign."""
        if us >= STABLE_US:
            self._next_s = self.first_s
