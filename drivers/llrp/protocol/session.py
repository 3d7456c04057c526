"""One connection to a reader, from the first byte to the last, without a socket.

The theory in one page. A reader speaks first: READER_EVENT_NOTIFICATION with a ConnectionAttempt
that accepts or refuses us, and with its clock. Then we ask, one request at a time, each answered
under its message id within a deadline: handshake.py says what and why, requests.py how. Later
requests (an output, the memory of a tag, a temperature) wait in the same line.

From then on it sends RO_ACCESS_REPORT, READER_EVENT_NOTIFICATION and KEEPALIVE in any order and at
any time, also between our requests and their answers; each keepalive is acknowledged. A reader
that is silent for longer than two keepalives is lost; before it was asked for keepalives, and
while it owes an answer, only the answer has a deadline. Bytes that come are no sign of life where
no message comes whole: behind a report that was cut short they are swallowed by a length that was
never meant as one, up to 4 MiB of them.

A reader that went on reading while we were away gives its backlog first, with old times. The link
is up (`LinkChange`) when that is over: at the first read that is newer than the connection, or
when no old one came for BACKLOG_US. Inputs and antennas are told then as they are, since what they
did meanwhile was perhaps not seen.

Bytes and `now` go in, Observations, Warned and Ended come out, `outgoing()` holds what to send.
LlrpError ends the connection: there is no way to go on behind a lost frame boundary or a refusal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby

from drivers.base import Facts, LinkChange, Now, Observation, Operation, TagRead, Target
from drivers.llrp.protocol import control
from drivers.llrp.protocol.access import AccessResult
from drivers.llrp.protocol.access_spec import Access, Results, access, named_accessspec
from drivers.llrp.protocol.capabilities import Capabilities
from drivers.llrp.protocol.event import CONNECTION_REFUSALS, ReaderEvent, decode_event
from drivers.llrp.protocol.framing import Frame, FrameReader, LlrpError, encode_message
from drivers.llrp.protocol.handshake import Learned, shake_hands, temperature
from drivers.llrp.protocol.ports import Ports
from drivers.llrp.protocol.reader_clock import (
    BACKLOG_MAX_US,
    BACKLOG_US,
    ReaderClock,
    can_be,
    in_possible_time,
)
from drivers.llrp.protocol.report import Fault, Report, ReportDecoder
from drivers.llrp.protocol.requests import NEVER_US, Ended, Event, Procedure, Requests
from drivers.llrp.protocol.status import why_not
from drivers.llrp.protocol.tables import ConnectionAttempt, MessageType, Vendor
from drivers.llrp.protocol.wanted import Wanted

KEEPALIVES_MISSED_MAX = 2
IMPOSSIBLE_TIME = "a time that cannot be: taken as now"
_REPORT = int(MessageType.RO_ACCESS_REPORT)  # there are thousands a second: no look-up for each
TEMPERATURE_US = 60_000_000  # metal warms up in minutes


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to count and tell, that does not end the connection."""

    text: str


Said = Observation | Warned | Ended


