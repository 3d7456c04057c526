"""The ROSpec's bytes: as sllurp writes them, and as llrpkit reads them; how it is found again."""

from dataclasses import replace

import pytest
from llrpkit.protocol import decode_message, enums, impinj, params
from llrpkit.protocol.codec import BitStr
from sllurp.llrp_proto import Message_struct

from drivers.llrp.protocol import control
from drivers.llrp.protocol.framing import encode_message
from drivers.llrp.protocol.rospec import (
    AntennaPlan,
    RfControl,
    RoSpecPlan,
    encode_rospec,
)
from drivers.llrp.protocol.wanted import (
    After,
    AtEnd,
    EveryPeriod,
    EveryReads,
    FilterWanted,
    ImpinjWanted,
    LowDutyCycle,
    OnInput,
    Periodically,
    ReportField,
    SearchMode,
)
from tests.unit.drivers.llrp import far_end

PLAN = RoSpecPlan((AntennaPlan(1, 81), AntennaPlan(4)), session=2, population=60)
BY_TRIGGER = replace(PLAN, start=Periodically(60_000))
DISABLED, INACTIVE, ACTIVE = 0, 1, 2


def decoded(plan: RoSpecPlan) -> params.ROSpec:
    """As llrpkit understands it."""
    return decode_message(encode_message(control.add_rospec(plan))).ro_spec


def command(plan: RoSpecPlan) -> params.C1G2InventoryCommand:
    (aispec,) = decoded(plan).spec_parameters
    antenna = aispec.inventory_parameter_specs[0].antenna_configurations[0]
    return antenna.air_protocol_inventory_command_settings[0]


def test_a_whole_rospec_reads_as_it_was_planned() -> None:
    def inventory() -> params.C1G2InventoryCommand:
        return params.C1G2InventoryCommand(
            c1_g2_singulation_control=params.C1G2SingulationControl(session=2, tag_population=60)
        )

    antennas = [
        params.AntennaConfiguration(
            antenna_id=1,
            rf_transmitter=params.RFTransmitter(hop_table_id=1, channel_index=1, transmit_power=81),
            air_protocol_inventory_command_settings=[inventory()],
        ),
        params.AntennaConfiguration(
            antenna_id=4, air_protocol_inventory_command_settings=[inventory()]
        ),
    ]
    content = params.TagReportContentSelector(
        enable_ro_spec_id=True,
        enable_antenna_id=True,
        enable_channel_index=True,
        enable_peak_rssi=True,
        enable_first_seen_timestamp=True,
        enable_last_seen_timestamp=True,
        enable_tag_seen_count=True,
        air_protocol_epc_memory_selectors=[params.C1G2EPCMemorySelector(enable_pc_bits=True)],
    )

    assert decoded(PLAN) == params.ROSpec(
        ro_spec_id=PLAN.rospec_id,
        ro_boundary_spec=params.ROBoundarySpec(
            ro_spec_start_trigger=params.ROSpecStartTrigger(),
            ro_spec_stop_trigger=params.ROSpecStopTrigger(),
        ),
        spec_parameters=[
            params.AISpec(
                antenna_ids=[1, 4],
                ai_spec_stop_trigger=params.AISpecStopTrigger(),
                inventory_parameter_specs=[
                    params.InventoryParameterSpec(
                        inventory_parameter_spec_id=1,
                        protocol_id=enums.AirProtocols.EPCGlobalClass1Gen2,
                        antenna_configurations=antennas,
                    )
                ],
            )
        ],
        ro_report_spec=params.ROReportSpec(
            ro_report_trigger=enums.ROReportTriggerType.Upon_N_Tags_Or_End_Of_ROSpec,
            n=1,
            tag_report_content_selector=content,
        ),
    )


