"""What an error declaration books: that an event never happened.

The lines that the event made are made again with the other sign, at its own time, and its units go
back to where they were: the book of record keeps both. A unit that the event was the first to see
goes back to the place that its line came from; it is not forgotten, since it was scanned.

Units that moved on after the event cannot be put back: their later movement began where this one
ended. Then nothing is booked, and a person is told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.core.booking import Alert, Booking, Line, UnitStep
from wire.reason import Reason


@dataclass(frozen=True, slots=True)
class Erroneous:
    """What the books have of an event."""

    event_id: str
    biz_step: str | None
    lines: tuple[Line, ...]
    steps: tuple[UnitStep, ...]


def take_back(erroneous: Erroneous, movers: Mapping[str, Sequence[str]], unknown: int) -> Booking:
    """`movers`: for each unit the events that moved it and stand, the newest last.

    `unknown`: the site's place for what nobody can say.
    """
    id_ = erroneous.event_id
    moved_on = [step.key for step in erroneous.steps if movers[step.key][-1] != id_]
    if moved_on:
        return Booking(alerts=[Alert(Reason.DECLARED_TOO_LATE, moved_on[0])])
    lines = [Line(line.item, line.location, -line.quantity) for line in erroneous.lines]
    # What was shipped unseen came from the unknown; all else that one event saw first, from one
    # place.
    is_shipped = erroneous.biz_step == "shipping"
    origins = {} if is_shipped else _origins(erroneous.lines, erroneous.steps)
    steps = [_back(step, origins.get(step.goods.item, unknown)) for step in erroneous.steps]
    return Booking(lines, steps)


def _back(step: UnitStep, origin: int) -> UnitStep:
    to = origin if step.source is None else step.source
    return UnitStep(step.key, step.goods, step.destination, to)


def _origins(lines: Sequence[Line], steps: Sequence[UnitStep]) -> dict[int, int]:
    """By item: where that came from which the steps do not tell; the one place, if it is one."""
    rest: Counter[tuple[int, int]] = Counter()
    for line in lines:
        rest[line.item, line.location] += line.quantity
    for step in steps:
        if step.source is not None:
            rest[step.goods.item, step.source] += step.goods.quantity
            rest[step.goods.item, step.destination] -= step.goods.quantity
    places: dict[int, list[int]] = {}
    for (item, place), quantity in rest.items():
        if quantity < 0:
            places.setdefault(item, []).append(place)
    return {item: found[0] for item, found in places.items() if len(found) == 1}
