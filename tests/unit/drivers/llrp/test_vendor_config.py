"""Custom messages, byte for byte; the parameters are read by a library in test_rospec.py."""

from drivers.llrp.protocol.framing import encode_message
from drivers.llrp.protocol.vendor_config import (
    enable_impinj_extensions,
    link_monitor,
    temperature_request,
)
from tests.unit.drivers.llrp import far_end


def test_impinj_s_extensions_are_asked_for_by_a_message_of_its_own() -> None:
    assert encode_message(enable_impinj_extensions()).hex() == (
        "07ff 00000013 00000000 0000651a 15 00000000".replace(" ", "")
    )


def test_a_link_monitor_and_a_temperature_are_asked_for_by_custom_parameters() -> None:
    assert link_monitor() == far_end.tlv(1023, bytes.fromhex("0000651a 00000026 0001 0005"))
    assert temperature_request() == far_end.tlv(1023, bytes.fromhex("0000651a 00000015 000007d4"))
