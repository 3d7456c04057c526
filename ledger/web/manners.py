"""What every answer does, whichever part of the web gives it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Nothing is loaded from elsewhere, nothing runs that is not a file of ours, whatever a name in the
# master data says; and a browser asks each time whether its copy of a file is still good.
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


@dataclass(frozen=True, slots=True)
class Manners:
    """HEAD wherever there is GET (RFC 9110 §9.1; the server sends no body), and the headers.

    `endless`: paths whose GET does not end by itself.
    """

    app: ASGIApp
    endless: AbstractSet[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_politely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] == "HEAD" and scope["path"] not in self.endless:
            scope = {**scope, "method": "GET"}
        await self.app(scope, receive, send_politely)
