"""Which document is bound to a door, when: what its passes are taken to be of.

A binding comes into force and ends by observations of their own: what a person scans or commands
is looked up among the lists once, live, and what it came to is said as the scan of a scanner
`{door}:binding`. So it stands in the ring and in recordings beside the reads, and the same
observations name the same document for ever, whatever lists came or went since:

    $RP.BIND desadv in urn:example:desadv:4711
    $RP.UNBIND

A pass is of the document that was bound when the last of it was heard. It is judged later, after a
silence at least, and after hours where a reader held it back: so changes are remembered, and asked
for by their time. A binding ends by itself after a while; nobody unbinds at the end of a shift.

What has moved under a document is remembered with it: a line of twenty cases has room for twenty.
"""

import re
from bisect import bisect_right, insort
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import NamedTuple, get_args

from gateway.core.commands import PREFIX
from wire.expected import DocumentType, Way
from wire.json import JsonValue

CHANGES_MAX = 32  # some shifts of a busy door; of what passed before them, nobody asks any more
MOVED_MAX = 5_000  # things of one document, more than a truck holds; then it cannot be counted on

_UNBIND = f"{PREFIX}UNBIND"
_BIND = re.compile(rf"{re.escape(PREFIX)}BIND ([a-z]+) (in|out) (\S+)")
_TYPES: dict[str, DocumentType] = {word: word for word in get_args(DocumentType)}
_WAYS: dict[str, Way] = {word: word for word in get_args(Way)}
_CHANGES = "bindings"  # among what is remembered; things that moved are "{uri} {key}"


class Bound(NamedTuple):
    """A document as a door knows it: enough to name it in an event, and to judge a direction."""

    type: DocumentType
    direction: Way
    uri: str


class Change(NamedTuple):
    at_us: int
    bound: Bound | None  # None: nothing from now on


def source(door: str) -> str:
    """The scanner that says what is bound to a door."""
    return f"{door}:binding"


def said(bound: Bound | None) -> bytes:
    """As an observation says it."""
    text = _UNBIND if bound is None else f"{PREFIX}BIND {' '.join(bound)}"
    return text.encode()


@dataclass(slots=True)
class Bindings:
    timeout_us: int
    _changes: list[Change] = field(default_factory=list)  # in the order of time
    _moved: dict[str, set[str]] = field(default_factory=dict)  # by document
    _news: dict[str, JsonValue] = field(default_factory=dict)  # not on disk yet

    def take(self, at_us: int, text: str) -> None:
        """What is no change is passed over; one that is known already, too: it is a replay's."""
        bind = _BIND.fullmatch(text)
        if bind is not None and bind[1] in _TYPES:
            change = Change(at_us, Bound(_TYPES[bind[1]], _WAYS[bind[2]], bind[3]))
        elif text == _UNBIND:
            change = Change(at_us, None)
        else:
            return
        if change not in self._changes:
            insort(self._changes, change, key=lambda each: each.at_us)
            self._changed()

    def at(self, at_us: int) -> Bound | None:
        """What was bound then."""
        found = bisect_right(self._changes, at_us, key=lambda each: each.at_us)
        if not found or self._changes[found - 1].at_us + self.timeout_us <= at_us:
            return None
        return self._changes[found - 1].bound

    def moved(self, uri: str) -> Collection[str]:
        """What has moved under the document, in its direction, and not come back."""
        return self._moved.get(uri, ())

    def is_full(self, uri: str) -> bool:
        return len(self.moved(uri)) >= MOVED_MAX

    def move(self, uri: str, things: Collection[str], *, back: bool = False) -> None:
        moved = self._moved.setdefault(uri, set())
        for key in things:
            if back and key in moved:
                moved.remove(key)
                self._news[f"{uri} {key}"] = None
            elif not back and key not in moved and len(moved) < MOVED_MAX:
                moved.add(key)
                self._news[f"{uri} {key}"] = True

    def shift(self, step_us: int) -> None:
        """The wall clock was set."""
        self._changes = [Change(at_us + step_us, bound) for at_us, bound in self._changes]
        self._changed()

    def changes(self) -> dict[str, JsonValue]:
        news, self._news = self._news, {}
        return news

    def recall(self, memory: dict[str, JsonValue]) -> None:
        """What another version wrote, or nobody, is passed over."""
        kept = memory.get(_CHANGES)
        for each in kept if isinstance(kept, list) else []:
            match each:
                case [int(at_us), str(text)]:
                    self.take(at_us, text)
                case _:
                    pass
        for name in memory:
            uri, space, key = name.partition(" ")
            if space and uri in self._named():
                self._moved.setdefault(uri, set()).add(key)
        self._news.clear()

    def _changed(self) -> None:
        """The oldest changes go, and what moved under documents that none of the others names."""
        del self._changes[:-CHANGES_MAX]
        for uri in self._moved.keys() - self._named():
            for key in self._moved.pop(uri):
                self._news[f"{uri} {key}"] = None
        self._news[_CHANGES] = [[at_us, said(bound).decode()] for at_us, bound in self._changes]

    def _named(self) -> set[str]:
        return {bound.uri for _, bound in self._changes if bound is not None}
