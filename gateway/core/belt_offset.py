"""How long a belt takes from its photo-eye to its antennas, learned from the boxes themselves.

Nobody measures it, and it changes with the belt's speed. A tag is strongest when it is before the
antennas: its centroid of power. A box stands before the eye for a window of time; so with the right
offset each centroid falls into the window of its own box, moved by the offset:

    eye         [ box 1 ]      [ box 2 ]  [ box 3 ]
    moved by it      [ box 1 ]      [ box 2 ]  [ box 3 ]
    centroids            x              x        x

A lone box tells its offset at once; one among others leaves a choice, and since gaps between boxes
differ, only the right choice is the same for all. So the offset is the one at which most of the
recent centroids fall into a window (maximum consensus: what is at random, a tag beside the belt or
a box without one, has no say). Where several explain as much, as on a belt with even gaps, it is
the one nearest to what was known before: another one must explain OVERRULED_BY centroids more.
Then it is put right by the median of what is left over among those that agree, from the middle of
each window, since a tag may be anywhere on its box.

`spread_us` is how far off the middles they are in the median: both how long boxes are, and how well
a centroid is known here. It bounds how far from its window a tag may be.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from gateway.core.photo_eye import Window
from gateway.core.visit import LOOK_US
from wire.json import JsonValue

RECENT_MAX = 64  # centroids: a change of the belt's speed is followed within some dozens of boxes
AGREEING_MIN = 3  # of two boxes any two gaps may look alike
OVERRULED_BY = 3
SPREADS = 6  # of a normal deviation four sigma, as the median's is 0.67 of them
NEAR_US = 500_000  # no centroid is known better, and a box may be shorter than that before the eye


@dataclass(slots=True)
class BeltOffset:
    """Tell it centroids; ask it to `learn` when windows are known."""

    reach_us: int  # the offset is within this, either way
    offset_us: int  # about; before the first box as the settings say
    spread_us: int = 0
    agreeing: int = 0  # centroids that it rests on
    asked: int = 0  # of so many
    recent: deque[int] = field(default_factory=lambda: deque(maxlen=RECENT_MAX))

    def tell(self, centre_us: int) -> None:
        """A tag went by. Of those within one look one speaks for all: they are of one box."""
        _add(self.recent, centre_us)

    @property
    def is_known(self) -> bool:
        return self.agreeing >= AGREEING_MIN and 2 * self.agreeing > self.asked

    @property
    def limit_us(self) -> int:
        """How far from its window a centroid may be; as far as an offset may be, until known."""
        if not self.is_known:
            return self.reach_us
        return min(self.reach_us, max(NEAR_US, SPREADS * self.spread_us))

    def learn(self, windows: Sequence[Window], waiting: Iterable[int] = ()) -> None:
        """`windows` in order of time; `waiting`: centroids that are not told yet."""
        closed = [(each.start_us, each.end_us) for each in windows if each.end_us is not None]
        centres = self.recent.copy()
        for centre_us in waiting:
            _add(centres, centre_us)
        spans = [self._spans(centre_us, closed) for centre_us in centres]
        best_us, most = self._consensus(spans)
        if most - _count(spans, self.offset_us) >= OVERRULED_BY:
            self.offset_us = best_us
        left_us = [
            middle_us
            for each in spans
            for low_us, high_us, middle_us in each
            if low_us <= self.offset_us <= high_us
        ]
        self.agreeing, self.asked = _count(spans, self.offset_us), len(spans)
        if left_us:
            self.offset_us = max(-self.reach_us, min(self.reach_us, round(median(left_us))))
            self.spread_us = round(median(abs(each - self.offset_us) for each in left_us))

    def shift(self, step_us: int) -> None:
        """The wall clock was set: what is remembered moves with it."""
        self.recent = deque((each + step_us for each in self.recent), maxlen=RECENT_MAX)

    def memory(self, name: str) -> dict[str, JsonValue]:
        return {
            name: [self.offset_us, self.spread_us, self.agreeing, self.asked, list(self.recent)]
        }

    def recall(self, memory: Mapping[str, JsonValue], name: str) -> None:
        """Raises ValueError where that is none of it."""
        match memory.get(name):
            case [int(offset_us), int(spread_us), int(agreeing), int(asked), list(recent)]:
                self.offset_us = max(-self.reach_us, min(self.reach_us, offset_us))
                self.spread_us, self.agreeing, self.asked = spread_us, agreeing, asked
                found = [each for each in recent if isinstance(each, int)]
                self.recent = deque(found, maxlen=RECENT_MAX)
            case other:
                raise ValueError(f"{name}: {other!r}")

    def _spans(
        self, centre_us: int, closed: Sequence[tuple[int, int]]
    ) -> list[tuple[int, int, int]]:
        """The offsets that put it into a window, give or take a look: (least, most, its middle's).

        Those of neighbours that meet are cut where they do.
        """
        spans: list[tuple[int, int, int]] = []
        first = bisect_left(closed, centre_us - self.reach_us - LOOK_US, key=lambda each: each[1])
        for start_us, end_us in closed[first:]:
            high_us = min(centre_us - start_us + LOOK_US, self.reach_us)
            low_us = max(centre_us - end_us - LOOK_US, -self.reach_us)
            if spans:
                high_us = min(high_us, spans[-1][0] - 1)
            if high_us < -self.reach_us:
                break
            spans.append((low_us, high_us, centre_us - (start_us + end_us) // 2))
        return spans

    def _consensus(self, spans: Sequence[Sequence[tuple[int, int, int]]]) -> tuple[int, int]:
        """An offset that most centroids agree with, the nearest to the one so far; and how many."""
        edges = sorted(
            edge
            for each in spans
            for low_us, high_us, _ in each
            for edge in _edges(low_us, high_us)
        )
        most, count, best_us = 0, 0, self.offset_us
        for place, (at_us, change) in enumerate(edges):
            count += change
            if count < most or change < 0:
                continue
            nearest_us = max(at_us, min(self.offset_us, edges[place + 1][0] - 1))
            if count > most or abs(nearest_us - self.offset_us) < abs(best_us - self.offset_us):
                most, best_us = count, nearest_us
        return best_us, most


def _add(centres: deque[int], centre_us: int) -> None:
    if all(abs(centre_us - each) >= LOOK_US for each in centres):
        centres.append(centre_us)


def _edges(low_us: int, high_us: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where a span begins, and the first offset behind it."""
    return (low_us, 1), (high_us + 1, -1)


def _count(spans: Sequence[Sequence[tuple[int, int, int]]], offset_us: int) -> int:
    return sum(any(low <= offset_us <= high for low, high, _ in each) for each in spans)
