"""What every store answers to those who ask."""

from ledger.store.queries import AlertRow
from tests.contract.books import case, event_id, received, told
from tests.contract.stores import Books


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
