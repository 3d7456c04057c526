"""What the simulated reader says it can do, as two LLRP libraries that others wrote read it."""

from llrpkit.protocol import decode_message, messages, params
from sllurp.llrp import LLRPMessage

from drivers.llrp.protocol.tables import MessageType
from simulator.llrp.capabilities import Capabilities, RfMode
from simulator.llrp.encoder import message, status
from simulator.llrp.numbers import RequestedCapabilities

SMALL = Capabilities(
    antenna_count=2,
    gpi_count=3,
    powers_cdbm=(1_000, 1_025),
    channels_khz=(902_750, 903_250),
    rf_modes=(RfMode(7, 2, 0, 3, 274_000, 2_000, 20_000),),
)


def test_the_capabilities_as_llrpkit_reads_them() -> None:
    body = status() + SMALL.encoded(RequestedCapabilities.ALL)

    assert decode_message(
        message(MessageType.GET_READER_CAPABILITIES_RESPONSE, 3, body)
    ) == messages.GET_READER_CAPABILITIES_RESPONSE(
        llrp_status=params.LLRPStatus(status_code=0, error_description=""),
        general_device_capabilities=params.GeneralDeviceCapabilities(
            max_number_of_antenna_supported=2,
            can_set_antenna_properties=False,
            has_utc_clock_capability=True,
            device_manufacturer_name=32473,
            model_name=1,
            reader_firmware_version="readpoint-simulator 1",
            receive_sensitivity_table_entrys=[
                params.ReceiveSensitivityTableEntry(index=1, receive_sensitivity_value=0)
            ],
            gpio_capabilities=params.GPIOCapabilities(num_gp_is=3, num_gp_os=4),
            per_antenna_air_protocols=[
                params.PerAntennaAirProtocol(antenna_id=antenna, protocol_id=b"\x01")
                for antenna in (1, 2)
            ],
        ),
        llrp_capabilities=params.LLRPCapabilities(
            supports_event_and_report_holding=True,
            max_num_ro_specs=4,
            max_num_specs_per_ro_spec=16,
            max_num_inventory_parameter_specs_per_ai_spec=1,
        ),
        regulatory_capabilities=params.RegulatoryCapabilities(
            country_code=840,
            communications_standard=1,
            uhf_band_capabilities=params.UHFBandCapabilities(
                transmit_power_level_table_entrys=[
                    params.TransmitPowerLevelTableEntry(index=1, transmit_power_value=1_000),
                    params.TransmitPowerLevelTableEntry(index=2, transmit_power_value=1_025),
                ],
                frequency_information=params.FrequencyInformation(
                    hopping=True,
                    frequency_hop_tables=[
                        params.FrequencyHopTable(hop_table_id=1, frequency=[902_750, 903_250])
                    ],
                ),
                air_protocol_uhfrf_mode_tables=[
                    params.C1G2UHFRFModeTable(
                        c1_g2_uhfrf_mode_table_entrys=[
                            params.C1G2UHFRFModeTableEntry(
                                mode_identifier=7,
                                dr_value=True,
                                m_value=2,
                                forward_link_modulation=0,
                                spectral_mask_indicator=3,
                                bdr_value=274_000,
                                pie_value=2_000,
                                min_tari_value=20_000,
                                max_tari_value=20_000,
                            )
                        ]
                    )
                ],
            ),
        ),
        air_protocol_llrp_capabilities=params.C1G2LLRPCapabilities(
            max_num_select_filters_per_query=2
        ),
    )


def test_the_capabilities_as_sllurp_reads_them() -> None:
    body = status() + SMALL.encoded(RequestedCapabilities.REGULATORY)
    sent = message(MessageType.GET_READER_CAPABILITIES_RESPONSE, 3, body)

    assert LLRPMessage(msgbytes=sent).msgdict == {
        "GET_READER_CAPABILITIES_RESPONSE": {
            "Ver": 1,
            "Type": 11,
            "ID": 3,
            "LLRPStatus": {"StatusCode": "Success", "ErrorDescription": b""},
            "RegulatoryCapabilities": {
                "CountryCode": 840,
                "CommunicationsStandard": 1,
                "UHFBandCapabilities": {
                    "TransmitPowerLevelTableEntry": [
                        {"Index": 1, "TransmitPowerValue": 1_000},
                        {"Index": 2, "TransmitPowerValue": 1_025},
                    ],
                    "FrequencyInformation": {
                        "Hopping": True,
                        "FrequencyHopTable": [
                            {"HopTableId": 1, "NumHops": 2, "Frequency": [902_750, 903_250]}
                        ],
                    },
                    "UHFC1G2RFModeTable": {
                        "UHFC1G2RFModeTableEntry": [
                            {
                                "ModeIdentifier": 7,
                                "DR": 1,
                                "EPCHAGTCConformance": False,
                                "Mod": 2,
                                "FLM": 0,
                                "M": 3,
                                "BDR": 274_000,
                                "PIE": 2_000,
                                "MinTari": 20_000,
                                "MaxTari": 20_000,
                                "StepTari": 0,
                            }
                        ]
                    },
                },
            },
        }
    }


def test_a_reader_that_cannot_hold_says_so() -> None:
    body = status() + Capabilities(can_hold=False).encoded(RequestedCapabilities.LLRP)
    sent = message(MessageType.GET_READER_CAPABILITIES_RESPONSE, 3, body)

    assert decode_message(sent).llrp_capabilities.supports_event_and_report_holding is False
    assert decode_message(sent).general_device_capabilities is None


def test_the_default_reader_has_a_power_table_in_quarter_decibels_and_fifty_channels() -> None:
    band = decode_message(
        message(
            MessageType.GET_READER_CAPABILITIES_RESPONSE,
            3,
            status() + Capabilities().encoded(RequestedCapabilities.REGULATORY),
        )
    ).regulatory_capabilities.uhf_band_capabilities
    powers = [
        (entry.index, entry.transmit_power_value)
        for entry in band.transmit_power_level_table_entrys
    ]
    (hop_table,) = band.frequency_information.frequency_hop_tables

    assert powers == [(index, 975 + 25 * index) for index in range(1, 82)]
    assert hop_table.frequency == list(range(902_750, 927_251, 500))
    assert len(hop_table.frequency) == 50
