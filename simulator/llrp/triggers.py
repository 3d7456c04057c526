"""When a ROSpec begins and when it, or an AISpec of it, ends (LLRP 1.0.1 §16.2.4).

The time limit of a GPI start trigger is read and has no effect: such a ROSpec waits for its input.
"""

from dataclasses import dataclass
from struct import Struct

from drivers.llrp.protocol.framing import Parameter
from drivers.llrp.protocol.tables import ParameterType, StatusCode
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.numbers import ReaderParameter, StartTrigger, StopTrigger
from simulator.llrp.request import Refused, fields, known, parts, the_one

_KIND = Struct(">B")
_STOP = Struct(">BI")  # type, duration in ms
_PERIODIC = Struct(">II")
_UTC = Struct(">Q")
_GPI = Struct(">HBI")
_OBSERVATION = Struct(">BxHHHI")
_HIGH = 0x80


@dataclass(frozen=True, slots=True)
class Periodic:
    """First after `offset_ms`, counted from the instant `utc_us` or else from being enabled; then
    each period. A period of 0 ms is once.
    """

    offset_ms: int
    period_ms: int
    utc_us: int | None = None


@dataclass(frozen=True, slots=True)
class GpiEdge:
    """An input that goes to that level; 0 ms is no time limit."""

    port: int
    high: bool
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class Observation:
    """0: upon so many tags; 1: no new tag for `quiet_ms`; 2: after so many attempts. `timeout_ms`
    ends it in each case.
    """

    kind: int
    tags: int
    attempts: int
    quiet_ms: int
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class Start:
    kind: StartTrigger
    periodic: Periodic | None = None
    gpi: GpiEdge | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """`duration_ms` is the time limit, whatever trigger it comes from; None for none."""

    kind: StopTrigger = StopTrigger.NULL
    duration_ms: int | None = None
    gpi: GpiEdge | None = None
    observation: Observation | None = None


def rospec_start(boundary: list[Parameter], capabilities: Capabilities) -> Start:
    name = "ROSpecStartTrigger"
    value = the_one(boundary, ReaderParameter.ROSPEC_START_TRIGGER, name)
    (number,) = fields(_KIND, value, name)
    kind = known(StartTrigger, number, name)
    inside = parts(value, _KIND.size)
    match kind:
        case StartTrigger.PERIODIC:
            return Start(kind, periodic=_periodic(inside))
        case StartTrigger.GPI:
            return Start(kind, gpi=_gpi(inside, capabilities))
        case _:
            return Start(kind)


def rospec_stop(boundary: list[Parameter], capabilities: Capabilities) -> Stop:
    name = "ROSpecStopTrigger"
    value = the_one(boundary, ReaderParameter.ROSPEC_STOP_TRIGGER, name)
    if value[:1] == bytes((StopTrigger.TAG_OBSERVATION,)):
        why = f"{name} {StopTrigger.TAG_OBSERVATION}: expected one of 0, 1, 2"
        raise Refused(StatusCode.FIELD_ERROR, why)
    return _stop(value, name, capabilities)


def aispec_stop(inside: list[Parameter], capabilities: Capabilities) -> Stop:
    name = "AISpecStopTrigger"
    value = the_one(inside, ReaderParameter.AISPEC_STOP_TRIGGER, name)
    return _stop(value, name, capabilities)


def _stop(value: bytes, name: str, capabilities: Capabilities) -> Stop:
    number, duration_ms = fields(_STOP, value, name)
    kind = known(StopTrigger, number, name)
    inside = parts(value, _STOP.size)
    match kind:
        case StopTrigger.NULL:
            return Stop()
        case StopTrigger.DURATION:
            if duration_ms == 0:
                raise Refused(StatusCode.FIELD_ERROR, f"{name}'s duration 0 ms: expected 1 or more")
            return Stop(kind, duration_ms)
        case StopTrigger.GPI:
            edge = _gpi(inside, capabilities)
            return Stop(kind, edge.timeout_ms or None, gpi=edge)
        case StopTrigger.TAG_OBSERVATION:
            observation = _observation(inside)
            return Stop(kind, observation.timeout_ms or None, observation=observation)


def _periodic(inside: list[Parameter]) -> Periodic:
    name = "PeriodicTriggerValue"
    value = the_one(inside, ReaderParameter.PERIODIC_TRIGGER_VALUE, name)
    offset_ms, period_ms = fields(_PERIODIC, value, name)
    for part in parts(value, _PERIODIC.size):
        if part.type == ParameterType.UTC_TIMESTAMP:
            return Periodic(offset_ms, period_ms, *fields(_UTC, part.value, "UTCTimestamp"))
    return Periodic(offset_ms, period_ms)


def _gpi(inside: list[Parameter], capabilities: Capabilities) -> GpiEdge:
    value = the_one(inside, ReaderParameter.GPI_TRIGGER_VALUE, "GPITriggerValue")
    port, flags, timeout_ms = fields(_GPI, value, "GPITriggerValue")
    if not 1 <= port <= capabilities.gpi_count:
        why = f"GPITriggerValue's port {port}: expected 1 to {capabilities.gpi_count}"
        raise Refused(StatusCode.FIELD_ERROR, why)
    return GpiEdge(port, bool(flags & _HIGH), timeout_ms)


def _observation(inside: list[Parameter]) -> Observation:
    name = "TagObservationTrigger"
    value = the_one(inside, ReaderParameter.TAG_OBSERVATION_TRIGGER, name)
    kind, tags, attempts, quiet_ms, timeout_ms = fields(_OBSERVATION, value, name)
    if kind > 2:
        raise Refused(StatusCode.FIELD_ERROR, f"{name} {kind}: expected one of 0, 1, 2")
    return Observation(kind, tags, attempts, quiet_ms, timeout_ms)
