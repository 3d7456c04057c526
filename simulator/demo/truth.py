"""What the site says really happened, as the demo reads it; simulator.demo.site says it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from simulator.demo.layout import door_of
from simulator.demo.referee import Crossing
from wire import refusal

SHOWN_BYTES = 80  # of a line that nobody understands


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Crossing(_Told):
    door: str  # its reader
    direction: Literal["in", "out"]
    crossed_us: int
    sscc: str
    tags: int
    readable: list[str]
    clean: bool

    def as_truth(self) -> Crossing:
        return Crossing(
            door_of(self.door), self.direction, self.crossed_us, frozenset(self.readable)
        )


class _Line(_Told):
    ready: bool = False
    crossing: _Crossing | None = None
    done: bool = False


def read(line: bytes) -> Crossing | Literal["done"] | None:
    """One line; None where it tells nothing that is judged. Raises ValueError with the line."""
    try:
        said = _Line.model_validate_json(line)
    except ValidationError as error:
        shown = line[:SHOWN_BYTES].decode(errors="replace").rstrip("\n")
        raise ValueError(
            f"said {shown!r} ({refusal.first_of(error)}):"
            " expected a JSON object with ready, crossing or done"
        ) from None
    if said.done:
        return "done"
    if said.crossing is not None and said.crossing.clean:
        return said.crossing.as_truth()
    return None
