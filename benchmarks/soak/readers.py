"""The far end of the soak: simulated readers that report numbered reads, over links that are cut.

    python -m benchmarks.soak.readers READERS RATE SECONDS SEED

Prints the ports, as JSON; then, when all was reported and handed over, what each reader did; then
it serves on until its input ends.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import TypedDict

from benchmarks.soak.account import Connection, epc
from simulator.llrp.reader import SimulatedReader
from simulator.scene.door import SceneRead

TICK_S = 0.02
CUT_EVERY_S = 8.0  # for each reader, on the average
DOWN_MAX_S = 4.0  # a listener that stopped; some 5,000 reads wait meanwhile, of 66,000 that may
SETTLE_S = 120.0  # a bound, not an expectation


class Reported(TypedDict):
    """What one reader did; `connections` are Connections, field by field."""

    reported: int
    overflowed: int
    connections: list[tuple[int, int, str]]


@dataclass(slots=True)
class FarEnd:
    """One reader, what it reported, and which of it went to which connection."""

    number: int
    chance: Random
    reader: SimulatedReader = field(init=False)
    reported: int = 0
    connections: list[Connection] = field(default_factory=list)
    _handed: asyncio.Event = field(default_factory=asyncio.Event)
    _first: int = 0
    _cut: str = ""

    def __post_init__(self) -> None:
        self.reader = SimulatedReader(f"dock-{self.number}", on_client=self._client)

    def _client(self, come: bool) -> None:
        sent = self.reader.counters.sent
        if come:
            self._first = sent
        else:
            end = self._cut or self.reader.last_error or "the client went"
            self.connections.append(Connection(self._first, sent, end))

    async def report(self, rate: float, until_s: float) -> None:
        """So many reads a second, and what a late tick owes."""
        begin_s = time.monotonic()
        while (now_s := time.monotonic()) < until_s:
            due = int((now_s - begin_s) * rate)
            numbers = range(self.reported, due)
            reads = [SceneRead(0.0, 1, epc(self.number, n), 0x3000, -55, 7) for n in numbers]
            self.reader.report(reads, time.time_ns() // 1000)
            self.reported += len(reads)
            self._handed.set()
            await asyncio.sleep(TICK_S)
        self._handed.set()

    async def cut(self, until_s: float) -> None:
        while True:
            wait_s = self.chance.expovariate(1 / CUT_EVERY_S)
            if time.monotonic() + wait_s >= until_s:
                return
            await asyncio.sleep(wait_s)
            self._cut = self.chance.choice(("reset", "mute", "stop"))
            if self._cut == "reset":
                self._handed.clear()  # with reads in the socket that nobody has taken yet
                await self._handed.wait()
                self.reader.drop_client()
                await self.reader.until_free()
            elif self._cut == "mute":
                self.reader.faults.mute = True
                await self.reader.until_free()
                self.reader.faults.mute = False
            else:
                await self.reader.stop()
                await self.reader.until_free()
                await asyncio.sleep(self.chance.uniform(0, DOWN_MAX_S))
                await self.reader.start()
            self._cut = ""

    async def until_delivered(self) -> None:
        """Connected, and nothing waits for the client any more."""
        while not (self.reader.connected and self.reader.counters.held == 0):
            await asyncio.sleep(TICK_S)

    def told(self) -> Reported:
        """The connection that goes on is the last."""
        counters = self.reader.counters
        all_of_them = [*self.connections, Connection(self._first, counters.sent, "end")]
        return Reported(
            reported=self.reported,
            overflowed=counters.lost,
            connections=[(each.first, each.stop, each.end) for each in all_of_them],
        )


async def run(readers: int, rate: float, seconds: float, seed: int) -> None:
    chance = Random(seed)
    ends = [FarEnd(number, Random(chance.getrandbits(64))) for number in range(readers)]
    for each in ends:
        await each.reader.start()
    print(json.dumps([each.reader.port for each in ends]), flush=True)
    # Reads before a ROSpec runs never happened.
    async with asyncio.timeout(SETTLE_S):
        await asyncio.gather(*(each.reader.until_active() for each in ends))
    await asyncio.to_thread(sys.stdin.readline)  # the gateway's side has looked at itself
    until_s = time.monotonic() + seconds
    async with asyncio.TaskGroup() as group:
        for each in ends:
            group.create_task(each.report(rate, until_s))
            group.create_task(each.cut(until_s))
    async with asyncio.timeout(SETTLE_S):
        await asyncio.gather(*(each.until_delivered() for each in ends))
    print(json.dumps([each.told() for each in ends]), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    for each in ends:
        await each.reader.stop()


if __name__ == "__main__":
    asyncio.run(run(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])))
