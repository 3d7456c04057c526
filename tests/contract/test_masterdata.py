"""Master data in every store: taken, or refused with what it contradicts; never taken in part."""

import pytest

from ledger.core.masterdata import DocumentRow, ItemRow, LocationRow, Rows
from ledger.store.masterdata import Conflict
from tests.contract.books import HALL, TEA, received, told
from tests.contract.stores import NOW_US, Books

ITEM = ItemRow("TEA", "Green tea", "pack", TEA, 12)
PLACE = LocationRow(HALL, "Hall 1", "internal", "rotterdam")
ORDER = DocumentRow("urn:x:po-1", "purchase", "acme")


def everything(books: Books) -> list[object]:
    tables = ("item", "code", "location", "document")
    return [[tuple(row) for row in books.rows(table)] for table in tables]


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        (
            [ITEM._replace(unit="kg")],
            "item TEA: unit 'kg': the books count it in 'pack'",
        ),
        (
            [PLACE._replace(site="antwerp")],
            f"location {HALL}: site 'antwerp': the books have it as 'rotterdam'",
        ),
        (
            [PLACE._replace(kind="customer")],
            f"location {HALL}: kind 'customer': the books have it as 'internal'",
        ),
        (
            [ORDER._replace(kind="sale")],
            "document urn:x:po-1: kind 'sale': the books have it as 'purchase'",
        ),
        (
            [ORDER._replace(party="other")],
            "document urn:x:po-1: party 'other': the books have it as 'acme'",
        ),
    ],
)
def test_what_contradicts_the_books_is_refused_and_nothing_of_its_file_is_taken(
    books: Books, rows: Rows, why: str
) -> None:
    books.take([ORDER])
    before = everything(books)

    with pytest.raises(Conflict) as refused:
        books.take([*FIRST[type(rows[0])], *rows])

    assert str(refused.value) == why
    assert everything(books) == before


FIRST: dict[type, Rows] = {
    ItemRow: [ItemRow("OATS", "Oats", "pack", "https://id.gs1.org/01/09521141098769", 1)],
    LocationRow: [LocationRow("urn:x:hall-2", "Hall 2", "internal", "rotterdam")],
    DocumentRow: [DocumentRow("urn:x:po-2", "purchase", "acme")],
}


def test_what_the_books_have_already_is_taken_again(books: Books) -> None:
    """A file may be brought again and again; names and descriptions are its to change."""
    books.take([ORDER])
    before = everything(books)

    assert books.take([ITEM], NOW_US) == 1
    assert books.take([PLACE], NOW_US) == 1
    assert books.take([ORDER], NOW_US) == 1
    assert everything(books) == before

    books.take([ITEM._replace(description="Tea, green")])
    books.take([PLACE._replace(name="The hall")])
    books.book(*told(received(1)))
    (row,) = books.queries.stock()
    assert (row.description, row.location_name) == ("Tea, green", "The hall")


def test_the_newest_row_of_a_key_holds(books: Books) -> None:
    """Also of those that were imported in one instant, or after the clock stepped back."""
    for pack in (10, 8, 6):
        books.take([ITEM._replace(quantity=pack)], 0)
    books.book(*told(received(1)))

    assert books.on_hand()["TEA", HALL] == 6
    rows = [(row.valid_from_us, row.quantity) for row in books.rows("code")]
    assert rows == [(0, 12), (1, 10), (2, 8), (3, 6)]


def test_a_key_may_come_to_stand_for_another_item(books: Books) -> None:
    books.take([ItemRow("TEA-2", "Green tea, new", "pack", TEA, 12)], NOW_US - 10**15)
    books.book(*told(received(1)))

    assert books.on_hand()["TEA-2", HALL] == 12


def test_a_placeholder_is_explained_where_it_was_made_at_the_same_instant(books: Books) -> None:
    oats = "https://id.gs1.org/01/09521141098769"
    books.book(*told(received(1).model_copy(update={"epc_list": (f"{oats}/21/1",)})))

    books.take([ItemRow("OATS", "Oats", "pack", oats, 20)], 0)

    books.book(*told(received(2).model_copy(update={"epc_list": (f"{oats}/21/2",)}), first=2))
    assert books.on_hand()["OATS", HALL] == 20
    assert books.settled() == (2, 2, 0, 0)
