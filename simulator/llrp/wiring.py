"""What is plugged into a reader: antennas, inputs, outputs. No reset changes it."""

from collections import deque
from dataclasses import dataclass, field

OUTPUT_CHANGES_MAX = 10_000  # an hour of blinking lights; the oldest go


@dataclass(frozen=True, slots=True)
class OutputChange:
    """A client wrote an output, whether or not that changed it."""

    monotonic_us: int
    port: int
    high: bool


@dataclass(slots=True)
class Wiring:
    """An input that nobody has set yet is at an unknown level."""

    inputs: dict[int, bool] = field(default_factory=dict)
    unplugged: set[int] = field(default_factory=set)  # antennas
    written: deque[OutputChange] = field(default_factory=lambda: deque(maxlen=OUTPUT_CHANGES_MAX))

    def level(self, port: int) -> int:
        """GPIPortState: 0 low, 1 high, 2 unknown (LLRP 1.0.1 §12.2.6.5)."""
        return int(self.inputs[port]) if port in self.inputs else 2
