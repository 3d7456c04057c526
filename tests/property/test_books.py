"""Stock is conserved, whatever is delivered how often and in whatever order."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core import batch, chain
from ledger.core.batch import Arrived
from ledger.core.booking import Location, LocationKind, Packed
from ledger.core.books import Changes, Code, Paper, State
from tests.contract.books import DOCK, HALL, TEA, received, told
from wire.event import BizTransaction, Event

UNKNOWN = Location(1, "unknown:rotterdam", LocationKind.UNKNOWN, "rotterdam")
HALL_1 = Location(2, HALL, LocationKind.INTERNAL, "rotterdam")
ANNOUNCED = {DOCK.name: "e1"}
QUANTITY = 12

steps = st.tuples(
    st.sampled_from(["receiving", "shipping", "storing"]),
    st.lists(st.integers(1, 6), min_size=1, max_size=4, unique=True),
    st.sampled_from([None, "urn:x:order", "urn:x:sale", "urn:x:transfer"]),
)


def state() -> State:
    made = State(next_id=100, codes={TEA: [Code(0, Packed(10, QUANTITY))]})
    made.learn(UNKNOWN)
    made.learn(HALL_1)
    made.documents = {
        "urn:x:order": Paper("urn:x:order", "purchase", "acme"),
        "urn:x:sale": Paper("urn:x:sale", "sale", "shop"),
        "urn:x:transfer": Paper("urn:x:transfer", "transfer", "depot"),
    }
    return made


def events(script: list[tuple[str, list[int], str | None]]) -> list[Event]:
    return [
        received(
            number,
            serials,
            biz_step,
            biz_transaction_list=(BizTransaction(biz_transaction=paper),) if paper else None,
        )
        for number, (biz_step, serials, paper) in enumerate(script, start=1)
    ]


def balances(all_changes: list[Changes]) -> dict[tuple[int, int], int]:
    sums: dict[tuple[int, int], int] = {}
    for changes in all_changes:
        for line in changes.lines:
            key = line.item_id, line.location_id
            sums[key] = sums.get(key, 0) + line.quantity
    return {key: quantity for key, quantity in sums.items() if quantity}


def deliver(arrivals: list[Arrived], known: State, chance: Random) -> list[Changes]:
    """Batches with repeats and gaps, again and again, until all is settled."""
    done: list[Changes] = []
    while known.heads.get(DOCK.name) is None or known.heads[DOCK.name].committed < len(arrivals):
        some = chance.choices(arrivals, k=chance.randint(1, 2 * len(arrivals)))
        if chance.random() < 0.5:
            some.sort(key=lambda each: each.received.seq or 0)
        done.append(batch.settle(some, known, ANNOUNCED, 1).changes)
    return done


@given(st.lists(steps, min_size=1, max_size=12))
def test_the_lines_of_an_item_add_up_to_nothing(
    script: list[tuple[str, list[int], str | None]],
) -> None:
    settled = batch.settle(told(*events(script)), state(), ANNOUNCED, 1)

    for row in settled.changes.events:
        lines = [line for line in settled.changes.lines if line.pseq == row.pseq]
        assert sum(line.quantity for line in lines) == 0
    assert sum(balances([settled.changes]).values()) == 0


@given(st.lists(st.tuples(steps, st.sampled_from([None, None, 6, 20])), min_size=1, max_size=12))
def test_a_place_holds_what_the_units_in_it_are(
    script: list[tuple[tuple[str, list[int], str | None], int | None]],
) -> None:
    """But for where units came from that the books had never placed; packs change meanwhile."""
    known = state()
    arrivals = told(*events([step for step, _ in script]))
    changes = []
    for each, (_, pack) in zip(arrivals, script, strict=True):
        if pack is not None:
            event = each.received.event
            assert event is not None
            known.codes[TEA].append(Code(event.event_us, Packed(10, pack)))
        changes.append(batch.settle([each], known, ANNOUNCED, 1).changes)

    expected = sum(
        unit.goods.quantity for unit in known.units.values() if unit.location == HALL_1.id
    )
    assert balances(changes).get((10, HALL_1.id), 0) == expected


@settings(deadline=None)
@given(st.lists(steps, min_size=1, max_size=8), st.integers(0, 2**32))
def test_repeats_gaps_and_disorder_change_nothing(
    script: list[tuple[str, list[int], str | None]], seed: int
) -> None:
    arrivals = told(*events(script))
    once, often = state(), state()
    expected = batch.settle(arrivals, once, ANNOUNCED, 1)

    changes = deliver(arrivals, often, Random(seed))

    assert balances(changes) == balances([expected.changes])
    assert often.units == once.units
    assert often.heads == once.heads
    hashes = [row.hash for each in changes for row in each.events]
    assert [each.body_hash for each in expected.changes.events] == [
        row.body_hash for each in changes for row in each.events
    ]
    assert len(set(hashes)) == len(script)


@given(st.lists(steps, min_size=1, max_size=8))
def test_the_chain_can_be_worked_out_from_its_rows(
    script: list[tuple[str, list[int], str | None]],
) -> None:
    settled = batch.settle(told(*events(script)), state(), ANNOUNCED, 1)

    previous = chain.GENESIS
    for row in settled.changes.events:
        linked = chain.Chained(*(getattr(row, name) for name in chain.Chained.__slots__))
        previous = chain.link(previous, linked)
        assert previous == row.hash
