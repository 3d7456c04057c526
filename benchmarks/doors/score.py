"""What was said of a day at the doors, laid beside what was true: counts that add up over days.

A booking is one tag, said to have gone through one door one way. It is right when that tag went
through that door then, either way; the direction is counted by pass. Each tag of a pass is right
once: a second booking is false.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from simulator.scene.dock import Journey

NEAR_S = 2.0  # a booking belongs to a journey that goes on then, or so long before or after
DIRECTED_MIN = 5  # readable tags, for the direction of a pass to count


@dataclass(frozen=True, slots=True)
class Booking:
    """One tag, booked or (`review`) given to a person. Seconds of the scene."""

    door: str
    key: str
    at_s: float
    direction: str
    review: bool = False
    pass_id: str = ""  # which pass said it; "" where the method knows none


@dataclass(slots=True)
class Day:
    """The truth of one day."""

    journeys: Sequence[Journey]
    strays: frozenset[str]  # that were heard at all
    seconds: float
    _by_key: dict[tuple[str, str], Journey] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for journey in self.journeys:
            for key in journey.things:
                self._by_key[journey.door, key] = journey

    def exposure(self) -> Counter[str]:
        found: Counter[str] = Counter()
        found["parked_s"] = round(len(self.strays) * self.seconds)
        found["parked tags"] = len(self.strays)
        for journey in self.journeys:
            if journey.direction is None:
                found["loads that went no way"] += 1
                continue
            found["passes"] += bool(journey.things)
            found["readable"] += len(journey.readable)
            found["unread"] += len(journey.things) - len(journey.readable)
            found["clean passes"] += journey.clean
            found["directed"] += len(journey.readable) >= DIRECTED_MIN
        return found

    def tally(self, bookings: Sequence[Booking]) -> Counter[str]:
        found: Counter[str] = Counter()
        right: dict[int, dict[str, Booking]] = {id(each): {} for each in self.journeys}
        spoiled: list[Booking] = []
        for each in bookings:
            if each.review:
                continue
            found["booked"] += 1
            journey = self._journey(each)
            if journey is None or each.key in right[id(journey)]:
                found[f"false: {self._why(each, journey)}"] += 1
                spoiled.append(each)
                continue
            right[id(journey)][each.key] = each
            found["right"] += 1
        for journey in self.journeys:
            if journey.things or journey.direction is None:
                found += self._of_journey(journey, right[id(journey)], spoiled)
        return found + self._reviews([each for each in bookings if each.review])

    def _journey(self, booking: Booking) -> Journey | None:
        """The journey that the booking is of, where the tag went through the door then."""
        journey = self._by_key.get((booking.door, booking.key))
        if journey is None or journey.direction is None:
            return None
        return journey if _is_near(journey, booking) else None

    def _why(self, booking: Booking, journey: Journey | None) -> str:
        if booking.key in self.strays:
            return "parked"
        if journey is not None:
            return "twice"
        meant = self._by_key.get((booking.door, booking.key))
        if meant is None:
            return "unknown tag"
        if meant.direction is not None:
            return "at another time"
        gone = any(
            each.direction is not None and each.door != booking.door and booking.key in each.things
            for each in self.journeys
        )
        return "through another door" if gone else "turned back"

    def _of_journey(
        self, journey: Journey, booked: dict[str, Booking], spoiled: Sequence[Booking]
    ) -> Counter[str]:
        found: Counter[str] = Counter()
        false = any(each.door == journey.door and _is_near(journey, each) for each in spoiled)
        if journey.direction is None:
            return found
        ways = Counter(each.direction for each in booked.values())
        said = ways.most_common(1)[0][0] if ways else "unknown"
        if len(journey.readable) >= DIRECTED_MIN:
            found["direction right"] += said == journey.direction
            found["direction unknown"] += said == "unknown"
            found["direction wrong"] += said not in (journey.direction, "unknown")
        one = len({each.pass_id for each in booked.values()}) <= 1
        all_of_it = set(booked) == set(journey.readable) and set(ways) <= {journey.direction}
        found["exact"] += all_of_it and one and not false
        return found

    def _reviews(self, reviews: Sequence[Booking]) -> Counter[str]:
        found: Counter[str] = Counter()
        for journey in self.journeys:
            mine = [
                each for each in reviews if each.door == journey.door and _is_near(journey, each)
            ]
            if journey.direction is None or not journey.things:
                continue
            own = {each.key for each in mine} & set(journey.things)
            found["readable in review"] += len(own & set(journey.readable))
            if journey.clean:
                found["clean passes in review"] += bool(mine)
                found["clean passes wholly in review"] += own >= set(journey.readable)
        found["parked in review"] = sum(each.key in self.strays for each in reviews)
        return found


def _is_near(journey: Journey, booking: Booking) -> bool:
    return journey.start_s - NEAR_S <= booking.at_s <= journey.end_s + NEAR_S
