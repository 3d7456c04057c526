"""The gateway's side of the soak: drivers under supervisors, that count, and looks at themselves.

    python -m benchmarks.soak.drivers PERIOD_S PORT ...

Prints a line of JSON when all links are up; then, for a line with how many reads each reader
reported, all that arrived, and what the process weighed every PERIOD_S.
"""

import asyncio
import json
import logging
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import TypedDict

import structlog

from benchmarks.soak.account import Arrivals
from drivers.base import Observation, TagRead
from drivers.llrp.settings import Antenna, LlrpSettings
from drivers.registry import open_driver
from gateway.shell import supervisor
from gateway.shell.backoff import Backoff
from gateway.shell.clock import now
from gateway.shell.supervisor import Device, Supervisor

# Short, so that there are many cuts in a soak; what a driver does at each is the same.
LONGEST_WAIT_S = 2.0
KEEPALIVE_S = 1.0
RESPONSE_S = 5.0
SETTLE_S = 60.0  # a bound, not an expectation
LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Sample:
    """What this process weighs."""

    at_s: float
    rss_mib: float
    fds: int
    tasks: int


class Arrived(TypedDict):
    """What one driver emitted, and what its supervisor says of it."""

    runs: list[tuple[int, int]]
    count: int
    strange: int
    supervised: int
    warnings: int


@dataclass(slots=True)
class Gate:
    """One driver and what it emitted."""

    number: int
    port: int
    arrivals: Arrivals = field(init=False)
    device: Device = field(init=False)

    def __post_init__(self) -> None:
        self.arrivals = Arrivals(self.number)
        self.device = Device(f"dock-{self.number}", "llrp")

    async def emit(self, observations: Sequence[Observation]) -> None:
        for each in observations:
            if isinstance(each, TagRead):
                self.arrivals.take(each.epc)

    async def run(self) -> None:
        settings = LlrpSettings(
            name=self.device.name,
            host="127.0.0.1",
            port=self.port,
            antennas=(Antenna(port=1),),
            keepalive_s=KEEPALIVE_S,
            response_s=RESPONSE_S,
        )
        driver = open_driver(settings, now, self.device.warn)
        backoff = Backoff(Random(self.number), supervisor.FIRST_WAIT_S, LONGEST_WAIT_S)
        await Supervisor(self.device, driver, self.emit, now, backoff).run()

    def told(self) -> Arrived:
        return Arrived(
            runs=self.arrivals.closed(),
            count=self.arrivals.count,
            strange=self.arrivals.strange,
            supervised=self.device.reads,
            warnings=self.device.warnings,
        )


def sample() -> Sample:
    _, resident, *_ = Path("/proc/self/statm").read_text().split()
    rss_mib = int(resident) * resource.getpagesize() / (1 << 20)
    fds = len(list(Path("/proc/self/fd").iterdir()))
    return Sample(time.monotonic(), rss_mib, fds, len(asyncio.all_tasks()))


async def _sampled(period_s: float, into: list[Sample]) -> None:
    while True:
        await asyncio.sleep(period_s)
        into.append(sample())


async def _all_up(gates: list[Gate]) -> Sample:
    """What it weighs while all links stand: always the same."""
    async with asyncio.timeout(SETTLE_S):
        while not all(gate.device.up for gate in gates):
            await asyncio.sleep(LOOK_S)
    return sample()


async def run(period_s: float, ports: list[int]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    gates = [Gate(number, port) for number, port in enumerate(ports)]
    samples: list[Sample] = []
    running = [asyncio.create_task(gate.run()) for gate in gates]
    running.append(asyncio.create_task(_sampled(period_s, samples)))
    await _all_up(gates)
    line = asyncio.create_task(asyncio.to_thread(sys.stdin.readline))
    await asyncio.sleep(LOOK_S)  # its thread is there
    first = await _all_up(gates)
    begin_cpu_s = time.process_time()
    print("up", flush=True)
    while not line.done():
        await asyncio.sleep(LOOK_S)
    cpu_s = time.process_time() - begin_cpu_s
    expected: list[int] = json.loads(line.result())
    deadline_s = time.monotonic() + SETTLE_S
    while time.monotonic() < deadline_s and any(
        gate.arrivals.next < reads for gate, reads in zip(gates, expected, strict=True)
    ):
        await asyncio.sleep(LOOK_S)
    line = asyncio.create_task(asyncio.sleep(SETTLE_S))  # in the place of the one that is over
    last = await _all_up(gates)
    line.cancel()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    print(
        json.dumps(
            {
                "gates": [gate.told() for gate in gates],
                "samples": [asdict(each) for each in [first, *samples, last]],
                "cpu_s": cpu_s,
            }
        )
    )


if __name__ == "__main__":
    asyncio.run(run(float(sys.argv[1]), [int(port) for port in sys.argv[2:]]))
