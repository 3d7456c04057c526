"""The LLRP driver and its supervisor against a reader of bytes, spelled out by hand, on real TCP.

It does what no reader should: goes mute, talks garbage, dribbles. What is good arrives all the
same, and what ends a connection is said once.
"""

import asyncio
import re
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs

from drivers.base import LinkChange, Observation, TagRead
from gateway.shell.clock import now
from tests.integration.devices import (
    EPOCH_US,
    NAME,
    HandClock,
    Heard,
    link,
    lost,
    settings,
    supervise,
)
from tests.integration.processes import background, eventually
from tests.unit.drivers.llrp import far_end

READER_US = 1_000_000_000  # its clock is decades behind
EPC = bytes.fromhex("3074257BF7194E4000001A85")
(GET_CAPABILITIES, START_ROSPEC, ENABLE_EVENTS, KEEPALIVE_ACK) = (1, 22, 64, 72)
CLOSE_CONNECTION = 14
GREETING = 0
LATE_S = 5.0  # a bound, not an expectation: the machine may be busy


@dataclass
class ByteReader:
    """It greets, answers every request, and leaves the wire to the test; it sends no keepalives."""

    mute_from: int | None = None  # the type of the first request that it does not answer
    port: int = 0
    connections: int = 0
    heard: list[int] = field(default_factory=list)  # types of messages
    wire: asyncio.StreamWriter = field(init=False)
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["ByteReader"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1")
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self
            await asyncio.gather(*self._serving)

    def _accept(self, stream: asyncio.StreamReader, wire: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.wire = wire
        self._serving.add(asyncio.create_task(self._serve(stream, wire)))

    async def _serve(self, stream: asyncio.StreamReader, wire: asyncio.StreamWriter) -> None:
        """Until the client is gone."""
        mute = self.mute_from == GREETING
        if not mute:
            wire.write(far_end.connection_event(at_us=READER_US))
        try:
            while True:
                head, length, message_id = struct.unpack(">HII", await stream.readexactly(10))
                await stream.readexactly(length - 10)
                kind = head & 0x3FF
                self.heard.append(kind)
                mute = mute or kind == self.mute_from
                if not mute:
                    wire.write(_answer(kind, message_id))
        except (asyncio.IncompleteReadError, ConnectionError):
            wire.close()


def _answer(kind: int, message_id: int) -> bytes:
    if kind in (ENABLE_EVENTS, KEEPALIVE_ACK):
        return b""
    if kind == GET_CAPABILITIES:
        return far_end.capabilities(message_id, holds=False)
    return far_end.message(kind + 10, message_id, far_end.status())


def tag(number: int, extra: bytes = b"") -> bytes:
    """Tag `number`, read so many seconds after the reader's greeting."""
    return far_end.tag(
        EPC[:-1] + bytes([number]), at_us=READER_US + number * 1_000_000, extra=extra
    )


def tag_read(number: int) -> TagRead:
    at_us = EPOCH_US + number * 1_000_000
    return TagRead(NAME, 1, EPC[:-1] + bytes([number]), at_us, at_us + 1_000, 1, 0x3000, -55.0, 7)


async def test_a_reader_that_goes_mute_is_lost_after_two_and_a_half_keepalives() -> None:
    heard = Heard()
    async with ByteReader().listening() as reader:
        why = await lost(heard, settings(reader.port, keepalive_s=0.2))
    ended_us = now().utc_us

    said = re.fullmatch(rf"127\.0\.0\.1:{reader.port}: silent for (\d+\.\d) s", why)
    assert said is not None, why
    assert 0.5 <= float(said[1]) <= LATE_S
    (up,) = heard.links
    assert up == LinkChange(NAME, up.at_us, up=True, held=False)
    assert ended_us - up.at_us >= 500_000


async def test_a_host_that_is_no_name_is_a_lost_device_and_no_bug() -> None:
    host = "dock" * 16 + ".example"
    why = await lost(Heard(), settings(5084).model_copy(update={"host": host}))

    assert why.startswith(f"{host}:5084: ")
    assert "label" in why


@pytest.mark.parametrize(
    ("mute_from", "asked"),
    [
        (GREETING, "the connection"),
        (GET_CAPABILITIES, "GET_READER_CAPABILITIES"),
        (START_ROSPEC, "START_ROSPEC"),
    ],
)
async def test_an_answer_has_its_own_deadline_and_no_keepalive_s(
    mute_from: int, asked: str
) -> None:
    heard = Heard()
    async with ByteReader(mute_from).listening() as reader:
        why = await lost(heard, settings(reader.port, keepalive_s=0.1, response_s=0.5))

    assert why == f"127.0.0.1:{reader.port}: no answer to {asked} in 0.5 s"
    assert heard == Heard()


async def test_what_is_broken_inside_a_message_costs_that_alone() -> None:
    """And it all comes one byte at a time."""
    clock, heard = HandClock(), Heard()
    said = (
        far_end.report(tag(1))
        + far_end.report(tag(2), tag(9, extra=b"\xff"), tag(3))
        + far_end.message(999, 5, b"?!")
        + far_end.message(63, 0, b"\x00")
        + far_end.message(100, 0, b"\x01")
        + far_end.report(tag(4))
        + far_end.message(62, 4711)
    )
    async with (
        ByteReader().listening() as reader,
        background(supervise(heard, settings(reader.port), clock.now)),
    ):
        await heard.until_up()
        for byte in said:
            reader.wire.write(bytes([byte]))
            await asyncio.sleep(0)
        await eventually(lambda: KEEPALIVE_ACK in reader.heard, "the keepalive's answer")

        assert heard.observations == [link(0, up=True), *map(tag_read, (1, 2, 3, 4))]
        assert heard.warnings == [
            "TagReportData: unknown TV parameter 127 at byte 50",
            "unexpected message of type 999",
            "READER_EVENT_NOTIFICATION: 1 bytes at 0: expected a parameter header",
            "reader refused a message: 1 bytes at 0: expected a parameter header",
        ]
        assert (reader.connections, heard.device.up, heard.device.lost) == (1, True, 0)
    assert reader.heard[-1] == CLOSE_CONNECTION


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (b"\xff" * 64, "message of LLRP version 7: expected 1 or 2"),
        (struct.pack(">HII", 1 << 10 | 61, 5, 0), "message of 5 bytes: expected 10 to 4194304"),
        (far_end.event(far_end.tlv(257, b"")), "the reader closed the connection"),
    ],
    ids=["garbage", "length", "goodbye"],
)
async def test_what_came_before_the_end_is_kept_and_the_link_is_made_anew(
    end: bytes, why: str
) -> None:
    clock, heard = HandClock(), Heard()
    with capture_logs() as logs:
        async with (
            ByteReader().listening() as reader,
            background(supervise(heard, settings(reader.port), clock.now)),
        ):
            await heard.until_up()
            reader.wire.write(far_end.report(tag(1), tag(2)) + end)
            await eventually(lambda: reader.connections == 2, "a second connection")
            await heard.until_up()
            reader.wire.write(far_end.report(tag(3)))
            await eventually(lambda: tag_read(3) in heard.observations, "the third tag")

    assert heard.observations == [
        link(0, up=True),
        tag_read(1),
        tag_read(2),
        link(0, up=False),
        link(0, up=True),
        tag_read(3),
    ]
    reason = f"127.0.0.1:{reader.port}: {why}"
    found = {
        "event": "reader_found",
        "log_level": "info",
        "device": NAME,
        "manufacturer": 32473,
        "model": 960,
        "firmware": "5.14.",
        "antennas": 4,
        "clock": "utc",
        "holds_reports": False,
    }
    assert logs == [
        {"event": "device_up", "log_level": "info", "device": NAME},
        found,
        {"event": "device_lost", "log_level": "warning", "device": NAME, "why": reason},
        {"event": "device_back", "log_level": "info", "device": NAME},
        found,
    ]


