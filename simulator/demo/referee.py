"""Whether the books tell what really happened: the scene's truth against what was booked.

The scene knows every crossing, and which of its tags gave at least one read: that is all that
anybody could know. A movement belongs to a crossing at its door, at about its time, of which it has
a tag. A crossing is told when the booked movements that belong to it have at least half of its
readable tags: the gateway may leave some to a person for review, but where it leaves most, nobody
was spared any work. A tag that is left for review is neither booked nor lost.

What was published is heard on the broker, by a subscriber of our own. A broker that is killed
forgets that there was one, and the ledger may hear an event that the subscriber does not; so what
the books have counts as published too. Of such an event the ledger's API tells the containers and
how many units moved, but not their keys, and of a review nothing but that it was; so what must be
on hand is then known between a least and a most. Where all was heard, the two are the same.
"""

from collections.abc import Collection, Iterable, Mapping
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
    """One event: as it was heard on the broker, or as the books have it.

    In the books, `keys` are those of its containers; `unnamed` things more moved with them.
    """

    event_id: str
    kind: str
    door: str
    direction: str
    event_us: int
    keys: frozenset[str]
    unnamed: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the books, with the ledger's verdict on it."""

    told: Told
    verdict: str  # booked; stored: it moves no stock


@dataclass(frozen=True, slots=True)
class Score:
    """`lost` counts crossings that no booked movement tells, and events that were published and are
    not in the books; `duplicated` booked movements beyond one a crossing; `wrong_direction`
    crossings that a booked movement tells the other way round; `review` tags left to a person.
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
        """Without a crossing nothing is proved."""
        return self.truth > 0 and not self.faults

    @property
    def faults(self) -> tuple[str, ...]:
        counted = (
            (self.lost, f"{self.lost} lost"),
            (self.duplicated, f"{self.duplicated} doubled"),
            (self.wrong_direction, f"{self.wrong_direction} the wrong way"),
            (not self.stock_matches, "the stock does not match"),
        )
        return tuple(what for is_wrong, what in counted if is_wrong)


@dataclass(slots=True)
class Referee:
    """Gathers truth and what was published. `quantities`: class key -> (item, base units)."""

    quantities: Mapping[str, tuple[str, int]]
    crossings: list[Crossing] = field(default_factory=list)
    published: dict[str, Told] = field(default_factory=dict)  # as heard, by event id

    def score(self, books: Collection[Entry], stock: Mapping[str, int]) -> Score:
        """`books`: all events that the ledger has; `stock`: item -> base units on hand."""
        known = {entry.told.event_id: entry.told for entry in books} | self.published
        settled = [entry for entry in books if _is_settled(entry)]
        booked = [known[each.told.event_id] for each in settled if each.told.kind == "movement"]
        movements = [told for told in known.values() if told.kind == "movement"]
        reviews = [told for told in known.values() if told.kind == "review"]
        crossings = list(zip(self.crossings, self._telling(booked), strict=True))
        return Score(
            truth=len(crossings),
            published=len(movements),
            booked=len(booked),
            lost=sum(not _is_told(crossing, telling) for crossing, telling in crossings)
            + len(known.keys() - {entry.told.event_id for entry in settled}),
            duplicated=len(booked) - sum(bool(telling) for _, telling in crossings),
            wrong_direction=sum(
                any(told.direction != crossing.direction for told in telling)
                for crossing, telling in crossings
            ),
            stock_matches=self._matches(stock, [*movements, *reviews]),
            review=sum(max(len(told.keys), 1) for told in reviews),
        )

    def _telling(self, movements: Iterable[Told]) -> list[list[Told]]:
        """For each crossing the movements that belong to it, and to none that fits them better."""
        telling: list[list[Told]] = [[] for _ in self.crossings]
        for told in movements:
            places = [n for n, each in enumerate(self.crossings) if _belongs(told, each)]
            if places:
                best = max(places, key=lambda n: _fit(told, self.crossings[n]))
                telling[best].append(told)
        return telling

    def _matches(self, stock: Mapping[str, int], told: Collection[Told]) -> bool:
        """Whether on hand is what must be, if every tag that was not left for review was booked."""
        least, most = self._inside(told)
        at_least, at_most = self._as_stock(least), self._as_stock(most)
        return all(
            at_least.get(item, 0) <= stock.get(item, 0) <= at_most.get(item, 0)
            for item in {*stock, *at_most}
        )

    def _inside(self, told: Collection[Told]) -> tuple[set[str], set[str]]:
        """The keys that are inside after all crossings: those that must be, those that may be."""
        least: set[str] = set()
        most: set[str] = set()
        for crossing in sorted(self.crossings, key=lambda each: each.crossed_us):
            sure, possible = _moved(crossing, [each for each in told if _belongs(each, crossing)])
            if crossing.direction == "in":
                least, most = least | sure, most | possible
            else:
                least, most = least - possible, most - sure
        return least, most

    def _as_stock(self, keys: Iterable[str]) -> dict[str, int]:
        stock: dict[str, int] = {}
        for key in keys:
            packed = self.quantities.get(key.partition("/21/")[0])
            if packed is not None:
                item, quantity = packed
                stock[item] = stock.get(item, 0) + quantity
        return stock


def _is_settled(entry: Entry) -> bool:
    """Whether the ledger did what the event asks for: a movement is booked, all else is kept."""
    return entry.verdict == "booked" or entry.told.kind != "movement"


def _belongs(told: Told, crossing: Crossing) -> bool:
    """Whether it can be of this crossing; of what was not heard, the keys may be missing."""
    return (
        told.door == crossing.door
        and abs(told.event_us - crossing.crossed_us) <= APART_US_MAX
        and (not told.keys or not told.keys.isdisjoint(crossing.keys))
    )


def _fit(told: Told, crossing: Crossing) -> tuple[int, int]:
    return len(told.keys & crossing.keys), -abs(told.event_us - crossing.crossed_us)


def _is_told(crossing: Crossing, telling: Collection[Told]) -> bool:
    named: frozenset[str] = frozenset().union(*(told.keys for told in telling))
    tags = len(named & crossing.keys) + sum(told.unnamed for told in telling)
    return bool(telling) and 2 * tags >= len(crossing.keys)


def _moved(crossing: Crossing, told: Collection[Told]) -> tuple[frozenset[str], frozenset[str]]:
    """The tags that must have been booked with this crossing, and those that may have been."""
    none: frozenset[str] = frozenset()
    reviews = [each.keys for each in told if each.kind == "review"]
    possible = crossing.keys - none.union(*reviews)
    if all(reviews):
        return possible, possible
    # A review was not heard: it can hold whatever was not heard to move.
    return possible & none.union(*(each.keys for each in told if each.kind == "movement")), possible
