"""The verdicts of a door: what a pass came to, and each tag of it, given their visits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from gateway.core.identify import Thing
from gateway.core.visit import Visit, is_clear
from wire.reason import Reason

MAJORITY = 0.5  # of the votes: those of tags that went the pass's way, and not back
ALIKE_MIN = 0.5  # of the pass's shift: what a restless tag must show to have gone with it

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

    def of(self, verdict: Verdict) -> tuple[Judged, ...]:
        return tuple(tag for tag in self.tags if tag.verdict is verdict)


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


def way(shift: float) -> Direction:
    return "in" if shift > 0 else "out"
