import pytest

from drivers.llrp.protocol.capabilities import (
    Capabilities,
    OutOfRange,
    decode_capabilities,
    nearest_power,
)
from drivers.llrp.protocol.framing import LlrpError
from tests.unit.drivers.llrp import far_end


def test_capabilities_are_told() -> None:
    assert decode_capabilities(far_end.capabilities(1)[10:]) == Capabilities(
        antennas=4,
        has_utc_clock=True,
        manufacturer=25882,
        model=2001002,
        firmware="5.14.",
        holds_reports=True,
        power_dbm={1: 10.0, 2: 20.0, 3: 30.0},
    )


def test_what_a_reader_does_not_tell_keeps_its_default() -> None:
    assert decode_capabilities(far_end.status()) == Capabilities()


def test_other_parameters_of_a_band_are_passed_over() -> None:
    regulatory = far_end.tlv(
        143, bytes(4) + far_end.tlv(999, b"") + far_end.tlv(144, far_end.tlv(146, b""))
    )

    assert decode_capabilities(regulatory) == Capabilities()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (far_end.tlv(137, bytes(3)), "GeneralDeviceCapabilities of 3 bytes: expected at least 14"),
        (far_end.tlv(142, b""), "LLRPCapabilities of 0 bytes: expected at least 1"),
        (far_end.tlv(143, b""), "RegulatoryCapabilities of 0 bytes: expected at least 4"),
        (
            far_end.tlv(143, bytes(4) + far_end.tlv(144, far_end.tlv(145, b""))),
            "TransmitPowerLevelTableEntry of 0 bytes: expected at least 4",
        ),
    ],
)
def test_capabilities_that_are_cut_short_say_which(body: bytes, why: str) -> None:
    with pytest.raises(LlrpError) as broken:
        decode_capabilities(body)

    assert str(broken.value) == why


def test_the_nearest_level_is_chosen_the_lower_of_two() -> None:
    offered = {1: 10.0, 2: 20.0, 3: 30.0}

    assert nearest_power(offered, 24.9) == 2
    assert nearest_power(offered, 25.0) == 2
    assert nearest_power(offered, 25.1) == 3
    assert nearest_power(offered, 30.0) == 3


def test_a_power_outside_the_table_names_its_range() -> None:
    assert nearest_power({1: 10.0, 2: 30.0}, 33.0) == OutOfRange(33.0, 10.0, 30.0)
    assert nearest_power({1: 10.0, 2: 30.0}, 9.0) == OutOfRange(9.0, 10.0, 30.0)
