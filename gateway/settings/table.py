"""What the tables of the configuration file have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from drivers.base import NAME_MEANING
from gateway.core.read_point import Mode, Step
from wire.event import Uri, Word
from wire.topics import NAME_PATTERN

Name = Annotated[str, Field(pattern=NAME_PATTERN, description=NAME_MEANING)]
AntennaName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}:[0-9]{1,3}$")]
OutputName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}:gpo[0-9]{1,3}$")]
ANTENNAS = 'reader and port, as "dock-1:2"'  # what a field of such names says of itself
OUTPUT = 'reader and output, as "dock-1:gpo1"'


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class StepTable(Table):
    """What a movement at the read point means."""

    biz_step: Word
    biz_location: Uri | None = None
    claimed_from: Word | None = Field(default=None, alias="from")
    claimed_to: Word | None = Field(default=None, alias="to")

    def step(self) -> Step:
        return Step(self.biz_step, self.biz_location, self.claimed_from, self.claimed_to)


class AnyReadPoint(Table):
    """What every kind of read point has; each gives its machine at work by `at_work`."""

    name: Name
    read_point: Uri
    mode: Mode = "trial"

    @property
    def antennas(self) -> tuple[tuple[str, str], ...]:
        """The antennas that it hears, "dock-1:2", each with the key that names it."""
        return ()

    @property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        """The same of inputs, "dock-1:gpi1"."""
        return ()

    @property
    def scanners(self) -> tuple[tuple[str, str], ...]:
        return ()

    @property
    def pulses(self) -> tuple[tuple[str, str, float], ...]:
        """For each word of a light the output that tells it, as "dock-1:gpo1", for how long (s)."""
        return ()

    @property
    def outputs(self) -> tuple[tuple[str, str], ...]:
        """What it shows people with, "dock-1:gpo1", each with the key that names it."""
        return ()

    @property
    def is_sharing(self) -> bool:
        """Whether what it hears with may be another read point's, too."""
        return False
