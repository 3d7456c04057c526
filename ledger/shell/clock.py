"""The one place that reads the clocks."""

import time


def utc_us() -> int:
    """µs since 1970, UTC. It may step."""
    return time.time_ns() // 1000


def monotonic_us() -> int:
    """µs since some start. It never steps: for deadlines."""
    return time.monotonic_ns() // 1000
