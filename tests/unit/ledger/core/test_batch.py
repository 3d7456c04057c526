"""What a batch comes to, where a whole store would only blur it."""

from collections.abc import Sequence

import pytest

from ledger.core import batch
from ledger.core.batch import Arrived
from ledger.core.booking import Location, LocationKind, Packed
from ledger.core.books import Code, Paper, State
from tests.contract.books import DOCK, HALL, TEA, arrived, event_id, payload, received, told
from wire.event import BizTransaction, Quantity
from wire.messages import REJECTED_LISTED_MAX
from wire.reason import Reason

NOW_US = 1_795_400_000_000_000


def state() -> State:
    made = State(next_id=100, codes={TEA: [Code(0, Packed(10, 12))]})
    made.learn(Location(1, "unknown:rotterdam", LocationKind.UNKNOWN, "rotterdam"))
    made.learn(Location(2, HALL, LocationKind.INTERNAL, "rotterdam"))
    return made


def settle(arrivals: Sequence[Arrived], known: State | None = None) -> batch.Settled:
    return batch.settle(arrivals, known or state(), {DOCK.name: "e1"}, NOW_US)


def test_the_newest_of_those_that_do_not_follow_is_told() -> None:
    """Whichever came last: all up to there were made."""
    one, seven, five = (told(received(seq), first=seq)[0] for seq in (1, 7, 5))

    assert settle([one, seven, five]).ahead == {DOCK.name: 7}
    assert settle([one, five, seven]).ahead == {DOCK.name: 7}


def test_a_head_lists_the_newest_rejects_and_counts_all() -> None:
    bad = [payload(received(n), n).replace(b'"OBSERVE"', b'"SEE"') for n in range(1, 106)]
    known = state()

    changes = settle([arrived(each) for each in bad], known).changes

    head = known.heads[DOCK.name]
    assert [each.seq for each in head.rejected] == list(range(105, 5, -1))
    assert (len(head.rejected), head.rejected_total) == (REJECTED_LISTED_MAX, 105)
    assert len(changes.rejects) == 105


def test_a_sender_s_plain_mistake_makes_no_alert() -> None:
    """It is told to the sender; alerts are for people here."""
    bad = payload(received(1), 1).replace(b'"OBSERVE"', b'"SEE"')
    odd = payload(received(2), 2).replace(b'"readpoint:v":1', b'"readpoint:v":9')

    changes = settle([arrived(bad), arrived(odd)]).changes

    assert [row.reason for row in changes.rejects] == ["invalid_event", "unsupported_version"]
    assert changes.alerts == {}


@pytest.mark.parametrize(
    ("more", "rejected"),
    [
        (0, []),
        (1, ["1000001000000 base units in one line: expected at most 1000000000000"]),
    ],
)
def test_a_line_may_be_as_large_as_its_bound(more: int, rejected: list[str]) -> None:
    known = state()
    known.codes[TEA] = [Code(0, Packed(10, 10**6))]
    count = (Quantity(epc_class=TEA, quantity=10**6 + more),)

    changes = settle(told(received(1, (), quantity_list=count)), known).changes

    assert [row.detail for row in changes.rejects] == rejected
    assert len(changes.events) == 1 - more


@pytest.mark.parametrize(
    ("event_time", "offset", "posting_date"),
    [
        ("2026-11-22T23:59:59.999+01:00", "+01:00", "2026-11-22"),
        ("2026-11-23T00:00:00.000+01:00", "+01:00", "2026-11-23"),
        ("2026-11-22T22:59:59Z", "+01:00", "2026-11-22"),
        ("2026-11-22T23:00:00Z", "+01:00", "2026-11-23"),
        ("2026-11-23T02:00:00+00:00", "-03:30", "2026-11-22"),
        ("2026-11-23T03:30:00+00:00", "-03:30", "2026-11-23"),
        ("20261123T000000+0100", "+01:00", "2026-11-23"),
    ],
)
def test_an_event_is_of_the_day_that_its_site_had(
    event_time: str, offset: str, posting_date: str
) -> None:
    """However its time is written: an EPCIS event may be told in UTC beside its offset."""
    said = received(1, event_time=event_time, event_time_zone_offset=offset)

    (row,) = settle(told(said)).changes.events

    assert row.posting_date == posting_date


def test_of_two_documents_that_are_known_the_first_counts() -> None:
    known = state()
    known.documents = {
        "urn:x:order": Paper("urn:x:order", "purchase", "acme"),
        "urn:x:other": Paper("urn:x:other", "purchase", "other"),
    }
    papers = tuple(
        BizTransaction(biz_transaction=f"urn:x:{name}") for name in ("nobody", "order", "other")
    )

    changes = settle(told(received(1, biz_transaction_list=papers)), known).changes

    lines = {known.places[line.location_id].key: line.quantity for line in changes.lines}
    assert lines == {HALL: 12, "supplier:acme": -12}
    assert changes.alerts == {}


def test_a_rejected_id_may_come_again_and_be_booked() -> None:
    """Settled as rejected is not booked: a corrected event bears the same id, or a new one."""
    bad = payload(received(1), 1).replace(b'"OBSERVE"', b'"SEE"')

    settled = settle([arrived(bad), *told(received(1), first=2)])

    assert [row.reason for row in settled.changes.rejects] == [Reason.INVALID_EVENT]
    assert [entry.row.event_id for entry in settled.entries] == [event_id(1)]
