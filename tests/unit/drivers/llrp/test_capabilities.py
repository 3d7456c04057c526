import struct

import pytest

from drivers.llrp.protocol.capabilities import (
    Capabilities,
    OutOfRange,
    RfMode,
    decode_capabilities,
    nearest_level,
)
from drivers.llrp.protocol.framing import LlrpError
from tests.unit.drivers.llrp import far_end


def test_capabilities_are_told() -> None:
    assert decode_capabilities(far_end.capabilities(1)[10:]) == Capabilities(
        antennas=4,
        has_utc_clock=True,
        manufacturer=32473,
        model=960,
        firmware="5.14.",
        holds_reports=True,
        inputs=0,
        outputs=0,
        rospecs_max=1,
        specs_per_rospec_max=1,
        opspecs_per_accessspec_max=8,
        power_dbm={1: 10.0, 2: 20.0, 3: 30.0},
        country=840,
        standard=1,
    )


def general(*inside: bytes, manufacturer: int = 25882) -> bytes:
    """GeneralDeviceCapabilities of a reader with 4 antennas and no firmware's name."""
    head = struct.pack(">HHIIH", 4, 0, manufacturer, 7, 0)
    return far_end.tlv(137, head + b"".join(inside))


def band(*inside: bytes) -> bytes:
    """RegulatoryCapabilities of the United States."""
    return far_end.tlv(143, struct.pack(">HH", 840, 1) + far_end.tlv(144, b"".join(inside)))


def sensitivities(*above_db: int) -> bytes:
    return b"".join(
        far_end.tlv(139, struct.pack(">HH", index, each))
        for index, each in enumerate(above_db, start=1)
    )


def mode(number: int, modulation: int = 2) -> bytes:
    fields = (number, 0x80, modulation, 1, 3, 274_000, 2000, 20_000, 25_000, 1_000)
    return far_end.tlv(329, struct.pack(">IBBBBIIIII", *fields))


def test_a_reader_tells_what_its_device_has() -> None:
    said = general(
        sensitivities(0, 10),
        far_end.tlv(363, struct.pack(">h", -84)),
        far_end.tlv(149, struct.pack(">HHH", 3, 1, 1)),
        far_end.tlv(141, struct.pack(">HH", 4, 8)),
        far_end.tlv(140, struct.pack(">HHB", 2, 1, 1)),
        far_end.tlv(1023, bytes(9)),
    )

    assert decode_capabilities(said) == Capabilities(
        antennas=4,
        manufacturer=25882,
        model=7,
        inputs=4,
        outputs=8,
        sensitivity_db={1: 0.0, 2: 10.0},
        most_sensitive_dbm=-84.0,
        sensitivity_range={3: (1, 1)},
        air_protocols={2: (1,)},
    )


def test_a_reader_tells_its_limits() -> None:
    limits = far_end.tlv(142, struct.pack(">BBHIIIII", 0x48, 1, 0, 2, 32, 1, 1508, 8))
    filters = far_end.tlv(327, struct.pack(">BH", 0x40, 2))

    assert decode_capabilities(limits + filters) == Capabilities(
        holds_reports=True,
        warns_of_full_buffer=True,
        rospecs_max=2,
        specs_per_rospec_max=32,
        accessspecs_max=1508,
        opspecs_per_accessspec_max=8,
        filters_max=2,
    )


def test_a_reader_tells_the_frequencies_that_it_hops_over() -> None:
    tables = [
        far_end.tlv(147, struct.pack(">BxHII", number, 2, 902_750, 903_250)) for number in (1, 2)
    ]
    said = band(far_end.tlv(146, b"\x80" + b"".join(tables)))

    assert decode_capabilities(said) == Capabilities(
        country=840,
        standard=1,
        hopping=True,
        hop_tables_khz={1: (902_750, 903_250), 2: (902_750, 903_250)},
    )


def test_a_reader_tells_its_fixed_frequencies() -> None:
    table = far_end.tlv(148, struct.pack(">HII", 2, 865_700, 866_300))
    said = band(far_end.tlv(146, b"\x00" + far_end.tlv(999, b"") + table))

    assert decode_capabilities(said) == Capabilities(
        country=840, standard=1, fixed_khz=(865_700, 866_300)
    )


def test_a_reader_tells_its_modes_also_one_of_a_modulation_that_nobody_knows() -> None:
    told = far_end.tlv(328, mode(2) + far_end.tlv(999, b"") + mode(9, modulation=7))
    link = (274_000, 3, 1, 2000, 20_000, 25_000, 1_000)

    assert decode_capabilities(band(told)) == Capabilities(
        country=840, standard=1, modes=(RfMode(2, 4, *link), RfMode(9, 0, *link))
    )


