"""What the ledger says over HTTP, as any system would ask it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx

from simulator.demo.referee import Entry, Told
from wire import instant


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement as the API tells it; times are ISO 8601 text."""

    event_id: str
    event_time: str
    direction: str
    door: str
    units: int
    containers: tuple[str, ...]


@dataclass(slots=True)
class Books:
    """Raises httpx.HTTPError where the ledger does not answer."""

    client: httpx.AsyncClient

    @property
    def url(self) -> str:
        return str(self.client.base_url)

    async def is_there(self) -> bool:
        try:
            return (await self.client.get("/healthz")).status_code == 200
        except httpx.HTTPError:
            return False

    async def newest(self, limit: int = 50) -> list[Movement]:
        answer = await self.client.get("/api/v1/movements", params={"limit": limit})
        answer.raise_for_status()
        return [_movement(row) for row in answer.json()["movements"]]

    async def events(self) -> list[Entry]:
        """All that was booked or stored."""
        return [_entry(row) async for row in self._all("movements", verdict="all")]

    async def stock(self) -> dict[str, int]:
        """On hand by item, over all internal locations."""
        stock: dict[str, int] = {}
        async for row in self._all("stock"):
            stock[row["item"]] = stock.get(row["item"], 0) + row["quantity"]
        return stock

    async def _all(self, name: str, **wanted: str) -> AsyncIterator[dict[str, Any]]:
        cursor: dict[str, str] = {}
        while True:
            asked = {"limit": "500"} | wanted | cursor
            answer = await self.client.get(f"/api/v1/{name}", params=asked)
            answer.raise_for_status()
            page = answer.json()
            for row in page[name]:
                yield row
            if page["next"] is None:
                return
            cursor = {"cursor": page["next"]}


def _movement(row: dict[str, Any]) -> Movement:
    return Movement(
        event_id=row["event_id"],
        event_time=row["event_time"],
        direction=row["direction"] or "",
        door=(row["read_point"] or "").rsplit("/", 1)[-1],
        units=row["units"],
        containers=tuple(row["containers"]),
    )


def _entry(row: dict[str, Any]) -> Entry:
    told = Told(
        event_id=row["event_id"],
        kind=row["kind"],
        door=row["read_point"] or "",
        direction=row["direction"] or "unknown",
        event_us=instant.to_us(row["event_time"]),
        keys=frozenset(row["containers"]),
        unnamed=row["units"],
    )
    return Entry(told, row["verdict"])
