import pytest

from wire.event import SEQ_MAX
from wire.json import DOCUMENT_BYTES_MAX
from wire.messages import (
    REJECTED_LISTED_MAX,
    Ack,
    BadMessage,
    Birth,
    Health,
    Rejected,
    Resend,
    State,
)
from wire.reason import Reason

EVENT_ID = "urn:uuid:0190a0b0-0000-8000-8000-000000000001"
ACK = Ack(
    ledger="l",
    incarnation=1,
    n=7,
    epoch="e1",
    committed=5,
    id="urn:uuid:1",
    rejected=(Rejected(seq=4, reason=Reason.NOT_JSON, detail="x"),),
    rejected_total=1,
)


@pytest.mark.parametrize(
    "message",
    [
        ACK,
        State(status="online", boot="b", session=2),
        Birth(
            boot="b",
            session=2,
            software="0.1.0",
            config_hash="h",
            epoch="e1",
            first_kept=1,
            made=3,
            settled=2,
        ),
        Health(
            at="2026-11-22T08:15:30.125+01:00",
            boot="b",
            epoch="e1",
            made=3,
            settled=2,
            waiting=1,
            oldest_s=0.5,
        ),
        Resend(transaction="t", epoch="e1", from_seq=3),
    ],
)
def test_a_message_comes_back_as_it_was(message: Ack | State | Birth | Health | Resend) -> None:
    assert type(message).from_payload(message.to_payload()) == message


@pytest.mark.parametrize("detail", ["\\" * 100_000, '"\n' * 9, "\x00\U0001f600\\" * 100_000])
def test_an_ack_with_all_that_it_may_list_can_be_read(detail: str) -> None:
    """EDGE §2: `rejected` lists the newest 100."""
    one = Rejected(
        seq=SEQ_MAX, event_id=EVENT_ID, reason=max(Reason, key=lambda one: len(one)), detail=detail
    )
    ack = Ack(
        ledger="0190a0b0-0000-8000-8000-000000000001",
        incarnation=SEQ_MAX,
        n=SEQ_MAX,
        epoch="f" * 36,
        committed=SEQ_MAX,
        id=EVENT_ID,
        safe=SEQ_MAX,
        rejected=(one,) * REJECTED_LISTED_MAX,
        rejected_total=SEQ_MAX,
    )

    said = ack.to_payload()
    assert len(said) <= DOCUMENT_BYTES_MAX
    assert Ack.from_payload(said) == ack


def test_a_reason_of_a_newer_ledger_does_not_make_an_ack_unreadable() -> None:
    """DESIGN §4: on the wire what one does not know is ignored."""
    told = ACK.to_payload().replace(b"not_json", b"not_yet_known")

    assert Ack.from_payload(told).rejected[0].reason == "not_yet_known"
    assert isinstance(Ack.from_payload(ACK.to_payload()).rejected[0].reason, Reason)


def test_a_resend_says_from() -> None:
    assert Resend(transaction="t", epoch="e1", from_seq=3).to_payload() == (
        b'{"transaction":"t","epoch":"e1","from":3}'
    )


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "Expecting value at character 0"),
        (
            b'{"status": "on", "boot": "b", "session": 1}',
            "status: Input should be 'online' or 'offline'",
        ),
        (b'{"status": "online", "boot": "b"}', "session: Field required"),
    ],
)
def test_a_bad_message_says_what_and_where(payload: bytes, why: str) -> None:
    with pytest.raises(BadMessage) as refused:
        State.from_payload(payload)

    assert str(refused.value) == why
