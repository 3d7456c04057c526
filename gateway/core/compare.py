"""What other settings would change: the movements that two replays of one recording do not share.

Nothing names a movement in both: with other settings a pass may begin earlier, cross later, and
have other tags, and so another id. Two movements at one read point are taken for the same crossing
when they share tags within SAME_US, and neither shares more with another one. What is left over on
either side is in that one alone.

A movement waits until the other side has said what came later at that read point, so that what is
compared is bounded by HELD_MAX and not by the recording.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

from gateway.core.read_point import Said
from wire.event import AggregationEvent, Event, ObjectEvent
from wire.json import JsonObject, JsonValue

SAME_US = 120_000_000  # the longest that a pass takes by default; the next load is other tags
HELD_MAX = 200  # of one read point and one side; more: the other is deaf, and the oldest is alone
SHOWN_MAX = 5  # tags of a movement, in a line for a person


@dataclass(frozen=True, slots=True)
class Movement:
    """What two settings may say differently of one crossing."""

    read_point: str
    event_id: str
    event_time: str
    event_us: int
    says: tuple[tuple[str, str | None], ...]  # field and value, as in the event
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Difference:
    """`a` and `b` say one crossing differently; or one of them does not say it."""

    a: Movement | None
    b: Movement | None


@dataclass(slots=True)
class _Held:
    """The movements of one read point that are not compared yet, each side in its order."""

    a: list[Movement] = field(default_factory=list)
    b: list[Movement] = field(default_factory=list)


@dataclass(slots=True)
class Comparison:
    """`take` what both replays say of each line of the recording, then `end`."""

    alike: int = 0
    _held: dict[str, _Held] = field(default_factory=dict)

    def take(self, a: Iterable[Said], b: Iterable[Said]) -> list[Difference]:
        touched: dict[str, None] = {}
        for movement in _movements(a):
            self._held.setdefault(movement.read_point, _Held()).a.append(movement)
            touched[movement.read_point] = None
        for movement in _movements(b):
            self._held.setdefault(movement.read_point, _Held()).b.append(movement)
            touched[movement.read_point] = None
        return [each for name in touched for each in self._settle(self._held[name], ended=False)]

    def end(self) -> list[Difference]:
        return [each for held in self._held.values() for each in self._settle(held, ended=True)]

    def _settle(self, held: _Held, *, ended: bool) -> list[Difference]:
        found: list[Difference] = []
        while (oldest := _oldest(held)) is not None and (ended or _is_ripe(oldest, held)):
            difference = _compared(oldest, held)
            if difference.a is not None:
                held.a.remove(difference.a)
            if difference.b is not None:
                held.b.remove(difference.b)
            if _is_alike(difference):
                self.alike += 1
            else:
                found.append(difference)
        return found


def as_json(difference: Difference) -> JsonObject:
    a, b = difference.a, difference.b
    if a is None or b is None:
        return {"differs": "only_a" if b is None else "only_b", "a": _json(a), "b": _json(b)}
    changed: list[JsonValue] = list(_changed(a, b))
    return {"differs": "changed", "changed": changed, "a": _json(a), "b": _json(b)}


def as_lines(difference: Difference, name_a: str, name_b: str) -> list[str]:
    """For a person: the crossing, and below it what the settings say of it."""
    a, b = difference.a, difference.b
    if a is None or b is None:
        only, name = (b, name_b) if a is None else (a, name_a)
        assert only is not None
        direction = dict(only.says)["direction"]
        return [
            f"{only.event_time}  {only.read_point}  only in {name}: {direction}",
            f"    {len(only.tags)} tags: {_shown(only.tags)}",
        ]
    lines = [f"{a.event_time}  {a.read_point}  changed"]
    values_a, values_b = dict(a.says), dict(b.says)
    for key in _changed(a, b):
        if key != "tags":
            lines.append(f"    {key}: {values_a[key]} in {name_a}, {values_b[key]} in {name_b}")
    for name, more in ((name_a, a.tags - b.tags), (name_b, b.tags - a.tags)):
        if more:
            lines.append(f"    {len(more)} tags only in {name}: {_shown(more)}")
    return lines


def _movements(said: Iterable[Said]) -> list[Movement]:
    return [
        _movement(each)
        for each in said
        if isinstance(each, ObjectEvent | AggregationEvent) and each.kind == "movement"
    ]


def _movement(event: Event) -> Movement:
    parent = event.parent_id if isinstance(event, AggregationEvent) else None
    listed = event.child_epcs if isinstance(event, AggregationEvent) else event.epc_list
    place = event.biz_location
    return Movement(
        read_point=event.read_point.id if event.read_point else "",
        event_id=event.event_id,
        event_time=event.event_time,
        event_us=event.event_us,
        says=(
            ("direction", event.direction),
            ("bizStep", event.biz_step),
            ("bizLocation", place.id if place else None),
            ("readpoint:from", event.claimed_from),
            ("readpoint:to", event.claimed_to),
            ("parentID", parent),
        ),
        tags=frozenset(listed if parent is None else (parent, *listed)),
    )


def _oldest(held: _Held) -> Movement | None:
    return min(chain(held.a, held.b), key=_age, default=None)


def _age(movement: Movement) -> tuple[int, str]:
    return movement.event_us, movement.event_id


def _is_ripe(oldest: Movement, held: _Held) -> bool:
    """Whether both sides went on past it, or there is no more room to wait for that."""
    if max(len(held.a), len(held.b)) > HELD_MAX:
        return True
    over_us = oldest.event_us + SAME_US
    return all(side and side[-1].event_us > over_us for side in (held.a, held.b))


def _compared(oldest: Movement, held: _Held) -> Difference:
    is_a = oldest in held.a
    own, others = (held.a, held.b) if is_a else (held.b, held.a)
    other = _nearest(oldest, others)
    if other is not None and _nearest(other, own) != oldest:
        other = None
    return Difference(oldest, other) if is_a else Difference(other, oldest)


def _nearest(movement: Movement, others: Sequence[Movement]) -> Movement | None:
    """The one that shares most of its tags; of those, the nearest in time."""

    def likeness(other: Movement) -> tuple[int, int, str]:
        apart_us = abs(other.event_us - movement.event_us)
        return -len(other.tags & movement.tags), apart_us, other.event_id

    near = [
        other
        for other in others
        if abs(other.event_us - movement.event_us) <= SAME_US and other.tags & movement.tags
    ]
    return min(near, key=likeness, default=None)


def _is_alike(difference: Difference) -> bool:
    a, b = difference.a, difference.b
    return a is not None and b is not None and not _changed(a, b)


def _changed(a: Movement, b: Movement) -> list[str]:
    changed = [
        key for (key, ours), (_, theirs) in zip(a.says, b.says, strict=True) if ours != theirs
    ]
    return [*changed, "tags"] if a.tags != b.tags else changed


def _json(movement: Movement | None) -> JsonValue:
    if movement is None:
        return None
    said: JsonObject = {"eventID": movement.event_id, "eventTime": movement.event_time}
    said["readPoint"] = movement.read_point
    said |= {key: value for key, value in movement.says if value is not None}
    said["tags"] = list[JsonValue](sorted(movement.tags))
    return said


def _shown(tags: frozenset[str]) -> str:
    shown = sorted(tags)
    more = f" and {len(shown) - SHOWN_MAX} more" if len(shown) > SHOWN_MAX else ""
    return " ".join(shown[:SHOWN_MAX]) + more
