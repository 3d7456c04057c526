"""`kind = "dock_door"`: docs/read-points.md."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

from gateway.core.announce import Ways
from gateway.core.antenna_health import AntennaHealth
from gateway.core.binding import Bindings
from gateway.core.bound_door import BoundDoor, Teller
from gateway.core.dock_door import DockDoor, DoorPlan
from gateway.core.expected import Lists
from gateway.core.judgement import Verdict
from gateway.core.matching import Matcher
from gateway.core.neighbours import Neighbours
from gateway.core.read_point import ReadPoint, Voice
from gateway.settings.table import (
    ANTENNAS,
    OUTPUT,
    AntennaName,
    AnyReadPoint,
    Name,
    OutputName,
    StepTable,
    Table,
)

Word = Literal["moved", "uncertain", "wrong"]


class LightsTable(Table):
    """The outputs that blink for the people at the door."""

    green: OutputName | None = Field(default=None, description=OUTPUT)
    amber: OutputName | None = Field(default=None, description=OUTPUT)
    red: OutputName | None = Field(default=None, description=OUTPUT)
    buzzer: OutputName | None = Field(default=None, description=OUTPUT)
    show_s: float = Field(default=10.0, ge=1, le=120)

    @property
    def named(self) -> tuple[tuple[Word, OutputName], ...]:
        """What blinks for which word."""
        all_four: tuple[tuple[Word, OutputName | None], ...] = (
            ("moved", self.green),
            ("uncertain", self.amber),
            ("wrong", self.red),
            ("wrong", self.buzzer),
        )
        return tuple((word, name) for word, name in all_four if name is not None)

    @model_validator(mode="after")
    def _tells_them_apart(self) -> Self:
        names = [name for _, name in self.named]
        if len(set(names)) != len(names):
            raise ValueError(f"{max(names, key=names.count)} twice: expected an output for each")
        return self


class DockDoorTable(AnyReadPoint):
    kind: Literal["dock_door"]
    inner: tuple[AntennaName, ...] = Field(min_length=1, description=ANTENNAS)
    outer: tuple[AntennaName, ...] = Field(min_length=1, description=ANTENNAS)
    inbound: StepTable = StepTable(biz_step="receiving")
    outbound: StepTable = StepTable(biz_step="shipping")
    neighbours: tuple[Name, ...] = ()
    scanner: Name | None = None
    lights: LightsTable | None = None
    bind_timeout_s: float = Field(default=14_400.0, ge=60, le=604_800)
    expected_max_age_s: float = Field(default=86_400.0, ge=60, le=31_536_000)
    idle_s: float = Field(default=3.0, ge=0.5, le=60)
    pass_max_s: float = Field(default=120.0, ge=10, le=3600)
    visit_gap_s: float = Field(default=10.0, ge=0, le=600)
    max_tags: int = Field(default=300, ge=1, le=500)

    @model_validator(mode="after")
    def _one_side_each(self) -> Self:
        both = set(self.inner) & set(self.outer)
        if both:
            raise ValueError(f"{min(both)} is inner and outer: an antenna has one side")
        return self

    @property
    def antennas(self) -> tuple[tuple[str, str], ...]:
        inner = tuple(("inner", name) for name in self.inner)
        return inner + tuple(("outer", name) for name in self.outer)

    @property
    def scanners(self) -> tuple[tuple[str, str], ...]:
        return () if self.scanner is None else (("scanner", self.scanner),)

    @property
    def outputs(self) -> tuple[tuple[str, str], ...]:
        named = () if self.lights is None else self.lights.named
        return tuple(("lights", name) for _, name in named)

    @property
    def ways(self) -> Ways:
        return Ways(self.inbound.step(), self.outbound.step())

    def plan(self) -> DoorPlan:
        return DoorPlan(
            name=self.name,
            inner=frozenset(self.inner),
            outer=frozenset(self.outer),
            idle_us=int(self.idle_s * 1e6),
            pass_max_us=int(self.pass_max_s * 1e6),
            visit_gap_us=int(self.visit_gap_s * 1e6),
            tags_max=self.max_tags,
        )

    def at_work(self, voice: Voice, neighbours: Neighbours, lists: Lists) -> ReadPoint[object]:
        """`neighbours` and `lists` of all doors; the former are told of this one."""
        door = DockDoor(self.plan())
        neighbours.doors[self.name] = door
        bindings = Bindings(int(self.bind_timeout_s * 1e6))
        matcher = Matcher(self.name, lists, bindings, int(self.expected_max_age_s * 1e6))
        is_watched = self.lights is not None or self.scanner is not None
        return ReadPoint(
            "dock_door",
            BoundDoor(door, matcher, self.scanner),
            voice,
            Teller(self.ways, matcher, is_watched).say,
            referee=neighbours,
            health=AntennaHealth(door.sources),
            went_by=lambda each: [tag.visit for tag in each.of(Verdict.MOVED)],
        )


def neighbours_of(doors: Sequence[DockDoorTable]) -> Neighbours:
    """Either door may name the other."""
    of: dict[str, set[str]] = {}
    for each in doors:
        for other in each.neighbours:
            of.setdefault(each.name, set()).add(other)
            of.setdefault(other, set()).add(each.name)
    patience_s = max((each.idle_s for each in doors), default=0.0)
    return Neighbours(
        {name: frozenset(others) for name, others in of.items()}, int(patience_s * 1e6)
    )
