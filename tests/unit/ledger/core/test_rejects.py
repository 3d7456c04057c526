import pytest

from ledger.core.rejects import DETAIL_BYTES_MAX, rejected
from wire import json
from wire.json import DOCUMENT_BYTES_MAX
from wire.messages import REJECTED_LISTED_MAX, Ack, Rejected
from wire.reason import Reason

SEQ_MAX = (1 << 63) - 1
EVENT_ID = "urn:uuid:0190a0b0-0000-8000-8000-000000000001"


def told(detail: str) -> str:
    return rejected(SEQ_MAX, EVENT_ID, Reason.UNSUPPORTED_VERSION, detail).detail


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        ("", ""),
        ("action: expected 'ADD'", "action: expected 'ADD'"),
        ("ValueError: so\nTraceback:\n  all of it", "ValueError: so"),
        ("a\tb\x00c\x1bd\u2028e\ud800f", "a b c d e f"),
        ("x" * DETAIL_BYTES_MAX, "x" * DETAIL_BYTES_MAX),
        ("x" * (DETAIL_BYTES_MAX + 1), "x" * (DETAIL_BYTES_MAX - 3) + "…"),
        ('"' * (DETAIL_BYTES_MAX // 2), '"' * (DETAIL_BYTES_MAX // 2)),
        ('"' * 100_000, '"' * 498 + "…"),
        ("\U0001f600" * 100_000, "\U0001f600" * 249 + "…"),
    ],
)
def test_a_detail_is_told_in_one_short_line(detail: str, expected: str) -> None:
    assert told(detail) == expected
    assert len(json.encode(expected).encode()) - 2 <= DETAIL_BYTES_MAX


def test_a_reject_is_told_with_its_number_id_and_reason() -> None:
    assert rejected(3, None, Reason.UNREADABLE, "it") == Rejected(
        seq=3, reason=Reason.UNREADABLE, detail="it"
    )


@pytest.mark.parametrize("detail", ["\\" * 100_000, '"\n' * 9, "\x00\U0001f600\\" * 100_000])
def test_an_ack_with_as_many_rejects_as_there_can_be_is_readable(detail: str) -> None:
    longest = max(Reason, key=lambda reason: len(reason.value))
    one = rejected(SEQ_MAX, EVENT_ID, longest, detail)
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
