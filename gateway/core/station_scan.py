"""What a scan at a station comes to, and under what it happened."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.core.commands import Goods, Unknown
from gateway.core.read_point import Step
from wire.reason import Reason


class Task(StrEnum):
    NONE = "none"
    RECEIVE = "receive"
    SHIP = "ship"
    MOVE = "move"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Scene:
    """Under what a scan happened. Instants are event time."""

    scanner: str
    at_us: int
    nth: int  # of those at this instant, from 1
    task: Task
    task_us: int  # when the task began
    operator: str | None


@dataclass(frozen=True, slots=True)
class Booked:
    """Goods that were received, shipped, moved or counted."""

    scene: Scene
    goods: Goods
    quantity: int
    step: Step


@dataclass(frozen=True, slots=True)
class TakenBack:
    booked: Booked
    scene: Scene


@dataclass(frozen=True, slots=True)
class Refused:
    """Goods, or a code that might be some: for an exception and a tone."""

    scene: Scene
    what: Goods | Unknown
    reasons: tuple[Reason, ...]
    detail: str  # for a person
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Answered:
    """What is of this person alone: a command, done or not."""

    is_done: bool
    text: str


Conclusion = Booked | TakenBack | Refused | Answered
