"""TCP connections to scanners and from them, with keepalives that find a half-open one."""

import asyncio
import contextlib
import os
import socket
from dataclasses import dataclass

from drivers.base import DeviceLost, NotDone
from drivers.scanner.listening import CHUNK_BYTES, TRIGGER_S

# A scanner says nothing for hours where nothing passes: only these tell that it is gone. 20 s.
_KEEPALIVE = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 2}
BACKLOG = 4  # connections that wait: a scanner that connects for each scan, and its bytes with it


@dataclass(slots=True)
class Connection:
    """One connection, whoever made it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    peer: str  # its address, without the port

    async def read(self) -> bytes:
        """The next bytes; empty at the end, also where the peer reset it."""
        try:
            return await self.reader.read(CHUNK_BYTES)
        except ConnectionResetError:
            return b""
        except OSError as error:
            raise DeviceLost(f"{self.peer}: {plain(error)}") from None

    async def write(self, data: bytes) -> None:
        """Raises NotDone where the peer does not take them."""
        try:
            async with asyncio.timeout(TRIGGER_S):
                self.writer.write(data)
                await self.writer.drain()
        except TimeoutError:
            raise NotDone(f"it takes no bytes for {TRIGGER_S:g} s") from None
        except OSError as error:
            raise NotDone(plain(error)) from None

    def close(self) -> None:
        """Without waiting: the peer may be gone."""
        self.writer.transport.abort()


async def connect(host: str, port: int, connect_s: float) -> Connection:
    """Raises DeviceLost."""
    try:
        async with asyncio.timeout(connect_s):
            reader, writer = await asyncio.open_connection(host, port, limit=CHUNK_BYTES)
    except TimeoutError:
        why = f"no connection in {connect_s:g} s"
    except ConnectionRefusedError:
        why = "connection refused: is the scanner a TCP server at this port, with no other client?"
    except OSError as error:
        why = plain(error)
    except ValueError as error:  # what Python's resolver says of a name that is none
        why = str(error)
    else:
        return _watched(reader, writer, host)
    raise DeviceLost(f"{host}:{port}: {why}")


def listener(host: str, port: int) -> socket.socket:
    """Where scanners connect. Raises DeviceLost."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise DeviceLost(f"listen on {host}:{port}: {plain(error)}") from None
    listening.setblocking(False)
    return listening


async def accepted(listening: socket.socket) -> Connection:
    """The next one that comes. Raises OSError."""
    connection, address = await asyncio.get_running_loop().sock_accept(listening)
    try:
        reader, writer = await asyncio.open_connection(sock=connection, limit=CHUNK_BYTES)
    except BaseException:
        connection.close()
        raise
    return _watched(reader, writer, str(address[0]))


def plain(error: OSError) -> str:
    """The system's words without its errno and address, which we say ourselves."""
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    return (error.strerror or str(error) or type(error).__name__).lower()


def _watched(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: str) -> Connection:
    connection: socket.socket = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):  # It may be gone already; then reading tells.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in _KEEPALIVE.items():
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return Connection(reader, writer, peer)
