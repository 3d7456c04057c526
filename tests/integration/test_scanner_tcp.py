"""What only a scanner in the network can do; all else is the contract suite's."""

import asyncio
import socket
import struct
from pathlib import Path

import pytest

from drivers.base import DeviceLost
from drivers.tcp import scanner as tcp
from drivers.tcp.connection import Connection, accepted, connect, listener
from simulator.scanner.codes import codes, cut
from tests.contract.scanners import Bench, tcp_client, tcp_server
from tests.integration.processes import eventually, free_port

CODES = codes(20, seed=2)


def port_of(bench: Bench) -> int:
    assert isinstance(bench.driver, tcp.TcpScanner)
    return bench.driver.settings.port


async def say(port: int, data: bytes, *, from_address: str = "127.0.0.1") -> None:
    """Connect, say it, hang up: as scanners do that connect for each scan."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(from_address, 0))
    writer.write(data)
    writer.close()
    await writer.wait_closed()


async def test_a_new_connection_takes_the_place_of_a_half_open_one(tmp_path: Path) -> None:
    async with tcp_server(tmp_path, away_s=30) as bench:
        await bench.scanner.send(CODES[0] + b"\r\n" + cut(CODES[1]))
        await bench.until_read(1)
        await say(port_of(bench), CODES[2] + b"\r\n")
        await bench.until_read(2)

        assert [data for _, data in bench.read] == [CODES[0][3:], CODES[2][3:]]
        assert bench.links == [True]  # one scanner, that was never away for long


async def test_a_scanner_that_connects_for_each_scan_loses_none(tmp_path: Path) -> None:
    async with tcp_server(tmp_path, away_s=30) as bench:
        await bench.scanner.unplug()
        for code in CODES:
            await say(port_of(bench), code + b"\r\n")
        await bench.until_read(20)

        assert [data for _, data in bench.read] == [code[3:] for code in CODES]
        assert bench.links == [True]


async def test_what_was_said_while_the_supervisor_waits_is_heard(tmp_path: Path) -> None:
    """The socket that listens stays open between runs."""
    async with tcp_server(tmp_path, away_s=0) as bench:
        await bench.scanner.unplug()
        for code in CODES[:5]:
            await say(port_of(bench), code + b"\r\n")
        await bench.until_read(5)

        assert [data for _, data in bench.read] == [code[3:] for code in CODES[:5]]


async def test_another_scanner_is_refused_and_told(tmp_path: Path) -> None:
    async with tcp_server(tmp_path, away_s=30) as bench:
        await bench.scanner.send(CODES[0] + b"\r\n")
        await bench.until_read(1)
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port_of(bench), local_addr=("127.0.0.2", 0)
        )
        assert await reader.read() == b""
        writer.close()
        await bench.scanner.send(CODES[1] + b"\r\n")
        await bench.until_read(2)

        assert bench.warnings == ["a connection from 127.0.0.2 was refused: expected 127.0.0.1"]


async def test_of_all_that_may_connect_the_settings_can_name_the_one(tmp_path: Path) -> None:
    async with tcp_server(tmp_path, away_s=30, host="127.0.0.1") as bench:
        await bench.scanner.unplug()
        await say(port_of(bench), CODES[0] + b"\r\n", from_address="127.0.0.2")
        await eventually(lambda: bench.warnings != [], "it was refused")
        await say(port_of(bench), CODES[1] + b"\r\n")
        await bench.until_read(1)

        assert [data for _, data in bench.read] == [CODES[1][3:]]
        assert bench.warnings == ["a connection from 127.0.0.2 was refused: expected 127.0.0.1"]


async def linked() -> tuple[Connection, Connection]:
    """One that we made, and its other end, that came to us."""
    with listener("127.0.0.1", 0) as listening:
        coming = asyncio.create_task(accepted(listening))
        made = await connect("127.0.0.1", listening.getsockname()[1], 60)
        return made, await coming


async def test_a_peer_that_is_gone_without_a_word_is_found_in_20_s() -> None:
    """By the system's own counting: 10 s of silence, and two questions that have 5 s each."""
    options = (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
    )
    for connection in await linked():
        ours: socket.socket = connection.writer.get_extra_info("socket")
        said = [ours.getsockopt(*option) for option in options]
        connection.close()

        assert said == [1, 10, 5, 2]


async def test_a_connection_that_the_peer_resets_is_at_its_end() -> None:
    ours, peer = await linked()
    try:
        reading = asyncio.create_task(ours.read())
        theirs: socket.socket = peer.writer.get_extra_info("socket")
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()

        assert await reading == b""
    finally:
        ours.close()


async def test_a_scanner_that_refuses_says_what_to_look_at() -> None:
    port = free_port()
    with pytest.raises(DeviceLost) as lost:
        await connect("127.0.0.1", port, 1.0)

    assert str(lost.value) == (
        f"127.0.0.1:{port}: connection refused:"
        " is the scanner a TCP server at this port, with no other client?"
    )


async def test_a_port_that_is_taken_says_so() -> None:
    with listener("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DeviceLost) as lost:
            listener("127.0.0.1", port)

    assert str(lost.value) == f"listen on 127.0.0.1:{port}: address already in use"


async def test_a_scanner_that_is_told_to_stop_frees_its_port(tmp_path: Path) -> None:
    async with tcp_server(tmp_path) as bench:
        port = port_of(bench)

    listener("127.0.0.1", port).close()


async def test_a_preset_reads_what_its_scanners_say(tmp_path: Path) -> None:
    async with tcp_client(tmp_path, preset="sick") as bench:
        await bench.trigger(on=True)
        await bench.scanner.until_heard(b"\x02sMN mTCgateon\x03")
        await bench.scanner.send(b"\x02sAN mTCgateon 1\x03\x02" + CODES[0] + b"\x03\x02NoRead\x03")
        await bench.until_read(1)

        assert bench.read == [("C1", CODES[0][3:])]
        assert (bench.no_reads, bench.driver.facts.unreadable) == (1, 0)
