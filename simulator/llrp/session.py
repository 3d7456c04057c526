"""What a reader does with what a client sends: the protocol, without a socket or a clock.

The theory in one page. A reader outlives its connections: ROSpecs, configuration and held reports
stay when a client goes. It serves one client at a time and greets it with an event that says so
(LLRP 1.0.1 §13.2.6.11). From then on each request has one response with its message id and an
LLRPStatus; what is no request gets an ERROR_MESSAGE; KEEPALIVE_ACK and ENABLE_EVENTS_AND_REPORTS
get none. Reports and events come unasked.

Where the client has asked for it (EventsAndReports, §12.2.6.4), a lost connection does not lose
reports: they wait, and a new client gets none before it says ENABLE_EVENTS_AND_REPORTS, then those
that waited, in order, then the live ones. A report that was handed to the socket is not held: LLRP
has no acknowledgement of reports.

Use: `connect` when a client comes, `receive` for each frame, `tick` when `keepalive_due_us` is
reached, `report` for what the antennas read. After each of them `take` until it gives None; when
`closing` is set then, close. `disconnect` when the socket is gone. What was not taken waits here,
in the bounds of Backlog and ANSWERS_MAX, and not in a socket's buffer.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from struct import Struct

from drivers.llrp.protocol.framing import Frame
from drivers.llrp.protocol.tables import ConnectionAttempt, MessageType, StatusCode
from simulator.llrp import encoder
from simulator.llrp.backlog import Backlog, Waiting
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.config import ReaderConfig, changed, encoded, resets
from simulator.llrp.encoder import Sighting
from simulator.llrp.lifecycle import Ran, RoSpecs
from simulator.llrp.now import Now
from simulator.llrp.numbers import RequestedCapabilities, RequestedConfig
from simulator.llrp.request import Refused, fields, known, rospec_id
from simulator.llrp.rospec import RoSpec
from simulator.scene.door import SceneRead

ANSWERS_MAX = 256  # unsent answers; the shell stops reading, so the pressure reaches the client
TAKE_BYTES = 64 << 10  # handed to the socket at once; what is handed over can be lost with it
REPORT_TAGS_MAX = 1_000  # in one message where the client sets no limit: some 60 KiB
KEEPALIVES_MISSED_MAX = 2  # then the client is taken for dead

_U8 = Struct(">B")
_GET_CONFIG = Struct(">HB")  # AntennaID, RequestedData; GPI and GPO port follow
_MESSAGE_IDS = 1 << 32


@dataclass(frozen=True, slots=True)
class Counters:
    """Tag reads: handed to a client, waiting for one, dropped or never to be sent."""

    sent: int
    held: int
    lost: int


@dataclass(slots=True)
class _Client:
    """What lasts as long as a connection."""

    holding: bool  # no reports before ENABLE_EVENTS_AND_REPORTS
    answers: deque[bytes] = field(default_factory=deque)
    keepalive_due_us: int | None = None  # monotonic
    unanswered: int = 0


@dataclass(slots=True)
class ReaderSession:
    """One reader. `clock_offset_us` is how far its clock is ahead of UTC."""

    capabilities: Capabilities
    identity: bytes
    backlog: Backlog
    clock_offset_us: int = 0
    last_error: str | None = None  # why the reader closed the last connection that it closed
    closing: bool = False
    config: ReaderConfig = ReaderConfig()
    sent: int = 0
    _rospecs: RoSpecs = field(init=False)
    _client: _Client | None = None
    _message_id: int = 0

    def __post_init__(self) -> None:
        self._rospecs = RoSpecs(self.capabilities)

    @property
    def active(self) -> bool:
        return self._rospecs.running is not None

    @property
    def counters(self) -> Counters:
        return Counters(self.sent, self.backlog.reads, self.backlog.lost)

    @property
    def answers_waiting(self) -> int:
        return 0 if self._client is None else len(self._client.answers)

    @property
    def keepalive_due_us(self) -> int | None:
        """When `tick` is due, by the monotonic clock."""
        return None if self._client is None else self._client.keepalive_due_us

    def connect(self, now: Now) -> None:
        """A client is here and there is no other."""
        assert self._client is None
        self.closing = False
        self._client = _Client(holding=self.config.holds)
        self._answer(self._event(now, encoder.connection_attempt(ConnectionAttempt.SUCCESS)))
        self._schedule_keepalive(now)

    def refusal(self, now: Now) -> bytes:
        """What a second client is told before its connection is closed."""
        result = ConnectionAttempt.CLIENT_INITIATED_EXISTS
        return self._event(now, encoder.connection_attempt(result))

    def disconnect(self) -> None:
        """The connection is gone, whoever ended it."""
        self._client = None
        if not self.config.holds:
            self.backlog.clear()

    def receive(self, frame: Frame, now: Now) -> None:
        """Do what a frame asks."""
        assert self._client is not None
        if self.closing:
            return  # after its goodbye the reader ignores what still comes (LLRP 1.0.1 §13.2.6.12)
        if frame.version != encoder.VERSION:
            self._error(frame, StatusCode.UNSUPPORTED_VERSION, f"LLRP version {frame.version}")
        elif frame.type == MessageType.KEEPALIVE_ACK:
            self._client.unanswered = 0
        elif frame.type == MessageType.ENABLE_EVENTS_AND_REPORTS:
            self._client.holding = False
        elif frame.type in _RESPONSES:
            self._respond(MessageType(frame.type), frame, now)
        else:
            self._error(frame, StatusCode.UNSUPPORTED_MESSAGE, f"message type {frame.type}")

    def broken(self, why: str, now: Now) -> None:
        """The client broke the protocol: say goodbye and close."""
        self._close(why)
        self._answer(self._event(now, encoder.connection_close()))

    def tick(self, now: Now) -> None:
        """Send a keepalive where one is due, or give the client up."""
        client, due_us = self._client, self.keepalive_due_us
        if client is None or due_us is None or now.monotonic_us < due_us:
            return
        if client.unanswered >= KEEPALIVES_MISSED_MAX:
            self._close(f"{client.unanswered} KEEPALIVEs unanswered")
            return
        client.unanswered += 1
        self._answer(encoder.message(MessageType.KEEPALIVE, self._next_id()))
        self._schedule_keepalive(now)

    def report(self, reads: Sequence[SceneRead], epoch_us: int) -> None:
        """Report what the antennas read; `epoch_us` is the UTC of the scene's second 0.

        Reads while no ROSpec runs, or on antennas that it does not name, never happened.
        """
        rospec = self._rospecs.running
        if rospec is None:
            return
        zero_us = epoch_us + self.clock_offset_us
        sightings = [
            sighting for read in reads if (sighting := _sighting(read, rospec, zero_us)) is not None
        ]
        spec = rospec.report or self.config.report
        tags_max = min(spec.tags or REPORT_TAGS_MAX, REPORT_TAGS_MAX)
        for start in range(0, len(sightings), tags_max):
            batch = sightings[start : start + tags_max]
            body = encoder.report_body(batch, spec.content)
            data = encoder.message(MessageType.RO_ACCESS_REPORT, self._next_id(), body)
            self._put(Waiting(data, len(batch), rospec.number))

    def take(self) -> bytes | None:
        """The next bytes for the client: answers first, then reports where it may have them."""
        client = self._client
        if client is None:
            return None
        taken: list[bytes] = []
        size = 0
        while size < TAKE_BYTES and client.answers:
            taken.append(client.answers.popleft())
            size += len(taken[-1])
        while size < TAKE_BYTES and not (client.holding or self.closing):
            waiting = self.backlog.take()
            if waiting is None:
                break
            taken.append(waiting.data)
            size += len(waiting.data)
            self.sent += waiting.reads
        return b"".join(taken) or None

    def _respond(self, request: MessageType, frame: Frame, now: Now) -> None:
        response, work = _RESPONSES[request]
        try:
            body = encoder.status() + work(self, frame.body, request, now)
        except Refused as refused:
            body = encoder.status(refused.code, refused.why)
        self._answer(encoder.message(response, frame.message_id, body))

    def _capabilities(self, body: bytes, _request: MessageType, _now: Now) -> bytes:
        (wanted,) = fields(_U8, body, "GET_READER_CAPABILITIES")
        return self.capabilities.encoded(known(RequestedCapabilities, wanted, "RequestedData"))

    def _get_config(self, body: bytes, _request: MessageType, _now: Now) -> bytes:
        _antenna, wanted = fields(_GET_CONFIG, body, "GET_READER_CONFIG")
        asked = known(RequestedConfig, wanted, "RequestedData")
        return encoded(self.config, asked, self.identity, self._rospecs.added)

    def _set_config(self, body: bytes, _request: MessageType, now: Now) -> bytes:
        """A reset also deletes the ROSpecs, as the readers that we know do."""
        self.config = changed(self.config, body, self.capabilities)
        if resets(body):
            self._forget(0, now)
        self._schedule_keepalive(now)
        return b""

    def _get_rospecs(self, _body: bytes, _request: MessageType, _now: Now) -> bytes:
        return self._rospecs.encoded()

    def _add_rospec(self, body: bytes, _request: MessageType, _now: Now) -> bytes:
        self._rospecs.add(body)
        return b""

    def _delete_rospec(self, body: bytes, _request: MessageType, now: Now) -> bytes:
        self._forget(rospec_id(body), now)
        return b""

    def _change_rospec(self, body: bytes, request: MessageType, now: Now) -> bytes:
        for ran in self._rospecs.apply(request, rospec_id(body)):
            self._tell(ran, now)
        return b""

    def _close_connection(self, _body: bytes, _request: MessageType, _now: Now) -> bytes:
        self._close()
        return b""

    def _forget(self, number: int, now: Now) -> None:
        running = self._rospecs.running
        gone = self._rospecs.delete(number)
        self.backlog.drop(gone)
        if running is not None and running.number in gone:
            self._tell(Ran(running.number, started=False), now)

    def _tell(self, ran: Ran, now: Now) -> None:
        if self.config.rospec_events:
            event = self._event(now, encoder.rospec_event(ran.number, started=ran.started))
            self._put(Waiting(event, 0, ran.number))

    def _put(self, waiting: Waiting) -> None:
        """Wait for the client, or for the next one where this reader holds."""
        self.backlog.put(waiting)
        if self._client is None and not self.config.holds:
            self.backlog.clear()

    def _event(self, now: Now, event: bytes) -> bytes:
        body = encoder.reader_event(now.utc_us + self.clock_offset_us, event)
        return encoder.message(MessageType.READER_EVENT_NOTIFICATION, self._next_id(), body)

    def _error(self, frame: Frame, code: StatusCode, what: str) -> None:
        body = encoder.status(code, f"{what}: not supported")
        self._answer(encoder.message(MessageType.ERROR_MESSAGE, frame.message_id, body))

    def _answer(self, data: bytes) -> None:
        assert self._client is not None
        self._client.answers.append(data)

    def _close(self, why: str | None = None) -> None:
        """Nothing more but what is to be said already; `why` where the client did not ask."""
        assert self._client is not None
        self._client.keepalive_due_us = None
        self.last_error = why or self.last_error
        self.closing = True

    def _schedule_keepalive(self, now: Now) -> None:
        assert self._client is not None
        period_ms = self.config.keepalive_ms
        due_us = None if period_ms is None else now.monotonic_us + period_ms * 1_000
        self._client.keepalive_due_us = due_us

    def _next_id(self) -> int:
        self._message_id = (self._message_id + 1) % _MESSAGE_IDS
        return self._message_id


def _sighting(read: SceneRead, rospec: RoSpec, zero_us: int) -> Sighting | None:
    """A read as the reader tells it; None on an antenna that is off."""
    spec = rospec.aispec_of(read.antenna)
    if spec is None:
        return None
    return Sighting(
        epc=read.epc,
        pc=read.pc,
        antenna=read.antenna,
        rssi_dbm=read.rssi_dbm,
        channel=read.channel,
        at_us=zero_us + round(read.at_s * 1e6),
        rospec_id=rospec.number,
        spec_index=spec.index,
        inventory_id=spec.inventory_id,
    )


_Work = Callable[[ReaderSession, bytes, MessageType, Now], bytes]

# Request -> its response, and what gives the response's parameters after the status.
_RESPONSES: dict[int, tuple[MessageType, _Work]] = {
    MessageType.GET_READER_CAPABILITIES: (
        MessageType.GET_READER_CAPABILITIES_RESPONSE,
        ReaderSession._capabilities,
    ),
    MessageType.GET_READER_CONFIG: (
        MessageType.GET_READER_CONFIG_RESPONSE,
        ReaderSession._get_config,
    ),
    MessageType.SET_READER_CONFIG: (
        MessageType.SET_READER_CONFIG_RESPONSE,
        ReaderSession._set_config,
    ),
    MessageType.CLOSE_CONNECTION: (
        MessageType.CLOSE_CONNECTION_RESPONSE,
        ReaderSession._close_connection,
    ),
    MessageType.GET_ROSPECS: (MessageType.GET_ROSPECS_RESPONSE, ReaderSession._get_rospecs),
    MessageType.ADD_ROSPEC: (MessageType.ADD_ROSPEC_RESPONSE, ReaderSession._add_rospec),
    MessageType.DELETE_ROSPEC: (
        MessageType.DELETE_ROSPEC_RESPONSE,
        ReaderSession._delete_rospec,
    ),
    MessageType.START_ROSPEC: (MessageType.START_ROSPEC_RESPONSE, ReaderSession._change_rospec),
    MessageType.STOP_ROSPEC: (MessageType.STOP_ROSPEC_RESPONSE, ReaderSession._change_rospec),
    MessageType.ENABLE_ROSPEC: (
        MessageType.ENABLE_ROSPEC_RESPONSE,
        ReaderSession._change_rospec,
    ),
    MessageType.DISABLE_ROSPEC: (
        MessageType.DISABLE_ROSPEC_RESPONSE,
        ReaderSession._change_rospec,
    ),
}
