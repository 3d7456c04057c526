"""Whether the books tell what really happened: the scene's truth against what was booked.

The scene knows every crossing, and which of its tags gave at least one read: that is all that
anybody could know. A crossing is told by a movement at its door that shares a tag with it and has
about its time. A tag that the gateway gave to a person for review is neither booked nor lost.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

APART_US_MAX = 10_000_000  # a crossing takes seconds; the next of the same pallet is later


@dataclass(frozen=True, slots=True)
class Crossing:
    """One pallet that went through a door. `keys`: its tags that gave at least one read."""

    door: str  # its read point URI
    direction: Literal["in", "out"]
    crossed_us: int
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it was published."""

    event_id: str
    kind: str
    door: str
    direction: str
    event_us: int
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """`lost` counts crossings without a booked movement and movements that were not booked;
    `duplicated` booked movements beyond one a crossing; `review` tags left to a person.
    """

    truth: int
    published: int
    booked: int
    lost: int
    duplicated: int
    wrong_direction: int
    stock_matches: bool
    review: int

    @property
    def is_good(self) -> bool:
        return self.lost == 0 and self.duplicated == 0 and self.stock_matches


@dataclass(slots=True)
class Referee:
    """Gathers truth and what was published. `quantities`: class key -> (item, base units)."""

    quantities: Mapping[str, tuple[str, int]]
    crossings: list[Crossing] = field(default_factory=list)
    published: dict[str, Told] = field(default_factory=dict)  # by event id

    def score(self, booked_ids: Collection[str], stock: Mapping[str, int]) -> Score:
        """`booked_ids`: events in the books; `stock`: item -> base units on hand."""
        movements = {each.event_id for each in self._of_kind("movement")}
        untold = [self.published[each] for each in booked_ids if each in movements]
        matched, wrong = 0, 0
        for crossing in self.crossings:
            teller = next((told for told in untold if _tells(told, crossing)), None)
            if teller is not None:
                untold.remove(teller)
                matched += 1
                wrong += teller.direction != crossing.direction
        on_hand = {item: quantity for item, quantity in stock.items() if quantity}
        return Score(
            truth=len(self.crossings),
            published=len(movements),
            booked=len(booked_ids),
            lost=len(self.crossings) - matched + len(movements - set(booked_ids)),
            duplicated=len(booked_ids) - matched,
            wrong_direction=wrong,
            stock_matches=on_hand == self.expected_stock(),
            review=sum(len(each.keys) for each in self._of_kind("review")),
        )

    def expected_stock(self) -> dict[str, int]:
        """What must be on hand, if every tag that was not left for review was booked rightly."""
        inside: set[str] = set()
        for crossing in sorted(self.crossings, key=lambda each: each.crossed_us):
            sure = crossing.keys - self._reviewed(crossing)
            inside = inside | sure if crossing.direction == "in" else inside - sure
        stock: dict[str, int] = {}
        for key in inside:
            packed = self.quantities.get(key.partition("/21/")[0])
            if packed is not None:
                item, quantity = packed
                stock[item] = stock.get(item, 0) + quantity
        return stock

    def _reviewed(self, crossing: Crossing) -> frozenset[str]:
        reviews = (each.keys for each in self._of_kind("review") if _tells(each, crossing))
        return frozenset().union(*reviews)

    def _of_kind(self, kind: str) -> list[Told]:
        return [each for each in self.published.values() if each.kind == kind]


def _tells(told: Told, crossing: Crossing) -> bool:
    return (
        told.door == crossing.door
        and abs(told.event_us - crossing.crossed_us) <= APART_US_MAX
        and not told.keys.isdisjoint(crossing.keys)
    )
