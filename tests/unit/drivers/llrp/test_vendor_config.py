"""Custom messages, byte for byte; the parameters are read by a library in test_rospec.py."""

import pytest

from drivers.llrp.protocol.framing import LlrpError, encode_message
from drivers.llrp.protocol.status import Status
from drivers.llrp.protocol.vendor_config import enable_impinj_extensions, status_of_custom
from tests.unit.drivers.llrp import far_end


def test_impinj_s_extensions_are_asked_for_by_a_message_of_its_own() -> None:
    assert encode_message(enable_impinj_extensions(9)).hex() == (
        "07ff 00000013 00000009 0000651a 15 00000000".replace(" ", "")
    )


def test_the_answer_has_its_status_behind_vendor_and_subtype() -> None:
    head = bytes.fromhex("0000651a 16")

    assert status_of_custom(head + far_end.status(101, "no")) == Status(101, "no")
    with pytest.raises(LlrpError):
        status_of_custom(head)
