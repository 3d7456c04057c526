"""The verdicts of a door: what a pass came to, and each tag of it, given their visits."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from gateway.core.binding import Bound
from gateway.core.identify import Thing
from gateway.core.visit import Visit, is_clear
from wire.reason import Reason

MAJORITY = 0.5  # of the votes: those of tags that went the pass's way, and not back
ALIKE_MIN = 0.5  # of the pass's shift: what a restless tag must show to have gone with it

COMPANY_MIN = 5  # tags that surely moved: fewer say little of when and how loudly a load is heard

Direction = Literal["in", "out", "unknown"]
Ended = Literal["silence", "too_long"]


class Verdict(StrEnum):
    MOVED = "moved"
    STRAY = "stray"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Judged:
    """One tag of a closed pass."""

    visit: Visit
    verdict: Verdict
    reason: Reason | None = None  # why it is uncertain

    @property
    def thing(self) -> Thing:
        return self.visit.thing


class Election(NamedTuple):
    """Which way a pass went, by the tags that leaned in it."""

    direction: Direction = "unknown"
    confidence: float = 0.0  # the share of the votes that agree
    shift: float = 0.0  # mean
    votes: float = 0.0  # equally strong looks that the shift rests on


@dataclass(frozen=True, slots=True)
class Pass:
    """What one pass came to."""

    door: str
    direction: Direction
    confidence: float
    shift: float
    votes: float
    ended: Ended
    tags: tuple[Judged, ...]
    bound: Bound | None = None  # the document that it is taken to be of

    def of(self, verdict: Verdict) -> tuple[Judged, ...]:
        return tuple(tag for tag in self.tags if tag.verdict is verdict)


class _Times(NamedTuple):
    """When one side heard a load: from its first tag's centroid to its last."""

    first_us: int
    last_us: int

    @classmethod
    def of(cls, centres_us: Iterable[int | None]) -> "_Times":
        known = [each for each in centres_us if each is not None]
        return cls(min(known), max(known)) if known else cls(0, -1)

    def holds(self, at_us: int) -> bool:
        return self.first_us <= at_us <= self.last_us


def elect(visits: Sequence[Visit]) -> Election:
    """Each visit votes with its looks. The errors of tags are taken to be independent.

    All that ever leaned in the pass vote, not those alone that still do. Some tags of a load that
    turned back were heard on the way in alone, and must not decide for the others; and the mean
    may be clear even so, where it came slowly and left quickly. Then few went one way.
    """
    voters = [visit for visit in visits if math.isfinite(visit.error)]
    votes = sum(visit.votes for visit in voters)
    if not votes:
        return Election()
    shift = sum(visit.votes * visit.shift for visit in voters) / votes
    error = math.sqrt(sum((visit.votes * visit.error) ** 2 for visit in voters)) / votes
    agreeing = sum(
        visit.votes for visit in voters if visit.goes_one_way and way(visit.shift) == way(shift)
    )
    elected = is_clear(shift, error) and agreeing / votes >= MAJORITY
    return Election(way(shift) if elected else "unknown", agreeing / votes, shift, votes)


def judge(visit: Visit, election: Election, dwelling_us: int | None) -> Judged:
    """What one tag did that took part in a pass.

    `dwelling_us` is when the first of those came that are still in the door. Who was there at the
    same time came with it as far as anybody knows, and may only not be heard where it stands.
    """
    if dwelling_us is not None and visit.last_us >= dwelling_us:
        return Judged(visit, Verdict.UNCERTAIN, Reason.DWELLING)
    if election.direction == "unknown":
        return Judged(visit, Verdict.UNCERTAIN, Reason.DIRECTION_UNKNOWN)
    if visit.is_shifted and way(visit.shift) == election.direction:
        return Judged(visit, Verdict.MOVED)
    if not visit.is_leaning and _is_alike(visit, election.shift):
        return Judged(visit, Verdict.MOVED)
    return Judged(visit, Verdict.UNCERTAIN, Reason.EVIDENCE_UNCERTAIN)


def _is_alike(visit: Visit, shift: float) -> bool:
    return visit.goes_one_way and visit.shift / shift >= ALIKE_MIN


def in_company(judged: Sequence[Judged], news: Collection[str]) -> list[Judged]:
    """Tags of which too little was heard may have come with those that surely moved.

    A load is before one side for a second or two, and a tag amid its goods is then heard
    once or twice: its own times prove nothing. But it was never heard before (`news`), each side
    heard it while that side heard the load, and it was as loud as a tag of the load may be. What
    stands near the door and was never heard either would have to be heard for the first time just
    then, and as loudly.
    """
    moved = [tag.visit for tag in judged if tag.verdict is Verdict.MOVED]
    if len(moved) < COMPANY_MIN:
        return list(judged)
    weakest_dbm = min(visit.loudest_dbm for visit in moved)
    sides = [
        _Times.of([visit.inner_us for visit in moved]),
        _Times.of([visit.outer_us for visit in moved]),
    ]
    return [
        Judged(tag.visit, Verdict.MOVED)
        if tag.reason is Reason.EVIDENCE_UNCERTAIN
        and tag.thing.key in news
        and tag.visit.loudest_dbm > weakest_dbm
        and all(
            at_us is None or side.holds(at_us)
            for side, at_us in zip(sides, (tag.visit.inner_us, tag.visit.outer_us), strict=True)
        )
        else tag
        for tag in judged
    ]


def way(shift: float) -> Direction:
    return "in" if shift > 0 else "out"
