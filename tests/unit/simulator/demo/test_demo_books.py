"""The ledger's lists, page by page, as the referee takes them."""

import json

import httpx

from simulator.demo.books import Books
from simulator.demo.referee import Entry, Told

ROW = {
    "event_id": "urn:uuid:1",
    "event_time": "2023-11-14T22:13:20.400+00:00",
    "kind": "movement",
    "verdict": "booked",
    "direction": "in",
    "read_point": "urn:door-1",
    "units": 2,
    "containers": ["urn:pallet"],
}
REVIEW = ROW | {
    "event_id": "urn:uuid:2",
    "kind": "review",
    "verdict": "stored",
    "direction": None,
    "read_point": None,
    "units": 0,
    "containers": [],
}


def ledger(request: httpx.Request) -> httpx.Response:
    """The far end: two pages of events, two of stock."""
    asked = dict(request.url.params)
    last = asked.pop("cursor", None) == "there"
    following = None if last else "there"
    if request.url.path == "/api/v1/movements":
        assert asked == {"limit": "500", "verdict": "all"}
        page = {"movements": [REVIEW if last else ROW], "next": following}
    else:
        assert (request.url.path, asked) == ("/api/v1/stock", {"limit": "500"})
        page = {"stock": [{"item": "TEA", "quantity": 5 if last else 7}], "next": following}
    return httpx.Response(200, text=json.dumps(page))


async def test_all_pages_are_read() -> None:
    transport = httpx.MockTransport(ledger)
    async with httpx.AsyncClient(transport=transport, base_url="http://ledger") as client:
        books = Books(client)
        events, stock = await books.events(), await books.stock()

    at_us = 1_700_000_000_400_000
    pallet = frozenset({"urn:pallet"})
    assert events == [
        Entry(Told("urn:uuid:1", "movement", "urn:door-1", "in", at_us, pallet, 2), "booked"),
        Entry(Told("urn:uuid:2", "review", "", "unknown", at_us, frozenset(), 0), "stored"),
    ]
    assert stock == {"TEA": 12}
