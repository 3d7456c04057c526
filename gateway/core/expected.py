"""The lists of what is expected at doors, as far as they have come (EDGE §7).

A list comes in parts, in any order, each of some version. It counts when all parts of one version
are here; until a newer version is whole, the one before it counts on. What a part says beyond the
bounds, or against the others of its version, is refused with a sentence, and changes nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gs1 import keys
from gs1.keys import Gtin, Lgtin, Sgtin
from wire import instant
from wire.expected import DocumentType, Expected, Line, Place, Way

DOCUMENTS_MAX = 1_000  # of all doors: a day of a large site; more are refused until some go
LINES_MAX = 100_000  # of all of them: some 50 MB; more are refused likewise


@dataclass(frozen=True, slots=True)
class Document:
    """A list that is whole, ready to be matched."""

    uri: str
    type: DocumentType
    direction: Way
    code: str | None
    version: int
    made_us: int
    things: frozenset[str]  # what has a serial, logistic units included
    contents: Mapping[str, frozenset[str]]  # by logistic unit
    classes: Mapping[str, int]  # quantity by GTIN
    units: Mapping[str, Mapping[str, int]]  # the same of what is in one logistic unit

    def lists(self, key: str) -> bool:
        """Whether a thing is on the list, by itself or as one of a class."""
        return key in self.things or class_of(key) in self.classes


def class_of(key: str) -> str | None:
    """The GTIN of an item, as a class key; None for what is no item with a serial."""
    named = keys.parse(key)
    return named.item_class.key if isinstance(named, Sgtin) else None


@dataclass(slots=True)
class _Held:
    """The parts of one list, by version: the one that counts and the one that comes."""

    versions: dict[int, dict[int, Expected]] = field(default_factory=dict)
    document: Document | None = None

    @property
    def lines(self) -> int:
        return sum(len(part.lines) for parts in self.versions.values() for part in parts.values())


@dataclass(slots=True)
class Lists:
    """`read_points`: the doors that have lists; `put` and `withdraw` as parts come and go."""

    read_points: frozenset[str]
    _held: dict[tuple[str, str], _Held] = field(default_factory=dict)

    def put(self, place: Place, said: Expected) -> str:
        """Why the part is not taken; empty where it is."""
        held = self._held.get((place.read_point, place.document), _Held())
        if why := self._refusal(place, said, held):
            return why
        if self._part(held, said) == said:
            return ""  # The broker says again at each connection what it retains.
        self._held[place.read_point, place.document] = held
        held.versions.setdefault(said.version, {})[said.part] = said
        _settle(held)
        return ""

    def withdraw(self, place: Place) -> None:
        """What is left of the list may be whole without the part, where a newer one has fewer."""
        held = self._held.get((place.read_point, place.document))
        if held is None:
            return
        for parts in held.versions.values():
            parts.pop(place.part, None)
        _settle(held)
        if not held.versions:
            del self._held[place.read_point, place.document]

    def versions(self, place: Place) -> frozenset[int]:
        """Which versions are kept of the list that has its part there."""
        held = self._held.get((place.read_point, place.document), _Held())
        return frozenset(held.versions)

    def places(self) -> set[Place]:
        """Where a part is held of any version."""
        return {
            Place(read_point, name, part)
            for (read_point, name), held in self._held.items()
            for parts in held.versions.values()
            for part in parts
        }

    def of(self, read_point: str) -> list[Document]:
        """What is expected there, by the lists' names."""
        return [
            held.document
            for (door, _), held in sorted(self._held.items())
            if door == read_point and held.document is not None
        ]

    def document(self, read_point: str, uri: str) -> Document | None:
        return next((each for each in self.of(read_point) if each.uri == uri), None)

    def named(self, read_point: str, text: str, key: str) -> Document | None:
        """The document of a scanned code; `key` is what the code names by GS1's rules."""
        for each in self.of(read_point):
            if text in (each.code, each.uri) or key == each.uri:
                return each
        return None

    def elsewhere(self, read_point: str, key: str) -> str | None:
        """Another door that expects the thing, where this one does not."""
        found: str | None = None
        for (door, _), held in sorted(self._held.items()):
            if held.document is not None and held.document.lists(key):
                if door == read_point:
                    return None
                found = found or door
        return found

    def _refusal(self, place: Place, said: Expected, held: _Held) -> str:
        if place.read_point not in self.read_points:
            return f'no door "{place.read_point}" here'
        if place.part != said.part:
            return f"part {said.part}: expected part {place.part}, as its topic says"
        if held.document is not None and said.version < held.document.version:
            return f"version {said.version}: expected {held.document.version} or a newer one"
        for other in held.versions.get(said.version, {}).values():
            if other.part != said.part and _heading(other) != _heading(said):
                return f"part {said.part} says otherwise than part {other.part} of its version"
        if not held.versions and len(self._held) >= DOCUMENTS_MAX:
            return f"{DOCUMENTS_MAX} lists are here: expected no more"
        before = self._part(held, said)
        lines = len(said.lines) - (0 if before is None else len(before.lines))
        if sum(each.lines for each in self._held.values()) + lines > LINES_MAX:
            return f"its {len(said.lines)} lines are too many: expected {LINES_MAX} of all lists"
        return ""

    @staticmethod
    def _part(held: _Held, said: Expected) -> Expected | None:
        """What is held in the place of `said`."""
        return held.versions.get(said.version, {}).get(said.part)


def _heading(said: Expected) -> tuple[object, ...]:
    """What all parts of a version have in common."""
    return (said.document, said.type, said.direction, said.code, said.parts)


def _settle(held: _Held) -> None:
    """Let the newest version that is whole count; keep it, and the newest that is still to come."""
    there = [version for version, parts in held.versions.items() if parts]
    whole = [version for version in there if _is_whole(held.versions[version])]
    kept = {max(there, default=0), max(whole, default=0)}
    newest = max(whole, default=0)
    held.versions = {
        version: held.versions[version]
        for version in there
        if version in kept and version >= newest
    }
    held.document = _document(list(held.versions[newest].values())) if whole else None


def _is_whole(parts: Mapping[int, Expected]) -> bool:
    return all(len(parts) == part.parts for part in parts.values())


def _document(parts: Sequence[Expected]) -> Document:
    contents: dict[str, set[str]] = {}
    units: dict[str, Counter[str]] = {}
    classes: Counter[str] = Counter()
    things: set[str] = set()
    for line in (line for part in parts for line in part.lines):
        if line.parent is not None:
            things.add(line.parent)
        if line.quantity is None:
            things.add(line.key)
            if line.parent is not None:
                contents.setdefault(line.parent, set()).add(line.key)
        else:
            gtin = _gtin(line)
            classes[gtin] += line.quantity
            if line.parent is not None:
                units.setdefault(line.parent, Counter())[gtin] += line.quantity
    first = parts[0]
    return Document(
        uri=first.document,
        type=first.type,
        direction=first.direction,
        code=first.code,
        version=first.version,
        made_us=min(instant.to_us(part.made) for part in parts),
        things=frozenset(things),
        contents={unit: frozenset(its) for unit, its in contents.items()},
        classes=classes,
        units=units,
    )


def _gtin(line: Line) -> str:
    """A tag does not tell its lot: so many of a lot are so many of the item."""
    named = keys.parse(line.key)
    assert isinstance(named, Gtin | Lgtin), line.key  # wire.expected counts nothing else
    return Gtin(named.gtin).key
