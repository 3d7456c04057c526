"""LEDGER §5: an error declaration says that an event never happened: what it booked goes back."""

from pathlib import Path

from ledger.core.masterdata import DocumentRow
from tests.contract.books import HALL, PALLET, TEA, case, event_id, received, told
from tests.contract.stores import ANNOUNCED, NOW_US, Books, sqlite
from wire.event import BizTransaction, ErrorDeclaration, Event, Place, Quantity
from wire.reason import Reason
from wire.topics import Source

LATER = "2026-11-22T09:00:00.000+01:00"


def declared(said: Event, at: str = LATER, seq: int = 2) -> Event:
    error = ErrorDeclaration(declaration_time=at, reason="did_not_occur", epoch="e1", seq=seq)
    return said.model_copy(update={"error_declaration": error})


def stock(books: Books) -> dict[tuple[str, str], int]:
    return {key: quantity for key, quantity in books.on_hand().items() if quantity}


def test_what_a_declared_event_moved_goes_back(books: Books) -> None:
    said = received(1, (1, 2), pallet=PALLET)
    books.book(*told(said))

    books.book(*told(declared(said), first=1))

    assert stock(books) == {}
    error, movement = books.queries.movements()
    assert (error.event_id, error.kind, error.verdict, error.direction) == (
        event_id(1),
        "declaration",
        "booked",
        None,
    )
    assert error.event_us == movement.event_us
    assert [(line.location, line.quantity) for line in error.lines] == [
        (HALL, -24),
        ("unknown:rotterdam", 24),
    ]
    for key in (case(1), PALLET):
        unit = books.queries.unit(key)
        assert unit is not None and unit.location == "unknown:rotterdam"
    assert [(row.declared_us > 0) for row in books.rows("event_key")] == [False, True]
    books.assert_true()


def test_an_event_and_its_declaration_in_one_batch_are_as_one_by_one(
    books: Books, tmp_path: Path
) -> None:
    one, two = received(1, (1,)), received(2, (1,), biz_step="shipping")
    events = told(one, two, declared(two, seq=3), declared(one, seq=4))
    other = sqlite(tmp_path / "other")
    books.book(*events)
    for each in events:
        other.book(each)

    assert stock(books) == stock(other) == {}
    assert books.alerts() == other.alerts()
    assert [row.hash for row in books.rows("event")] == [row.hash for row in other.rows("event")]
    books.assert_true()
    other.assert_true()
    other.close()


def test_goods_without_serial_go_back_to_where_they_came_from(books: Books) -> None:
    counted = (Quantity(epc_class=TEA, quantity=3),)
    came = received(1, (), quantity_list=counted)
    went = received(2, (7,), "shipping", claimed_from=HALL, quantity_list=counted)
    books.book(*told(came, went))
    assert stock(books) == {}

    books.book(*told(declared(went, seq=3), first=3))

    assert stock(books) == {("TEA", HALL): 36, ("TEA", "unknown:rotterdam"): -36}
    unit = books.queries.unit(case(7))
    assert unit is not None and unit.location == "unknown:rotterdam"
    books.assert_true()


def test_what_was_placed_before_goes_back_to_there_and_the_rest_to_where_it_came_from(
    books: Books,
) -> None:
    bought = (BizTransaction(biz_transaction="urn:x:po-1"),)
    books.take([DocumentRow("urn:x:po-1", "purchase", "acme")])
    early = received(1, (1,), biz_location=Place(id="urn:x:elsewhere"))
    said = received(2, (1, 2), biz_transaction_list=bought)
    books.book(*told(early, said))

    books.book(*told(declared(said, seq=3), first=3))

    places = [books.queries.unit(case(serial)) for serial in (1, 2)]
    assert [place and place.location for place in places] == ["unknown:rotterdam", "supplier:acme"]
    assert stock(books) == {}
    books.assert_true()


def test_what_moved_on_is_left_for_a_person(books: Books) -> None:
    came = received(1, (1,))
    books.book(*told(came, received(2, (1,), biz_step="shipping")))
    before = stock(books)

    books.book(*told(declared(came, seq=3), first=3))

    assert stock(books) == before
    assert (Reason.DECLARED_TOO_LATE, case(1)) in books.alerts()
    (kept,) = books.queries.movements("stored")
    assert kept.kind == "declaration"
    books.assert_true()


def test_what_was_taken_back_can_come_again(books: Books) -> None:
    said = received(1, (1,))
    books.book(*told(said, declared(said), received(3, (1,))))

    assert stock(books) == {("TEA", HALL): 12, ("TEA", "unknown:rotterdam"): -12}
    books.assert_true()


def test_an_event_is_taken_back_once(books: Books) -> None:
    said = received(1, (1,))
    again = declared(said, "2026-11-22T09:30:00.000+01:00", seq=4)
    books.book(*told(said, declared(said)))

    books.book(*told(declared(said, seq=3), again, first=3))

    assert stock(books) == {}
    (head,) = books.ingest.heads()
    assert (head.committed, head.booked, head.duplicates, head.rejected_total) == (4, 3, 1, 0)
    books.assert_true()


def test_a_declaration_with_another_content_than_its_event_is_rejected(books: Books) -> None:
    said = received(1, (1,))
    books.book(*told(said, declared(received(1, (2,)))))

    assert stock(books) == {("TEA", HALL): 12, ("TEA", "unknown:rotterdam"): -12}
    assert (Reason.ID_CONFLICT, "rotterdam/dock-1 e1 2") in books.alerts()
    books.assert_true()


def test_an_event_that_was_declared_an_error_before_it_came_books_nothing(books: Books) -> None:
    said = received(1, (1,))
    elsewhere = Source("rotterdam", "dock-2")
    first = told(declared(said, seq=1), source=elsewhere)
    books.ingest.book(first, ANNOUNCED | {elsewhere.name: "e1"}, NOW_US)

    books.book(*told(said))

    assert stock(books) == {}
    assert books.queries.unit(case(1)) is None
    assert {row.verdict for row in books.rows("event")} == {"stored"}
    books.assert_true()


def test_a_declared_review_moves_nothing(books: Books) -> None:
    said = received(1, (1,), kind="review", read_point=Place(id="urn:x:door"))
    books.book(*told(said, declared(said)))

    assert stock(books) == {}
    assert [row.kind for row in books.queries.movements("stored")] == ["declaration", "review"]
    books.assert_true()
