"""What every store answers to those who ask."""

from ledger.core.masterdata import ItemRow
from ledger.store.queries import AlertRow, CrossingsRow, UnitRow
from tests.contract.books import DOCK, HALL, case, event_id, received, told
from tests.contract.stores import Books
from wire import instant
from wire.event import Place


def test_alerts_are_told_newest_first(books: Books) -> None:
    """Those of one instant by event and reason."""
    books.book(*told(received(1)), now_us=1)
    books.book(*told(received(2)), *told(received(2), received(3), first=2), now_us=2)

    assert books.queries.alerts() == [
        AlertRow(event_id(2), "received_again", case(1), 2),
        AlertRow(event_id(3), "received_again", case(1), 2),
        AlertRow(event_id(1), "receiving_without_document", "", 1),
    ]
    assert books.queries.alerts(limit=1) == [AlertRow(event_id(2), "received_again", case(1), 2)]


def test_stock_is_told_page_by_page(books: Books) -> None:
    """By item, then location; each balance once, and none that is 0."""
    gtins = [f"https://id.gs1.org/01/{gtin}" for gtin in ("09521141098769", "09521141000014")]
    books.take([ItemRow(f"A{n}", "A", "piece", gtin, 1) for n, gtin in enumerate(gtins)])
    keys = tuple(f"{gtin}/21/{n}" for gtin in gtins for n in range(2))
    books.book(
        *told(
            received(1).model_copy(update={"epc_list": keys}),
            received(2, (1,)),
            received(3, (1,), biz_step="shipping"),
        )
    )
    whole = [
        ("A0", HALL, 2),
        ("A0", "unknown:rotterdam", -2),
        ("A1", HALL, 2),
        ("A1", "unknown:rotterdam", -2),
    ]

    found: list[tuple[str, str, int]] = []
    after = None
    while page := books.queries.stock(kind=None, after=after, limit=1):
        (row,) = page
        found.append((row.sku, row.location, row.quantity))
        after = row.sku, row.location

    assert found == whole
    assert [row.sku for row in books.queries.stock()] == ["A0", "A1"]
    assert [row.quantity for row in books.queries.stock(kind="unknown", sku="A1")] == [-2]
    assert [row.sku for row in books.queries.stock(kind=None, location=HALL)] == ["A0", "A1"]
    assert books.queries.stock(kind="transit") == []


def test_movements_are_told_page_by_page_by_verdict(books: Books) -> None:
    kinds = {n: "movement" if n % 2 else "count" for n in range(1, 8)}
    books.book(*told(*(received(n, (n,), kind=kind) for n, kind in kinds.items())))

    def walk(verdict: str | None) -> list[str]:
        found: list[str] = []
        before = None
        while page := books.queries.movements(verdict, before, limit=2):
            found += [row.event_id for row in page]
            before = page[-1].record_us, page[-1].part, page[-1].pseq
        return found

    assert walk("booked") == [event_id(n) for n in (7, 5, 3, 1)]
    assert walk("stored") == [event_id(n) for n in (6, 4, 2)]
    assert walk(None) == [event_id(n) for n in range(7, 0, -1)]


def test_what_happened_yesterday_is_not_counted_today_however_late_it_is_told(
    books: Books,
) -> None:
    door = Place(id="urn:x:door-1")
    midnight = instant.to_us("2026-11-22T00:00:00+01:00")
    times = [f"2026-11-{day}+01:00" for day in ("21T23:59:59", "22T00:00:00", "22T08:00:00")]
    books.book(
        *told(
            *(received(n, (n,), event_time=at, read_point=door) for n, at in enumerate(times, 1)),
            received(4, (3,), "shipping", event_time=times[2], read_point=door),
            received(5, (5,), kind="review", event_time=times[2], read_point=door),
            received(6, (6,), event_time=times[2], read_point=door, direction=None),
            received(7, (7,), event_time=times[2]),
        )
    )
    last = instant.to_us(times[2])

    assert books.queries.crossings(midnight) == [
        CrossingsRow(DOCK.name, door.id, "in", 2, last),
        CrossingsRow(DOCK.name, door.id, "out", 1, last),
    ]
    assert books.queries.crossings(midnight - 1_000_000)[0].count == 3
    assert books.queries.crossings(last + 1) == []


def test_a_unit_is_told_with_its_place_once_something_was_booked_of_it(books: Books) -> None:
    books.book(*told(received(1), received(2, (2,), biz_step="shipping")))

    at_us = received(1).event_us
    assert books.queries.unit(case(1)) == UnitRow(
        case(1), HALL, "Hall 1", "internal", "rotterdam", at_us
    )
    shipped = books.queries.unit(case(2))
    assert shipped is not None
    assert (shipped.location, shipped.location_kind) == ("unknown:rotterdam", "unknown")
    assert books.queries.unit(case(3)) is None


def test_a_thing_that_got_its_tag_is_known_by_where_it_got_it(books: Books) -> None:
    made = received(
        1,
        biz_step="commissioning",
        action="ADD",
        disposition="active",
        biz_location=Place(id=HALL),
    )

    books.book(*told(made))

    (kept,) = books.queries.movements(verdict=None)
    assert (kept.verdict, kept.kind, kept.biz_step) == ("booked", "movement", "commissioning")
    assert books.queries.unit(case(1)) == UnitRow(
        case(1), HALL, "Hall 1", "internal", "rotterdam", made.event_us
    )
