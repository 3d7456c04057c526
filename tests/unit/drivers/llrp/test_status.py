import pytest

from drivers.llrp.protocol.framing import LlrpError
from drivers.llrp.protocol.status import Status, decode_status
from tests.unit.drivers.llrp import far_end


def test_a_status_is_done_or_a_code_and_a_sentence() -> None:
    assert decode_status(far_end.status()) == Status(0)
    assert decode_status(far_end.status()).success
    assert decode_status(far_end.tlv(999, b"") + far_end.status(101, "bad field ")) == Status(
        101, "bad field"
    )


def test_a_status_reads_as_a_sentence() -> None:
    assert str(Status(101, "bad field")) == "bad field (status 101)"
    assert str(Status(109)) == "status 109"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "response without LLRPStatus"),
        (far_end.tlv(287, b"\x00"), "LLRPStatus of 1 bytes: expected at least 4"),
    ],
)
def test_an_answer_without_a_status_is_none(body: bytes, why: str) -> None:
    with pytest.raises(LlrpError) as broken:
        decode_status(body)

    assert str(broken.value) == why
