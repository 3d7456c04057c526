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

Use: `connect` when a client comes, `tick` when `due_us` is reached, `report` for what the antennas
read; for each frame, `receive` of simulator.llrp.requests, which knows what may be asked for. After
each of them `take` until it gives None; when `closing` is set then, close. `disconnect` when the
socket is gone. What was not taken waits here, in the bounds of Backlog and ANSWERS_MAX, and not in
a socket's buffer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from drivers.llrp.protocol.framing import Frame
from drivers.llrp.protocol.tables import ConnectionAttempt, MessageType, StatusCode
from simulator.llrp import encoder, events
from simulator.llrp.backlog import Backlog, Waiting
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.config import ReaderConfig
from simulator.llrp.encoder import Sighting
from simulator.llrp.faults import Faults
from simulator.llrp.inventory import Inventory
from simulator.llrp.lifecycle import Happened, Ran, RoSpecs, SpecEnded
from simulator.llrp.now import Now
from simulator.llrp.numbers import NotificationEvent, ReportTrigger
from simulator.llrp.outbox import TAKE_BYTES, Outbox
from simulator.llrp.pending import REPORT_TAGS_MAX, Pending
from simulator.llrp.reporting import ReportSpec
from simulator.llrp.wiring import OutputChange, Wiring
from simulator.scene.door import SceneRead

__all__ = ["ANSWERS_MAX", "REPORT_TAGS_MAX", "TAKE_BYTES", "Counters", "ReaderSession"]

ANSWERS_MAX = 256  # unsent answers; the shell stops reading, so the pressure reaches the client
KEEPALIVES_MISSED_MAX = 2  # then the client is taken for dead
FILL_WARNING_PERCENT = 80  # of the backlog

_MESSAGE_IDS = 1 << 32


@dataclass(frozen=True, slots=True)
class Counters:
    """Tag reads: handed to a client, waiting for one, dropped or never to be sent."""

    sent: int
    held: int
    lost: int


@dataclass(slots=True)
class Client:
    """What lasts as long as a connection."""

    keepalive_due_us: int | None = None  # monotonic
    unanswered: int = 0
    version: int = encoder.VERSION
    extensions: bool = False  # the vendor's were enabled


