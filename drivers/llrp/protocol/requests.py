"""What we ask of a reader: one request at a time, each answered within a deadline.

A procedure is a generator that spells a conversation as a straight line. It yields a Frame, and
comes back with the answer under the same message id; a refusal is raised inside it as Refused. It
yields a OneWay for a message that has no answer, and comes back at once. It yields an Until to wait
for something that the session sees (`resume`) or for a time, and Speak to agree on a version. What
it returns is the outcome.

    def drive(...) -> Procedure[None]:
        yield from ask(control.set_outputs({port: high}))

Procedures wait in line: a reader may answer a second request before the first, and several readers
do not take one while they work on another (LLRP 1.0.1 §6.1 leaves both open).
"""

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TypeVar, assert_never

from drivers.base import NotDone
from drivers.llrp.protocol.framing import Frame, LlrpError
from drivers.llrp.protocol.status import decode_status, is_unknown, why_not
from drivers.llrp.protocol.tables import MessageType

QUEUE_MAX = 64  # procedures in line; a person or a light asks, so more is a loop gone wild
NEVER_US = 1 << 62

# Bytes in front of a response's parameters: vendor and subtype; two versions (LLRP 1.1 §9.2).
_STATUS_AT: dict[int, int] = {
    MessageType.CUSTOM_MESSAGE: 5,
    MessageType.GET_SUPPORTED_VERSION_RESPONSE: 2,
}

T = TypeVar("T")


class Refused(Exception):
    """The reader said no to a request, in its own words."""

    def __init__(self, request: str, why: str) -> None:
        super().__init__(f"{request} refused: {why}")


@dataclass(frozen=True, slots=True)
class OneWay:
    """A message that no response follows. An ERROR_MESSAGE with its id (LLRP 1.0.1 §14.1) refuses
    it: where it is `needed` that ends the connection, else it is a warning.
    """

    frame: Frame
    needed: bool


class Event(Enum):
    """What the session sees, and a procedure may wait for."""

    BACKLOG_IS_IN = auto()
    ACCESS_RESULT = auto()


@dataclass(frozen=True, slots=True)
class Until:
    """Wait for an event, at the latest until this monotonic time."""

    event: Event
    at_us: int


@dataclass(frozen=True, slots=True)
class Speak:
    """From now on each message says this version of LLRP."""

    version: int


Step = Frame | OneWay | Until | Speak
Procedure = Generator[Step, Frame | None, T]


@dataclass(frozen=True, slots=True)
class Ended:
    """A procedure came to its end: what it gave, or the refusal that ended it."""

    ticket: int
    outcome: object
    refused: str | None = None


def ask(frame: Frame) -> Procedure[Frame]:
    """One request; gives its response. Raises Refused."""
    answer = yield frame
    assert answer is not None, "a request is resumed by its answer alone"
    return answer


def tell(frame: Frame, *, needed: bool) -> Procedure[None]:
    yield OneWay(frame, needed)


def wait(event: Event, at_us: int = NEVER_US) -> Procedure[None]:
    yield Until(event, at_us)


@dataclass(slots=True)
class _InLine:
    ticket: int
    procedure: Procedure[object]
    until_us: int  # when it is too late to begin
    begun: bool = False


