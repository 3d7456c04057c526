"""The live page: doors, passes and stock as they change, rendered here and pushed to the browser.

One stream of server-sent events carries three fragments of HTML; the page's script does nothing but
put them in their places. A fragment is rendered once a version, for all who watch.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from gs1 import keys
from ledger.store.queries import MovementRow, StockRow
from ledger.web.services import GatewayView, Services
from wire import instant

HERE = Path(__file__).parent
PASSES_SHOWN = 12
STOCK_SHOWN = 50
ALERTS_SHOWN = 8
PUSH_EVERY_S = 0.25  # a burst of events is one push
FRESH_US = 3_000_000  # how long a row is marked as new
FRAGMENTS = ("doors", "passes", "stock", "alerts")


@dataclass(frozen=True, slots=True)
class Door:
    """One read point, and what was booked through it lately."""

    name: str
    gateway: str
    mode: str
    is_up: bool
    why: str | None
    ins: int
    outs: int
    last: MovementRow | None


@dataclass(slots=True)
class Fragments:
    """The newest rendering, shared by all streams."""

    services: Services
    _environment: Environment = field(init=False)
    _version: int = -1
    _rendered: dict[str, str] = field(default_factory=dict)
    _quantities: dict[tuple[str, str], int] = field(default_factory=dict)
    _rendering: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["clock"] = _clock
        self._environment.filters["short"] = _short

    async def of(self, version: int) -> dict[str, str]:
        """The fragments, not older than `version`."""
        async with self._rendering:
            if self._version < version:
                self._rendered = await self._render()
                self._version = version
            return self._rendered

    def page(self, fragments: dict[str, str]) -> str:
        return self._environment.get_template("live.html").render(fragments=fragments)

    async def _render(self) -> dict[str, str]:
        queries = self.services.queries
        stock = await self.services.read(queries.stock, limit=STOCK_SHOWN)
        moved = await self.services.read(queries.movements, verdict=None, limit=200)
        alerts = await self.services.read(queries.alerts, limit=ALERTS_SHOWN)
        doors = _doors(self.services.gateways(), moved)
        context: dict[str, object] = {
            "doors": doors,
            "passes": moved[:PASSES_SHOWN],
            "names": {door.last.read_point: door.name for door in doors if door.last},
            "stock": stock,
            "changes": self._changes(stock),
            "alerts": alerts,
            "fresh_us": self.services.utc_us() - FRESH_US,
        }
        return {
            name: self._environment.get_template(f"_{name}.html").render(context)
            for name in FRAGMENTS
        }

    def _changes(self, stock: list[StockRow]) -> dict[tuple[str, str], int]:
        """By how much each row differs from the last rendering."""
        before = self._quantities
        self._quantities = {(row.sku, row.location): row.quantity for row in stock}
        if not before:
            return {}
        return {key: now - before.get(key, 0) for key, now in self._quantities.items()}


def router(services: Services) -> APIRouter:
    routes = APIRouter()
    fragments = Fragments(services)

    @routes.get("/", response_class=HTMLResponse, include_in_schema=False)
    async def live() -> str:
        """The page with everything in it; it is whole without its script, only still."""
        return fragments.page(await fragments.of(services.version()))

    @routes.get("/live/events", response_class=EventSourceResponse, include_in_schema=False)
    async def events() -> AsyncIterator[ServerSentEvent]:
        """The fragments, now and whenever something changed."""
        seen = -1
        while (version := await services.changes(seen)) is not None:
            seen = version
            for name, html in (await fragments.of(version)).items():
                yield ServerSentEvent(event=name, raw_data=html)
            await asyncio.sleep(PUSH_EVERY_S)

    return routes


def _doors(gateways: list[GatewayView], moved: list[MovementRow]) -> list[Door]:
    doors = []
    for view in gateways:
        said = view.health or view.birth
        for read_point in said.read_points if said else ():
            booked = [
                row
                for row in moved
                if row.read_point == read_point.read_point and row.verdict == "booked"
            ]
            away = [device for device in said.devices if device.up is False] if said else []
            doors.append(
                Door(
                    name=read_point.name,
                    gateway=view.gateway,
                    mode=read_point.mode,
                    is_up=view.is_online and not away,
                    why=_why(view, [device.why for device in away]),
                    ins=sum(row.direction == "in" for row in booked),
                    outs=sum(row.direction == "out" for row in booked),
                    last=booked[0] if booked else None,
                )
            )
    return sorted(doors, key=lambda door: (door.gateway, door.name))


def _why(view: GatewayView, reasons: list[str | None]) -> str | None:
    if not view.is_online:
        return f"gateway {view.gateway} is offline"
    return next((reason or "reader away" for reason in reasons), None)


def _clock(at_us: int) -> str:
    return instant.to_text(at_us)[11:19]


def _short(key: str) -> str:
    """A key as people read it: the number behind the application identifier."""
    match keys.parse(key):
        case keys.Sscc(sscc=sscc):
            return f"(00) {sscc}"
        case keys.Sgtin(gtin=gtin, serial=serial):
            return f"(01) {gtin} (21) {serial}"
        case keys.Gtin(gtin=gtin):
            return f"(01) {gtin}"
        case None:
            return key.rsplit("/", 1)[-1]
