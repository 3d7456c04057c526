"""One reading of the clocks, as the pure parts are given it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Now:
    """Timestamps use the first, keepalives the second."""

    utc_us: int  # µs since 1970, UTC
    monotonic_us: int  # µs since some start; never steps


Clock = Callable[[], Now]
