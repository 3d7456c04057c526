"""From devices to events on disk: ring first, then the pipeline, then the outbox.

Observations are numbered as they come in. Each batch is in the ring before the pipeline sees it, so
a daemon that is killed finds an open pass again by replay; events and the number from which such a
replay starts are committed together, so nothing that was committed is concluded twice.

Time passes for the pipeline when nothing that happened until then can still be under way: not while
batches wait, and up to the round before this one, in which every driver had its turn. So a disk
that takes seconds, or a host that was suspended, makes a pass late and does not cut it in two.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

import structlog

from drivers.base import Clock, ClockStepped, LinkChange, Now, Observation, TagRead
from gateway.core.pipeline import Pipeline
from gateway.core.read_point import Light, Memory, Outcome, Unsaid
from gateway.core.recording import BadLine
from gateway.shell.courier import Made
from gateway.shell.outbox import Outbox
from gateway.shell.ring import Ring
from gateway.shell.supervisor import Device
from wire.event import Event
from wire.json import JsonValue

log = structlog.get_logger()

BATCHES_MAX = 256  # waiting for the pipeline; then emit waits, and with it the reader's socket
TICK_S = 0.1  # a round: a silence is noticed at most two of them late
RING_SYNC_US = 1_000_000
CHECKPOINT_US = 10_000_000  # how old the resume numbers may be, and so how long a replay
CLOCK_STEP_US = 500_000  # less is a clock being slewed
REPLAY_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class _Concluded:
    events: list[Event]
    resume: dict[str, int]
    changes: dict[str, Memory]
    committed: asyncio.Event | None = None  # set when it is on disk, for who waits


@dataclass(slots=True)
class Intake:
    """`recover`, then `run`; `emit` from any task; `stop` ends `run` when all is committed."""

    pipeline: Pipeline
    ring: Ring
    outbox: Outbox
    clock: Clock
    made: Callable[[Made], None]
    devices: Sequence[Device]
    shine: Callable[[Light], None] = lambda _: None
    ring_lost: bool = False
    _number: int = 0
    _batches: asyncio.Queue[Sequence[Observation] | None] = field(default_factory=asyncio.Queue)
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(BATCHES_MAX))
    _concluded: asyncio.Queue[_Concluded | None] = field(default_factory=asyncio.Queue)
    _ring_thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="ring")
    )
    _wall_us: int = 0  # utc - monotonic when last looked
    _synced_us: int = 0
    _checked_us: int = 0
    _told: set[str] = field(default_factory=set)

    @property
    def taken(self) -> int:
        """How many observations the ring has numbered, this run's and those before."""
        return self._number

    async def emit(self, observations: Sequence[Observation]) -> None:
        try:
            await self._room.acquire()
        finally:  # A driver that is stopped while it waits has taken them from its device already.
            self._batches.put_nowait(observations)

    async def recover(self) -> int:
        """Replay what the last run left open; gives how many observations that were.

        Then every device counts as not heard since the last thing that was, until it is up.
        """
        loop = asyncio.get_running_loop()
        resume, memory = await self.outbox.resume(), await self.outbox.memory()
        self._number = await loop.run_in_executor(self._ring_thread, self.ring.open)
        for read_point in self.pipeline.read_points:
            found = min(resume.get(read_point.name, self._number), self._number)
            read_point.start(found, memory.get(read_point.name, {}))
        # On disk before the first read: a crash within the first moments must find them again, and
        # a read point that is not there today starts anew when it is back.
        await self.outbox.append([], self.pipeline.resume(), self.clock().utc_us)
        first = min((each.resume for each in self.pipeline.read_points), default=self._number)
        replay = self.ring.replay(first)
        replayed, last_us = 0, None
        while chunk := await loop.run_in_executor(
            self._ring_thread, lambda: list(islice(replay, REPLAY_CHUNK))
        ):
            for number, observation in chunk:
                if isinstance(observation, BadLine):
                    log.warning("ring_line_skipped", number=number, why=observation.why)
                    continue
                self._conclude(self.pipeline.feed(number, observation), is_now=False)
                last_us = _time_of(observation)
                replayed += 1
        now = self.clock()
        self._wall_us = now.utc_us - now.monotonic_us
        since_us = now.utc_us if last_us is None else last_us
        await self._take([LinkChange(each.name, since_us, up=False) for each in self.devices])
        return replayed

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._commit())
            await self._pump()
            self._concluded.put_nowait(None)
        await asyncio.get_running_loop().run_in_executor(self._ring_thread, self._close_ring)
        self._ring_thread.shutdown()

    async def say(self, event: Event) -> None:
        """An event that rests on no read, as a tag's writing; back when it is committed."""
        committed = asyncio.Event()
        self._put([event], committed)
        await committed.wait()

    async def stop(self) -> None:
        """Let `run` end behind what was emitted so far."""
        self._batches.put_nowait(None)

    async def _pump(self) -> None:
        looked_us = self.clock().monotonic_us
        while (batch := await self._next_batch()) is not None:
            now = self.clock()
            await self._look_at_clock(now)
            if batch:
                self._room.release()
                await self._take(batch)
            if self._batches.empty() and now.monotonic_us - looked_us >= TICK_S * 1e6:
                self._pass_time(now, looked_us)
                looked_us = now.monotonic_us
            await self._housekeep(now)

    async def _next_batch(self) -> Sequence[Observation] | None:
        """Nothing where none came for a while; None at the end."""
        try:
            async with asyncio.timeout(TICK_S):
                return await self._batches.get()
        except TimeoutError:
            return []

    async def _take(self, batch: Sequence[Observation]) -> None:
        await self._keep(batch)
        for observation in batch:
            events = self.pipeline.feed(self._number, observation)
            self._number += 1
            self._conclude(events)

    def _pass_time(self, now: Now, looked_us: int) -> None:
        """Up to `looked_us` (monotonic), and for each device up to when it was heard."""
        wall_us = now.utc_us - now.monotonic_us
        heard_us = {each.name: each.heard_us + wall_us for each in self.devices if each.up}
        self._conclude(self.pipeline.tick(self._number, looked_us + wall_us, heard_us))

    async def _look_at_clock(self, now: Now) -> None:
        """A wall clock that was set is an observation like any other: a replay must see it."""
        wall_us = now.utc_us - now.monotonic_us
        step_us = wall_us - self._wall_us
        if abs(step_us) >= CLOCK_STEP_US:
            self._wall_us = wall_us
            log.warning("clock_stepped", step_s=step_us / 1e6)
            await self._take([ClockStepped(now.utc_us, step_us)])

    def _conclude(self, said: Sequence[Outcome], *, is_now: bool = True) -> None:
        """To be committed; also where nothing was said, and something is to be remembered."""
        events: list[Event] = []
        for each in said:
            if isinstance(each, Unsaid):
                log.error(
                    "pass_unsaid", read_point=each.read_point, what=each.what, exc_info=each.error
                )
            elif isinstance(each, Light):
                if is_now:
                    self.shine(each)
            else:
                events.append(each)
        if said or self.pipeline.has_news:
            self._put(events)

    def _put(self, events: list[Event], committed: asyncio.Event | None = None) -> None:
        pipeline = self.pipeline
        self._concluded.put_nowait(
            _Concluded(events, pipeline.resume(), pipeline.changes(), committed)
        )

    async def _keep(self, batch: Sequence[Observation]) -> None:
        """Into the ring; a full disk costs the ring, not the movements."""
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._ring_thread, self.ring.append, self._number, batch)
        except OSError as error:
            if not self.ring_lost:
                log.warning("ring_lost", why=str(error))
            self.ring_lost = True
        else:
            if self.ring_lost:
                log.info("ring_back")
            self.ring_lost = False

    async def _housekeep(self, now: Now) -> None:
        if now.monotonic_us - self._synced_us >= RING_SYNC_US:
            self._synced_us = now.monotonic_us
            await asyncio.get_running_loop().run_in_executor(self._ring_thread, self._sync_ring)
        if now.monotonic_us - self._checked_us >= CHECKPOINT_US:
            self._checked_us = now.monotonic_us
            self._tell_unused()
            self.pipeline.checkpoint(self._number)
            self._put([])

    def _tell_unused(self) -> None:
        """Once: a wrong antenna in the settings, a door that is off, a cable, a clock."""
        counts = {
            "reads_at_no_read_point": self.pipeline.unrouted,
            "observations_not_used": self.pipeline.not_understood,
            "reads_turned_away": self.pipeline.turned.total(),
            "reads_at_no_possible_time": self.pipeline.dropped,
        }
        for what, count in counts.items():
            if count and what not in self._told:
                self._told.add(what)
                log.info(what, count=count)
        for point in self.pipeline.read_points:
            for antenna in () if point.health is None else point.health.silent:
                if antenna not in self._told:
                    self._told.add(antenna)
                    log.warning("antenna_silent", read_point=point.name, antenna=antenna)

    async def _commit(self) -> None:
        """One transaction for all that waits: while the disk is busy, the next group gathers."""
        while True:
            group = [await self._concluded.get()]
            while not self._concluded.empty():
                group.append(self._concluded.get_nowait())
            concluded = [each for each in group if each is not None]
            if concluded:
                events = [event for each in concluded for event in each.events]
                changes = _merged([each.changes for each in concluded])
                resume, now_us = concluded[-1].resume, self.clock().utc_us
                self.made(Made(await self.outbox.append(events, resume, now_us, changes)))
                for each in concluded:
                    if each.committed is not None:
                        each.committed.set()
            if None in group:
                return

    def _sync_ring(self) -> None:
        self._settle_ring(self.ring.sync)

    def _close_ring(self) -> None:
        self._settle_ring(self.ring.close)

    def _settle_ring(self, settle: Callable[[], None]) -> None:
        try:
            settle()
        except OSError as error:
            log.warning("ring_not_synced", why=str(error))


def _time_of(observation: Observation) -> int:
    return observation.last_us if isinstance(observation, TagRead) else observation.at_us


def _merged(changes: Sequence[Mapping[str, Memory]]) -> dict[str, Memory]:
    """The last word on each key."""
    merged: dict[str, dict[str, JsonValue]] = {}
    for each in changes:
        for read_point, changed in each.items():
            merged.setdefault(read_point, {}).update(changed)
    return dict[str, Memory](merged)