async def test_a_reader_that_a_host_was_too_late_to_hear_was_not_silent() -> None:
    """The host was held up for an hour, and a read waits in the socket."""
    clock, heard = HandClock(), Heard()

    async def emit(observations: Sequence[Observation]) -> None:
        await heard.emit(observations)
        if observations == [tag_read(1)]:
            reader.wire.write(far_end.report(tag(2)))
            clock.at(3_600)

    async with (
        ByteReader().listening() as reader,
        background(supervise(heard, settings(reader.port), clock.now, emit)),
    ):
        await heard.until_up()
        reader.wire.write(far_end.report(tag(1)))
        await eventually(lambda: len(heard.observations) >= 3, "what comes next")

        assert heard.observations == [link(0, up=True), tag_read(1), tag_read(2)]
        assert heard.device.up


async def test_while_the_pipeline_is_full_the_reader_waits_and_nothing_is_lost() -> None:
    clock, heard = HandClock(), Heard()
    room, batches = asyncio.Event(), 0
    a_hundred = far_end.report(*[tag(1)] * 100)

    async def emit(observations: Sequence[Observation]) -> None:
        nonlocal batches
        batches += 1
        if isinstance(observations[0], TagRead):
            await room.wait()
        await heard.emit(observations)

    async with (
        ByteReader().listening() as reader,
        background(supervise(heard, settings(reader.port), clock.now, emit)),
    ):
        await heard.until_up()
        sent = 0
        while reader.wire.transport.get_write_buffer_size() == 0:
            reader.wire.write(a_hundred)
            sent += 100
            await asyncio.sleep(0)
        assert batches == 2  # the link, and the first that found no room
        room.set()
        await heard.until_reads(sent)

    assert heard.observations == [link(0, up=True), *[tag_read(1)] * sent]


async def test_what_the_host_has_of_a_reader_that_resets_is_read_before_it_is_lost() -> None:
    """The pipeline is full when the reset comes, behind a report that waits in this process."""
    clock, heard = HandClock(), Heard()
    room = asyncio.Event()

    async def emit(observations: Sequence[Observation]) -> None:
        if tag_read(1) in observations:
            await room.wait()
        await heard.emit(observations)

    async with (
        ByteReader().listening() as reader,
        background(supervise(heard, settings(reader.port), clock.now, emit)),
    ):
        await heard.until_up()
        reader.wire.write(far_end.report(tag(1)))
        await turns()
        reader.wire.write(far_end.report(tag(2)))
        await turns()
        connection = reader.wire.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reader.wire.transport.abort()
        await turns()
        room.set()
        await eventually(lambda: heard.device.lost == 1, "it is lost")
        why = heard.device.why

    assert heard.observations[:3] == [link(0, up=True), tag_read(1), tag_read(2)]
    assert why == f"127.0.0.1:{reader.port}: connection reset by peer"


async def turns() -> None:
    """Of the loop, each with a look at the sockets: what was written has come."""
    for _ in range(50):
        await asyncio.sleep(0)
