"""How many reads a CPU second takes from the driver's observation to the verdict, and in how much
memory 50,000 live tags fit.
"""

import json
import resource
import time
import tracemalloc
from random import Random

from benchmarks.doors.judged import observation, pipeline
from drivers.base import Observation, TagRead
from gateway.core.recording import to_line
from simulator.scene.dock_day import DAY_PLANS, EPOCH_US, DockDay

LIVE_TAGS = 50_000
ROUNDS = 4  # reads of each live tag, at both sides
SEED = 499_999
_SGTIN = bytes.fromhex("3074257BF7194E40")


def measured() -> str:
    rate, floor = reads_per_cpu_s()
    mib, peak_mib = memory_mib()
    return (
        f"{rate:,.0f} reads a CPU second through identify and dock_door, {floor / rate:.1f} times"
        f" what json.loads takes for their lines ({floor:,.0f} a CPU second);"
        f" {mib:.0f} MiB for {LIVE_TAGS:,} live tags (the process: {peak_mib:.0f} MiB at most)"
    )


def reads_per_cpu_s() -> tuple[float, float]:
    """Of a busy door: what one day of loads gives, fed as it comes. Beside it what no program that
    reads recordings in Python can be faster than: the standard library's parsing of their lines.
    """
    day = DockDay(DAY_PLANS["straight"], Random(SEED))
    observations: list[Observation] = []
    at_s = 0.0
    while at_s < day.end_s:
        at_s += 0.5
        observations += [observation(heard) for heard in day.step(at_s)[1]]
    lines = [to_line(each) for each in observations]
    pipe = pipeline(1)
    start_s = time.process_time()
    for number, each in enumerate(observations):
        pipe.feed(number, each)
    fed_s = time.process_time()
    for line in lines:
        json.loads(line)
    return len(lines) / (fed_s - start_s), len(lines) / (time.process_time() - fed_s)


def memory_mib() -> tuple[float, float]:
    """Of the pipeline alone, and of the whole process at its most."""
    reads = [
        TagRead(
            "dock-1",
            1 + (number + turn) % 4,
            _SGTIN + number.to_bytes(4),
            EPOCH_US + (turn * LIVE_TAGS + number) * 20,
            EPOCH_US + (turn * LIVE_TAGS + number) * 20,
            pc=0x3000,
            rssi_dbm=-60.0,
            channel=1,
        )
        for turn in range(ROUNDS)
        for number in range(LIVE_TAGS)
    ]
    pipe = pipeline(1)
    tracemalloc.start()
    for number, read in enumerate(reads):
        pipe.feed(number, read)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return held / (1 << 20), peak_kib / 1024
