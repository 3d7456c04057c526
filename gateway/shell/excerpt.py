"""A part of the ring as a recording, also while the daemon writes the ring.

Nothing is locked: the daemon never waits for whoever reads. So its oldest segment may go while it
is still wanted, which is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.base import Observation, TagRead
from gateway.core.recording import BadLine
from gateway.shell.ring import Ring

GONE_MAX = 1_000  # segments that go while one is read: more, and it is no ring that is written


@dataclass(slots=True)
class Excerpt:
    """Iterate it once for the observations of [from_us, to_us); then the counts are true."""

    ring: Ring
    from_us: int
    to_us: int
    first_us: int | None = None  # of all that is in the ring
    last_us: int | None = None
    missing: int = 0  # numbers that are not in the ring: they went meanwhile, or its disk was full
    gone: int = 0  # segments that went meanwhile
    bad: int = 0  # lines that are no observation

    def __iter__(self) -> Iterator[Observation]:
        """Raises OSError."""
        for observation in self._observations():
            if isinstance(observation, BadLine):
                self.bad += 1
                continue
            at_us = _time_of(observation)
            self.first_us = at_us if self.first_us is None else min(self.first_us, at_us)
            self.last_us = at_us if self.last_us is None else max(self.last_us, at_us)
            if self.from_us <= at_us < self.to_us:
                yield observation

    def _observations(self) -> Iterator[Observation | BadLine]:
        following: int | None = None
        while True:
            try:
                for number, observation in self.ring.replay(following or 0):
                    self.missing += 0 if following is None else number - following
                    following = number + 1
                    yield observation
            except FileNotFoundError:
                # Listed, and gone before it was opened: on with what is there now.
                if self.gone == GONE_MAX:
                    raise
                self.gone += 1
            else:
                return


def _time_of(observation: Observation) -> int:
    return observation.first_us if isinstance(observation, TagRead) else observation.at_us
