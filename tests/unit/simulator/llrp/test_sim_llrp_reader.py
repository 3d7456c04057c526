"""The simulated reader over real TCP, with clients that others wrote and clients that misbehave."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from llrpkit.client import LLRPClient
from llrpkit.exceptions import LLRPConnectionError
from llrpkit.inventory import TagReport
from llrpkit.protocol import LLRPMessage, decode_message, messages, params
from llrpkit.reader import Reader

from simulator.llrp import clock, faults
from simulator.llrp.capabilities import Capabilities
from simulator.llrp.encoder import Sighting
from simulator.llrp.now import Now
from simulator.llrp.reader import SimulatedReader
from simulator.llrp.session import ANSWERS_MAX, Counters
from simulator.llrp.tag import SimTag
from simulator.llrp.wiring import OutputChange
from simulator.scene.door import SceneRead

EPOCH_US = 1_763_800_000_000_000
EPC = bytes.fromhex("3074257BF7194E4000001A85")
ADD = messages.ADD_ROSPEC(
    ro_spec=params.ROSpec(
        ro_spec_id=1,
        ro_boundary_spec=params.ROBoundarySpec(
            ro_spec_start_trigger=params.ROSpecStartTrigger(ro_spec_start_trigger_type=1),
            ro_spec_stop_trigger=params.ROSpecStopTrigger(),
        ),
        spec_parameters=[
            params.AISpec(
                antenna_ids=[0],
                ai_spec_stop_trigger=params.AISpecStopTrigger(),
                inventory_parameter_specs=[
                    params.InventoryParameterSpec(inventory_parameter_spec_id=1, protocol_id=1)
                ],
            )
        ],
    )
)
ENABLE = messages.ENABLE_ROSPEC(ro_spec_id=1)
HOLD = messages.SET_READER_CONFIG(
    events_and_reports=params.EventsAndReports(hold_events_and_reports_upon_reconnect=True)
)


def read(number: int) -> SceneRead:
    return SceneRead(float(number), 2, EPC, 0x3000, -60, 7)


@pytest.fixture
async def reader() -> AsyncIterator[SimulatedReader]:
    async with SimulatedReader("dock-1", held_messages_max=1_000) as started:
        yield started


@dataclass
class Wire:
    """A client of bytes: it does what it likes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, simulated: SimulatedReader) -> "Wire":
        return cls(*await asyncio.open_connection(simulated.host, simulated.port))

    async def receive(self) -> LLRPMessage:
        header = await self.reader.readexactly(10)
        body = await self.reader.readexactly(int.from_bytes(header[2:6]) - 10)
        return decode_message(header + body)

    async def ask(self, *requests: LLRPMessage) -> list[LLRPMessage]:
        for request in requests:
            self.writer.write(request.to_bytes(message_id=1))
        return [await self.receive() for _ in requests]

    async def close(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


Connect = Callable[[SimulatedReader], Awaitable[Wire]]


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Clients that were greeted, and are gone with the test."""
    wires: list[Wire] = []

    async def greeted(simulated: SimulatedReader) -> Wire:
        await simulated.until_free()
        wires.append(await Wire.to(simulated))
        event = (await wires[-1].receive()).reader_event_notification_data
        assert event.connection_attempt_event == params.ConnectionAttemptEvent(status=0)
        return wires[-1]

    yield greeted
    for wire in wires:
        wire.writer.transport.abort()


async def first_seen(wire: Wire, count: int) -> list[int]:
    """The seconds of the next `count` reports."""
    seen = []
    for _ in range(count):
        (tag,) = (await wire.receive()).tag_report_datas
        seen.append((tag.first_seen_timestamp_utc.microseconds - EPOCH_US) // 1_000_000)
    return seen


async def test_llrpkits_reader_runs_an_inventory_on_it(reader: SimulatedReader) -> None:
    async with Reader(reader.host, reader.port) as client:
        tags = client.inventory(antennas=[2])
        first = asyncio.ensure_future(anext(tags))
        await reader.until_active()
        reader.report([read(1)], EPOCH_US)
        assert await first == TagReport(
            epc=EPC,
            antenna=2,
            rssi_dbm=-60.0,
            channel_index=7,
            first_seen_us=EPOCH_US + 1_000_000,
            last_seen_us=EPOCH_US + 1_000_000,
            seen_count=1,
        )
        assert client.max_antennas == 4
        await tags.aclose()
    await reader.until_free()

    assert not reader.active
    assert reader.last_error is None


async def test_a_second_client_is_refused_and_the_first_stays(
    reader: SimulatedReader, connect: Connect
) -> None:
    first = await connect(reader)
    with pytest.raises(LLRPConnectionError, match="Failed_A_Client_Initiated_Connection_Already"):
        await LLRPClient(reader.host, reader.port).connect()

    assert (await first.ask(messages.GET_ROSPECS()))[0].ro_specs == []
    assert reader.connected


async def test_after_a_goodbye_another_client_may_come(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    (answer,) = await wire.ask(messages.CLOSE_CONNECTION())

    assert answer.llrp_status.status_code == 0
    assert await wire.reader.read() == b""
    await connect(reader)
    assert reader.last_error is None


@pytest.mark.parametrize(
    ("garbage", "why"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", "message of 1411395360 bytes: expected 10 to 4194304"),
        (bytes(10), "message of LLRP version 0: expected 1 or 2"),
        (bytes.fromhex("041a0000000300000001"), "message of 3 bytes: expected 10 to 4194304"),
    ],
)
async def test_a_client_that_breaks_the_framing_is_told_and_cut_off(
    reader: SimulatedReader, connect: Connect, garbage: bytes, why: str
) -> None:
    wire = await connect(reader)
    wire.writer.write(garbage)
    goodbye = await wire.receive()

    assert goodbye.reader_event_notification_data.connection_close_event is not None
    assert await wire.reader.read() == b""
    assert reader.last_error == why
    await connect(reader)


async def test_frames_may_come_byte_by_byte(reader: SimulatedReader, connect: Connect) -> None:
    wire = await connect(reader)
    for byte in messages.GET_ROSPECS().to_bytes(message_id=3):
        wire.writer.write(bytes((byte,)))
        await wire.writer.drain()
        await asyncio.sleep(0)

    assert (await wire.receive()).message_id == 3


async def test_many_requests_at_once_are_all_answered(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    answers = await wire.ask(*[messages.GET_ROSPECS()] * 2_000)

    assert len(answers) == 2_000
    assert {answer.llrp_status.status_code for answer in answers} == {0}


async def test_a_client_that_takes_no_answers_is_read_no_further(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    request = messages.GET_READER_CAPABILITIES(requested_data=0).to_bytes(message_id=1)
    wire.writer.write(request * 20_000)  # answers of 30 MB, more than the sockets take
    async with asyncio.timeout(5.0):
        while reader._session.answers_waiting < ANSWERS_MAX:
            await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.sleep(0)

    assert reader._session.answers_waiting == ANSWERS_MAX
    assert reader.connected


async def test_a_reader_that_holds_gives_a_new_client_what_the_last_one_missed(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    await wire.ask(ADD, ENABLE, HOLD)
    await wire.close()
    await reader.until_free()
    reader.report([read(1), read(2)], EPOCH_US)
    again = await connect(reader)
    reader.report([read(3)], EPOCH_US)
    (answer,) = await again.ask(messages.GET_ROSPECS())

    assert answer.ro_specs[0].current_state == 2
    assert reader.counters == Counters(sent=0, held=3, lost=0)
    again.writer.write(messages.ENABLE_EVENTS_AND_REPORTS().to_bytes(message_id=2))
    assert await first_seen(again, 3) == [1, 2, 3]
    reader.report([read(4)], EPOCH_US)
    assert await first_seen(again, 1) == [4]
    assert reader.counters == Counters(sent=4, held=0, lost=0)


async def test_a_pulled_cable_ends_the_connection_and_not_the_reading(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    await wire.ask(ADD, ENABLE, HOLD)
    reader.report([read(1)], EPOCH_US)
    reader.drop_client()
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await wire.receive()
    await reader.until_free()
    reader.report([read(2)], EPOCH_US)

    assert reader.active
    assert reader.counters == Counters(sent=0, held=2, lost=0)
    reader.drop_client()  # nobody is there


async def test_a_client_that_does_not_read_costs_a_bounded_buffer_and_no_time(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    await wire.ask(ADD, ENABLE)
    sent = 0
    while reader.counters.lost == 0:  # until the sockets and the buffer are full
        reader.report([read(number % 1_000) for number in range(5_000)], EPOCH_US)
        sent += 5_000
        await asyncio.sleep(0)
        assert sent < 2_000_000

    counters = reader.counters
    assert counters.held <= 1_000
    assert counters.sent + counters.held + counters.lost == sent
    assert reader.connected


async def test_a_client_that_answers_no_keepalive_is_dropped(connect: Connect) -> None:
    async with SimulatedReader("dock-1") as reader:
        wire = await connect(reader)
        spec = params.KeepaliveSpec(keepalive_trigger_type=1, periodic_trigger_value=10)
        await wire.ask(messages.SET_READER_CONFIG(keepalive_spec=spec))
        assert [await wire.receive(), await wire.receive()] == [messages.KEEPALIVE()] * 2
        await reader.until_free()

        assert reader.last_error == "2 KEEPALIVEs unanswered"


async def test_a_reader_that_was_away_comes_back_on_its_port_with_what_it_knew(
    connect: Connect,
) -> None:
    reader = SimulatedReader("dock-1")
    await reader.start()
    port = reader.port
    wire = await connect(reader)
    await wire.ask(ADD, ENABLE)
    await reader.stop()
    assert not reader.connected
    with pytest.raises(OSError, match="Connect call failed"):
        await Wire.to(reader)
    await reader.start()
    again = await connect(reader)
    (answer,) = await again.ask(messages.GET_ROSPECS())
    await reader.stop()
    await reader.stop()  # twice is once

    assert reader.port == port
    assert [spec.ro_spec_id for spec in answer.ro_specs] == [1]


async def test_each_reader_says_who_it_is_and_shows_the_outputs_that_were_set(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    lights = [params.GPOWriteData(gpo_port_number=2, gpo_data=True)]
    await wire.ask(messages.SET_READER_CONFIG(gpo_write_datas=lights))
    (mine,) = await wire.ask(messages.GET_READER_CONFIG(requested_data=1))
    async with SimulatedReader("dock-2") as other:
        (theirs,) = await (await connect(other)).ask(messages.GET_READER_CONFIG(requested_data=1))

    assert reader.gpos == {2: True}
    assert len(mine.identification.reader_id) == 8
    assert mine.identification.reader_id[0] & 0b11 == 0b10  # locally administered, one device
    assert mine.identification != theirs.identification


async def test_a_reader_takes_its_clock_and_its_offset_from_outside() -> None:
    async with SimulatedReader(
        "dock-1",
        capabilities=Capabilities(antenna_count=2),
        clock_offset_us=1_500_000,
        now=lambda: Now(EPOCH_US, 0),
    ) as reader:
        wire = await Wire.to(reader)
        event = (await wire.receive()).reader_event_notification_data
        await wire.close()

    assert event.timestamp == params.UTCTimestamp(microseconds=EPOCH_US + 1_500_000)


async def test_one_byte_at_a_time_is_the_same_message(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    reader.faults.dribble = True
    (answer,) = await wire.ask(messages.GET_READER_CAPABILITIES(requested_data=0))

    assert answer.llrp_status.status_code == 0


async def test_a_dropped_client_gets_a_reset_also_where_it_owes_nothing(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    reader.drop_client()
    with pytest.raises(ConnectionResetError):
        await wire.reader.readexactly(1)


async def test_a_stalled_reader_accepts_and_says_nothing(reader: SimulatedReader) -> None:
    reader.faults.mute = True
    wire = await Wire.to(reader)
    wire.writer.write(messages.GET_ROSPECS().to_bytes(message_id=1))
    greeting = asyncio.ensure_future(wire.receive())
    async with asyncio.timeout(5.0):
        while reader._session.answers_waiting < 2:
            await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.sleep(0)
    assert not greeting.done()
    reader.faults.mute = False
    reader.read_placed()

    assert (await greeting).reader_event_notification_data is not None
    assert (await wire.receive()).ro_specs == []
    await wire.close()


async def test_a_reader_that_hangs_up_ends_the_connection_and_takes_the_next(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    reader.faults.truncate(36, 12)
    wire.writer.write(messages.GET_ROSPECS().to_bytes(message_id=1))

    async with asyncio.timeout(60.0):
        assert len(await wire.reader.read()) == 12
    assert (await (await connect(reader)).ask(messages.GET_ROSPECS()))[0].ro_specs == []


async def test_what_is_injected_stands_between_good_reports(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    await wire.ask(ADD, ENABLE)
    reader.report([read(1)], EPOCH_US)
    reader.inject(faults.report([Sighting(EPC, 0x3000, 2, -60, 7, EPOCH_US + 9_000_000, 1, 1, 1)]))
    reader.report([read(2)], EPOCH_US)

    assert await first_seen(wire, 3) == [1, 9, 2]


async def test_a_rospec_ends_by_itself_with_and_without_a_client(connect: Connect) -> None:
    add = messages.ADD_ROSPEC(
        ro_spec=params.ROSpec(
            ro_spec_id=1,
            ro_boundary_spec=params.ROBoundarySpec(
                ro_spec_start_trigger=params.ROSpecStartTrigger(
                    ro_spec_start_trigger_type=2,
                    periodic_trigger_value=params.PeriodicTriggerValue(offset=0, period=10),
                ),
                ro_spec_stop_trigger=params.ROSpecStopTrigger(
                    ro_spec_stop_trigger_type=1, duration_trigger_value=5
                ),
            ),
            spec_parameters=ADD.ro_spec.spec_parameters,
        )
    )
    async with SimulatedReader("dock-1") as reader:
        wire = await connect(reader)
        await wire.ask(add, ENABLE)
        await reader.until_active()
        await wire.close()
        await reader.until_free()
        async with asyncio.timeout(5.0):
            while reader.active:
                await asyncio.sleep(0.001)
            await reader.until_active()


async def test_placed_tags_are_read_by_themselves(connect: Connect) -> None:
    async with SimulatedReader("dock-1", rounds_per_s=500) as reader:
        tag = SimTag(EPC)
        reader.place(tag)
        wire = await connect(reader)
        await wire.ask(ADD, ENABLE)
        heard = [(await wire.receive()).tag_report_datas for _ in range(3)]
        reader.remove(tag)

    assert [tags[0].epc_parameter.epc for tags in heard] == [EPC] * 3


async def test_inputs_antennas_and_alarms_reach_the_client(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    states = [
        params.EventNotificationState(event_type=kind, notification_state=True)
        for kind in (1, 3, 4, 8)
    ]
    spec = params.ReaderEventNotificationSpec(event_notification_states=states)
    port = params.GPIPortCurrentState(gpi_port_num=1, config=True)
    await wire.ask(
        messages.SET_READER_CONFIG(
            reader_event_notification_spec=spec, gpi_port_current_states=[port]
        )
    )
    told = []
    doings: list[Callable[[], None]] = [
        lambda: reader.set_input(1, high=True),
        lambda: reader.set_antenna(2, connected=False),
        lambda: reader.raise_exception("hot"),
        lambda: reader.raise_buffer_warning(85),
        reader.raise_buffer_overflow,
        reader.close_client,
    ]
    for doing in doings:
        doing()
        data = (await wire.receive()).reader_event_notification_data
        told.append([name for name, value in vars(data).items() if value and name != "timestamp"])

    assert told == [
        ["gpi_event"],
        ["antenna_event"],
        ["reader_exception_event"],
        ["report_buffer_level_warning_event"],
        ["report_buffer_overflow_error_event"],
        ["connection_close_event"],
    ]


async def test_a_blinking_light_is_seen_by_its_writes(connect: Connect) -> None:
    async with SimulatedReader("dock-1", now=lambda: Now(EPOCH_US, 7)) as reader:
        wire = await connect(reader)
        for high in (True, False):
            lights = [params.GPOWriteData(gpo_port_number=1, gpo_data=high)]
            await wire.ask(messages.SET_READER_CONFIG(gpo_write_datas=lights))

        assert reader.on_output == [OutputChange(7, 1, True), OutputChange(7, 1, False)]


async def test_a_power_cut_ends_the_connection_and_forgets(
    reader: SimulatedReader, connect: Connect
) -> None:
    wire = await connect(reader)
    await wire.ask(ADD, ENABLE)
    reader.jump_clock(5)
    await reader.power_cycle()

    assert not reader.active
    assert not reader.connected
    assert (await (await connect(reader)).ask(messages.GET_ROSPECS()))[0].ro_specs == []


async def test_clients_that_come_and_go_are_told() -> None:
    told: list[bool] = []
    async with SimulatedReader("dock-1", on_client=told.append) as reader:
        wire = await Wire.to(reader)
        await wire.receive()
        await wire.close()
        await reader.until_free()

    assert told == [True, False]


async def test_a_reader_may_live_at_an_ipv6_address() -> None:
    async with SimulatedReader("dock-1", host="::1") as reader:
        wire = await Wire.to(reader)
        assert (await wire.receive()).reader_event_notification_data is not None
        await wire.close()


async def test_a_reader_may_speak_tls(tmp_path: Path) -> None:
    server, client = tls_contexts(tmp_path)
    async with SimulatedReader("dock-1", tls=server) as reader:
        wire = Wire(
            *await asyncio.open_connection(
                reader.host, reader.port, ssl=client, server_hostname="localhost"
            )
        )
        assert (await wire.receive()).reader_event_notification_data is not None
        assert (await wire.ask(messages.GET_ROSPECS()))[0].ro_specs == []
        reader.drop_client()
        await reader.until_free()
        wire.writer.transport.abort()


def tls_contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server that proves to be localhost, and for a client that trusts it alone."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*command.split(), *names, *files], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))


def test_the_clock_reads_utc_and_a_time_that_never_steps() -> None:
    earlier, later = clock.now(), clock.now()

    assert earlier.utc_us > EPOCH_US
    assert later.monotonic_us >= earlier.monotonic_us
