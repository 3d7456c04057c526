"""The ROSpecs in a reader and what may become of each (LLRP 1.0.1 §10.1).

A ROSpec is added Disabled, enabled to Inactive, started to Active. The table says what each
request makes of each state; what is not in it is refused. Two rules stand beside the table: an
Immediate ROSpec starts when it is enabled, and only one ROSpec is Active at a time, so one whose
trigger comes while another runs stays Inactive. Triggers start it and stop it between requests: by
time, in `tick`, and by inputs, in `input_changed`.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from drivers.llrp.protocol.tables import MessageType, ParameterType, RoSpecState, StatusCode
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import tlv
from simulator.llrp.now import Now
from simulator.llrp.numbers import StartTrigger
from simulator.llrp.request import Refused, parts, the_one
from simulator.llrp.rospec import AiSpec, RoSpec, parse_rospec
from simulator.llrp.running import Run, meets

_DISABLED, _INACTIVE, _ACTIVE = RoSpecState.DISABLED, RoSpecState.INACTIVE, RoSpecState.ACTIVE

_NEXT: dict[MessageType, dict[RoSpecState, RoSpecState]] = {
    MessageType.ENABLE_ROSPEC: {
        _DISABLED: _INACTIVE,
        _INACTIVE: _INACTIVE,
        _ACTIVE: _ACTIVE,
    },
    MessageType.DISABLE_ROSPEC: {
        _DISABLED: _DISABLED,
        _INACTIVE: _DISABLED,
        _ACTIVE: _DISABLED,
    },
    MessageType.START_ROSPEC: {_INACTIVE: _ACTIVE},
    MessageType.STOP_ROSPEC: {_INACTIVE: _INACTIVE, _ACTIVE: _INACTIVE},
}
_FOR_ALL = (MessageType.ENABLE_ROSPEC, MessageType.DISABLE_ROSPEC)  # these may name ROSpecID 0


@dataclass(frozen=True, slots=True)
class Ran:
    """A ROSpec started, or ended."""

    number: int
    started: bool


@dataclass(frozen=True, slots=True)
class SpecEnded:
    """An AISpec of a ROSpec ended; `index` counts from 1."""

    number: int
    index: int


Happened = Ran | SpecEnded


@dataclass(slots=True)
class _Kept:
    rospec: RoSpec
    state: RoSpecState = _DISABLED
    due_us: int | None = None  # of its periodic start


@dataclass(slots=True)
class RoSpecs:
    """Kept over connections, as a reader keeps them; lost with its power."""

    capacity: int
    _kept: dict[int, _Kept] = field(default_factory=dict)
    _run: Run | None = None

    @property
    def running(self) -> RoSpec | None:
        return None if self._run is None else self._run.rospec

    @property
    def aispec(self) -> AiSpec | None:
        """The one that reads."""
        return None if self._run is None else self._run.aispec

    @property
    def added(self) -> bytes:
        """All ROSpecs as they were added: what a configuration state value is made from."""
        return b"".join(kept.rospec.value for kept in self._kept.values())

    @property
    def due_us(self) -> int | None:
        """When `tick` is due, by the monotonic clock."""
        dues = [kept.due_us for kept in self._kept.values() if kept.state is not _DISABLED]
        dues.append(None if self._run is None else self._run.due_us)
        return min((due for due in dues if due is not None), default=None)

    def encoded(self) -> bytes:
        """The ROSpecs of a GET_ROSPECS_RESPONSE, in the states they are in."""
        return b"".join(
            tlv(ParameterType.ROSPEC, kept.rospec.value_in(kept.state))
            for kept in self._kept.values()
        )

    def add(self, body: bytes, capabilities: Capabilities) -> None:
        """ADD_ROSPEC's body. Raises Refused."""
        value = the_one(parts(body), ParameterType.ROSPEC, "ROSpec")
        rospec = parse_rospec(value, capabilities)
        if rospec.number in self._kept:
            why = f"ROSpec {rospec.number} exists: delete it first"
            raise Refused(StatusCode.FIELD_ERROR, why)
        if len(self._kept) >= self.capacity:
            why = f"{len(self._kept)} ROSpecs: this reader keeps no more"
            raise Refused(StatusCode.FIELD_ERROR, why)
        self._kept[rospec.number] = _Kept(rospec)

    def delete(self, number: int) -> list[int]:
        """The numbers of those that are gone; 0 deletes all, and there may be none."""
        if number:
            self._find(number)
        gone = [number] if number else list(self._kept)
        for each in gone:
            del self._kept[each]
            if self.running is not None and self.running.number == each:
                self._run = None
        return gone

    def apply(self, request: MessageType, number: int, now: Now) -> list[Happened]:
        """ENABLE, DISABLE, START or STOP. Raises Refused and has then changed nothing."""
        if number == 0 and request in _FOR_ALL:
            chosen = list(self._kept.values())
        else:
            chosen = [self._find(number)]
        return [each for kept in chosen for each in self._advance(request, kept, now)]

    def tick(self, now: Now) -> list[Happened]:
        """What time ended, and then what it started."""
        happened = self._end_what_is_over(now.monotonic_us)
        for kept in self._kept.values():
            due_us = kept.due_us
            if kept.state is not _DISABLED and due_us is not None and now.monotonic_us >= due_us:
                kept.due_us = _next_due_us(kept.rospec, due_us, now.monotonic_us)
                happened += self._start(kept, now.monotonic_us)
        return happened

    def input_changed(self, port: int, now: Now, *, high: bool) -> list[Happened]:
        """An enabled input went to that level."""
        happened: list[Happened] = []
        run = self._run
        if run is not None and meets(run.rospec.stop.gpi, port, high):
            happened += self._end()
        elif run is not None and meets(run.aispec.stop.gpi, port, high):
            happened += self._end_spec(run, now.monotonic_us)
        for kept in self._kept.values():
            if kept.state is _INACTIVE and meets(kept.rospec.start.gpi, port, high):
                happened += self._start(kept, now.monotonic_us)
        return happened

    def observed(self, epcs: Collection[bytes], now: Now) -> list[Happened]:
        """What the antennas saw may be what an AISpec waited for."""
        if self._run is not None:
            self._run.observe(epcs, now.monotonic_us)
        return self._end_what_is_over(now.monotonic_us)

    def _find(self, number: int) -> _Kept:
        kept = self._kept.get(number)
        if kept is None:
            raise Refused(StatusCode.FIELD_ERROR, f"ROSpec {number}: not known")
        return kept

    def _advance(self, request: MessageType, kept: _Kept, now: Now) -> list[Happened]:
        before, rospec = kept.state, kept.rospec
        after = _NEXT[request].get(before)
        if after is None:
            why = f"{request.name} of ROSpec {rospec.number}: it is {before.name.lower()}"
            raise Refused(StatusCode.FIELD_ERROR, why)
        running = self.running
        if after is _ACTIVE and running not in (None, rospec):
            assert running is not None
            why = f"{request.name} of ROSpec {rospec.number}: ROSpec {running.number} is active"
            raise Refused(StatusCode.FIELD_ERROR, why)
        if after is _ACTIVE:
            return self._start(kept, now.monotonic_us)
        happened = self._end() if before is _ACTIVE else []
        kept.state = after
        if before is _DISABLED and after is _INACTIVE:
            kept.due_us = _first_due_us(rospec, now)
            if rospec.start.kind is StartTrigger.IMMEDIATE:
                happened += self._start(kept, now.monotonic_us)
        return happened

    def _start(self, kept: _Kept, now_us: int) -> list[Happened]:
        """Nothing where another one runs."""
        if self._run is not None:
            return []
        kept.state = _ACTIVE
        self._run = Run(kept.rospec, now_us, now_us, newest_us=now_us)
        return [Ran(kept.rospec.number, started=True)]

    def _end(self) -> list[Happened]:
        """An AISpec that is cut short ends too, before its ROSpec."""
        run, self._run = self._run, None
        assert run is not None
        number = run.rospec.number
        self._kept[number].state = _INACTIVE
        return [SpecEnded(number, run.aispec.index), Ran(number, started=False)]

    def _end_spec(self, run: Run, now_us: int) -> list[Happened]:
        ended = SpecEnded(run.rospec.number, run.aispec.index)
        return [ended] if run.next_spec(now_us) else self._end()

    def _end_what_is_over(self, now_us: int) -> list[Happened]:
        """Each AISpec begins when the one before it was to end, however late the tick is."""
        happened: list[Happened] = []
        while (run := self._run) is not None:
            if run.is_over(now_us):
                happened += self._end()
            elif run.is_spec_over(now_us):
                due_us = now_us if run.due_us is None else min(run.due_us, now_us)
                happened += self._end_spec(run, due_us)
            else:
                break
        return happened


def _first_due_us(rospec: RoSpec, now: Now) -> int | None:
    periodic = rospec.start.periodic
    if periodic is None:
        return None
    from_us = 0 if periodic.utc_us is None else periodic.utc_us - now.utc_us
    due_us = now.monotonic_us + from_us + periodic.offset_ms * 1_000
    if due_us >= now.monotonic_us:
        return due_us
    return _next_due_us(rospec, due_us, now.monotonic_us)


def _next_due_us(rospec: RoSpec, due_us: int, now_us: int) -> int | None:
    """The first later than now: what was missed is not made up for."""
    assert rospec.start.periodic is not None
    period_us = rospec.start.periodic.period_ms * 1_000
    return None if period_us == 0 else due_us + ((now_us - due_us) // period_us + 1) * period_us
