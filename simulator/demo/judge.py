"""When the books are looked at for the last time: when nobody speaks any more.

A good score is no proof while the gateway is at work: it may be about to say something that it had
better not. So the judge waits until the score is good, stays so, and any pass of late tags would
have closed; ends who speaks, so that they say what they have (a gateway drains); and looks again.
"""

import asyncio
from dataclasses import dataclass

import httpx

from simulator.demo.books import Books
from simulator.demo.children import Child
from simulator.demo.layout import IDLE_S
from simulator.demo.referee import Referee, Score

SETTLE_S = 60.0  # what was sent to a broker that died is sent again after 10 s, then 20 s
DRAIN_S = 10.0  # what a gateway said last is in the books long before
QUIET_S = IDLE_S + 1.0  # from the end of the scene until a pass of late tags has closed
STEADY_S = 1.0  # a good score must be one for so long: an event on its way would show
LOOK_S = 0.5


class NoAnswer(Exception):
    """The ledger did not answer within the time that it had."""


@dataclass(slots=True)
class Judge:
    """Asked once, when the scene is done."""

    referee: Referee
    books: Books
    speakers: tuple[Child, ...]  # in the order in which they are stopped
    quiet_s: float = QUIET_S
    settle_s: float = SETTLE_S
    steady_s: float = STEADY_S
    drain_s: float = DRAIN_S
    look_s: float = LOOK_S

    async def verdict(self) -> Score:
        """The last score. Raises NoAnswer."""
        if self.referee.crossings:
            await self._look(self.quiet_s, self.settle_s)
        for child in self.speakers:
            await child.stop()
        return await self._look(self.steady_s, self.drain_s)

    async def _look(self, least_s: float, most_s: float) -> Score:
        """Look for `least_s`, and on until the score is good and stays so, or `most_s` are over."""
        loop = asyncio.get_running_loop()
        start_s = loop.time()
        good_since_s: float | None = None
        while True:
            score = await self._score()
            now_s = loop.time()
            if score is None or not score.is_good:
                good_since_s = None
            elif good_since_s is None:
                good_since_s = now_s
            elif now_s >= max(good_since_s + self.steady_s, start_s + least_s):
                return score
            is_over = now_s >= start_s + most_s
            if score is not None and (is_over or score.truth == 0):
                return score
            if is_over:
                raise NoAnswer(f"{self.books.url}: the ledger did not answer for {most_s:g} s")
            await asyncio.sleep(self.look_s)

    async def _score(self) -> Score | None:
        try:
            return self.referee.score(await self.books.events(), await self.books.stock())
        except httpx.HTTPError:
            return None
