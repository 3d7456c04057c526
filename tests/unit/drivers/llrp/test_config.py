import struct

import pytest

from drivers.llrp.protocol.config import ReaderConfig, decode_config
from drivers.llrp.protocol.framing import LlrpError
from tests.unit.drivers.llrp import far_end

PORTS = (
    far_end.tlv(225, struct.pack(">HBB", 1, 0x80, 0))
    + far_end.tlv(225, struct.pack(">HBB", 2, 0x80, 1))
    + far_end.tlv(225, struct.pack(">HBB", 3, 0x00, 2))
    + far_end.tlv(219, struct.pack(">HB", 1, 0x80))
    + far_end.tlv(219, struct.pack(">HB", 2, 0x00))
    + far_end.tlv(221, struct.pack(">BHh", 0x80, 1, 600))
    + far_end.tlv(221, struct.pack(">BHh", 0x00, 2, 600))
)


def custom(vendor: int, subtype: int, value: bytes) -> bytes:
    return far_end.tlv(1023, struct.pack(">II", vendor, subtype) + value)


def test_inputs_outputs_and_antennas_are_told_and_an_unknown_state_is_not() -> None:
    assert decode_config(far_end.status() + PORTS) == ReaderConfig(
        inputs=((1, False), (2, True)),
        outputs=((1, True), (2, False)),
        antennas=((1, True), (2, False)),
    )


def test_an_impinj_reader_tells_how_warm_it_is() -> None:
    others = custom(25882, 36, struct.pack(">HI", 1, 20)) + custom(161, 37, b"\x00\x01")
    below_zero = custom(25882, 37, struct.pack(">h", -7))

    told = decode_config(others + below_zero + custom(161, 1, b""))

    assert told == ReaderConfig(temperature_c=-7.0)


@pytest.mark.parametrize("kind", [225, 219, 221])
def test_a_part_that_is_too_short_breaks_the_protocol(kind: int) -> None:
    with pytest.raises(LlrpError, match=f"^parameter {kind} of a configuration: unpack_from"):
        decode_config(far_end.tlv(kind, b"\x00"))
