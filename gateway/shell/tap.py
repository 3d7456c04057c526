"""Lets others listen to what the devices say, beside the pipeline and without holding it up.

A recorder or a command hears every batch from the moment it listens. It has a bounded queue of its
own; when that is full, what comes is dropped for this listener alone, and counted.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from drivers.base import Emit, Observation

WAITING_MAX = 20_000  # observations: some 10 s of a busy dock, 5 MB; what is beyond is dropped


@dataclass(slots=True)
class Listener:
    """`take` gives what came, in order; None when it is over and all was taken."""

    waiting_max: int = WAITING_MAX
    dropped: int = 0
    _waiting: list[Observation] = field(default_factory=list)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _is_over: bool = False

    def offer(self, observations: Sequence[Observation]) -> None:
        room = self.waiting_max - len(self._waiting)
        self._waiting += observations[:room]
        self.dropped += max(len(observations) - room, 0)
        self._woken.set()

    def end(self) -> None:
        """Nothing more comes; what waits can still be taken."""
        self._is_over = True
        self._woken.set()

    async def take(self) -> list[Observation] | None:
        while not self._waiting:
            if self._is_over:
                return None
            self._woken.clear()
            await self._woken.wait()
        taken, self._waiting = self._waiting, []
        return taken


@dataclass(slots=True)
class Tap:
    """Stands between the supervisors and the pipeline; `forward` is the pipeline's emit."""

    forward: Emit
    _listeners: list[Listener] = field(default_factory=list)

    async def emit(self, observations: Sequence[Observation]) -> None:
        for listener in self._listeners:
            listener.offer(observations)
        await self.forward(observations)

    @contextmanager
    def listening(self, waiting_max: int = WAITING_MAX) -> Iterator[Listener]:
        listener = Listener(waiting_max)
        self._listeners.append(listener)
        try:
            yield listener
        finally:
            self._listeners = [each for each in self._listeners if each is not listener]


async def nowhere(observations: Sequence[Observation]) -> None:
    """The emit of devices that are opened for a command: only its listeners hear them."""
