"""What a scanner's driver does with bytes, wherever they come from: one loop for serial and TCP."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from drivers.base import (
    Clock,
    DeviceLost,
    Emit,
    Facts,
    NoRead,
    NotDone,
    Now,
    Observation,
    Scan,
    Warn,
)
from drivers.scanner.protocol.framing import Damaged
from drivers.scanner.protocol.message import Heard, Hearing
from drivers.scanner.settings import StreamTable

CHUNK_BYTES = 4 << 10  # one read, and so one batch: more than a scanner says in a moment
TRIGGER_S = 2.0  # a scanner that takes no bytes for so long does not listen
LATE_S = 0.01  # for the loop to look once more what is there

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
        """Until the bytes end, with `end` of the hearing said. Raises DeviceLost at a silence.

        Silence is what was listened to: bytes that came while this host was busy, or its pipeline
        full, go on with what was there. Else the rest of a scan would be taken for a scan.
        """
        heard_us = self.clock().monotonic_us
        while True:
            due_us, silent_us = hearing.deadline_us, None
            if silence_s is not None:
                silent_us = heard_us + int(silence_s * 1e6)
            chunk = await _within(read, _wait_s(self.clock().monotonic_us, due_us, silent_us))
            if chunk is None:
                chunk = await _within(read, LATE_S)
            now = self.clock()
            if chunk is None:
                await self.pass_on(hearing.expire(now), emit, is_heard=False)
                if silent_us is not None and now.monotonic_us >= silent_us:
                    raise DeviceLost(f"silent for {silence_s:g} s: expected a heartbeat")
                continue
            if not chunk:
                await self.pass_on(hearing.end(), emit, is_heard=False)
                return
            if due_us is not None:
                now = Now(now.utc_us, min(now.monotonic_us, due_us - 1))
            await self.pass_on(hearing.receive(chunk, now), emit)
            heard_us = self.clock().monotonic_us


def trigger_bytes(settings: StreamTable, *, on: bool) -> bytes:
    """Raises NotDone where the settings have none."""
    told = settings.trigger(on=on)
    if not told:
        raise NotDone(f"the settings have no trigger_{'on' if on else 'off'}")
    return told


def beep_bytes(settings: StreamTable, *, good: bool) -> bytes:
    """Raises NotDone where the settings have none."""
    told = settings.beep(good=good)
    if not told:
        raise NotDone(f"the settings have no beep_{'good' if good else 'bad'}")
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
