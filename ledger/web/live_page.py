"""The live page: doors, passes, stock and alerts as they change, pushed to the browser.

One stream of server-sent events carries the fragments that changed; the page's script only puts
them in their places. Between them comes `alive`, so that a page knows when it hears nothing more.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ledger.web.fragments import Fragments, Rendering
from ledger.web.problem import Problem
from ledger.web.services import Services
from wire.reason import Reason

EVENTS = "/live/events"
ALIVE_EVERY_S = 5.0  # a page that hears nothing for three of these says so
AGAIN_MS = 2000  # how long a browser waits before it asks again
STREAMS_MAX = 200  # a stream holds a task and at most some 200 KiB; more are refused


def router(services: Services) -> APIRouter:
    routes = APIRouter()
    fragments = Fragments(services)
    seats = _Seats()

    @routes.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def live() -> str:
        """The page with everything in it; it is whole without its script, only still."""
        return fragments.page(await fragments.of(services.version()))

    @routes.get(EVENTS, response_class=EventSourceResponse, include_in_schema=False)
    async def events(_: Annotated[None, Depends(seats.take)]) -> AsyncIterator[ServerSentEvent]:
        """The fragments, now and whenever something changed; nothing is kept for who is slow."""
        release = services.status().version
        shown: Rendering | None = None
        while True:
            yield ServerSentEvent(event="alive", raw_data=release, retry=AGAIN_MS)
            try:
                async with asyncio.timeout(ALIVE_EVERY_S):
                    version = await services.changes(-1 if shown is None else shown.version)
            except TimeoutError:
                continue
            if version is None:
                return
            newest = await fragments.of(version)
            for name, html in newest.unlike(shown):
                yield ServerSentEvent(event=name, raw_data=html)
            shown = newest

    return routes


class _Seats:
    """How many watch."""

    def __init__(self) -> None:
        self._taken = 0

    async def take(self) -> AsyncIterator[None]:
        """Held until the stream ends, however it ends."""
        if self._taken >= STREAMS_MAX:
            detail = f"{STREAMS_MAX} pages are being watched: expected at most as many"
            raise Problem(503, Reason.UNAVAILABLE, detail, {"retry-after": "10"})
        self._taken += 1
        try:
            yield
        finally:
            self._taken -= 1
