"""Tell the network where a reader is, as readers do: DNS-SD over mDNS (RFC 6763, RFC 6762)."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address

SERVICE = "_llrp._tcp.local."


@asynccontextmanager
async def announced(name: str, host: str, port: int) -> AsyncIterator[None]:
    """While it lasts, `name` is an LLRP reader at that address. Needs the library zeroconf."""
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

    address = ip_address(host)
    info = ServiceInfo(
        SERVICE,
        f"{name}.{SERVICE}",
        addresses=[socket.inet_pton(_family(address.version), host)],
        port=port,
        server=f"{name}.local.",
    )
    network = AsyncZeroconf(interfaces=[host])
    try:
        await network.async_register_service(info)
        yield
    finally:
        await network.async_unregister_all_services()
        await network.async_close()


def _family(version: int) -> socket.AddressFamily:
    return socket.AF_INET6 if version == 6 else socket.AF_INET