def test_what_sllurp_can_say_has_the_same_bytes() -> None:
    plan = replace(
        PLAN,
        antennas=(AntennaPlan(1, 81, sensitivity_index=3, hop_table=2, channel=5),),
        rf_control=RfControl(2, 20_000),
        stop=After(700),
        report=EveryReads(4),
        report_fields=(ReportField.RSSI, ReportField.SEEN_COUNT),
        impinj=ImpinjWanted(SearchMode.DUAL, phase=True, doppler=True, rssi_hundredths=True),
        impinj_channels=(1, 3),
    )
    said = {
        "TagInventoryStateAware": False,
        "C1G2RFControl": {"ModeIndex": 2, "Tari": 20_000},
        "C1G2SingulationControl": {"Session": 2, "TagPopulation": 60, "TagTransitTime": 0},
        "ImpinjInventorySearchMode": {"InventorySearchMode": 2},
        "ImpinjFixedFrequencyList": {"FixedFrequencyMode": 2, "ChannelList": [1, 3]},
    }
    antenna = {
        "AntennaID": 1,
        "RFReceiver": {"ReceiverSensitivity": 3},
        "RFTransmitter": {"HopTableId": 2, "ChannelIndex": 5, "TransmitPower": 81},
        "C1G2InventoryCommand": [said],
    }
    inventory = {
        "InventoryParameterSpecID": 1,
        "ProtocolID": 1,
        "AntennaConfiguration": [antenna],
    }
    rospec = {
        "ROSpecID": plan.rospec_id,
        "Priority": 0,
        "CurrentState": "Disabled",
        "ROBoundarySpec": {
            "ROSpecStartTrigger": {"ROSpecStartTriggerType": "Null"},
            "ROSpecStopTrigger": {
                "ROSpecStopTriggerType": "Duration",
                "DurationTriggerValue": 700,
            },
        },
        "AISpec": [
            {
                "AntennaID": [1],
                "AISpecStopTrigger": {"AISpecStopTriggerType": "Null", "DurationTriggerValue": 0},
                "InventoryParameterSpec": [inventory],
            }
        ],
        "ROReportSpec": {
            "ROReportTrigger": "Upon_N_Tags_Or_End_Of_ROSpec",
            "N": 4,
            "TagReportContentSelector": {
                "EnableAntennaID": True,
                "EnablePeakRSSI": True,
                "EnableTagSeenCount": True,
                "C1G2EPCMemorySelector": {"EnablePCBits": True},
            },
            "ImpinjTagReportContentSelector": {
                "ImpinjEnableRFPhaseAngle": {"RFPhaseAngleMode": 1},
                "ImpinjEnablePeakRSSI": {"PeakRSSIMode": 1},
                "ImpinjEnableRFDopplerFrequency": {"RFDopplerFrequencyMode": 1},
            },
        },
    }
    layout = Message_struct["ADD_ROSPEC"]

    assert control.add_rospec(plan).body == bytes(layout["encode"]({"ROSpec": rospec}, layout))


# -- triggers --------------------------------------------------------------------------------------


def test_a_rospec_may_start_every_so_often_and_stop_after_a_time() -> None:
    plan = replace(PLAN, start=Periodically(60_000, 500), stop=After(5_000))

    assert decoded(plan).ro_boundary_spec == params.ROBoundarySpec(
        ro_spec_start_trigger=params.ROSpecStartTrigger(
            ro_spec_start_trigger_type=enums.ROSpecStartTriggerType.Periodic,
            periodic_trigger_value=params.PeriodicTriggerValue(offset=500, period=60_000),
        ),
        ro_spec_stop_trigger=params.ROSpecStopTrigger(
            ro_spec_stop_trigger_type=enums.ROSpecStopTriggerType.Duration,
            duration_trigger_value=5_000,
        ),
    )


def test_a_rospec_may_start_and_stop_with_an_input() -> None:
    plan = replace(PLAN, start=OnInput(3), stop=OnInput(4, high=False, timeout_ms=9_000))

    assert decoded(plan).ro_boundary_spec == params.ROBoundarySpec(
        ro_spec_start_trigger=params.ROSpecStartTrigger(
            ro_spec_start_trigger_type=enums.ROSpecStartTriggerType.GPI,
            gpi_trigger_value=params.GPITriggerValue(gpi_port_num=3, gpi_event=True),
        ),
        ro_spec_stop_trigger=params.ROSpecStopTrigger(
            ro_spec_stop_trigger_type=enums.ROSpecStopTriggerType.GPI_With_Timeout,
            gpi_trigger_value=params.GPITriggerValue(gpi_port_num=4, timeout=9_000),
        ),
    )


def test_an_input_s_trigger_has_the_number_that_the_standard_gives_it() -> None:
    """181, behind the 180 of a period: one byte that sllurp has wrong."""
    trigger = far_end.tlv(181, b"\x00\x03\x80\x00\x00\x00\x00")

    assert far_end.tlv(179, b"\x03" + trigger) in encode_rospec(replace(PLAN, start=OnInput(3)), 1)


