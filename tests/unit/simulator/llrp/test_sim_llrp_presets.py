"""The readers that one meets in the field, as another's library reads what they say."""

import pytest
from llrpkit.protocol import decode_message, messages

from drivers.llrp.protocol.tables import MessageType
from simulator.llrp.capabilities import Capabilities, RfMode
from simulator.llrp.encoder import message, status
from simulator.llrp.numbers import RequestedCapabilities
from simulator.llrp.presets import GENERIC, IMPINJ_R420, PRESETS, ZEBRA_FX9600


def said_by(capabilities: Capabilities) -> messages.GET_READER_CAPABILITIES_RESPONSE:
    body = status() + capabilities.encoded(RequestedCapabilities.ALL)
    return decode_message(message(MessageType.GET_READER_CAPABILITIES_RESPONSE, 1, body))


def test_an_r420_says_who_it_is_and_what_it_keeps() -> None:
    said = said_by(IMPINJ_R420)
    general, llrp = said.general_device_capabilities, said.llrp_capabilities

    assert (
        general.device_manufacturer_name,
        general.model_name,
        general.max_number_of_antenna_supported,
        general.has_utc_clock_capability,
        general.gpio_capabilities.num_gp_is,
        general.gpio_capabilities.num_gp_os,
    ) == (25882, 2001002, 4, True, 4, 4)
    assert [entry.receive_sensitivity_value for entry in general.receive_sensitivity_table_entrys][
        :3
    ] == [0, 10, 11]
    assert len(general.receive_sensitivity_table_entrys) == 42
    assert (
        llrp.can_report_buffer_fill_warning,
        llrp.supports_event_and_report_holding,
        llrp.max_num_ro_specs,
        llrp.max_num_specs_per_ro_spec,
        llrp.max_num_access_specs,
        llrp.max_num_op_specs_per_access_spec,
    ) == (True, True, 1, 32, 1508, 8)
    assert said.air_protocol_llrp_capabilities.can_support_block_write is True
    assert said.air_protocol_llrp_capabilities.max_num_select_filters_per_query == 2


def test_an_r420_has_the_modes_and_the_powers_of_the_real_one() -> None:
    band = said_by(IMPINJ_R420).regulatory_capabilities.uhf_band_capabilities
    powers = [entry.transmit_power_value for entry in band.transmit_power_level_table_entrys]
    (table,) = band.air_protocol_uhfrf_mode_tables
    modes = {
        mode.mode_identifier: (mode.m_value, mode.bdr_value, mode.min_tari_value)
        for mode in table.c1_g2_uhfrf_mode_table_entrys
    }

    assert (powers[0], powers[-1], len(powers)) == (1_000, 3_000, 81)
    assert modes == {
        0: (0, 640_000, 6_250),
        1: (1, 640_000, 6_250),
        2: (2, 274_000, 20_000),
        3: (3, 170_600, 20_000),
        4: (2, 640_000, 7_140),
        **dict.fromkeys((1000, 1002, 1003, 1004, 1005), (0, 40_000, 6_250)),
    }


def test_an_fx9600_has_eight_antennas_and_modes_with_a_range_of_tari() -> None:
    said = said_by(ZEBRA_FX9600)
    (table,) = said.regulatory_capabilities.uhf_band_capabilities.air_protocol_uhfrf_mode_tables
    taris = [
        (mode.min_tari_value, mode.max_tari_value, mode.step_tari_value)
        for mode in table.c1_g2_uhfrf_mode_table_entrys
    ]

    assert said.general_device_capabilities.device_manufacturer_name == 161
    assert len(said.general_device_capabilities.per_antenna_air_protocols) == 8
    assert said.llrp_capabilities.max_num_ro_specs == 20
    assert taris == [(6_250, 6_250, 0)] * 2 + [(12_500, 25_000, 2_100)] * 3


def test_a_reader_of_a_band_without_hopping_lists_its_channels() -> None:
    capabilities = Capabilities(channels_khz=(865_700, 866_300), hopping=False)
    band = said_by(capabilities).regulatory_capabilities.uhf_band_capabilities

    assert band.frequency_information.hopping is False
    assert band.frequency_information.frequency_hop_tables == []
    assert band.frequency_information.fixed_frequency_table.frequency == [865_700, 866_300]


def test_a_reader_without_a_utc_clock_says_so() -> None:
    said = said_by(Capabilities(has_utc=False))

    assert said.general_device_capabilities.has_utc_clock_capability is False


@pytest.mark.parametrize(
    ("tari_ns", "taken"),
    [(0, True), (12_500, True), (14_600, True), (25_100, False), (12_501, False), (25_000, False)],
)
def test_a_tari_is_one_of_the_steps_of_its_mode(tari_ns: int, taken: bool) -> None:
    mode = RfMode(1, 2, 0, 3, 64_000, 2_000, 12_500, 25_000, 2_100)

    assert mode.has_tari(tari_ns) is taken


def test_a_mode_with_one_tari_takes_no_other() -> None:
    mode = IMPINJ_R420.rf_modes[0]

    assert [mode.has_tari(tari_ns) for tari_ns in (0, 6_250, 6_251)] == [True, True, False]


def test_every_preset_has_a_name_for_the_command_line() -> None:
    assert PRESETS == {
        "generic": GENERIC,
        "impinj-r420": IMPINJ_R420,
        "zebra-fx9600": ZEBRA_FX9600,
    }
