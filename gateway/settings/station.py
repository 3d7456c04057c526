"""`kind = "station"`: docs/read-points/station.md."""

from functools import partial
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gateway.core.commands import PREFIX
from gateway.core.read_point import ReadPoint, Step, Voice
from gateway.core.station import Station, StationPlan
from gateway.core.station_scan import Task
from gateway.core.station_telling import tell
from gateway.settings.table import OUTPUT, AnyReadPoint, Name, OutputName, StepTable, Table
from wire.event import Uri

LABELS_MAX = 10_000  # the bins of a hall; more is a warehouse, which has a station for each hall
OPERATORS_MAX = 1_000
# What a Code 128 can hold that a person prints; it is compared with a scan as it is.
Label = Annotated[str, Field(min_length=1, max_length=48, pattern=r"^[!-~]([ -~]*[!-~])?$")]
Operator = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
Outputs = Annotated[tuple[OutputName, ...], Field(max_length=8)]


class FeedbackTable(Table):
    """What the person hears and sees beside the page: outputs of a reader, each a pulse."""

    accepted: Outputs = Field(default=(), description=OUTPUT)
    refused: Outputs = Field(default=(), description=OUTPUT)
    pulse_s: float = Field(default=0.5, ge=0.05, le=3)

    @model_validator(mode="after")
    def _tells_them_apart(self) -> Self:
        both = set(self.accepted) & set(self.refused)
        if both:
            raise ValueError(f"{min(both)} says accepted and refused: expected one of them")
        return self


class StationTable(AnyReadPoint):
    kind: Literal["station"]
    scanner: Name | None = None
    scanner_names: tuple[Name, ...] = Field(default=(), alias="scanners", max_length=16)
    receiving: StepTable = StepTable(biz_step="receiving")
    shipping: StepTable = StepTable(biz_step="shipping")
    moving: StepTable = StepTable(biz_step="storing")
    counting: StepTable = StepTable(biz_step="cycle_counting")
    locations: Annotated[dict[Label, Uri], Field(max_length=LABELS_MAX)] = {}
    operators: Annotated[dict[Label, Operator], Field(max_length=OPERATORS_MAX)] = {}
    mode_timeout_s: float = Field(default=300.0, ge=5, le=86_400)
    feedback: FeedbackTable = FeedbackTable()

    @model_validator(mode="after")
    def _heard_and_told_apart(self) -> Self:
        if not self.scanners:
            raise ValueError('expected scanner = "hand-1", or scanners')
        names = [name for _, name in self.scanners]
        if len(set(names)) != len(names):
            raise ValueError(f"{max(names, key=names.count)} twice among its scanners")
        for label in (*self.locations, *self.operators):
            if label.startswith(PREFIX):
                raise ValueError(f'label "{label}": {PREFIX} begins a command')
            if label in self.locations and label in self.operators:
                raise ValueError(f'label "{label}": expected a place or a person, not both')
        if self.moving.biz_location is not None or self.moving.claimed_from is not None:
            raise ValueError("moving: its places are scanned: expected no biz_location and no from")
        return self

    @property
    def scanners(self) -> tuple[tuple[str, str], ...]:
        one = () if self.scanner is None else (("scanner", self.scanner),)
        return one + tuple(("scanners", name) for name in self.scanner_names)

    @property
    def pulses(self) -> tuple[tuple[str, str, float], ...]:
        said = self.feedback
        accepted = tuple(("accepted", name, said.pulse_s) for name in said.accepted)
        return accepted + tuple(("refused", name, said.pulse_s) for name in said.refused)

    @property
    def outputs(self) -> tuple[tuple[str, str], ...]:
        return tuple(("feedback", name) for _, name, _ in self.pulses)

    def plan(self, told_as: str) -> StationPlan:
        return StationPlan(
            name=self.name,
            scanners=frozenset(name for _, name in self.scanners),
            steps={
                Task.NONE: Step("inspecting"),
                Task.RECEIVE: self.receiving.step(),
                Task.SHIP: self.shipping.step(),
                Task.MOVE: self.moving.step(),
                Task.COUNT: self.counting.step(),
            },
            mode_timeout_us=int(self.mode_timeout_s * 1e6),
            locations=self.locations,
            operators=self.operators,
            told_as=told_as,
        )

    def at_work(self, voice: Voice) -> ReadPoint[object]:
        told_as = f"{voice.gateway} {voice.read_point} {voice.zone} {voice.mode}"
        station = Station(self.plan(told_as))
        return ReadPoint("station", station, voice, partial(tell, self.name))