@dataclass(slots=True)
class Requests:
    """The line of procedures. `outgoing` collects the frames to send, with their message ids."""

    response_us: int
    version: int = 1  # of LLRP, as the header says it: 1 is 1.0.1, 2 is 1.1
    outgoing: list[Frame] = field(default_factory=list)
    _line: deque[_InLine] = field(default_factory=deque)
    _awaited: Frame | None = None
    _awaited_until_us: int = NEVER_US
    _needed: Frame | None = None  # the OneWay that may be refused as yet
    _until: Until | None = None
    _ended: list[Ended] = field(default_factory=list)
    _next_id: int = 1
    _next_ticket: int = 1

    @property
    def owes_answer(self) -> bool:
        return self._awaited is not None

    @property
    def deadline_us(self) -> int:
        """The monotonic time at which `expire` has something to say."""
        return min(self._awaited_until_us, NEVER_US if self._until is None else self._until.at_us)

    def start(
        self, procedure: Procedure[object], now_us: int, until_us: int = NEVER_US
    ) -> int | None:
        """Take it into the line; its ticket is in its Ended. None where the line is full.

        One that has not begun by `until_us` ends without.
        """
        if len(self._line) >= QUEUE_MAX:
            return None
        ticket = self._next_ticket
        self._next_ticket += 1
        self._line.append(_InLine(ticket, procedure, until_us))
        if len(self._line) == 1:
            self._advance(None, now_us)
        return ticket

    def drop(self, ticket: int) -> bool:
        """Nobody waits for it any more: whether it had not begun, and so has no Ended."""
        kept = deque(each for each in self._line if each.begun or each.ticket != ticket)
        dropped = len(kept) < len(self._line)
        self._line = kept
        return dropped

    def resume(self, event: Event, now_us: int) -> None:
        """What a procedure may wait for has come."""
        if self._until is not None and self._until.event is event:
            self._advance(None, now_us)

    def answer(self, frame: Frame, now_us: int) -> bool:
        """Whether this frame answers the request under way; then the procedure went on.

        Raises LlrpError where the answer cannot be read, or refuses a message that is needed. A
        reader that does not know the message needs none: it does what others wait for it to do.
        """
        needed, about = self._needed, (frame.type, frame.message_id)
        if needed is not None and about == (MessageType.ERROR_MESSAGE, needed.message_id):
            self._needed = None
            if not is_unknown(frame.body):
                raise LlrpError(str(Refused(_name(needed), why_not(frame.body))))
        awaited = self._awaited
        if awaited is None or frame.message_id != awaited.message_id:
            return False
        if frame.type not in (_answer_type(awaited.type), MessageType.ERROR_MESSAGE):
            return False
        why = _refusal(frame)
        self._advance(frame if why is None else Refused(_name(awaited), why), now_us)
        return True

    def expire(self, now_us: int, grace_us: int = 0) -> None:
        """Go on where a wait is over. Raises LlrpError where an answer is overdue by `grace_us`."""
        if self._awaited is not None and now_us >= self._awaited_until_us + grace_us:
            waited_s = self.response_us / 1e6
            raise LlrpError(f"no answer to {_name(self._awaited)} in {waited_s:g} s")
        if self._until is not None and now_us >= self._until.at_us:
            self._advance(None, now_us)

    def say(self, frame: Frame, message_id: int | None = None) -> None:
        """Send a message that has no answer, beside the line; with the id of one it answers."""
        self._send(frame, message_id)

    def ended(self) -> list[Ended]:
        """Those that ended since last asked."""
        ended, self._ended = self._ended, []
        return ended

    def _advance(self, answer: Frame | Refused | None, now_us: int) -> None:
        """Let the first in line go on until it waits again; then, when it ended, the next."""
        self._awaited, self._awaited_until_us, self._until = None, NEVER_US, None
        self._needed = None  # A reader takes messages in their order: it would have said so.
        while self._line:
            first = self._line[0]
            step = self._step(first, answer, now_us)
            answer = None
            if step is None:
                self._line.popleft()
            elif self._take(step, now_us):
                return

    def _step(self, first: _InLine, answer: Frame | Refused | None, now_us: int) -> Step | None:
        """What the procedure does next; None where it has ended."""
        try:
            if not first.begun and now_us >= first.until_us:
                raise NotDone("its turn did not come in time")
            first.begun = True
            if isinstance(answer, Refused):
                return first.procedure.throw(answer)
            return first.procedure.send(answer)
        except StopIteration as stop:
            self._ended.append(Ended(first.ticket, stop.value))
        except (Refused, NotDone) as no:
            self._ended.append(Ended(first.ticket, None, str(no)))
        except BaseException:  # Who stays first in line without an answer is in the way for ever.
            self._line.popleft()
            raise
        return None

    def _take(self, step: Step, now_us: int) -> bool:
        """Do what a step asks; whether the procedure waits now."""
        match step:
            case OneWay(frame, needed):
                sent = self._send(frame)
                self._needed = sent if needed else None
                return False
            case Speak(version):
                self.version = version
                return False
            case Until():
                self._until = step
                return True
            case Frame():
                self._awaited = self._send(step)
                self._awaited_until_us = now_us + self.response_us
                return True
            case _:
                assert_never(step)

    def _send(self, frame: Frame, message_id: int | None = None) -> Frame:
        if message_id is None:
            message_id = self._next_id
            self._next_id = message_id % 0xFFFFFFFF + 1
        version = max(frame.version, self.version)
        sent = frame._replace(message_id=message_id, version=version)
        self.outgoing.append(sent)
        return sent


def _answer_type(request: int) -> int:
    """A response's type is its request's and ten (LLRP 1.0.1 §16.1); vendors answer in kind."""
    return request if request == MessageType.CUSTOM_MESSAGE else request + 10


def _refusal(answer: Frame) -> str | None:
    """Why the reader said no; None where it said yes. Raises LlrpError where it said neither."""
    if answer.type == MessageType.ERROR_MESSAGE:
        return why_not(answer.body)
    status = decode_status(answer.body[_STATUS_AT.get(answer.type, 0) :])
    return None if status.success else str(status)


def _name(request: Frame) -> str:
    return MessageType(request.type).name
