"""What a scanner's driver does with bytes, wherever they come from: one loop for serial and TCP."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from drivers.base import Clock, DeviceLost, Emit, Facts, NoRead, NotDone, Observation, Scan, Warn
from drivers.scanner.protocol.framing import Damaged
from drivers.scanner.protocol.message import Heard, Hearing
from drivers.scanner.settings import StreamTable

CHUNK_BYTES = 4 << 10  # one read, and so one batch: more than a scanner says in a moment
TRIGGER_S = 2.0  # a scanner that takes no bytes for so long does not listen

Read = Callable[[], Awaitable[bytes]]  # the next bytes, empty at the end; may be cancelled


@dataclass(slots=True)
class Ears:
    """Turns what is heard into observations, and counts the rest. One for the life of a driver."""

    clock: Clock
    warn: Warn
    no_reads: int = 0
    damaged: int = 0

    @property
    def facts(self) -> Facts:
        return Facts(unreadable=self.damaged, no_reads=self.no_reads)

    def hearing(self, settings: StreamTable) -> Hearing:
        return Hearing(settings.name, settings.framing(), settings.rules())

    async def pass_on(self, said: Sequence[Heard], emit: Emit, *, is_heard: bool = True) -> None:
        """An empty batch says that the device was heard: so it is said only where it was."""
        observations: list[Observation] = []
        for each in said:
            if isinstance(each, Damaged):
                self.damaged += 1
                self.warn(f"no scan: {each}")
            elif isinstance(each, Scan | NoRead):
                self.no_reads += isinstance(each, NoRead)
                observations.append(each)
        if observations or is_heard:
            await emit(observations)

    async def listen(
        self, read: Read, hearing: Hearing, emit: Emit, silence_s: float | None
    ) -> None:
        """Until the bytes end, with `end` of the hearing said. Raises DeviceLost at a silence."""
        heard_us = self.clock().monotonic_us
        while True:
            now = self.clock()
            silent_us = None if silence_s is None else heard_us + int(silence_s * 1e6)
            if silent_us is not None and now.monotonic_us >= silent_us:
                raise DeviceLost(f"silent for {silence_s:g} s: expected a heartbeat")
            chunk = await _within(read, _wait_s(now.monotonic_us, hearing.deadline_us, silent_us))
            now = self.clock()
            if chunk is None:
                await self.pass_on(hearing.expire(now), emit, is_heard=False)
                continue
            if not chunk:
                await self.pass_on(hearing.end(), emit, is_heard=False)
                return
            heard_us = now.monotonic_us
            await self.pass_on(hearing.receive(chunk, now), emit)


def trigger_bytes(settings: StreamTable, *, on: bool) -> bytes:
    """Raises NotDone where the settings have none."""
    told = settings.trigger(on=on)
    if not told:
        raise NotDone(f"the settings have no trigger_{'on' if on else 'off'}")
    return told


def _wait_s(now_us: int, *deadlines_us: int | None) -> float | None:
    known = [each for each in deadlines_us if each is not None]
    return max(min(known) - now_us, 0) / 1e6 if known else None


async def _within(read: Read, wait_s: float | None) -> bytes | None:
    """None where none came in time."""
    try:
        async with asyncio.timeout(wait_s):
            return await read()
    except TimeoutError:
        return None
