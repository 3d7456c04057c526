import pytest

from wire.messages import Ack, BadMessage, Birth, Health, Rejected, Resend, State
from wire.reason import Reason

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
