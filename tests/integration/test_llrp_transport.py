"""The connection to a reader, below LLRP."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from drivers.llrp.settings import Tls
from drivers.llrp.transport import Address, connect
from tests.integration.devices import Heard, lost, settings
from tests.integration.processes import PATIENCE_S


@pytest.fixture
async def port() -> AsyncIterator[int]:
    """Of somebody who takes connections and says nothing, until the client is gone."""

    async def hear(stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await stream.read()
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_port_that_never_agrees_on_tls_is_a_lost_device(port: int) -> None:
    given = {"tls": Tls(), "connect_s": 0.2}

    why = await lost(Heard(), settings(port).model_copy(update=given))

    assert why == f"127.0.0.1:{port}: no connection in 0.2 s"


async def test_the_kernel_asks_whether_the_reader_is_there(port: int) -> None:
    """A reader serves one client: where a router forgot the connection, it would never be free."""
    _, writer = await connect(Address("127.0.0.1", port), PATIENCE_S)
    wire = writer.get_extra_info("socket")
    found = {
        "on": wire.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
        "first after": wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE),
        "then every": wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL),
        "given up after": wire.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
    }
    writer.close()
    await writer.wait_closed()

    assert found == {"on": 1, "first after": 15, "then every": 5, "given up after": 3}