def test_tari_goes_from_the_shortest_to_the_longest_by_steps() -> None:
    stepped = RfMode(2, 4, 0, tari_min_ns=20_000, tari_max_ns=25_000, tari_step_ns=500)
    any_length = RfMode(2, 4, 0, tari_min_ns=20_000, tari_max_ns=25_000)
    taris_ns = (19_999, 20_000, 20_100, 20_500, 25_000, 25_500)

    assert [stepped.takes_tari(each) for each in taris_ns] == [
        False,
        True,
        False,
        True,
        True,
        False,
    ]
    assert [any_length.takes_tari(each) for each in taris_ns] == [False, *[True] * 4, False]
    assert stepped.tari_offered == "20 to 25 µs in steps of 0.5 µs"
    assert RfMode(0, 1, 0, tari_min_ns=6_250, tari_max_ns=6_250).tari_offered == "6.25 µs"


def test_sensitivities_are_dbm_where_it_is_known_what_they_are_counted_from() -> None:
    table = {1: 0.0, 2: 10.0}

    def dbm(manufacturer: int, told: float | None = None) -> dict[int, float]:
        found = Capabilities(
            manufacturer=manufacturer, sensitivity_db=table, most_sensitive_dbm=told
        )
        return found.sensitivity_dbm

    assert dbm(25882) == {1: -80.0, 2: -70.0}
    assert dbm(25882, told=-84) == {1: -84.0, 2: -74.0}
    assert dbm(161) == {}


def test_the_maker_has_a_name_or_its_number() -> None:
    makers = [Capabilities(manufacturer=number).maker for number in (25882, 161, 17996, 5)]

    assert makers == ["Impinj", "Motorola/Zebra", "Alien", "the vendor with number 5"]


def test_what_a_reader_does_not_tell_keeps_its_default() -> None:
    assert decode_capabilities(far_end.status()) == Capabilities()


def test_other_parameters_of_a_band_are_passed_over() -> None:
    regulatory = far_end.tlv(
        143, bytes(4) + far_end.tlv(999, b"") + far_end.tlv(144, far_end.tlv(999, b""))
    )

    assert decode_capabilities(regulatory) == Capabilities()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (far_end.tlv(137, bytes(3)), "GeneralDeviceCapabilities of 3 bytes: expected at least 14"),
        (
            far_end.tlv(137, struct.pack(">HHIIH", 4, 0, 0, 0, 1)),
            "ReaderFirmwareVersion of 1 bytes: cut short",
        ),
        (general(far_end.tlv(141, b"")), "GPIOCapabilities of 0 bytes: expected at least 4"),
        (general(far_end.tlv(140, b"")), "PerAntennaAirProtocol of 0 bytes: expected at least 4"),
        (
            general(far_end.tlv(139, b"")),
            "ReceiveSensitivityTableEntry of 0 bytes: expected at least 4",
        ),
        (
            general(far_end.tlv(149, b"")),
            "PerAntennaReceiveSensitivityRange of 0 bytes: expected at least 6",
        ),
        (
            general(far_end.tlv(363, b"")),
            "MaximumReceiveSensitivity of 0 bytes: expected at least 2",
        ),
        (far_end.tlv(327, b""), "C1G2LLRPCapabilities of 0 bytes: expected at least 3"),
        (band(far_end.tlv(146, b"")), "FrequencyInformation of 0 bytes: expected at least 1"),
        (
            band(far_end.tlv(146, b"\x80" + far_end.tlv(147, bytes((1, 0, 0, 1))))),
            "FrequencyHopTable of 0 bytes: expected at least 4",
        ),
        (
            band(far_end.tlv(146, b"\x00" + far_end.tlv(148, b"\x00"))),
            "FixedFrequencyTable of 1 bytes: expected at least 2",
        ),
        (
            band(far_end.tlv(328, far_end.tlv(329, b""))),
            "C1G2UHFRFModeTableEntry of 0 bytes: expected at least 28",
        ),
        (far_end.tlv(142, b""), "LLRPCapabilities of 0 bytes: expected at least 24"),
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

    assert nearest_level(offered, 24.9) == 2
    assert nearest_level(offered, 25.0) == 2
    assert nearest_level(offered, 25.1) == 3
    assert nearest_level(offered, 30.0) == 3


def test_a_power_outside_the_table_names_its_range() -> None:
    assert nearest_level({1: 10.0, 2: 30.0}, 33.0) == OutOfRange(33.0, 10.0, 30.0)
    assert nearest_level({1: 10.0, 2: 30.0}, 9.0) == OutOfRange(9.0, 10.0, 30.0)
