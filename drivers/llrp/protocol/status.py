"""What a reader answers: done, or a code and perhaps a sentence (LLRP 1.0.1 §14.2.2, §17.2.8.1)."""

from dataclasses import dataclass
from struct import Struct

from drivers.llrp.protocol.framing import LlrpError, parameters
from drivers.llrp.protocol.tables import ParameterType, StatusCode

_STATUS = Struct(">HH")


@dataclass(frozen=True, slots=True)
class Status:
    """LLRPStatus of a response or an ERROR_MESSAGE."""

    code: int
    description: str = ""

    @property
    def success(self) -> bool:
        return self.code == StatusCode.SUCCESS

    def __str__(self) -> str:
        return (
            f"{self.description} (status {self.code})"
            if self.description
            else (f"status {self.code}")
        )


def decode_status(body: bytes) -> Status:
    """The LLRPStatus in the body of a response. Raises LlrpError where there is none."""
    for parameter in parameters(body):
        if parameter.type == ParameterType.LLRP_STATUS:
            if len(parameter.value) < _STATUS.size:
                raise LlrpError(f"LLRPStatus of {len(parameter.value)} bytes: expected at least 4")
            code, length = _STATUS.unpack_from(parameter.value)
            text = parameter.value[_STATUS.size : _STATUS.size + length]
            return Status(code, text.decode(errors="replace").strip())
    raise LlrpError("response without LLRPStatus")


def why_not(body: bytes) -> str:
    """What an ERROR_MESSAGE says; where that cannot be read, it says no all the same."""
    try:
        return str(decode_status(body))
    except LlrpError as broken:
        return str(broken)


def is_unknown(body: bytes) -> bool:
    """Whether an ERROR_MESSAGE says that the reader does not know such a message."""
    try:
        return decode_status(body).code == StatusCode.UNSUPPORTED_MESSAGE
    except LlrpError:
        return False
