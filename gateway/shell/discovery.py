"""Which readers are on this network: mDNS asks (RFC 6762), and a connection tells who refuses."""

import asyncio
import os
from collections.abc import Sequence
from contextlib import suppress

from zeroconf import ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from drivers.registry import READER_REFUSED
from gateway.core.discovered import Reader

SERVICE = "_llrp._tcp.local."
READERS_MAX = 500  # of one network; what is beyond is left out
DETAIL_MS = 2000  # for a reader that was found to say where it is
CONNECT_S = 3.0


async def found(seconds: float) -> list[Reader]:
    """Readers that answer within `seconds`, by name. Raises OSError where there is no network."""
    names: set[str] = set()

    def heard(
        zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        if state_change is not ServiceStateChange.Removed and len(names) < READERS_MAX:
            names.add(name)

    network = AsyncZeroconf()
    try:
        browser = AsyncServiceBrowser(network.zeroconf, SERVICE, handlers=[heard])
        await asyncio.sleep(seconds)
        await browser.async_cancel()
        infos = [AsyncServiceInfo(SERVICE, name) for name in sorted(names)]
        known = await asyncio.gather(
            *(info.async_request(network.zeroconf, DETAIL_MS) for info in infos)
        )
        return [_reader(info) for info, told in zip(infos, known, strict=True) if told]
    finally:
        await network.async_close()


async def refusals(addresses: Sequence[tuple[str, int]]) -> list[str]:
    """For each (host, port) why nothing can be read there; empty where a connection is made."""
    return list(await asyncio.gather(*(_refusal(host, port) for host, port in addresses)))


async def _refusal(host: str, port: int) -> str:
    try:
        async with asyncio.timeout(CONNECT_S):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return f"no connection in {CONNECT_S:g} s"
    except ConnectionRefusedError:
        return READER_REFUSED
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        return os.strerror(number).lower() if number and number > 0 else str(error)
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return ""


def _reader(info: AsyncServiceInfo) -> Reader:
    told = sorted(info.decoded_properties.items())
    return Reader(
        name=info.name.removesuffix(f".{SERVICE}"),
        host=(info.server or "").rstrip("."),
        port=info.port or 0,
        addresses=tuple(info.parsed_addresses()),
        told=tuple((key, value or "") for key, value in told),
    )
