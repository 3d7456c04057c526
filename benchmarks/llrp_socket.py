"""One process of the benchmark `socket`: the reader, or a client that counts what it is given.

    python -m benchmarks.llrp_socket reader BATCH TAGS          prints its port
    python -m benchmarks.llrp_socket readpoint|sllurp PORT TAGS prints the CPU µs of a tag

The reader is the simulated one: both clients ask it what they ask any reader, each in its own way,
and it starts when its ROSpec does. Then it hands over what was encoded before, as fast as it is
taken. A client counts the CPU time of its whole process, from the first tags that it gives away to
the last: neither imports nor the handshake are in it.
"""

import asyncio
import logging
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

import structlog
from sllurp.llrp import LLRPReaderClient, LLRPReaderConfig

from benchmarks.llrp import report
from drivers.base import Observation, TagRead
from drivers.llrp.settings import Antenna, LlrpSettings
from drivers.registry import open_driver
from gateway.shell import supervisor
from gateway.shell.backoff import Backoff
from gateway.shell.clock import now
from gateway.shell.supervisor import Device, Supervisor
from simulator.llrp.reader import SimulatedReader

NAME = "dock-1"
ANTENNAS = (1, 2, 3, 4)
PIECE_TAGS = 1_000  # tags in one piece for the socket, some 64 KiB
PATIENCE_S = 120.0  # a bound, not an expectation


@dataclass(slots=True)
class Meter:
    """Counts tags to `tags`, and the CPU time behind the first of them."""

    tags: int
    done: Callable[[], object]
    each_us: float = 0.0
    _begun: tuple[int, float] | None = None  # tags, and CPU seconds, when the first were taken
    _count: int = 0

    def take(self, count: int) -> None:
        self._count += count
        if self._begun is None:
            self._begun = (self._count, time.process_time())
        elif self._count >= self.tags:
            before, begin_s = self._begun
            self.each_us = (time.process_time() - begin_s) / (self._count - before) * 1e6
            self.done()


async def reader(batch: int, tags: int) -> None:
    at_us = time.time_ns() // 1000
    messages = [report(first, batch, at_us) for first in range(0, PIECE_TAGS, batch)]
    piece = b"".join(messages)
    async with SimulatedReader(NAME) as far_end, asyncio.timeout(PATIENCE_S):
        print(far_end.port, flush=True)
        await far_end.until_active()
        for _ in range(tags // PIECE_TAGS):
            far_end.inject(piece)
        await far_end.until_free()


async def readpoint(port: int, tags: int) -> float:
    """The driver under its supervisor, as in the gateway."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    done = asyncio.Event()
    meter = Meter(tags, done.set)

    async def emit(observations: Sequence[Observation]) -> None:
        meter.take(sum(isinstance(each, TagRead) for each in observations))

    antennas = tuple(Antenna(port=each) for each in ANTENNAS)
    settings = LlrpSettings(name=NAME, host="127.0.0.1", port=port, antennas=antennas)
    device = Device(NAME, settings.driver)
    driver = open_driver(settings, now, device.warn)
    backoff = Backoff(Random(1), supervisor.FIRST_WAIT_S, supervisor.LONGEST_WAIT_S)
    running = asyncio.create_task(Supervisor(device, driver, emit, now, backoff).run())
    async with asyncio.timeout(PATIENCE_S):
        await done.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (device.lost, device.warnings) == (0, 0), device.why
    return meter.each_us


def sllurp(port: int, tags: int) -> float:
    """Its client with its own thread, and a callback for tag reports."""
    logging.getLogger("sllurp").setLevel(logging.CRITICAL)
    done = threading.Event()
    meter = Meter(tags, done.set)
    config = {"antennas": list(ANTENNAS), "tx_power": 0, "report_every_n_tags": 1}
    client = LLRPReaderClient("127.0.0.1", port, LLRPReaderConfig(config))
    client.add_tag_report_callback(lambda _client, found: meter.take(len(found)))
    client.connect()
    assert done.wait(PATIENCE_S), f"no {tags} tags in {PATIENCE_S:g} s"
    client.hard_disconnect()
    return meter.each_us


def main(arguments: list[str]) -> int:
    what, number, tags = arguments[0], int(arguments[1]), int(arguments[2])
    if what == "reader":
        asyncio.run(reader(number, tags))
    elif what == "readpoint":
        print(asyncio.run(readpoint(number, tags)))
    else:
        print(sllurp(number, tags))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
