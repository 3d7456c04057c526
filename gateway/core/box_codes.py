"""Which bar codes were read of which box on a conveyor, and whether they fit its tags.

A scanner stands somewhere along the belt, and tells a code some time before or after the box stands
before the photo-eye. So a scan has an offset as the antennas have, learned in the same way and from
the same windows (gateway.core.belt_offset): nobody measures it, and it changes with the speed.

A scan belongs to exactly one window, the nearest, or to none: a code that was read late, or of a
box that was taken away, is never the next box's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.belt_offset import BeltOffset
from gateway.core.identify import Role, Thing
from gateway.core.photo_eye import Window, nearest
from gs1 import keys
from gs1.keys import Gtin, Lgtin, Sgtin, Sscc
from wire.json import JsonValue

WAITING_MAX = 1_000  # scans whose window is not judged: a belt has some a second

_NEVER_US = -(1 << 62)


@dataclass(frozen=True, slots=True)
class Code:
    """One scan; `key` is None where the scanner read nothing."""

    at_us: int
    key: str | None


@dataclass(slots=True)
class BoxCodes:
    """Tell it scans as they come; ask for those of a window when it is judged."""

    offset: BeltOffset
    dropped: int = 0
    _waiting: list[Code] = field(default_factory=list)  # in order of time
    _done_us: int = _NEVER_US
    _recalled_us: int = _NEVER_US

    def take(self, code: Code) -> None:
        if code.at_us <= self._recalled_us == self._done_us:
            return  # A replay: it is recalled, or was judged.
        self._waiting = sorted([*self._waiting, code], key=lambda each: each.at_us)
        if len(self._waiting) > WAITING_MAX:
            del self._waiting[0]
            self.dropped += 1

    def pass_time(self, to_us: int) -> None:
        self._done_us = max(self._done_us, to_us)

    def learn(self, windows: Sequence[Window]) -> None:
        self.offset.learn(windows, [each.at_us for each in self._waiting])

    @property
    def limit_us(self) -> int:
        return self.offset.limit_us

    def of(self, windows: Sequence[Window], index: int) -> list[Code]:
        """Those of one window; they are told then."""
        mine: list[Code] = []
        for each in self._waiting:
            place = nearest(windows, each.at_us - self.offset.offset_us)
            if place.index == index and place.away_us <= self.limit_us:
                mine.append(each)
        return self._told(mine)

    def lost(self, windows: Sequence[Window], judged: int, at_us: int) -> list[Code]:
        """Those that have waited for every window that they may belong to."""
        found: list[Code] = []
        for each in self._waiting:
            place = nearest(windows, each.at_us - self.offset.offset_us)
            is_none = place.index < judged or place.away_us > self.limit_us
            if is_none and self.ready_us(each) <= at_us:
                found.append(each)
        return self._told(found)

    def ready_us(self, code: Code) -> int:
        return code.at_us + 3 * self.offset.reach_us

    @property
    def next_us(self) -> int | None:
        """When the first of those that wait has waited enough."""
        return self.ready_us(self._waiting[0]) if self._waiting else None

    def _told(self, codes: list[Code]) -> list[Code]:
        self._waiting = [each for each in self._waiting if each not in codes]
        for each in codes:
            self.offset.tell(each.at_us)
        return codes

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting)

    def shift(self, step_us: int, *, recalled: bool) -> None:
        if recalled:
            self._done_us += step_us
            self._recalled_us += step_us
            self.offset.shift(step_us)
        self._waiting = [Code(each.at_us + step_us, each.key) for each in self._waiting]

    def memory(self) -> dict[str, JsonValue]:
        waiting: list[JsonValue] = [
            [each.at_us, each.key] for each in self._waiting if each.at_us <= self._done_us
        ]
        return {"codes": [self._done_us, waiting], **self.offset.memory("code_offset")}

    def recall(self, memory: Mapping[str, JsonValue]) -> None:
        """Raises ValueError."""
        match memory.get("codes"):
            case [int(done_us), list(waiting)]:
                self._done_us = self._recalled_us = done_us
                self._waiting = [_code(each) for each in waiting]
            case other:
                raise ValueError(f"codes: {other!r}")
        self.offset.recall(memory, "code_offset")


def _code(row: JsonValue) -> Code:
    match row:
        case [int(at_us), (str() | None) as key]:
            return Code(at_us, key)
        case other:
            raise ValueError(f"codes: {other!r}")


def container_of(codes: Iterable[str]) -> str | None:
    """The one logistic unit that they name."""
    found = {each for each in codes if isinstance(keys.parse(each), Sscc)}
    return found.pop() if len(found) == 1 else None


def is_mismatch(codes: Iterable[str], tags: Iterable[Thing]) -> bool:
    """Whether codes and tags cannot be of one box.

    They must agree where both speak of the same: logistic units, items. A box with a label of its
    own and tags on its contents is none that disagrees; a code of the site's own, or of what bears
    no tags, says nothing of them.
    """
    named = [keys.parse(each) for each in codes]
    tagged = [keys.parse(each.key) for each in tags if each.role is not Role.UNKNOWN]
    units = {each.key for each in named if isinstance(each, Sscc)}
    tagged_units = {each.key for each in tagged if isinstance(each, Sscc)}
    if len(units | tagged_units) > 1 and units:
        return True
    serials = {each.key for each in tagged if isinstance(each, Sgtin)}
    gtins = {each.gtin for each in tagged if isinstance(each, Sgtin)}
    if not gtins:
        return False
    for each in named:
        if isinstance(each, Sgtin) and each.key not in serials:
            return True
        if isinstance(each, Gtin | Lgtin) and each.gtin not in gtins:
            return True
    return False
