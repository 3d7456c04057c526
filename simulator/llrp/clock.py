"""The only place of the simulated reader that reads a clock."""

import time

from simulator.llrp.now import Now


def now() -> Now:
    return Now(time.time_ns() // 1_000, time.monotonic_ns() // 1_000)
