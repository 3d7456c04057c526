"""The way to a reader: a TCP connection, with TLS where the settings say so."""

import asyncio
import os
import socket
import ssl
from dataclasses import dataclass

from drivers.base import DeviceLost
from drivers.llrp import tls
from drivers.llrp.settings import LLRP_PORT, LLRP_REFUSED, Tls

# The reader's own keepalives tell sooner that it is gone. These free the reader, which serves one
# client, where a router forgot the connection and our side is silent.
_KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
BUFFER_BYTES = 64 << 10  # read ahead at most twice as much; then the pressure reaches the reader
_OTHER_FAMILY_S = 0.25  # then the name's next address is tried as well (RFC 8305)


@dataclass(frozen=True, slots=True)
class Address:
    host: str  # a name, or an address of IPv4 or IPv6
    port: int
    tls: Tls | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class BytesFirst(asyncio.StreamReader):
    """Gives the bytes that came before it ends, and keeps in `why` what ended it.

    asyncio's own raises a reset at once, and the reads that this host has already are gone.
    """

    why: Exception | None = None

    def set_exception(self, exc: Exception) -> None:
        self.why = exc
        self.feed_eof()


async def connect(address: Address, connect_s: float) -> tuple[BytesFirst, asyncio.StreamWriter]:
    """Raises DeviceLost, also where TLS is not agreed upon within `connect_s`."""
    try:
        async with asyncio.timeout(connect_s):
            return await _open(address)
    except TimeoutError:
        why = f"no connection in {connect_s:g} s"
    except ConnectionRefusedError as error:
        why = LLRP_REFUSED if address.port == LLRP_PORT else plain(error)
    except OSError as error:
        why = plain(error)
    except ValueError as error:  # what Python's resolver says of a name that is none
        why = str(error)
    raise DeviceLost(f"{address}: {why}")


async def _open(address: Address) -> tuple[BytesFirst, asyncio.StreamWriter]:
    context = None if address.tls is None else await asyncio.to_thread(tls.context, address.tls)
    name = None if address.tls is None else address.tls.server_name or address.host
    loop = asyncio.get_running_loop()
    reader = BytesFirst(limit=BUFFER_BYTES, loop=loop)
    transport, protocol = await loop.create_connection(
        lambda: asyncio.StreamReaderProtocol(reader, loop=loop),
        address.host,
        address.port,
        ssl=context,
        server_hostname=name,
        happy_eyeballs_delay=_OTHER_FAMILY_S,
    )
    writer = asyncio.StreamWriter(transport, protocol, reader, loop)
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE.items():
        connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return reader, writer


def plain(error: OSError) -> str:
    """The system's words without its errno and address, which we say ourselves."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message[0].lower()}{error.verify_message[1:]}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {(error.reason or str(error)).replace('_', ' ').lower()}"
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    return (error.strerror or str(error) or type(error).__name__).lower()
