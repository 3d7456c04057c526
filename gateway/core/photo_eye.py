"""A photo-eye: its edges as windows of time, in each of which one box stood before it.

    level    ____|~~~~~~~~~|________|~|_____|~~~~~~
                 start     end      bounce  open

A level that lasts less than `debounce_us` is none: a slat, a flap of film, a relay. So an edge is
taken when what follows it is known; feed edges as they come, and let time pass no nearer to now
than `debounce_us`.

An eye that is dark for longer than `stuck_us` sees no box: something hangs before it, or it was
knocked askew. Its window ends there, and there is none until it moves again. Of a window that began
or ended at an instant that nobody saw (after a connect, or behind what was judged) somebody else
must say what it was.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from drivers.base import GpiChange
from wire.json import JsonValue
from wire.reason import Reason

EDGES_MAX = 10_000  # not taken yet: what a relay that chatters at 1 kHz gives in 10 s

FAR_US = 1 << 62
_NEVER_US = -FAR_US


@dataclass(frozen=True, slots=True)
class EyePlan:
    """Which input of which reader the eye is at, and how it is read."""

    device: str
    port: int
    invert: bool  # the input is low while a box stands there
    debounce_us: int
    stuck_us: int


@dataclass(slots=True)
class Window:
    """A box stood before the eye from `start_us` until `end_us`; it still does where that is None.

    `doubt`: why nobody knows what stood there.
    """

    start_us: int
    end_us: int | None = None
    doubt: Reason | None = None
    moved_us: int | None = None  # of one that was stuck: when the eye moved again

    def shift(self, step_us: int) -> None:
        self.start_us += step_us
        self.end_us = None if self.end_us is None else self.end_us + step_us
        self.moved_us = None if self.moved_us is None else self.moved_us + step_us

    def row(self) -> JsonValue:
        return [self.start_us, self.end_us, self.doubt, self.moved_us]

    @classmethod
    def from_row(cls, row: JsonValue) -> "Window":
        """Raises ValueError."""
        match row:
            case [
                int(start_us),
                (int() | None) as end_us,
                (str() | None) as doubt,
                (int() | None) as moved_us,
            ]:
                return cls(start_us, end_us, None if doubt is None else Reason(doubt), moved_us)
            case other:
                raise ValueError(f"window: {other!r}")


@dataclass(slots=True)
class _Edge:
    at_us: int
    dark: bool
    seen: bool = True  # at that instant


@dataclass(slots=True)
class PhotoEye:
    """Feed it changes of its input, and let time pass; it gives the windows that opened."""

    plan: EyePlan
    _window: Window | None = None  # the open one, or the one that is stuck
    _dark: bool | None = None  # unknown until the first word
    _edges: list[_Edge] = field(default_factory=list)  # in order of time
    _done_us: int = _NEVER_US
    _recalled_us: int = _NEVER_US  # edges until then were taken before a crash

    def take(self, change: GpiChange) -> None:
        if (change.device, change.port) != (self.plan.device, self.plan.port):
            return
        if change.at_us <= self._recalled_us == self._done_us:
            return  # A replay: its window is recalled.
        edge = _Edge(change.at_us, change.high != self.plan.invert, not change.resync)
        if edge.at_us < self._done_us:
            edge = _Edge(self._done_us, edge.dark, seen=False)
        place = bisect_right(self._edges, edge.at_us, key=attrgetter("at_us"))
        self._edges.insert(place, edge)
        if len(self._edges) > EDGES_MAX:
            del self._edges[0]

    @property
    def next_us(self) -> int | None:
        """When the next edge comes, or the open window is stuck."""
        edges_us = [self._edges[0].at_us] if self._edges else []
        return min(edges_us + self._sticks_us(), default=None)

    def pass_time(self, to_us: int) -> list[Window]:
        """The windows that opened until then; one that closed was given before."""
        opened: list[Window] = []
        while self.next_us is not None and self.next_us <= to_us:
            if self._sticks_us() == [self.next_us]:
                self._stick(self.next_us)
                continue
            edge = self._edges.pop(0)
            if edge.dark == self._dark or self._bounces(edge):
                continue
            self._dark = edge.dark
            opened += self._open(edge) if edge.dark else self._close(edge)
        self._done_us = max(self._done_us, to_us)
        return opened

    def shift(self, step_us: int, *, recalled: bool) -> None:
        """The wall clock was set: what is remembered moves with it.

        But for the open window, which is its owner's; and `recalled` says whether what was recalled
        after a crash moves, too.
        """
        if recalled:
            self._done_us += step_us
            self._recalled_us += step_us
        for edge in self._edges:
            edge.at_us += step_us

    def memory(self, windows: Sequence[Window]) -> JsonValue:
        """Its level, up to when it was seen, and at which of the windows it is."""
        at: list[JsonValue] = [n for n, each in enumerate(windows) if each is self._window]
        return [self._dark, self._done_us, *at]

    def recall(self, memory: JsonValue, windows: Sequence[Window]) -> None:
        """Raises ValueError."""
        match memory:
            case [(bool() | None) as dark, int(done_us)]:
                self._window = None
            case [(bool() | None) as dark, int(done_us), int(at)] if 0 <= at < len(windows):
                self._window = windows[at]
            case other:
                raise ValueError(f"eye: {other!r}")
        self._dark = dark
        self._done_us = self._recalled_us = done_us

    def _sticks_us(self) -> list[int]:
        if self._window is None or self._window.end_us is not None:
            return []
        return [self._window.start_us + self.plan.stuck_us]

    def _stick(self, at_us: int) -> None:
        assert self._window is not None
        self._window.end_us = at_us
        self._window.doubt = Reason.EYE_STUCK

    def _bounces(self, edge: _Edge) -> bool:
        """Whether it is undone at once; then its undoing is none, either."""
        if not self._edges or self._edges[0].dark == edge.dark:
            return False
        if self._edges[0].at_us - edge.at_us >= self.plan.debounce_us:
            return False
        del self._edges[0]
        return True

    def _open(self, edge: _Edge) -> list[Window]:
        self._window = Window(edge.at_us, doubt=None if edge.seen else Reason.BLIND)
        return [self._window]

    def _close(self, edge: _Edge) -> list[Window]:
        window, self._window = self._window, None
        if window is None:
            return []  # The first word: it is free.
        if window.end_us is not None:
            window.moved_us = edge.at_us
            return []
        window.end_us = edge.at_us
        if not edge.seen:
            window.doubt = Reason.BLIND
        return []


@dataclass(frozen=True, slots=True)
class Place:
    """Where an instant is among windows."""

    index: int  # of the nearest; -1 where there is none
    away_us: int  # from it; 0 inside
    next_us: int  # from the second nearest


def nearest(windows: Sequence[Window], at_us: int) -> Place:
    """`windows` in order of time; one that is open has no end yet."""
    after = bisect_right(windows, at_us, key=lambda each: each.start_us)
    near = sorted(
        (_away_us(windows[index], at_us), index)
        for index in range(max(0, after - 2), min(len(windows), after + 2))
    )
    far = [(FAR_US, -1), (FAR_US, -1)]
    (away_us, index), (next_us, _) = (near + far)[:2]
    return Place(index, away_us, next_us)


def _away_us(window: Window, at_us: int) -> int:
    behind_us = 0 if window.end_us is None else at_us - window.end_us
    return max(0, window.start_us - at_us, behind_us)
