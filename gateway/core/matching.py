"""Was that what was expected? A pass of a door beside the document that is bound to it.

    wrong       something that the document does not list, or more of it than it lists; something
                that another door expects; or the whole of it the wrong way
    uncertain   what nobody can be sure of: no document bound, none here, or one so old that it may
                have changed; tags that a person has to look at; a logistic unit without all that
                is listed to be on it
    moved       none of these: all that moved is on the document, and nothing is missing

The first that fits is what is shown. Nothing of it is an event: the ledger judges by itself.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from gateway.core.binding import Bindings, Bound
from gateway.core.expected import Document, Lists, class_of
from gateway.core.identify import Role
from gateway.core.judgement import Judged, Pass, Verdict
from gs1.epc.model import TagReason

NAMED_MAX = 3  # keys in a sentence for a person at a door
AGAINST_MAX = 3  # passes in a row against their documents: the door may be set up the wrong way

Word = Literal["moved", "uncertain", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a pass was beside its document, by keys."""

    expected: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # of logistic units that came; classes, where some of them are
    wrong_door: tuple[tuple[str, str], ...] = ()  # with the door that expects it
    is_against: bool = False
    doubts: tuple[str, ...] = ()  # sentences

    @property
    def word(self) -> Word:
        if self.extra or self.wrong_door or self.is_against:
            return "wrong"
        return "uncertain" if self.missing or self.doubts else "moved"

    @property
    def text(self) -> str:
        """One line for the person at the door: the worst first."""
        told = [f"wrong door: {key} is expected at {door}" for key, door in self.wrong_door[:1]]
        if self.is_against:
            told.append("wrong direction")
        told += _listed("not on the document", self.extra)
        told += _listed("missing", self.missing)
        told += self.doubts
        told.append(f"{len(self.expected)} as expected")
        return "; ".join(told)


def _listed(what: str, keys: Sequence[str]) -> list[str]:
    if not keys:
        return []
    more = f" and {len(keys) - NAMED_MAX} more" if len(keys) > NAMED_MAX else ""
    return [f"{what}: {', '.join(keys[:NAMED_MAX])}{more}"]


@dataclass(frozen=True, slots=True)
class Status:
    """What a door is at, for health and the page."""

    bound: str | None  # the document's URI
    list_age_us: int | None  # of its list, where that is here
    is_stale: bool
    against: int


@dataclass(slots=True)
class Matcher:
    """Of one door. `stale_us`: how old a list may be."""

    door: str
    lists: Lists
    bindings: Bindings
    stale_us: int
    against: int = 0  # passes in a row, against their documents' direction

    def status(self, now_us: int) -> Status:
        bound = self.bindings.at(now_us)
        document = None if bound is None else self.lists.document(self.door, bound.uri)
        age_us = None if document is None else now_us - document.made_us
        is_stale = age_us is not None and age_us > self.stale_us
        return Status(None if bound is None else bound.uri, age_us, is_stale, self.against)

    def find(self, door_pass: Pass, at_us: int) -> Finding | None:
        """None where nothing happened that a person has to know of."""
        bound = door_pass.bound
        document = None if bound is None else self.lists.document(self.door, bound.uri)
        moved = goods(door_pass.of(Verdict.MOVED), document)
        came = frozenset(moved)
        unsure = [tag for tag in _counting(door_pass.tags) if tag.thing.key not in came]
        if not moved and not unsure:
            return None
        doubts = self._doubts(bound, document, at_us)
        if unsure:
            doubts.append(f"{len(unsure)} uncertain")
        extra = [] if bound is None or document is None else self._extra(document, moved)
        strange = extra if document is not None else moved
        elsewhere = [(key, self.lists.elsewhere(self.door, key)) for key in strange]
        wrong_door = tuple((key, door) for key, door in elsewhere if door is not None)
        misplaced = {key for key, _ in wrong_door}
        return Finding(
            expected=() if document is None else tuple(sorted(came.difference(extra))),
            extra=tuple(key for key in extra if key not in misplaced),
            missing=() if document is None else tuple(_missing(document, moved)),
            wrong_door=wrong_door,
            is_against=_is_against(door_pass, bound) and bool(moved),
            doubts=tuple(doubts),
        )

    def count(self, door_pass: Pass) -> None:
        """Remember what moved under its document; what goes back has not."""
        bound, moved = door_pass.bound, goods(door_pass.of(Verdict.MOVED), None)
        if bound is not None and moved:
            is_against = _is_against(door_pass, bound)
            self.bindings.move(bound.uri, moved, back=is_against)
            self.against = self.against + 1 if is_against else 0

    def _doubts(self, bound: Bound | None, document: Document | None, at_us: int) -> list[str]:
        if bound is None:
            return ["no document is bound"]
        if document is None:
            return [f"no list of {bound.uri} is here"]
        doubts: list[str] = []
        if at_us - document.made_us > self.stale_us:
            doubts.append(f"the list is {(at_us - document.made_us) // 3_600_000_000} h old")
        if self.bindings.is_full(bound.uri):
            doubts.append("more moved under the document than is counted")
        return doubts

    def _extra(self, document: Document, moved: Sequence[str]) -> list[str]:
        """What the document does not list; of a class, what is beyond its quantity."""
        before = [key for key in self.bindings.moved(document.uri) if key not in set(moved)]
        room = {
            each: quantity - _of_class(each, before, document)
            for each, quantity in document.classes.items()
        }
        extra: list[str] = []
        for key in moved:
            if key in document.things:
                continue
            its_class = class_of(key)
            if its_class is None or room.get(its_class, 0) <= 0:
                extra.append(key)
            else:
                room[its_class] -= 1
        return extra


def goods(tags: Iterable[Judged], document: Document | None) -> list[str]:
    """What may be stock, or is listed whatever it is."""
    return [
        tag.thing.key
        for tag in tags
        if tag.thing.role is not Role.UNKNOWN
        or (document is not None and tag.thing.key in document.things)
    ]


def _counting(tags: Iterable[Judged]) -> list[Judged]:
    """Whom a person must look at, where it is not known to have moved.

    Forklifts, crates and people have tags, too, which say of themselves that they are no stock.
    """
    return [
        tag
        for tag in tags
        if tag.verdict is not Verdict.STRAY and tag.thing.reason is not TagReason.NOT_STOCK
    ]


def _is_against(door_pass: Pass, bound: Bound | None) -> bool:
    return bound is not None and door_pass.direction not in (bound.direction, "unknown")


def _of_class(its_class: str, things: Collection[str], document: Document) -> int:
    return sum(key not in document.things and class_of(key) == its_class for key in things)


def _missing(document: Document, moved: Sequence[str]) -> list[str]:
    """What is listed to be on the logistic units that came, and did not come with them."""
    came = set(moved)
    missing: set[str] = set()
    needed: dict[str, int] = {}
    for unit, contents in document.contents.items():
        if unit in came or not came.isdisjoint(contents):
            missing |= contents - came
    for unit in came & document.units.keys():
        for each, quantity in document.units[unit].items():
            needed[each] = needed.get(each, 0) + quantity
    missing |= {
        each for each, quantity in needed.items() if _of_class(each, moved, document) < quantity
    }
    return sorted(missing)
