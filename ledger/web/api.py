"""/api/v1: what the books say, for systems."""

import base64
import binascii
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from ledger.store.engine import StoreError, explain
from ledger.store.queries import PAGE_MAX, MovementRow, StockRow
from ledger.web.problem import Problem
from ledger.web.services import Services
from wire import instant, json
from wire.reason import Reason


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Asked(BaseModel):
    """Query parameters; an unknown one is an error, not a surprise."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(default=100, ge=1, le=PAGE_MAX)
    cursor: str | None = Field(default=None, max_length=1000)


class StockAsked(_Asked):
    kind: Literal["internal", "supplier", "customer", "transit", "unknown", "all"] = "internal"
    item: str | None = Field(default=None, max_length=200)
    location: str | None = Field(default=None, max_length=300)


class MovementsAsked(_Asked):
    verdict: Literal["booked", "stored", "all"] = "booked"


class Stock(_Answer):
    """`quantity` is in base units of the item."""

    item: str
    description: str
    unit: str
    unresolved: bool
    location: str
    location_name: str
    kind: str
    site: str
    quantity: int


class StockPage(_Answer):
    stock: list[Stock]
    next: str | None


class Line(_Answer):
    item: str
    location: str
    quantity: int


class Movement(_Answer):
    event_id: str
    event_time: str
    record_time: str
    source: str
    kind: str
    verdict: str
    biz_step: str | None
    direction: str | None
    read_point: str | None
    units: int
    containers: list[str]
    lines: list[Line]


class MovementPage(_Answer):
    movements: list[Movement]
    next: str | None


class Gateway(_Answer):
    """committed = booked + duplicates + rejected: each settled number is one of the three."""

    source: str
    epoch: str
    online: bool
    made: int | None
    committed: int
    booked: int
    duplicates: int
    rejected: int


class Health(_Answer):
    status: Literal["ok", "degraded"]
    broker: bool
    ledger: str
    version: str
    booked: int


def router(services: Services) -> APIRouter:
    routes = APIRouter()

    @routes.get("/api/v1/stock")
    async def stock(asked: Annotated[StockAsked, Query()]) -> StockPage:
        """What is on hand, by item and location."""
        rows = await services.read(
            services.queries.stock,
            kind=None if asked.kind == "all" else asked.kind,
            sku=asked.item,
            location=asked.location,
            after=_stock_cursor(asked.cursor),
            limit=asked.limit,
        )
        last = rows[-1] if len(rows) == asked.limit else None
        following = None if last is None else _cursor([last.sku, last.location])
        return StockPage(stock=[_stock(row) for row in rows], next=following)

    @routes.get("/api/v1/movements")
    async def movements(asked: Annotated[MovementsAsked, Query()]) -> MovementPage:
        """What was booked, newest first."""
        rows = await services.read(
            services.queries.movements,
            verdict=None if asked.verdict == "all" else asked.verdict,
            before=_movement_cursor(asked.cursor),
            limit=asked.limit,
        )
        last = rows[-1] if len(rows) == asked.limit else None
        following = None if last is None else _cursor([last.record_us, last.part, last.pseq])
        return MovementPage(movements=[_movement(row) for row in rows], next=following)

    @routes.get("/api/v1/gateways")
    async def gateways() -> list[Gateway]:
        """How far the events of each gateway are settled."""
        spoken = {f"{view.site}/{view.gateway}": view for view in services.gateways()}
        answer = []
        for row in await services.read(services.queries.sources):
            view = spoken.get(row.source)
            said = view and (view.health or view.birth)
            answer.append(
                Gateway(
                    source=row.source,
                    epoch=row.epoch,
                    online=view is not None and view.is_online,
                    made=said.made if said else None,
                    committed=row.committed,
                    booked=row.booked,
                    duplicates=row.duplicates,
                    rejected=row.rejected,
                )
            )
        return answer

    @routes.get("/healthz", response_model=Health)
    async def healthz() -> JSONResponse:
        """200 while the books can be read; `degraded` while the broker is away."""
        try:
            await services.read(services.queries.ping)
        except StoreError as error:
            raise Problem(503, Reason.INTERNAL_ERROR, f"database: {explain(error)}") from None
        status = services.status()
        health = Health(
            status="ok" if status.is_connected else "degraded",
            broker=status.is_connected,
            ledger=status.ledger,
            version=status.version,
            booked=status.booked,
        )
        return JSONResponse(health.model_dump())

    return routes


def _stock(row: StockRow) -> Stock:
    return Stock(
        item=row.sku,
        description=row.description,
        unit=row.unit,
        unresolved=row.unresolved,
        location=row.location,
        location_name=row.location_name,
        kind=row.location_kind,
        site=row.site,
        quantity=row.quantity,
    )


def _movement(row: MovementRow) -> Movement:
    return Movement(
        event_id=row.event_id,
        event_time=instant.to_text(row.event_us),
        record_time=instant.to_text(row.record_us),
        source=row.source,
        kind=row.kind,
        verdict=row.verdict,
        biz_step=row.biz_step,
        direction=row.direction,
        read_point=row.read_point,
        units=row.units,
        containers=list(row.containers),
        lines=[
            Line(item=line.sku, location=line.location, quantity=line.quantity)
            for line in row.lines
        ],
    )


# -- cursors: where a page ended; opaque to whoever holds one -----------------------------------


def _cursor(place: list[json.JsonValue]) -> str:
    return base64.urlsafe_b64encode(json.encode(place).encode()).decode().rstrip("=")


def _place(cursor: str, *kinds: type) -> list[object]:
    try:
        place = json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, json.NotJson, ValueError):
        place = None
    if not isinstance(place, list) or [type(part) for part in place] != list(kinds):
        raise Problem(400, Reason.BAD_PARAMETER, "query.cursor: expected a `next` of this list")
    return list(place)


def _stock_cursor(cursor: str | None) -> tuple[str, str] | None:
    if cursor is None:
        return None
    sku, location = _place(cursor, str, str)
    return str(sku), str(location)


def _movement_cursor(cursor: str | None) -> tuple[int, int, int] | None:
    if cursor is None:
        return None
    match _place(cursor, int, int, int):
        case [int(record_us), int(part), int(pseq)]:
            return record_us, part, pseq
        case _:
            return None
