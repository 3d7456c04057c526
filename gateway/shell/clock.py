"""The one place that reads the clocks."""

import time

from drivers.base import Now


def now() -> Now:
    return Now(utc_us=time.time_ns() // 1000, monotonic_us=time.monotonic_ns() // 1000)