@dataclass(slots=True)
class ReaderSession:
    """One reader. `clock_offset_us` is how far its clock is ahead of UTC, or of the time since
    `booted` where it has no UTC clock.
    """

    capabilities: Capabilities
    identity: bytes
    backlog: Backlog
    clock_offset_us: int = 0
    booted: Now = Now(0, 0)
    last_error: str | None = None  # why the reader closed the last connection that it closed
    closing: bool = False
    config: ReaderConfig = ReaderConfig()
    faults: Faults = field(default_factory=Faults)
    wiring: Wiring = field(default_factory=Wiring)
    client: Client | None = None
    inventory: Inventory = field(init=False)
    outbox: Outbox = field(init=False)
    _pending: Pending = field(default_factory=Pending)
    _now: Now = Now(0, 0)  # when something last happened
    _message_id: int = 0
    _alarmed: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        rospecs = RoSpecs(self.capabilities.rospec_count_max)
        self.inventory = Inventory(self.capabilities, self.wiring, rospecs)
        self.outbox = Outbox(self.backlog, self.faults)

    @property
    def rospecs(self) -> RoSpecs:
        return self.inventory.rospecs

    @property
    def offered(self) -> Capabilities:
        """What the client may ask for now: a vendor's extensions once they are enabled."""
        enabled = self.client is not None and self.client.extensions
        return replace(self.capabilities, impinj_extensions=enabled)

    @property
    def active(self) -> bool:
        return self.rospecs.running is not None

    @property
    def counters(self) -> Counters:
        held = self.backlog.reads + len(self._pending)
        return Counters(self.outbox.sent, held, self.backlog.lost + self._pending.lost)

    @property
    def answers_waiting(self) -> int:
        return self.outbox.waiting

    @property
    def keepalive_due_us(self) -> int | None:
        """When a keepalive is due, by the monotonic clock."""
        return None if self.client is None else self.client.keepalive_due_us

    @property
    def due_us(self) -> int | None:
        """When `tick` is due, by the monotonic clock."""
        dues = (self.keepalive_due_us, self.rospecs.due_us, self.outbox.due_us)
        return min((due for due in dues if due is not None), default=None)

    def connect(self, now: Now) -> None:
        """A client is here and there is no other."""
        assert self.client is None
        self._now = now
        self.closing = self.faults.hang_up = False
        self.client = Client()
        self.outbox.connect(holding=self.config.holds)
        self.answer(self._event(now, encoder.connection_attempt(ConnectionAttempt.SUCCESS)))
        self.schedule_keepalive(now)

    def refusal(self, now: Now) -> bytes:
        """What a second client is told before its connection is closed."""
        result = ConnectionAttempt.CLIENT_INITIATED_EXISTS
        return self._event(now, encoder.connection_attempt(result))

    def disconnect(self) -> None:
        """The connection is gone, whoever ended it."""
        self.client = None
        self.outbox.disconnect()
        if not self.config.holds:
            self.backlog.clear()
            self._pending.clear()

    def power_cycle(self, now: Now) -> None:
        """Off and on again: what was asked of it is forgotten; tags and cables stay."""
        assert self.client is None
        self._now = self.booted = now
        self.config = ReaderConfig()
        self.backlog.clear()
        self._pending.clear()
        self.outbox.alarms.clear()
        self._alarmed.clear()
        rospecs = RoSpecs(self.capabilities.rospec_count_max)
        self.inventory = Inventory(
            self.capabilities, self.wiring, rospecs, tags=self.inventory.tags
        )

    def broken(self, why: str, now: Now) -> None:
        """The client broke the protocol: say goodbye and close."""
        self.close(why)
        self.answer(self._event(now, encoder.connection_close()))

    def goodbye(self, now: Now) -> None:
        """The reader closes of its own accord, and says so."""
        if self.client is not None:
            self.broken("told to close", now)

    def tick(self, now: Now) -> None:
        """Do what is due: send a keepalive or give the client up; start and end ROSpecs."""
        self._now = now
        self.outbox.tick(now.monotonic_us)
        self.tell(self.rospecs.tick(now), now)
        client, due_us = self.client, self.keepalive_due_us
        if client is None or due_us is None or now.monotonic_us < due_us or self.closing:
            return
        missed_max = self._keepalives_missed_max
        if missed_max is not None and client.unanswered >= missed_max:
            self.close(f"{client.unanswered} KEEPALIVEs unanswered")
            return
        if not self.faults.mute:
            client.unanswered += 1
            self.answer(self._message(MessageType.KEEPALIVE))
        self.schedule_keepalive(now)

    def report(self, reads: Sequence[SceneRead], epoch_us: int, now: Now | None = None) -> None:
        """Report what the antennas read; `epoch_us` is the UTC of the scene's second 0.

        Reads while no ROSpec runs, or on antennas that are off, never happened.
        """
        zero_us = self._reader_us(epoch_us)
        self._heard(
            self.inventory.scene(reads, zero_us, self._report_spec.content), now or self._now
        )

    def read_placed(self, now: Now) -> None:
        """One inventory round over the placed tags, with what AccessSpecs do to them."""
        self._now = now
        at_us = self._reader_us(now.utc_us)
        self._heard(self.inventory.round(at_us, self._report_spec.content), now)

    def set_input(self, port: int, now: Now, *, high: bool) -> None:
        """Only an enabled input is told of and triggers; its level shows in any case."""
        self._now = now
        before = self.wiring.inputs.get(port)
        self.wiring.inputs[port] = high
        if before is high or port not in self.config.gpis:
            return
        self._tell_event(NotificationEvent.GPI, events.gpi(port, high=high), now)
        self.tell(self.rospecs.input_changed(port, now, high=high), now)

    def set_antenna(self, port: int, now: Now, *, connected: bool) -> None:
        self._now = now
        if connected is (port not in self.wiring.unplugged):
            return
        (self.wiring.unplugged.discard if connected else self.wiring.unplugged.add)(port)
        event = events.antenna(port, connected=connected)
        self._tell_event(NotificationEvent.ANTENNA, event, now)

    def raise_exception(self, text: str, now: Now, antenna: int | None = None) -> None:
        rospec = self.rospecs.running
        number = None if rospec is None else rospec.number
        event = events.exception(text, rospec_id=number, antenna=antenna)
        self._tell_event(NotificationEvent.READER_EXCEPTION, event, now)

    def raise_buffer_warning(self, percent: int, now: Now) -> None:
        self._alarm(events.buffer_warning(percent), now)

    def raise_buffer_overflow(self, now: Now) -> None:
        self._alarm(events.buffer_overflow(), now)

    def inject(self, data: bytes) -> None:
        """Bytes that are none of the protocol's, behind the reports that wait."""
        self._put(Waiting(data, 0, 0))

    def take(self) -> bytes | None:
        """The next bytes for the client: answers first, then reports where it may have them."""
        return None if self.client is None else self.outbox.take(closing=self.closing)

    def written(self, port: int, now: Now, *, high: bool) -> None:
        """A client wrote an output."""
        self.wiring.written.append(OutputChange(now.monotonic_us, port, high))

    def forget(self, number: int, now: Now) -> None:
        """A deleted ROSpec takes its reports with it; 0 is all of them."""
        running = self.rospecs.running
        gone = self.rospecs.delete(number)
        if running is not None and running.number in gone:
            self._pending.clear()
            self.backlog.drop(gone)
            self.tell([Ran(running.number, started=False)], now)
        else:
            self.backlog.drop(gone)

    def tell(self, happened: Sequence[Happened], now: Now) -> None:
        """What became of ROSpecs, to a client that asked for it; reports that waited go first."""
        for each in happened:
            match each:
                case SpecEnded(number, index):
                    self._flush(number, ReportTrigger.END_OF_AISPEC)
                    event = events.aispec_ended(number, index)
                    wanted = {NotificationEvent.AISPEC, NotificationEvent.AISPEC_WITH_DETAILS}
                    if wanted & self.config.events:
                        self._put(Waiting(self._event(now, event), 0, number))
                case Ran(number, started):
                    if not started:
                        self._flush(number, ReportTrigger.END_OF_ROSPEC)
                    event = encoder.rospec_event(number, started=started)
                    self._tell_event(NotificationEvent.ROSPEC, event, now, number)

    def send_report(self) -> None:
        """What GET_REPORT asks for: all that waits, and an empty report where nothing does."""
        rospec = self.rospecs.running
        number = 0 if rospec is None else rospec.number
        for tags in self._pending.flush() or [[]]:
            self._put_report(tags, number)

    def error(self, frame: Frame, code: StatusCode, why: str) -> None:
        """What has no response of its own gets an ERROR_MESSAGE."""
        assert self.client is not None
        body = encoder.status(code, why)
        version = self.client.version
        kind = MessageType.ERROR_MESSAGE
        self.answer(encoder.message(kind, frame.message_id, body, version), frame.type)

    def answer(self, data: bytes, request: int = 0) -> None:
        delay_us = self.faults.delay_us(request)
        self.outbox.answer(data, self._now.monotonic_us + delay_us if delay_us else None)

    def close(self, why: str | None = None) -> None:
        """Nothing more but what is to be said already; `why` where the client did not ask."""
        assert self.client is not None
        self.client.keepalive_due_us = None
        self.last_error = why or self.last_error
        self.closing = True

    def schedule_keepalive(self, now: Now) -> None:
        assert self.client is not None
        period_ms = self.config.keepalive_ms
        due_us = None if period_ms is None else now.monotonic_us + period_ms * 1_000
        self.client.keepalive_due_us = due_us

    def heard_from(self, now: Now) -> None:
        """A frame came."""
        self._now = now

    @property
    def _keepalives_missed_max(self) -> int | None:
        if self.capabilities.impinj_extensions:
            return self.config.link_monitor
        return KEEPALIVES_MISSED_MAX

    @property
    def _report_spec(self) -> ReportSpec:
        rospec = self.rospecs.running
        return self.config.report if rospec is None or rospec.report is None else rospec.report

    def _heard(self, sightings: Sequence[Sighting], now: Now) -> None:
        rospec, spec = self.rospecs.running, self._report_spec
        if rospec is None:
            return
        at_once = [each for each in sightings if each.results and self.config.access_report]
        for sighting in at_once:
            self._put_report([encoder.tag_report(sighting, spec.content)], rospec.number)
        rest = [encoder.tag_report(each, spec.content) for each in sightings if each not in at_once]
        for tags in self._pending.add(rest, spec):
            self._put_report(tags, rospec.number)
        self.tell(self.rospecs.observed([each.epc for each in sightings], now), now)

    def _flush(self, number: int, ended: ReportTrigger) -> None:
        """What waits at the end of a spec, if that is what its reports wait for."""
        for tags in self._pending.end(ended):
            self._put_report(tags, number)

    def _put_report(self, tags: Sequence[bytes], number: int) -> None:
        data = self._message(MessageType.RO_ACCESS_REPORT, b"".join(tags))
        self._put(Waiting(data, len(tags), number))

    def _put(self, waiting: Waiting) -> None:
        """Wait for the client, or for the next one where this reader holds."""
        lost = self.backlog.lost
        self.backlog.put(waiting)
        if self.client is None and not self.config.holds:
            self.backlog.clear()
            return
        percent = self.backlog.percent
        if percent < FILL_WARNING_PERCENT:
            self._alarmed.clear()
            return
        self._alarm_once(events.buffer_warning(percent), b"warning")
        if self.backlog.lost > lost:
            self._alarm_once(events.buffer_overflow(), b"overflow")

    def _alarm_once(self, event: bytes, kind: bytes) -> None:
        """Until there is room again."""
        if kind not in self._alarmed:
            self._alarmed.add(kind)
            self._alarm(event, self._now)

    def _alarm(self, event: bytes, now: Now) -> None:
        if NotificationEvent.REPORT_BUFFER_FILL_WARNING in self.config.events:
            self.outbox.alarms.append(self._event(now, event))

    def _tell_event(self, kind: NotificationEvent, event: bytes, now: Now, rospec: int = 0) -> None:
        if kind in self.config.events:
            self._put(Waiting(self._event(now, event), 0, rospec))

    def _event(self, now: Now, event: bytes) -> bytes:
        at_us = self._reader_us(now.utc_us)
        body = encoder.reader_event(at_us, event, utc=self.capabilities.has_utc)
        return self._message(MessageType.READER_EVENT_NOTIFICATION, body)

    def _message(self, kind: MessageType, body: bytes = b"") -> bytes:
        self._message_id = (self._message_id + 1) % _MESSAGE_IDS
        version = encoder.VERSION if self.client is None else self.client.version
        return encoder.message(kind, self._message_id, body, version)

    def _reader_us(self, utc_us: int) -> int:
        """An instant by the reader's clock."""
        from_us = 0 if self.capabilities.has_utc else self.booted.utc_us
        return max(0, utc_us - from_us + self.clock_offset_us)
