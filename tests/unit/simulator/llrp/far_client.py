"""A client of another's making for the simulated reader's session: llrpkit encodes and decodes."""

from dataclasses import dataclass, field

from llrpkit.protocol import LLRPMessage, decode_message, messages, params

from drivers.llrp.protocol.framing import FrameReader
from simulator.llrp.backlog import Backlog
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import message
from simulator.llrp.now import Now
from simulator.llrp.presets import GENERIC
from simulator.llrp.requests import receive
from simulator.llrp.session import ReaderSession
from simulator.scene.door import SceneRead

UTC_US = 1_763_800_000_000_000
IDENTITY = bytes.fromhex("0212345678ABCDEF")
EPC = bytes.fromhex("3074257BF7194E4000001A85")
PC = 0x3000


def at(s: float) -> Now:
    return Now(UTC_US + round(s * 1e6), round(s * 1e6))


def reader(capabilities: Capabilities = GENERIC, held_max: int = 1_000) -> ReaderSession:
    return ReaderSession(capabilities, IDENTITY, Backlog(held_max), booted=at(0))


@dataclass
class FarClient:
    session: ReaderSession = field(default_factory=reader)
    now: Now = at(0)

    def connected(self) -> "FarClient":
        self.session.connect(self.now)
        self.received()
        return self

    def send(self, request: LLRPMessage) -> list[LLRPMessage]:
        """All that the reader then sends."""
        self.hand_over(request.to_bytes(message_id=1))
        return self.received()

    def hand_over(self, data: bytes) -> None:
        frames = FrameReader()
        frames.receive(data)
        frame = frames.next_frame()
        assert frame is not None
        receive(self.session, frame, self.now)

    def ask(self, *requests: LLRPMessage) -> list[tuple[int, str]]:
        """Status code and description of each answer; events between are dropped."""
        statuses = []
        for request in requests:
            answer, *_ = self.send(request)
            status = answer.llrp_status
            statuses.append((int(status.status_code), status.error_description))
        return statuses

    def expect(self, *requests: LLRPMessage) -> "FarClient":
        """All of them are granted."""
        assert self.ask(*requests) == [(0, "")] * len(requests)
        return self

    def at(self, s: float) -> "FarClient":
        """Time goes on."""
        self.now = at(s)
        self.session.tick(self.now)
        return self

    def received(self) -> list[LLRPMessage]:
        frames = FrameReader()
        while (data := self.session.take()) is not None:
            frames.receive(data)
        found = []
        while (frame := frames.next_frame()) is not None:
            found.append(decode_message(message(frame.type, frame.message_id, frame.body)))
        return found

    def events(self) -> list[params.ReaderEventNotificationData]:
        """What the reader told of, without the time."""
        told = []
        for each in self.received():
            assert isinstance(each, messages.READER_EVENT_NOTIFICATION), each
            data = each.reader_event_notification_data
            data.timestamp = None
            told.append(data)
        return told

    def tags(self) -> list[params.TagReportData]:
        """The tags of all reports that wait; events between are dropped."""
        return [
            tag
            for each in self.received()
            if isinstance(each, messages.RO_ACCESS_REPORT)
            for tag in each.tag_report_datas
        ]

    def hears(self, *reads: SceneRead) -> None:
        self.session.report(reads, UTC_US, self.now)


def event(**what: object) -> params.ReaderEventNotificationData:
    return params.ReaderEventNotificationData(timestamp=None, **what)


def read(at_s: float = 0.0, antenna: int = 1, epc: bytes = EPC) -> SceneRead:
    return SceneRead(at_s, antenna, epc, PC, -60, 7)


def notify(*kinds: int) -> LLRPMessage:
    """SET_READER_CONFIG that asks for those events."""
    return messages.SET_READER_CONFIG(
        reader_event_notification_spec=params.ReaderEventNotificationSpec(
            event_notification_states=[
                params.EventNotificationState(event_type=kind, notification_state=True)
                for kind in kinds
            ]
        )
    )


def enable_inputs(*ports: int) -> LLRPMessage:
    return messages.SET_READER_CONFIG(
        gpi_port_current_states=[
            params.GPIPortCurrentState(gpi_port_num=port, config=True) for port in ports
        ]
    )


def gpi_trigger(port: int, timeout_ms: int = 0, *, high: bool = True) -> params.GPITriggerValue:
    return params.GPITriggerValue(gpi_port_num=port, gpi_event=high, timeout=timeout_ms)


IMMEDIATE = params.ROSpecStartTrigger(ro_spec_start_trigger_type=1)
UNTIL_STOPPED = params.ROSpecStopTrigger()
FOR_EVER = params.AISpecStopTrigger()


def aispec(
    *antennas: int,
    stop: params.AISpecStopTrigger = FOR_EVER,
    configurations: tuple[params.AntennaConfiguration, ...] = (),
) -> params.AISpec:
    return params.AISpec(
        antenna_ids=list(antennas or (0,)),
        ai_spec_stop_trigger=stop,
        inventory_parameter_specs=[
            params.InventoryParameterSpec(
                inventory_parameter_spec_id=1,
                protocol_id=1,
                antenna_configurations=list(configurations),
            )
        ],
    )


def inventory(
    *specs: params.AISpec,
    number: int = 1,
    start: params.ROSpecStartTrigger = IMMEDIATE,
    stop: params.ROSpecStopTrigger = UNTIL_STOPPED,
    trigger: int = 2,
    n: int = 1,
    custom: tuple[object, ...] = (),
) -> LLRPMessage:
    """ADD_ROSPEC; its reports tell antenna and first seen."""
    return messages.ADD_ROSPEC(
        ro_spec=params.ROSpec(
            ro_spec_id=number,
            ro_boundary_spec=params.ROBoundarySpec(
                ro_spec_start_trigger=start, ro_spec_stop_trigger=stop
            ),
            spec_parameters=list(specs or (aispec(),)),
            ro_report_spec=params.ROReportSpec(
                ro_report_trigger=trigger,
                n=n,
                tag_report_content_selector=params.TagReportContentSelector(
                    enable_antenna_id=True,
                    enable_first_seen_timestamp=True,
                    enable_last_seen_timestamp=True,
                ),
                custom=list(custom),
            ),
        )
    )


ENABLE = messages.ENABLE_ROSPEC(ro_spec_id=1)


def running(
    *specs: params.AISpec, capabilities: Capabilities = GENERIC, held_max: int = 1_000
) -> FarClient:
    """A client whose ROSpec reads."""
    client = FarClient(reader(capabilities, held_max)).connected()
    return client.expect(inventory(*specs), ENABLE)
