"""The ROSpecs in a reader and what may become of each (LLRP 1.0.1 §10.1).

A ROSpec is added Disabled, enabled to Inactive, started to Active. The table says what each
request makes of each state; what is not in it is refused. Two rules stand beside the table: an
Immediate ROSpec starts when it is enabled, and only one ROSpec is Active at a time, so an Immediate
one that is enabled while another runs stays Inactive.
"""

from dataclasses import dataclass, field

from drivers.llrp.protocol.tables import MessageType, ParameterType, RoSpecState, StatusCode
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import tlv
from simulator.llrp.numbers import StartTrigger
from simulator.llrp.request import Refused, parts, the_one
from simulator.llrp.rospec import RoSpec, parse_rospec

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


@dataclass(slots=True)
class _Kept:
    rospec: RoSpec
    state: RoSpecState = _DISABLED


@dataclass(slots=True)
class RoSpecs:
    """Kept over connections, as a reader keeps them; lost with its power."""

    capabilities: Capabilities
    _kept: dict[int, _Kept] = field(default_factory=dict)

    @property
    def running(self) -> RoSpec | None:
        return next((kept.rospec for kept in self._kept.values() if kept.state is _ACTIVE), None)

    @property
    def added(self) -> bytes:
        """All ROSpecs as they were added: what a configuration state value is made from."""
        return b"".join(kept.rospec.value for kept in self._kept.values())

    def encoded(self) -> bytes:
        """The ROSpecs of a GET_ROSPECS_RESPONSE, in the states they are in."""
        return b"".join(
            tlv(ParameterType.ROSPEC, kept.rospec.value_in(kept.state))
            for kept in self._kept.values()
        )

    def add(self, body: bytes) -> None:
        """ADD_ROSPEC's body. Raises Refused."""
        value = the_one(parts(body), ParameterType.ROSPEC, "ROSpec")
        rospec = parse_rospec(value, self.capabilities)
        if rospec.number in self._kept:
            why = f"ROSpec {rospec.number} exists: delete it first"
            raise Refused(StatusCode.FIELD_ERROR, why)
        if len(self._kept) >= self.capabilities.rospec_count_max:
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
        return gone

    def apply(self, request: MessageType, number: int) -> list[Ran]:
        """ENABLE, DISABLE, START or STOP. Raises Refused and has then changed nothing."""
        if number == 0 and request in _FOR_ALL:
            chosen = list(self._kept.values())
        else:
            chosen = [self._find(number)]
        return [ran for kept in chosen for ran in self._advance(request, kept)]

    def _find(self, number: int) -> _Kept:
        kept = self._kept.get(number)
        if kept is None:
            raise Refused(StatusCode.FIELD_ERROR, f"ROSpec {number}: not known")
        return kept

    def _advance(self, request: MessageType, kept: _Kept) -> list[Ran]:
        before, number = kept.state, kept.rospec.number
        after = _NEXT[request].get(before)
        if after is None:
            why = f"{request.name} of ROSpec {number}: it is {before.name.lower()}"
            raise Refused(StatusCode.FIELD_ERROR, why)
        running = self.running
        if after is _ACTIVE and running not in (None, kept.rospec):
            assert running is not None
            why = f"{request.name} of ROSpec {number}: ROSpec {running.number} is active"
            raise Refused(StatusCode.FIELD_ERROR, why)
        immediate = kept.rospec.start is StartTrigger.IMMEDIATE and before is _DISABLED
        if after is _INACTIVE and immediate and running is None:
            after = _ACTIVE
        kept.state = after
        if (before is _ACTIVE) == (after is _ACTIVE):
            return []
        return [Ran(number, started=after is _ACTIVE)]
