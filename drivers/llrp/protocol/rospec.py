"""What we ask a reader to do: one ROSpec that reads on our antennas for as long as it is told."""

from dataclasses import dataclass

from drivers.llrp.protocol.framing import Parameter, encode_tlv
from drivers.llrp.protocol.tables import ParameterType, RoSpecState

ROSPEC_ID = 1  # ours; a reader serves one client, so no other can hold it
STATE_OFFSET = 5  # of CurrentState in the ROSpec's value, behind id (4) and priority (1)


@dataclass(frozen=True, slots=True)
class AntennaPlan:
    """One antenna port. `power_index` points into the reader's table; None leaves its default."""

    port: int
    power_index: int | None = None


@dataclass(frozen=True, slots=True)
class RoSpecPlan:
    """The whole of what the ROSpec says; equal plans encode to equal bytes."""

    antennas: tuple[AntennaPlan, ...]
    session: int  # Gen2 session 0 to 3
    population: int  # tags expected in the field at once


@dataclass(frozen=True, slots=True)
class RoSpecFound:
    """One ROSpec that the reader holds, as GET_ROSPECS tells it."""

    rospec_id: int
    state: int
    value: bytes

    def says_the_same(self, wanted: bytes) -> bool:
        """Whether this is the ROSpec whose TLV is `wanted`, in whatever state it is now."""
        return encode_tlv(ParameterType.ROSPEC, _without_state(self.value)) == wanted


def found_in(parameter: Parameter) -> RoSpecFound | None:
    """The ROSpec in one parameter of a GET_ROSPECS_RESPONSE; None for any other parameter."""
    if parameter.type != ParameterType.ROSPEC or len(parameter.value) <= STATE_OFFSET:
        return None
    rospec_id = int.from_bytes(parameter.value[:4])
    return RoSpecFound(rospec_id, parameter.value[STATE_OFFSET], parameter.value)


def _without_state(value: bytes) -> bytes:
    return value[:STATE_OFFSET] + bytes([RoSpecState.DISABLED]) + value[STATE_OFFSET + 1 :]