def test_only_what_has_no_trigger_needs_to_be_told_to_start() -> None:
    plans = [
        PLAN,
        BY_TRIGGER,
        replace(PLAN, start=OnInput(1)),
        replace(PLAN, report=EveryPeriod(1_000)),
        replace(PLAN, report=EveryPeriod(1_000), llrp_version=2),
    ]

    assert [plan.needs_start for plan in plans] == [True, False, False, False, True]


# -- reports ---------------------------------------------------------------------------------------


def when(plan: RoSpecPlan) -> tuple[int, int, int, int]:
    """ROReportTrigger, N, AISpecStopTriggerType and duration."""
    rospec = decoded(plan)
    report, stop = rospec.ro_report_spec, rospec.spec_parameters[0].ai_spec_stop_trigger
    kind = int(stop.ai_spec_stop_trigger_type)
    return int(report.ro_report_trigger), report.n, kind, stop.duration_trigger


def test_reports_come_by_reads_by_time_or_at_the_end() -> None:
    assert when(replace(PLAN, report=EveryReads(7))) == (2, 7, 0, 0)
    assert when(replace(PLAN, report=AtEnd())) == (2, 0, 0, 0)
    assert when(replace(PLAN, report=EveryPeriod(2_000))) == (1, 0, 1, 1_950)
    by_timer = replace(PLAN, llrp_version=2)
    assert when(replace(by_timer, report=EveryPeriod(2_000))) == (6, 2_000, 0, 0)
    assert when(replace(by_timer, report=EveryPeriod(65_535))) == (6, 65_535, 0, 0)
    assert when(replace(by_timer, report=EveryPeriod(65_536))) == (4, 65, 0, 0)


def test_without_a_timer_for_reports_the_rospec_is_started_again_each_period() -> None:
    boundary = decoded(replace(PLAN, report=EveryPeriod(2_000))).ro_boundary_spec

    assert boundary.ro_spec_start_trigger == params.ROSpecStartTrigger(
        ro_spec_start_trigger_type=enums.ROSpecStartTriggerType.Periodic,
        periodic_trigger_value=params.PeriodicTriggerValue(period=2_000),
    )


def test_each_field_of_a_report_has_its_bit() -> None:
    def content(*fields: ReportField) -> params.TagReportContentSelector:
        plan = replace(PLAN, report_fields=fields)
        return decoded(plan).ro_report_spec.tag_report_content_selector

    def asked(**enabled: bool) -> params.TagReportContentSelector:
        memory = params.C1G2EPCMemorySelector(enable_pc_bits=True)
        return params.TagReportContentSelector(
            enable_antenna_id=True, air_protocol_epc_memory_selectors=[memory], **enabled
        )

    assert content() == asked()
    assert content(ReportField.ROSPEC_ID) == asked(enable_ro_spec_id=True)
    assert content(ReportField.SPEC_INDEX) == asked(enable_spec_index=True)
    assert content(ReportField.INVENTORY_PARAMETER_SPEC_ID) == asked(
        enable_inventory_parameter_spec_id=True
    )
    assert content(ReportField.CHANNEL) == asked(enable_channel_index=True)
    assert content(ReportField.RSSI, ReportField.RSSI) == asked(enable_peak_rssi=True)
    assert content(ReportField.FIRST_SEEN) == asked(enable_first_seen_timestamp=True)
    assert content(ReportField.LAST_SEEN) == asked(enable_last_seen_timestamp=True)
    assert content(ReportField.SEEN_COUNT) == asked(enable_tag_seen_count=True)
    assert content(ReportField.ACCESSSPEC_ID) == asked(enable_access_spec_id=True)


# -- filters ---------------------------------------------------------------------------------------


def reads(filters: tuple[FilterWanted, ...], epc: str, *, selected: bool) -> bool:
    """Whether a tag answers, by doing the Selects that were encoded, as Gen2 has a tag do them.

    `selected` is what an earlier round, or another reader, left in its flag.
    """
    matching = {0: True, 1: True, 2: None, 3: False, 4: False, 5: None}
    others = {0: False, 1: None, 2: False, 3: None, 4: True, 5: True}
    for each in command(replace(PLAN, filters=filters)).c1_g2_filters:
        mask = each.c1_g2_tag_inventory_mask
        assert (each.t, mask.mb, mask.pointer) == (1, 1, 0x20)
        bits = f"{int(epc, 16):0{4 * len(epc)}b}"
        wanted = "".join(f"{byte:08b}" for byte in mask.tag_mask.data)[: mask.tag_mask.bit_len]
        action = int(each.c1_g2_tag_inventory_state_unaware_filter_action.action)
        told = (matching if bits.startswith(wanted) else others)[action]
        selected = selected if told is None else told
    return selected


