"""Lets in who asks for the ledger by a name of its own.

There are no accounts yet, so nothing but the address keeps a page of somebody else's from reading
the stock: a name of theirs that they point at our address makes the browser take us for them (DNS
rebinding). An address in the Host header cannot be pointed anywhere.
"""

import ipaddress
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ledger.web import problem
from wire.reason import Reason

HOST_CHARACTERS_MAX = 100  # repeated to who asked for it


@dataclass(frozen=True, slots=True)
class Doorman:
    """`names`: in lower case, beside localhost and every address."""

    app: ASGIApp
    names: AbstractSet[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "localhost")
        if is_ours(host, self.names):
            await self.app(scope, receive, send)
            return
        detail = f"host {host[:HOST_CHARACTERS_MAX]}: expected an address, or one of http.names"
        refused = problem.answer(421, Reason.MISDIRECTED, detail)
        await refused(scope, receive, send)


def is_ours(host: str, names: AbstractSet[str]) -> bool:
    """Whether a Host header (RFC 9110 §7.2: name or address, perhaps a port) is for us."""
    if host.startswith("["):
        name = host[1:].partition("]")[0]
    else:
        name = host.partition(":")[0].rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name == "localhost" or name in names
    return True
