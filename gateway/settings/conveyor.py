"""`kind = "conveyor"`: docs/read-points/conveyor.md."""

from functools import partial
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from gateway.core.belt import BeltPlan
from gateway.core.conveyor import Conveyor
from gateway.core.photo_eye import EyePlan
from gateway.core.read_point import ReadPoint, Voice
from gateway.core.tell_box import tell_box
from gateway.settings.table import (
    ANTENNAS,
    AntennaName,
    AnyReadPoint,
    Name,
    StepTable,
    Table,
)

INPUT = 'reader and input, as "tunnel:gpi1"'


class TriggerTable(Table):
    """A photo-eye at an input of a reader."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}:gpi[0-9]{1,2}$", description=INPUT)
    invert: bool = False
    debounce_ms: int = Field(default=20, ge=0, le=500)
    stuck_s: float = Field(default=30.0, ge=1, le=3600)

    def plan(self) -> EyePlan:
        device, _, port = self.source.partition(":gpi")
        return EyePlan(
            device,
            int(port),
            invert=self.invert,
            debounce_us=self.debounce_ms * 1000,
            stuck_us=int(self.stuck_s * 1e6),
        )


def _in_full(trigger: object) -> object:
    """The short form names the source alone."""
    return {"source": trigger} if isinstance(trigger, str) else trigger


class ConveyorTable(AnyReadPoint):
    """Offsets are within reach_s of the eye; what is further from every window is on no box."""

    kind: Literal["conveyor"]
    antenna_names: tuple[AntennaName, ...] = Field(
        alias="antennas", min_length=1, description=ANTENNAS
    )
    trigger: Annotated[TriggerTable, BeforeValidator(_in_full)]
    scanner: Name | None = None
    passing: StepTable = StepTable(biz_step="picking")
    tags_per_box: int | None = Field(default=None, ge=1, le=500)
    max_tags: int = Field(default=100, ge=1, le=500)
    offset_s: float = Field(default=0.0, ge=-60, le=60)
    scanner_offset_s: float = Field(default=0.0, ge=-60, le=60)
    reach_s: float = Field(default=10.0, ge=1, le=60)
    idle_s: float = Field(default=3.0, ge=0.5, le=60)
    transit_s: float = Field(default=30.0, ge=1, le=600)
    visit_gap_s: float = Field(default=10.0, ge=0, le=600)

    @model_validator(mode="after")
    def _within_reach(self) -> Self:
        for key in ("offset_s", "scanner_offset_s"):
            if abs(getattr(self, key)) > self.reach_s:
                raise ValueError(f"{key} is beyond reach_s, which is {self.reach_s:g}")
        return self

    @property
    def antennas(self) -> tuple[tuple[str, str], ...]:
        return tuple(("antennas", name) for name in self.antenna_names)

    @property
    def inputs(self) -> tuple[tuple[str, str], ...]:
        return (("trigger", self.trigger.source),)

    @property
    def scanners(self) -> tuple[tuple[str, str], ...]:
        return () if self.scanner is None else (("scanner", self.scanner),)

    def plan(self) -> BeltPlan:
        return BeltPlan(
            name=self.name,
            antennas=frozenset(self.antenna_names),
            eye=self.trigger.plan(),
            scanner=self.scanner,
            idle_us=int(self.idle_s * 1e6),
            transit_us=int(self.transit_s * 1e6),
            visit_gap_us=int(self.visit_gap_s * 1e6),
            reach_us=int(self.reach_s * 1e6),
            offset_us=int(self.offset_s * 1e6),
            scanner_offset_us=int(self.scanner_offset_s * 1e6),
            tags_per_box=self.tags_per_box,
            tags_max=self.max_tags,
        )

    def at_work(self, voice: Voice) -> ReadPoint[object]:
        belt = Conveyor(self.plan())
        return ReadPoint("conveyor", belt, voice, partial(tell_box, step=self.passing.step()))