SGTIN, SSCC, GRAI = "3034F4B1", "3130A5A5", "33300000"
INCLUDE_SGTIN, EXCLUDE_SGTIN = FilterWanted("3034"), FilterWanted("3034", include=False)
INCLUDE_SSCC, EXCLUDE_SSCC = FilterWanted("3130"), FilterWanted("3130", include=False)
INCLUDE_ODD = FilterWanted("303")
EXCLUDE_ONE = FilterWanted("3034F4", include=False)


@pytest.mark.parametrize(
    ("filters", "read"),
    [
        ((), [SGTIN, SSCC, GRAI]),
        ((INCLUDE_SGTIN,), [SGTIN]),
        ((INCLUDE_ODD,), [SGTIN]),
        ((INCLUDE_SGTIN, INCLUDE_SSCC), [SGTIN, SSCC]),
        ((EXCLUDE_SGTIN,), [SSCC, GRAI]),
        ((EXCLUDE_SGTIN, EXCLUDE_SSCC), [GRAI]),
        ((INCLUDE_SGTIN, EXCLUDE_ONE, INCLUDE_SSCC), [SSCC]),
        ((EXCLUDE_ONE, INCLUDE_SGTIN), []),
        ((INCLUDE_SGTIN, EXCLUDE_SGTIN), []),
    ],
)
def test_a_tag_is_read_if_included_and_not_excluded(
    filters: tuple[FilterWanted, ...], read: list[str]
) -> None:
    tags = (SGTIN, SSCC, GRAI)

    assert [epc for epc in tags if reads(filters, epc, selected=True)] == read
    if filters:  # without one, nothing is asked of the flag
        assert [epc for epc in tags if reads(filters, epc, selected=False)] == read


def test_a_filter_is_a_select_on_the_epc_behind_crc_and_pc() -> None:
    assert command(replace(PLAN, filters=(INCLUDE_ODD,))).c1_g2_filters == [
        params.C1G2Filter(
            t=enums.C1G2TruncateAction.Do_Not_Truncate,
            c1_g2_tag_inventory_mask=params.C1G2TagInventoryMask(
                mb=1, pointer=0x20, tag_mask=BitStr(12, b"\x30\x30")
            ),
            c1_g2_tag_inventory_state_unaware_filter_action=(
                params.C1G2TagInventoryStateUnawareFilterAction(
                    action=enums.C1G2StateUnawareAction.Select_Unselect
                )
            ),
        )
    ]


# -- Impinj's own ----------------------------------------------------------------------------------


def test_impinj_s_parameters_stand_behind_the_standard_s() -> None:
    wanted = ImpinjWanted(SearchMode.SINGLE_FOCUS, low_duty_cycle=LowDutyCycle(500, 200))

    assert command(replace(PLAN, impinj=wanted, impinj_channels=(2,))).custom == [
        impinj.ImpinjInventorySearchMode(
            inventory_search_mode=impinj.ImpinjInventorySearchType.Single_Target_With_Suppression
        ),
        impinj.ImpinjFixedFrequencyList(
            fixed_frequency_mode=impinj.ImpinjFixedFrequencyMode.Channel_List, channel_list=[2]
        ),
        impinj.ImpinjLowDutyCycle(
            low_duty_cycle_mode=impinj.ImpinjLowDutyCycleMode.Enabled,
            empty_field_timeout=500,
            field_ping_interval=200,
        ),
    ]
    assert command(replace(PLAN, impinj=ImpinjWanted())).custom == []


def test_impinj_s_reports_carry_what_was_asked_for() -> None:
    def content(wanted: ImpinjWanted) -> list[object]:
        return list(decoded(replace(PLAN, impinj=wanted)).ro_report_spec.custom)

    tid = impinj.ImpinjEnableSerializedTID(serialized_t_id_mode=1)
    doppler = impinj.ImpinjEnableRFDopplerFrequency(rf_doppler_frequency_mode=1)
    assert content(ImpinjWanted()) == []
    assert content(ImpinjWanted(tid=True, doppler=True)) == [
        impinj.ImpinjTagReportContentSelector(
            impinj_enable_serialized_t_id=tid, impinj_enable_rf_doppler_frequency=doppler
        )
    ]
