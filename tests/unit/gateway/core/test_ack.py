"""EDGE: an ack counts only where ledger, epoch and event id are those we know."""

from dataclasses import replace

import pytest

from gateway.core.ack import Ignore, Known, Meaning, Refuse, Rewind, Settle, judge
from wire.messages import Ack, Rejected
from wire.reason import Reason

KNOWN = Known(ledger="l", incarnation=2, n=7, epoch="e1", made=10, committed=4)
REJECTED = (Rejected(seq=5, reason=Reason.NOT_JSON),)


def ack(
    ledger: str = "l",
    incarnation: int = 2,
    n: int = 8,
    epoch: str = "e1",
    committed: int = 6,
    id: str = "urn:6",
    rejected: tuple[Rejected, ...] = (),
) -> Ack:
    return Ack(
        ledger=ledger,
        incarnation=incarnation,
        n=n,
        epoch=epoch,
        committed=committed,
        id=id,
        rejected=rejected,
    )


@pytest.mark.parametrize(
    ("said", "own_id", "meaning"),
    [
        (ack(), "urn:6", Settle(6, ())),
        (ack(rejected=REJECTED), "urn:6", Settle(6, REJECTED)),
        (ack(n=7, committed=4, id="urn:4"), "urn:4", Settle(4, ())),
        (ack(committed=0, id="", incarnation=3), None, Rewind(0, ())),
        (ack(committed=2, id="urn:2", incarnation=3), "urn:2", Rewind(2, ())),
        (ack(committed=4, id="urn:4", incarnation=3), "urn:4", Rewind(4, ())),
        (ack(committed=5, id="urn:5", incarnation=3), "urn:5", Rewind(5, ())),
        (ack(n=6), "urn:6", Ignore()),
        (ack(incarnation=1, n=99), "urn:6", Ignore()),
        (ack(epoch="e0"), "urn:6", Ignore()),
        (ack(committed=3, id="urn:3"), "urn:3", Ignore()),
        (ack(id="", rejected=(Rejected(seq=6, reason=Reason.NEVER_ARRIVED),)), "urn:6",
         Settle(6, (Rejected(seq=6, reason=Reason.NEVER_ARRIVED),))),
        (
            ack(ledger="other"),
            "urn:6",
            Refuse("ack of ledger other: this gateway belongs to l"),
        ),
        (
            ack(committed=11, id="urn:11"),
            None,
            Refuse(
                "ledger has 11 events of this epoch, the outbox made 10:"
                " the outbox is a copy or was rolled back"
            ),
        ),
        (
            ack(id="urn:x"),
            "urn:6",
            Refuse(
                "event 6 is urn:x in the ledger and urn:6 here:"
                " the outbox is a copy or was rolled back"
            ),
        ),
        (
            ack(id="", rejected=REJECTED),
            "urn:6",
            Refuse(
                "event 6 is  in the ledger and urn:6 here:"
                " the outbox is a copy or was rolled back"
            ),
        ),
    ],
)  # fmt: skip
def test_an_ack_is_believed_where_it_fits(said: Ack, own_id: str | None, meaning: Meaning) -> None:
    assert judge(said, KNOWN, own_id) == meaning


def test_the_first_ack_tells_which_ledger_it_is() -> None:
    fresh = replace(KNOWN, ledger="", incarnation=0, n=0, committed=0)

    assert judge(ack(), fresh, "urn:6") == Settle(6, ())