@dataclass(slots=True)
class Session:
    """Make a new one for every connection; `opened_us` is the monotonic time of its start."""

    wanted: Wanted
    opened_us: int
    _learned: Learned = field(default_factory=Learned)
    _frames: FrameReader = field(default_factory=FrameReader)
    _requests: Requests = field(init=False)
    _decoder: ReportDecoder = field(init=False)
    _outgoing: bytearray = field(default_factory=bytearray)
    _out: list[Said] = field(default_factory=list)
    _clock: ReaderClock = field(default_factory=ReaderClock)
    _handshake: int | None = None  # its ticket
    _is_up: bool = False
    _heard_us: int = 0
    _begun_us: int = NEVER_US  # since when a message is on its way that is not whole yet
    _backlog_until_us: int = NEVER_US
    _backlog_end_us: int = NEVER_US  # at the latest
    _ask_temperature_us: int = NEVER_US
    _temperature: int | None = None  # the ticket of the last time we asked
    _results: Results = field(default_factory=Results)
    _ports: Ports = field(default_factory=Ports)
    _has_lost: bool = False  # reads, for its buffer was full
    _exceptions: int = 0
    _unreadable: int = 0
    _shift_us: int | None = None

    def __post_init__(self) -> None:
        self._heard_us = self.opened_us
        self._requests = Requests(self.wanted.response_us)
        self._decoder = ReportDecoder(self.wanted.device)

    @property
    def capabilities(self) -> Capabilities:
        return self._learned.capabilities

    @property
    def is_up(self) -> bool:
        """Whether it reads, and takes requests."""
        return self._is_up

    @property
    def facts(self) -> Facts:
        found = self.capabilities
        return Facts(
            model=found.name if self._is_up else None,
            clock_offset_us=self._shift_us if found.has_utc_clock else None,
            temperature_c=self._learned.config.temperature_c,
            antennas=tuple(sorted(self._ports.antennas.items())),
            inputs=tuple(sorted(self._ports.inputs.items())),
            outputs=tuple(sorted(self._ports.outputs.items())),
            exceptions=self._exceptions,
            unreadable=self._unreadable,
        )

    def receive(self, chunk: bytes, now: Now) -> list[Said]:
        """What the bytes say, in their order. Raises LlrpError; `drain` has what came before."""
        self._frames.receive(chunk)
        self._heard_us = now.monotonic_us
        frames: list[Frame] = []
        try:
            while (frame := self._frames.next_frame()) is not None:
                frames.append(frame)
                self._begun_us = NEVER_US
        finally:
            self._take_all(frames, now)
        if self._frames.holds_part:
            self._begun_us = min(self._begun_us, now.monotonic_us)
        # A reader that never pauses must not stop what is due. But where the host was held up, what
        # is overdue may be in the bytes that come next: so it has the same time again.
        return self._pass_time(now, grace_us=self.wanted.response_us)

    def expire(self, now: Now) -> list[Said]:
        """What the passing of time says; call it at `deadline_us`, when no bytes wait to be read.

        Raises LlrpError.
        """
        return self._pass_time(now, grace_us=0)

    def _pass_time(self, now: Now, grace_us: int) -> list[Said]:
        if now.monotonic_us >= self._greeting_deadline_us() + grace_us:
            waited_s = self.wanted.response_us / 1e6
            raise LlrpError(f"no answer to the connection in {waited_s:g} s")
        if now.monotonic_us >= self._silence_deadline_us():
            if self._begun_us < self._heard_us:
                waited_s = (now.monotonic_us - self._begun_us) / 1e6
                raise LlrpError(f"a message is not whole after {waited_s:.1f} s")
            raise LlrpError(f"silent for {(now.monotonic_us - self._heard_us) / 1e6:.1f} s")
        if now.monotonic_us >= self._backlog_until_us:
            self._backlog_is_in(now)
        if now.monotonic_us >= self._ask_temperature_us:
            self._ask_temperature_us = now.monotonic_us + TEMPERATURE_US
            self._temperature = self._start(temperature(self._learned), now)
        self._requests.expire(now.monotonic_us, grace_us)
        self._settle(now)
        return self.drain()

    def deadline_us(self) -> int:
        """The monotonic time at which `expire` has something to say."""
        if self._out:
            return 0
        return min(
            self._greeting_deadline_us(),
            self._silence_deadline_us(),
            self._backlog_until_us,
            self._ask_temperature_us,
            self._requests.deadline_us,
        )

    def set_output(self, port: int, *, high: bool, now: Now) -> int | None:
        """The ticket of an Ended to come; None where too much is asked for already."""
        return self._start(self._ports.drive(port, self.capabilities.outputs, high=high), now)

    def access(
        self,
        antenna: int,
        target: Target,
        operations: Sequence[Operation],
        password: int,
        until_us: int,
        now: Now,
    ) -> int | None:
        """The same; the outcome is an Accessed. `until_us` is a monotonic time."""
        wanted = Access(antenna, target, operations, password, until_us)
        procedure = access(wanted, self._results, self.capabilities.accessspecs_max)
        return self._start(procedure, now, until_us)

    def forget(self, ticket: int) -> bool:
        """Nobody waits for that Ended any more; whether it will not come."""
        return self._requests.drop(ticket)

    def drain(self) -> list[Said]:
        """What was said and not given yet."""
        out, self._out = self._out, []
        return out

    def outgoing(self) -> bytes:
        """The bytes to send since last asked."""
        for frame in self._requests.outgoing:
            self._outgoing += encode_message(frame)
        self._requests.outgoing.clear()
        data = bytes(self._outgoing)
        self._outgoing.clear()
        return data

    def close(self) -> None:
        """Say goodbye; the reader holds from now on what it reads, where it can.

        An AccessSpec that still waits for its tag would find one without us.
        """
        if self._results.is_expected:
            self._requests.say(named_accessspec(MessageType.DELETE_ACCESSSPEC, 0))
        self._requests.say(control.close_connection())

    # -- frames ----------------------------------------------------------------------------------

    def _take_all(self, frames: Sequence[Frame], now: Now) -> None:
        """In their order; reports in a row, of one length, together where they are alike."""
        for (kind, _), row in groupby(frames, lambda frame: (frame.type, len(frame.body))):
            if kind == _REPORT:
                for body in self._decoder.joined([frame.body for frame in row]):
                    self._take_report(body, now)
            else:
                for frame in row:
                    self._take(frame, now)

    def _take(self, frame: Frame, now: Now) -> None:
        match frame.type:
            case MessageType.READER_EVENT_NOTIFICATION:
                self._take_event(decode_event(frame.body), now)
            case MessageType.KEEPALIVE:
                self._requests.say(control.keepalive_ack(), frame.message_id)
            case MessageType.CLOSE_CONNECTION_RESPONSE:
                pass
            case _:
                self._take_answer(frame, now)

    def _take_answer(self, frame: Frame, now: Now) -> None:
        """An answer to the request under way, or an error to a message that wants no answer."""
        if self._requests.answer(frame, now.monotonic_us):
            self._settle(now)
        elif frame.type == MessageType.ERROR_MESSAGE:
            self._warn(f"reader refused a message: {why_not(frame.body)}")
        else:
            self._warn(f"unexpected message of type {frame.type}")

    def _take_event(self, event: ReaderEvent | Fault, now: Now) -> None:
        if isinstance(event, Fault):
            self._unreadable += 1
            self._warn(event.text)
            return
        if event.closing:
            raise LlrpError("the reader closed the connection")
        if event.connection is not None:
            self._take_connection(event.connection, event.at_us, now)
        at_us, is_new = self._host_us(event.at_us, now), self._clock.is_new(event.at_us, now)
        self._out += self._ports.take(event, self.wanted.device, at_us, is_new=is_new)
        self._has_lost = self._has_lost or event.has_lost
        if event.ended_rospec in self._learned.endless and self._is_up and is_new:
            raise LlrpError("the reader stopped to read: its ROSpec ended")
        if event.exception is not None:
            self._exceptions += 1
            self._warn(event.exception)
        if event.warning is not None:
            self._warn(event.warning)

    def _take_connection(self, attempt: int, reader_us: int | None, now: Now) -> None:
        if attempt == ConnectionAttempt.ANOTHER_ATTEMPTED:
            self._warn("another client tried to connect")
            return
        if attempt != ConnectionAttempt.SUCCESS:
            why = next((text for code, text in CONNECTION_REFUSALS.items() if code == attempt), "")
            raise LlrpError(f"connection refused by the reader: {why or f'status {attempt}'}")
        if self._handshake is not None:
            return
        self._clock.greeted(reader_us, now)
        self._shift_us = self._clock.shift_us(now)
        self._handshake = self._start(shake_hands(self.wanted, self._learned, self._warn), now)

    # -- requests --------------------------------------------------------------------------------

    def _start(
        self, procedure: Procedure[object], now: Now, until_us: int = NEVER_US
    ) -> int | None:
        ticket = self._requests.start(procedure, now.monotonic_us, until_us)
        self._settle(now)
        return ticket

    def _settle(self, now: Now) -> None:
        """See what became of the procedures since last looked."""
        if self._learned.backlog_comes and self._backlog_until_us == NEVER_US:
            self._backlog_until_us = now.monotonic_us + BACKLOG_US
            self._backlog_end_us = now.monotonic_us + BACKLOG_MAX_US
        for ended in self._requests.ended():
            if ended.ticket == self._handshake:
                self._end_of_handshake(ended, now)
            elif ended.ticket == self._temperature:
                if ended.refused is not None:
                    self._ask_temperature_us = NEVER_US
            else:
                self._out.append(ended)

    def _end_of_handshake(self, ended: Ended, now: Now) -> None:
        if ended.refused is not None:
            raise LlrpError(ended.refused)
        device, config = self.wanted.device, self._learned.config
        self._is_up = True
        self._clock.link_up(now, holds=self.capabilities.holds_reports)
        held = self._learned.held and not self._has_lost
        self._out.append(LinkChange(device, now.utc_us, up=True, held=held))
        self._out += self._ports.settle(config, device, now.utc_us)
        if self.capabilities.manufacturer == Vendor.IMPINJ:
            self._ask_temperature_us = now.monotonic_us

    def _backlog_is_in(self, now: Now) -> None:
        self._backlog_until_us = NEVER_US
        self._requests.resume(Event.BACKLOG_IS_IN, now.monotonic_us)
        self._settle(now)

    # -- reads -----------------------------------------------------------------------------------

    def _take_report(self, body: bytes, now: Now) -> None:
        shift_us = self._clock.shift_us(now)
        report = self._decoder.decode(body, shift_us, now.utc_us)
        self._clock.reported(report.newest_us, now)
        self._shift_us = self._clock.shift_us(now)
        if self._shift_us != shift_us:
            report = self._decoder.decode(body, self._shift_us, now.utc_us)
        reads = self._possible(report, now)
        if self._backlog_until_us != NEVER_US:
            reads = self._give_backlog(reads, now)
        self._out += reads
        if report.faults:
            self._unreadable += len(report.faults)
            self._out += [Warned(fault.text) for fault in report.faults]
        if report.results:
            self._take_results(report.results, now)

    def _take_results(self, results: Sequence[AccessResult], now: Now) -> None:
        if any([self._results.take(each) for each in results]):
            self._requests.resume(Event.ACCESS_RESULT, now.monotonic_us)
            self._settle(now)

    def _give_backlog(self, reads: list[TagRead], now: Now) -> list[TagRead]:
        """Say what is old, and that the link is up before the first new read; gives the rest."""
        for index, read in enumerate(reads):
            reader_us = None if self._shift_us is None else read.last_us - self._shift_us
            if self._clock.is_new(reader_us, now):
                self._backlog_is_in(now)
                return reads[index:]
            self._out.append(read)
        until_us = now.monotonic_us + BACKLOG_US
        self._backlog_until_us = min(until_us, self._backlog_end_us)
        return []

    def _possible(self, report: Report, now: Now) -> list[TagRead]:
        """The reads of a report; a time that cannot be is now."""
        shift_us, oldest_us, newest_us = self._shift_us, report.oldest_us, report.newest_us
        if shift_us is None or oldest_us is None or newest_us is None:
            return report.reads
        if can_be(oldest_us + shift_us, now) and can_be(newest_us + shift_us, now):
            return report.reads
        self._warn(IMPOSSIBLE_TIME)
        return [in_possible_time(read, now) for read in report.reads]

    def _host_us(self, reader_us: int | None, now: Now) -> int:
        """The reader's time as the host's UTC; now where one of the two is not known."""
        shift_us = self._clock.shift_us(now)
        if reader_us is None or shift_us is None:
            return now.utc_us
        if can_be(reader_us + shift_us, now):
            return reader_us + shift_us
        self._warn(IMPOSSIBLE_TIME)
        return now.utc_us

    def _warn(self, text: str) -> None:
        self._out.append(Warned(text))

    # -- deadlines -------------------------------------------------------------------------------

    def _greeting_deadline_us(self) -> int:
        """Of the reader's first word."""
        return NEVER_US if self._handshake else self.opened_us + self.wanted.response_us

    def _silence_deadline_us(self) -> int:
        if self._handshake is None or self._requests.owes_answer:
            return NEVER_US
        since_us = min(self._heard_us, self._begun_us)
        return since_us + int((KEEPALIVES_MISSED_MAX + 0.5) * self.wanted.keepalive_us)
