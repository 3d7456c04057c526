"""A scenario as people write it: TOML, a kind of day and what is otherwise than in that kind.

    like = "stop of 20 s"
    loads = 50
    strays = [100, 200]
    speed_m_s = [0.5, 1.0]

Pairs are (least, most), drawn evenly. The kinds are those of simulator.scene.dock_day.
"""

from dataclasses import fields, replace
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from simulator.scene.dock import Session
from simulator.scene.dock_day import DAY_PLANS, PARKED_PLANS, DayPlan, Way
from wire import toml

KINDS = DAY_PLANS | PARKED_PLANS
LOADS_MAX = 1_000  # a day at a busy door; all are drawn before it begins
STRAYS_MAX = 2_000
CASES_MAX = 200  # of a pallet


def _rising(pair: tuple[float, float]) -> tuple[float, float]:
    if pair[0] > pair[1]:
        raise ValueError(f"{list(pair)}: expected the least first")
    return pair


def _whole_rising(pair: tuple[int, int]) -> tuple[int, int]:
    _rising(pair)
    return pair


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f'unknown kind "{kind}"{toml.nearest(kind, KINDS)}')
    return kind


Metres = Annotated[float, Field(gt=0, le=50)]
Seconds = Annotated[float, Field(ge=0, le=86_400)]
Speed = Annotated[float, Field(ge=0.1, le=10)]
Share = Annotated[float, Field(ge=0, le=1)]
Cases = Annotated[int, Field(ge=1, le=CASES_MAX)]
Strays = Annotated[int, Field(ge=0, le=STRAYS_MAX)]
Rate = Annotated[int, Field(ge=20, le=2_000)]
Rising = AfterValidator(_rising)
WholeRising = AfterValidator(_whole_rising)


class Scenario(BaseModel):
    """What is None is as in `like`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    like: Annotated[str, AfterValidator(_known)] = "straight"
    way: Way | None = None
    loads: int | None = Field(default=None, ge=1, le=LOADS_MAX)
    cases: Annotated[tuple[Cases, Cases], WholeRising] | None = None
    strays: Annotated[tuple[Strays, Strays], WholeRising] | None = None
    stray_m: Annotated[tuple[Metres, Metres], Rising] | None = None
    speed_m_s: Annotated[tuple[Speed, Speed], Rising] | None = None
    gap_s: Annotated[tuple[Seconds, Seconds], Rising] | None = None
    stop_s: Annotated[tuple[Seconds, Seconds], Rising] | None = None
    reads_per_s: Annotated[tuple[Rate, Rate], WholeRising] | None = None
    dead_share: Annotated[tuple[Share, Share], Rising] | None = None
    session: Session | None = None
    doors: int | None = Field(default=None, ge=1, le=2)
    doors_apart_m: Annotated[tuple[Metres, Metres], Rising] | None = None
    dead_antenna: bool | None = None
    clock_step_s: Annotated[tuple[Seconds, Seconds], Rising] | None = None
    outage_s: Annotated[tuple[Seconds, Seconds], Rising] | None = None

    @model_validator(mode="after")
    def _strays_off_the_lane(self) -> Self:
        """Parked tags are placed beside the lane: there must be such a place in reach."""
        if self.stray_m is not None and self.stray_m[1] < 1.5:
            raise ValueError(f"stray_m {list(self.stray_m)}: expected the most to be 1.5 or more")
        return self

    def plan(self) -> DayPlan:
        said = {field.name: getattr(self, field.name, None) for field in fields(DayPlan)}
        return replace(KINDS[self.like], **{k: v for k, v in said.items() if v is not None})


def read(text: str) -> DayPlan | toml.Problems:
    found = toml.read(text, Scenario)
    return found if isinstance(found, toml.Problems) else found.plan()
