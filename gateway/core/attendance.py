"""What a dock door knows of the tags at it, and of the pass that is open. See dock_door."""

from dataclasses import dataclass, field

from gateway.core.judgement import Direction, way
from gateway.core.visit import Visit


@dataclass(slots=True)
class Tag:
    """A tag at the door: its newest visit, and what is known from before it."""

    visit: Visit
    is_new: bool = False  # never heard here before this visit
    has_leaned: bool = False  # in the open pass: it has moved, whatever it does now
    has_moved: bool = False  # in this visit, if only for a moment
    is_beside: bool = False  # this visit was heard during a pass
    was_beside: bool = False  # an earlier one was
    stayed: bool = False  # a later one was not: it is here whether something passes or not
    said: Direction | None = None  # how it went by the pass it took part in; it was not away since
    away_us: int = 0  # of silence, and it was

    def begin_anew(self, visit: Visit, *, during_pass: bool) -> None:
        beside = self.is_beside or during_pass
        self.stayed = self.stayed or (self.was_beside and not beside)
        self.was_beside = self.was_beside or beside
        self.is_new = self.is_beside = self.has_moved = False
        self.visit = visit

    def was_away(self, at_us: int) -> bool:
        return self.said is not None and at_us - self.visit.last_us >= self.away_us

    def found_at_home(self, at_us: int) -> "Tag":
        """It did not move, whatever it looked like: what it was heard of begins anew."""
        visit = Visit(self.visit.thing, at_us, at_us)
        return Tag(visit, stayed=True, said=self.said, away_us=self.away_us)

    @property
    def stood(self) -> bool:
        """Whether it stood all through this visit, and nothing passed: it is at home there."""
        return not (self.is_beside or self.has_moved or self.visit.moves)

    @property
    def takes_part(self) -> bool:
        if self.said is None:
            return self.visit.moves
        return self.visit.is_shifted and way(self.visit.shift) != self.said


@dataclass(slots=True)
class OpenPass:
    """Who takes part so far. Instants are event time."""

    opened_us: int
    tags: dict[str, Tag] = field(default_factory=dict)
    leaned_us: int | None = None  # newest read of a tag that ever leaned
    restless_us: int = 0  # newest read of any
    is_crowded: bool = False  # there were more

    @property
    def held_us(self) -> int:
        """The newest read of those that hold the pass open."""
        return self.restless_us if self.leaned_us is None else self.leaned_us

    def join(self, key: str, tag: Tag) -> None:
        self.tags[key] = tag
        self.opened_us = min(self.opened_us, tag.visit.first_us)
        tag.has_moved = True
        self.heard(tag)

    def heard(self, tag: Tag) -> None:
        last_us = tag.visit.last_us
        self.restless_us = max(self.restless_us, last_us)
        tag.has_leaned = tag.has_leaned or tag.visit.is_leaning
        if tag.has_leaned:
            self.leaned_us = max(self.leaned_us or last_us, last_us)
