"""One connection to a reader, from the first byte to the last, without a socket.

The theory in one page. A reader speaks first: READER_EVENT_NOTIFICATION with a ConnectionAttempt
that accepts or refuses us, and with its clock. Then we ask, one request at a time, each answered
under its message id within a deadline:

    GET_READER_CAPABILITIES     what it can do: power levels, holding reports
    GET_ROSPECS                 what it does now
    SET_READER_CONFIG           keepalives, events, hold reports while nobody listens
    ENABLE_EVENTS_AND_REPORTS   one-way: give what you held (it comes before anything is changed)
    DELETE, ADD, ENABLE, START_ROSPEC    only where it does not run our ROSpec already; where it
                                runs another one, when what that held is in

From then on it sends RO_ACCESS_REPORT, READER_EVENT_NOTIFICATION and KEEPALIVE in any order and at
any time, also between our requests and their answers; each keepalive is acknowledged. A reader
that is silent for longer than two keepalives is lost; before it was asked for keepalives, and
while it owes an answer, only the answer has a deadline.

A reader that went on reading while we were away gives its backlog first, with old times. The link
is up (`LinkChange`) when that is over: at the first read that is newer than the connection, or
after BACKLOG_S. Again BACKLOG_S later, its reports begin to tell how its clock goes (ClockOffset);
until then, and while they are older than the connection, they may be what it held.

Bytes and `now` go in, Observations and Warned come out, `outgoing()` holds what to send. LlrpError
ends the connection: there is no way to go on behind a lost frame boundary or a refusal.
"""

from collections.abc import Generator
from dataclasses import dataclass, field, replace

from drivers.base import AntennaChange, GpiChange, LinkChange, Now, Observation, TagRead
from drivers.llrp.protocol import control
from drivers.llrp.protocol.capabilities import Capabilities, decode_capabilities
from drivers.llrp.protocol.framing import (
    Frame,
    FrameReader,
    LlrpError,
    encode_message,
    parameters,
)
from drivers.llrp.protocol.offset import AHEAD_MAX_US, ClockOffset
from drivers.llrp.protocol.plan import Impossible, plan
from drivers.llrp.protocol.report import (
    CONNECTION_REFUSALS,
    Fault,
    ReaderEvent,
    Report,
    TagReport,
    decode_event,
    decode_report,
)
from drivers.llrp.protocol.rospec import RoSpecPlan, found_in
from drivers.llrp.protocol.status import decode_status
from drivers.llrp.protocol.tables import (
    ConnectionAttempt,
    MessageType,
)
from drivers.llrp.protocol.vendor_config import enable_impinj_extensions, status_of_custom
from drivers.llrp.protocol.wanted import AntennaWanted as AntennaWanted
from drivers.llrp.protocol.wanted import Wanted as Wanted

BACKLOG_S = 10.0  # a reader with nothing held and nothing in the field says nothing at all
KEEPALIVES_MISSED_MAX = 2
HELD_MAX_US = 366 * 86_400_000_000  # no reader holds what is older: such a time is a broken one
IMPOSSIBLE_TIME = "a time that cannot be: taken as now"
_ANSWER = 10  # the type of a response is its request's and ten (LLRP 1.0.1 §16.1)
_NEVER_US = 1 << 62

