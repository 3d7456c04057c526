"""`kind = "shelf"`: docs/read-points/shelf.md."""

from functools import partial
from typing import Literal, Self

from pydantic import Field, model_validator

from gateway.core.read_point import ReadPoint, Voice
from gateway.core.shelf import Shelf, ShelfPlan
from gateway.core.shelf_said import Steps, announce
from gateway.settings.table import ANTENNAS, AntennaName, AnyReadPoint, Name, StepTable, Table
from wire.event import Epc, Uri


class ZoneTable(Table):
    """A part of the shelf that has antennas of its own."""

    name: Name
    biz_location: Uri
    antennas: tuple[AntennaName, ...] = Field(min_length=1, description=ANTENNAS)


class ShelfTable(AnyReadPoint):
    kind: Literal["shelf"]
    zone: tuple[ZoneTable, ...] = Field(min_length=1)
    references: tuple[Epc, ...] = ()
    arrive: StepTable = StepTable(biz_step="storing")
    depart: StepTable = StepTable(biz_step="picking")
    arrive_s: float = Field(default=10.0, ge=2, le=600)
    depart_s: float = Field(default=60.0, ge=10, le=86_400)
    move_s: float = Field(default=15.0, ge=5, le=600)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        for what, names in (
            ("zone", [each.name for each in self.zone]),
            ("antenna", [antenna for each in self.zone for antenna in each.antennas]),
        ):
            twice = next((name for name in names if names.count(name) > 1), None)
            if twice is not None:
                raise ValueError(f'{what} "{twice}" stands here twice')
        return self

    @property
    def antennas(self) -> tuple[tuple[str, str], ...]:
        return tuple(("zone", antenna) for each in self.zone for antenna in each.antennas)

    def plan(self) -> ShelfPlan:
        return ShelfPlan(
            name=self.name,
            zones={antenna: each.name for each in self.zone for antenna in each.antennas},
            references=frozenset(self.references),
            arrive_us=int(self.arrive_s * 1e6),
            depart_us=int(self.depart_s * 1e6),
            move_us=int(self.move_s * 1e6),
        )

    def at_work(self, voice: Voice) -> ReadPoint[object]:
        places = {each.name: each.biz_location for each in self.zone}
        steps = Steps(self.arrive.step(), self.depart.step(), places)
        return ReadPoint("shelf", Shelf(self.plan()), voice, partial(announce, steps=steps))
