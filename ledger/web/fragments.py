"""The live page's parts as HTML: rendered once for all who watch, and not too often."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from ledger.web import view
from ledger.web.services import Services

HERE = Path(__file__).parent
FRAGMENTS = ("state", "doors", "alerts", "passes", "stock")
PASSES_SHOWN = 12
PASSES_READ = 50  # the last change of a balance is looked for in so many
STOCK_SHOWN = 50
ALERTS_READ = 500  # of them those of the last day are counted
PUSH_EVERY_S = 0.25  # a burst of events is one push
REST = 4.0  # after a rendering that took long, rest so many times as long: a fifth of one core
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Rendering:
    """All fragments, not older than `version` of what the ledger knows."""

    version: int
    html: dict[str, str]

    def unlike(self, other: "Rendering | None") -> Iterator[tuple[str, str]]:
        """The fragments that differ from those of `other`."""
        for name, html in self.html.items():
            if other is None or other.html[name] != html:
                yield name, html


@dataclass(slots=True)
class Fragments:
    services: Services
    _environment: Environment = field(init=False)
    _newest: Rendering | None = None
    _not_before_s: float = 0.0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["short"] = view.short
        self._environment.filters["number"] = view.number
        self._environment.filters["signed"] = view.signed

    async def of(self, version: int) -> Rendering:
        """The fragments, not older than `version`. Whoever waits gets the same rendering."""
        async with self._turn:
            if self._newest is None or self._newest.version < version:
                self._newest = await self._render()
            return self._newest

    def page(self, rendering: Rendering) -> str:
        now_us = self.services.utc_us()
        return self._environment.get_template("live.html").render(
            fragments=rendering.html,
            release=self.services.status().version,
            now_us=now_us,
            at=view.clock(now_us),
        )

    async def _render(self) -> Rendering:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._not_before_s - loop.time())
        begun_s = loop.time()
        version = self.services.version()  # before the reading: what changes meanwhile is newer
        context = await self._context()
        html = {
            name: self._environment.get_template(f"_{name}.html").render(context)
            for name in FRAGMENTS
        }
        ended_s = loop.time()
        self._not_before_s = ended_s + max(PUSH_EVERY_S, REST * (ended_s - begun_s))
        return Rendering(version, html)

    async def _context(self) -> dict[str, object]:
        services, queries = self.services, self.services.queries
        now_us = services.utc_us()
        crossings = await services.read(queries.crossings, now_us - DAY_US)
        stock = await services.read(queries.stock, limit=STOCK_SHOWN + 1)
        moved = await services.read(queries.movements, verdict=None, limit=PASSES_READ)
        alerts = await services.read(queries.alerts, limit=ALERTS_READ)
        hears = services.status().is_connected
        doors = view.doors(services.gateways(), crossings, hears=hears)
        return {
            "doors": doors[: view.DOORS_SHOWN],
            "doors_more": len(doors[view.DOORS_SHOWN :]),
            "state": view.state(doors, hears=hears),
            "passes": view.passes(moved[:PASSES_SHOWN], doors),
            "stock": stock[:STOCK_SHOWN],
            "stock_more": len(stock) > STOCK_SHOWN,
            "changes": view.last_changes(moved),
            "alerts": view.alerts(alerts, now_us - DAY_US),
            "alerts_more": len(alerts) if len(alerts) == ALERTS_READ else None,
            "at": view.clock(now_us),
        }
