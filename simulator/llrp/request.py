"""Reading what a client asks, and how to say no.

The peer's mistake is an exception inside (`Refused`), because it may turn up deep in a nested
parameter; the session catches it at one place and answers it as an LLRPStatus.
"""

from collections.abc import Iterable
from enum import IntEnum
from struct import Struct
from typing import TypeVar

from drivers.llrp.protocol.framing import LlrpError, Parameter, parameters
from drivers.llrp.protocol.tables import StatusCode

_U32 = Struct(">I")

EnumT = TypeVar("EnumT", bound=IntEnum)


class Refused(Exception):
    """The client asked for what cannot be; becomes an LLRPStatus with a code and a sentence."""

    def __init__(self, code: StatusCode, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


def fields(layout: Struct, value: bytes, name: str) -> tuple[int, ...]:
    """The leading fields of `value`; Refused where it is too short."""
    if len(value) < layout.size:
        why = f"{name} of {len(value)} bytes: expected at least {layout.size}"
        raise Refused(StatusCode.PARAMETER_ERROR, why)
    return layout.unpack_from(value)


def parts(value: bytes, offset: int = 0) -> list[Parameter]:
    """The parameters in `value` from `offset` on; Refused where they are broken."""
    try:
        return list(parameters(value, offset))
    except LlrpError as broken:
        raise Refused(StatusCode.PARAMETER_ERROR, str(broken)) from broken


def the_one(found: Iterable[Parameter], kind: int, name: str) -> bytes:
    """The value of the only parameter of that type."""
    values = [part.value for part in found if part.type == kind]
    if len(values) != 1:
        raise Refused(StatusCode.PARAMETER_ERROR, f"{len(values)} {name}: expected 1")
    return values[0]


def known(kind: type[EnumT], value: int, name: str) -> EnumT:
    """The enum's member; Refused where this reader does not know it."""
    if value not in kind._value2member_map_:
        choice = ", ".join(str(member.value) for member in kind)
        raise Refused(StatusCode.FIELD_ERROR, f"{name} {value}: expected one of {choice}")
    return kind(value)


def rospec_id(body: bytes) -> int:
    """The body of DELETE, START, STOP, ENABLE and DISABLE_ROSPEC."""
    (number,) = fields(_U32, body, "ROSpecID")
    return number


def accessspec_id(body: bytes) -> int:
    """The body of DELETE, ENABLE and DISABLE_ACCESSSPEC."""
    (number,) = fields(_U32, body, "AccessSpecID")
    return number