Handshake = Generator[Frame | None, Frame, None]  # None: go on when the backlog is in


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to count and tell, that does not end the connection."""

    text: str


@dataclass(slots=True)
class Session:
    """Make a new one for every connection; `opened_us` is the monotonic time of its start."""

    wanted: Wanted
    opened_us: int
    capabilities: Capabilities = field(default_factory=Capabilities)
    _frames: FrameReader = field(default_factory=FrameReader)
    _outgoing: bytearray = field(default_factory=bytearray)
    _out: list[Observation | Warned] = field(default_factory=list)
    _handshake: Handshake | None = None
    _awaited: Frame | None = None  # the request under way
    _awaited_since_us: int = 0
    _next_id: int = 1
    _heard_us: int = 0
    _connected_at_us: int | None = None  # the reader's clock at the connection
    _offset: ClockOffset = field(default_factory=ClockOffset)
    _drained_from_us: int = _NEVER_US  # from then on, a new read says that the backlog is in
    _is_drained: bool = False
    _backlog_since_us: int | None = None  # it gives what it held
    _held: bool = False

    def __post_init__(self) -> None:
        self._heard_us = self.opened_us
        self._awaited_since_us = self.opened_us

    def receive(self, chunk: bytes, now: Now) -> list[Observation | Warned]:
        """What the bytes say, in their order. Raises LlrpError; `drain` has what came before."""
        self._frames.receive(chunk)
        self._heard_us = now.monotonic_us
        while (frame := self._frames.next_frame()) is not None:
            self._take(frame, now)
        return self.drain()

    def expire(self, now: Now) -> list[Observation | Warned]:
        """What the passing of time says; call it at `deadline_us`. Raises LlrpError."""
        if now.monotonic_us >= self._answer_deadline_us():
            waited_s = self.wanted.response_us / 1e6
            raise LlrpError(f"no answer to {self._awaited_name()} in {waited_s:g} s")
        if now.monotonic_us >= self._silence_deadline_us():
            raise LlrpError(f"silent for {(now.monotonic_us - self._heard_us) / 1e6:.1f} s")
        if now.monotonic_us >= self._backlog_deadline_us():
            self._go_on(None, now)
        return self.drain()

    def deadline_us(self) -> int:
        """The monotonic time at which `expire` has something to say."""
        return min(
            self._answer_deadline_us(), self._silence_deadline_us(), self._backlog_deadline_us()
        )

    def drain(self) -> list[Observation | Warned]:
        """What was said and not given yet."""
        out, self._out = self._out, []
        return out

    def outgoing(self) -> bytes:
        """The bytes to send since last asked."""
        data = bytes(self._outgoing)
        self._outgoing.clear()
        return data

    def close(self) -> None:
        """Say goodbye; the reader holds from now on what it reads, where it can."""
        self._send(control.close_connection(self._new_id()))

    # -- frames ----------------------------------------------------------------------------------

    def _take(self, frame: Frame, now: Now) -> None:
        match frame.type:
            case MessageType.RO_ACCESS_REPORT:
                self._take_report(frame.body, now)
            case MessageType.READER_EVENT_NOTIFICATION:
                self._take_event(decode_event(frame.body), now)
            case MessageType.KEEPALIVE:
                self._send(control.keepalive_ack(frame.message_id))
            case MessageType.CLOSE_CONNECTION_RESPONSE:
                pass
            case _:
                self._take_answer(frame, now)

    def _take_answer(self, frame: Frame, now: Now) -> None:
        """An answer to the request under way, or an error to a message that wants no answer."""
        awaited = self._awaited
        ours = awaited is not None and frame.message_id == awaited.message_id
        if frame.type == MessageType.ERROR_MESSAGE:
            if ours:
                raise LlrpError(f"{self._awaited_name()} refused: {_why(frame.body)}")
            self._out.append(Warned(f"reader refused a message: {_why(frame.body)}"))
        elif awaited is not None and ours and frame.type == _answer_type(awaited):
            self._take_response(frame, now)
        else:
            self._out.append(Warned(f"unexpected message of type {frame.type}"))

    def _take_response(self, response: Frame, now: Now) -> None:
        custom = response.type == MessageType.CUSTOM_MESSAGE
        status = (status_of_custom if custom else decode_status)(response.body)
        if not status.success:
            raise LlrpError(f"{self._awaited_name()} refused: {status}")
        self._go_on(response, now)

    def _take_event(self, event: ReaderEvent | Fault, now: Now) -> None:
        if isinstance(event, Fault):
            self._out.append(Warned(event.text))
            return
        if event.closing:
            raise LlrpError("the reader closed the connection")
        if event.connection is not None:
            self._take_connection(event.connection, event.at_us, now)
        at_us = self._host_us(event.at_us, now)
        device = self.wanted.device
        if event.gpi is not None:
            self._out.append(GpiChange(device, at_us, *event.gpi))
        if event.antenna is not None:
            self._out.append(AntennaChange(device, at_us, *event.antenna))
        if event.warning is not None:
            self._out.append(Warned(event.warning))

    def _take_connection(self, attempt: int, reader_us: int | None, now: Now) -> None:
        if attempt == ConnectionAttempt.ANOTHER_ATTEMPTED:
            self._out.append(Warned("another client tried to connect"))
            return
        if attempt != ConnectionAttempt.SUCCESS:
            why = next((text for code, text in CONNECTION_REFUSALS.items() if code == attempt), "")
            raise LlrpError(f"connection refused by the reader: {why or f'status {attempt}'}")
        if self._handshake is not None:
            return
        self._connected_at_us = reader_us
        if reader_us is not None:
            self._offset.greeted(reader_us, now.monotonic_us)
        self._handshake = self._configure()
        self._go_on(None, now)

    # -- the handshake ---------------------------------------------------------------------------

    def _configure(self) -> Handshake:
        """The straight line of requests: each `yield` sends one and comes back with its answer."""
        answer = yield control.get_reader_capabilities(self._new_id())
        self.capabilities = decode_capabilities(answer.body)
        planned = self._plan()
        answer = yield control.get_rospecs(self._new_id())
        present = [found for each in parameters(answer.body) if (found := found_in(each))]
        resumed = any(each.keeps(planned) for each in present)
        hold = self.capabilities.holds_reports
        if planned.needs_impinj_extensions:
            yield enable_impinj_extensions(self._new_id())
        keepalive_ms = self.wanted.keepalive_us // 1000
        config = control.set_reader_config(self._new_id(), keepalive_ms, hold=hold)
        yield replace(config, body=config.body + planned.config)
        self._held = hold and resumed
        self._send(control.enable_events_and_reports(self._new_id()))
        if hold and any(each.is_running for each in present):
            yield None  # a ROSpec that is deleted takes what it held with it
        if not resumed:
            for each in present:
                yield control.delete_rospec(self._new_id(), each.rospec_id)
            yield control.add_rospec(self._new_id(), planned)
            yield control.enable_rospec(self._new_id(), planned.rospec_id)
            if planned.needs_start:
                yield control.start_rospec(self._new_id(), planned.rospec_id)

    def _go_on(self, answer: Frame | None, now: Now) -> None:
        """Hand the answer to the handshake, if it waits for one, and do what it asks next."""
        assert self._handshake is not None
        self._awaited = self._backlog_since_us = None
        try:
            request = next(self._handshake) if answer is None else self._handshake.send(answer)
        except StopIteration:
            up = LinkChange(self.wanted.device, now.utc_us, up=True, held=self._held)
            self._out.append(up)
            self._drained_from_us = now.monotonic_us + int(BACKLOG_S * 1e6)
            return
        if request is None:
            self._backlog_since_us = now.monotonic_us
        else:
            self._awaited, self._awaited_since_us = request, now.monotonic_us
            self._send(request)

    def _plan(self) -> RoSpecPlan:
        planned = plan(self.wanted, self.capabilities)
        if isinstance(planned, Impossible):
            raise LlrpError(str(planned))
        self._out += map(Warned, planned.warnings)
        return planned

    # -- reads -----------------------------------------------------------------------------------

    def _take_report(self, body: bytes, now: Now) -> None:
        report = decode_report(body)
        self._learn_offset(report, now)
        for tag in report.tags:
            if self._backlog_since_us is not None and self._is_new(tag.seen_us):
                self._go_on(None, now)
            self._out.append(self._tag_read(tag, now))
        self._out += [Warned(fault.text) for fault in report.faults]

    def _learn_offset(self, report: Report, now: Now) -> None:
        seen = [tag.seen_us for tag in report.tags if tag.seen_us is not None]
        if not seen or now.monotonic_us < self._drained_from_us:
            return
        self._is_drained = self._is_drained or self._is_new(max(seen))
        if self._is_drained:
            self._offset.reported(max(seen), now.monotonic_us)

    def _tag_read(self, tag: TagReport, now: Now) -> TagRead:
        last_host_us = self._host_us(tag.seen_us, now)
        first_us = tag.first_us if tag.first_us is not None else tag.last_us
        first_host_us = self._host_us(first_us, now)
        return TagRead(
            device=self.wanted.device,
            antenna=tag.antenna,
            epc=tag.epc,
            first_us=min(first_host_us, last_host_us),
            last_us=last_host_us,
            seen_count=max(tag.count, 1),
            pc=tag.pc,
            rssi_dbm=None if tag.rssi_dbm is None else float(tag.rssi_dbm),
            channel=tag.channel,
        )

    def _host_us(self, reader_us: int | None, now: Now) -> int:
        """The reader's time as the host's UTC; now where one of the two is not known."""
        if reader_us is None or self._offset.us is None:
            return now.utc_us
        ahead_us = reader_us + self._offset.us - now.monotonic_us
        if -HELD_MAX_US <= ahead_us <= AHEAD_MAX_US:
            return now.utc_us + ahead_us
        if self._out[-1:] != [Warned(IMPOSSIBLE_TIME)]:
            self._out.append(Warned(IMPOSSIBLE_TIME))
        return now.utc_us

    def _is_new(self, last_us: int | None) -> bool:
        """Whether a read is newer than the connection, and so the backlog is in."""
        return last_us is None or self._connected_at_us is None or last_us >= self._connected_at_us

    # -- sending and waiting ---------------------------------------------------------------------

    def _send(self, frame: Frame) -> None:
        self._outgoing += encode_message(frame)

    def _new_id(self) -> int:
        message_id = self._next_id
        self._next_id = message_id % 0xFFFFFFFF + 1
        return message_id

    def _awaited_name(self) -> str:
        awaited = self._awaited
        return "the connection" if awaited is None else MessageType(awaited.type).name

    def _owes_answer(self) -> bool:
        """Whether the reader has to answer a request, or to say its first word."""
        return self._awaited is not None or self._handshake is None

    def _answer_deadline_us(self) -> int:
        overdue_us = self._awaited_since_us + self.wanted.response_us
        return overdue_us if self._owes_answer() else _NEVER_US

    def _silence_deadline_us(self) -> int:
        lost_us = self._heard_us + int((KEEPALIVES_MISSED_MAX + 0.5) * self.wanted.keepalive_us)
        return _NEVER_US if self._owes_answer() else lost_us

    def _backlog_deadline_us(self) -> int:
        since_us = self._backlog_since_us
        return _NEVER_US if since_us is None else since_us + int(BACKLOG_S * 1e6)


def _answer_type(request: Frame) -> int:
    """A custom message is answered by another one."""
    custom = request.type == MessageType.CUSTOM_MESSAGE
    return request.type if custom else request.type + _ANSWER


def _why(body: bytes) -> str:
    """What an ERROR_MESSAGE says."""
    try:
        return str(decode_status(body))
    except LlrpError as broken:
        return str(broken)
