"""/api/v1: what the books say, for systems."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request

from ledger.core.booking import LocationKind
from ledger.store.queries import MovementRow, SourceRow, StockRow, UnitRow
from ledger.web import cursor
from ledger.web.answers import (
    Asked,
    Gateway,
    GatewayPage,
    Health,
    Line,
    Movement,
    MovementPage,
    MovementsAsked,
    Stock,
    StockAsked,
    StockPage,
    Unit,
    UnitAsked,
    Units,
)
from ledger.web.problem import RESPONSES, Problem
from ledger.web.services import GatewayView, Services
from wire import instant
from wire.reason import Reason

Row = TypeVar("Row")


def router(services: Services) -> APIRouter:
    routes = APIRouter(responses=RESPONSES, dependencies=[Depends(_each_parameter_once)])

    @routes.get("/api/v1/stock")
    async def stock(asked: Annotated[StockAsked, Query()]) -> StockPage:
        """What is on hand, by item and location. Each page is of its own instant."""
        rows = await services.read(
            services.queries.stock,
            kind=None if asked.kind == "all" else asked.kind.value,
            sku=asked.item,
            location=asked.location,
            after=_stock_place(asked.cursor),
            limit=asked.limit + 1,
        )
        page, last = _page(rows, asked.limit)
        following = None if last is None else cursor.encode([last.sku, last.location])
        return StockPage(stock=[_stock(row) for row in page], next=following)

    @routes.get("/api/v1/movements")
    async def movements(asked: Annotated[MovementsAsked, Query()]) -> MovementPage:
        """What was booked, newest first. What is booked meanwhile stands before the first page."""
        rows = await services.read(
            services.queries.movements,
            verdict=None if asked.verdict == "all" else asked.verdict,
            before=_movement_place(asked.cursor),
            limit=asked.limit + 1,
        )
        page, last = _page(rows, asked.limit)
        following = None if last is None else cursor.encode([last.record_us, last.part, last.pseq])
        return MovementPage(movements=[_movement(row) for row in page], next=following)

    @routes.get("/api/v1/units")
    async def units(asked: Annotated[UnitAsked, Query()]) -> Units:
        """Whether the books know a thing, and where it is."""
        row = await services.read(services.queries.unit, key=asked.key)
        return Units(units=[] if row is None else [_unit(row)])

    @routes.get("/api/v1/gateways")
    async def gateways(asked: Annotated[Asked, Query()]) -> GatewayPage:
        """How far the events of each gateway are settled, by source."""
        settled = {row.source: row for row in await services.read(services.queries.sources)}
        spoken = {view.source: view for view in services.gateways()}
        after = _source_place(asked.cursor)
        sources = sorted(source for source in settled.keys() | spoken.keys() if source > after)
        page, last = _page(sources, asked.limit)
        hears = services.status().is_connected
        return GatewayPage(
            gateways=[
                _gateway(source, settled.get(source), spoken.get(source), hears=hears)
                for source in page
            ],
            next=None if last is None else cursor.encode([last]),
        )

    @routes.get("/healthz")
    async def healthz() -> Health:
        """200 while the books can be read; `degraded` while the broker is away."""
        await services.read(services.queries.ping)
        status = services.status()
        return Health(
            status="ok" if status.is_connected else "degraded",
            broker=status.is_connected,
            ledger=status.ledger,
            version=status.version,
            booked=status.booked,
            ignored=status.ignored,
            dropped=status.dropped,
        )

    return routes


async def _each_parameter_once(request: Request) -> None:
    """Of `?kind=internal&kind=all` either could be meant."""
    seen: set[str] = set()
    for name, _ in request.query_params.multi_items():
        if name in seen:
            raise Problem(400, Reason.BAD_PARAMETER, f"query.{name[:64]}: expected once")
        seen.add(name)


def _page(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """A page of rows, of which one more than `limit` were asked; the last where more follow."""
    page = rows[:limit]
    return page, (page[-1] if len(rows) > limit else None)


def _stock(row: StockRow) -> Stock:
    return Stock(
        item=row.sku,
        description=row.description,
        unit=row.unit,
        unresolved=row.unresolved,
        location=row.location,
        location_name=row.location_name,
        kind=LocationKind(row.location_kind),
        site=row.site,
        quantity=row.quantity,
    )


def _unit(row: UnitRow) -> Unit:
    return Unit(
        key=row.key,
        location=row.location,
        location_name=row.location_name,
        kind=LocationKind(row.location_kind),
        site=row.site,
        event_time=instant.to_text(row.event_us),
    )


def _movement(row: MovementRow) -> Movement:
    return Movement.model_validate(
        {
            "event_id": row.event_id,
            "event_time": instant.to_text(row.event_us),
            "record_time": instant.to_text(row.record_us),
            "source": row.source,
            "kind": row.kind,
            "verdict": row.verdict,
            "biz_step": row.biz_step,
            "direction": row.direction,
            "read_point": row.read_point,
            "units": row.units,
            "containers": list(row.containers),
            "lines": [
                Line(item=line.sku, location=line.location, quantity=line.quantity)
                for line in row.lines
            ],
        }
    )


def _gateway(
    source: str, settled: SourceRow | None, view: GatewayView | None, *, hears: bool
) -> Gateway:
    said = view.said if view else None
    epoch = settled.epoch if settled else said.epoch if said else None
    return Gateway(
        source=source,
        epoch=epoch,
        online=view is not None and view.is_online if hears else None,
        made=said.made if said and said.epoch == epoch else None,
        committed=settled.committed if settled else 0,
        booked=settled.booked if settled else 0,
        duplicates=settled.duplicates if settled else 0,
        rejected=settled.rejected if settled else 0,
    )


# -- where a page begins -------------------------------------------------------------------------


def _stock_place(text: str | None) -> tuple[str, str] | None:
    if text is None:
        return None
    sku, location = cursor.texts(text, 2)
    return sku, location


def _movement_place(text: str | None) -> tuple[int, int, int] | None:
    if text is None:
        return None
    record_us, part, pseq = cursor.integers(text, 3)
    return record_us, part, pseq


def _source_place(text: str | None) -> str:
    return "" if text is None else cursor.texts(text, 1)[0]
