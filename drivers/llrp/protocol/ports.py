"""A reader's inputs, outputs and antennas: what it said of them last.

At each connect it is asked how they are. What an event says is newer than that, unless the reader
held it: then it is an observation with its own time, and says nothing of now.
"""

from dataclasses import dataclass, field

from drivers.base import AntennaChange, GpiChange, NotDone, Observation
from drivers.llrp.protocol.config import ReaderConfig
from drivers.llrp.protocol.control import set_outputs
from drivers.llrp.protocol.event import ReaderEvent
from drivers.llrp.protocol.requests import Procedure, ask

PORT_MAX = 65_535  # LLRP has 16 bits for it


@dataclass(slots=True)
class Ports:
    """Port -> high, or connected."""

    inputs: dict[int, bool] = field(default_factory=dict)
    outputs: dict[int, bool] = field(default_factory=dict)
    antennas: dict[int, bool] = field(default_factory=dict)

    def take(
        self, event: ReaderEvent, device: str, at_us: int, *, is_new: bool
    ) -> list[Observation]:
        """What an event says; `at_us` is the host's time of it."""
        said: list[Observation] = []
        if event.gpi is not None:
            port, high = event.gpi
            said.append(GpiChange(device, at_us, port, high))
            if is_new:
                self.inputs[port] = high
        if event.antenna is not None:
            antenna, connected = event.antenna
            said.append(AntennaChange(device, at_us, antenna, connected))
            if is_new:
                self.antennas[antenna] = connected
        return said

    def settle(self, config: ReaderConfig, device: str, at_us: int) -> list[Observation]:
        """How all of them are when the link is up, by what was asked and what was told since."""
        self.inputs = dict(config.inputs) | self.inputs
        self.outputs = dict(config.outputs) | self.outputs
        self.antennas = dict(config.antennas) | self.antennas
        said: list[Observation] = [
            GpiChange(device, at_us, port, high, resync=True)
            for port, high in sorted(self.inputs.items())
        ]
        return said + [
            AntennaChange(device, at_us, antenna, connected)
            for antenna, connected in sorted(self.antennas.items())
        ]

    def drive(self, port: int, known: int | None, *, high: bool) -> Procedure[None]:
        """Set an output of a reader with `known` outputs; None: it did not tell. Raises NotDone."""
        most = PORT_MAX if known is None else known
        if not 1 <= port <= most:
            raise NotDone(f"output {port}: the reader has {most}")
        yield from ask(set_outputs({port: high}))
        self.outputs[port] = high
