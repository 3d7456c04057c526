"""Impinj's extensions, as a library that others wrote encodes and decodes them."""

from dataclasses import replace

import pytest
from llrpkit.protocol import LLRPMessage, impinj, messages, params

from simulator.llrp.impinj import serialized_tid
from simulator.llrp.presets import GENERIC, IMPINJ_R420
from simulator.llrp.tag import SimTag
from tests.unit.simulator.llrp.far_client import (
    ENABLE,
    EPC,
    FarClient,
    aispec,
    at,
    inventory,
    read,
    reader,
)

EXTENSIONS = impinj.IMPINJ_ENABLE_EXTENSIONS()
SELECTOR = impinj.ImpinjTagReportContentSelector(
    impinj_enable_serialized_t_id=impinj.ImpinjEnableSerializedTID(serialized_t_id_mode=1),
    impinj_enable_rf_phase_angle=impinj.ImpinjEnableRFPhaseAngle(rf_phase_angle_mode=1),
    impinj_enable_peak_rssi=impinj.ImpinjEnablePeakRSSI(peak_rssi_mode=1),
    impinj_enable_rf_doppler_frequency=impinj.ImpinjEnableRFDopplerFrequency(
        rf_doppler_frequency_mode=1
    ),
)
LINK_MONITOR = impinj.ImpinjLinkMonitorConfiguration(link_monitor_mode=1, link_down_threshold=3)


def config(*custom: object) -> LLRPMessage:
    return messages.SET_READER_CONFIG(custom=list(custom))


def asked(number: int) -> LLRPMessage:
    wanted = impinj.ImpinjRequestedData(requested_data=number)
    return messages.GET_READER_CONFIG(requested_data=1, custom=[wanted])


def r420() -> FarClient:
    """With the extensions enabled."""
    client = FarClient(reader(IMPINJ_R420)).connected()
    assert client.send(EXTENSIONS) == [
        impinj.IMPINJ_ENABLE_EXTENSIONS_RESPONSE(llrp_status=params.LLRPStatus(status_code=0))
    ]
    return client


def extra(client: FarClient) -> list[object]:
    """The vendor's parameters in the only tag report."""
    (tag,) = client.tags()
    return list(tag.custom)


def test_before_they_are_enabled_the_extensions_are_refused() -> None:
    client = FarClient(reader(IMPINJ_R420)).connected()
    requests = (config(LINK_MONITOR), asked(2004), inventory(custom=(SELECTOR,)))
    why = "custom parameter 25882/{} in {}: not supported"
    refused = [
        (100, why.format(38, "SET_READER_CONFIG")),
        (100, why.format(21, "GET_READER_CONFIG")),
        (100, why.format(50, "ROReportSpec")),
    ]

    assert client.ask(*requests) == refused
    client.send(EXTENSIONS)
    assert client.ask(*requests) == [(0, "")] * 3


def test_they_are_enabled_for_one_connection() -> None:
    client = r420()
    client.session.disconnect()
    client.connected()

    assert client.ask(config(LINK_MONITOR))[0][0] == 100


def test_a_reader_of_another_maker_does_not_know_them() -> None:
    client = FarClient(reader(GENERIC)).connected()
    (answer,) = client.send(EXTENSIONS)

    assert answer == messages.ERROR_MESSAGE(
        llrp_status=params.LLRPStatus(
            status_code=109, error_description="message type 1023: not supported"
        )
    )


def test_another_custom_message_is_not_known() -> None:
    (answer,) = r420().send(impinj.IMPINJ_SAVE_SETTINGS())

    assert answer.llrp_status.error_description == "this custom message: not supported"


def test_a_report_has_the_fields_that_were_asked_for() -> None:
    client = r420().expect(inventory(custom=(SELECTOR,)), ENABLE)
    client.hears(read())
    tid, phase, rssi, doppler = extra(client)

    assert isinstance(tid, impinj.ImpinjSerializedTID)
    assert b"".join(word.to_bytes(2) for word in tid.t_id) == serialized_tid(EPC)
    assert isinstance(phase, impinj.ImpinjRFPhaseAngle)
    assert 0 <= phase.phase_angle < 4_096
    assert isinstance(rssi, impinj.ImpinjPeakRSSI)
    assert round(rssi.rssi / 100) == -60
    assert isinstance(doppler, impinj.ImpinjRFDopplerFrequency)
    assert -16 <= doppler.doppler_frequency <= 16


def test_a_report_has_no_field_that_was_not_asked_for() -> None:
    only_phase = replace(SELECTOR)
    only_phase.impinj_enable_serialized_t_id = None
    only_phase.impinj_enable_peak_rssi = impinj.ImpinjEnablePeakRSSI(peak_rssi_mode=0)
    only_phase.impinj_enable_rf_doppler_frequency = None
    client = r420().expect(inventory(custom=(only_phase,)), ENABLE)
    client.hears(read())

    assert [type(each) for each in extra(client)] == [impinj.ImpinjRFPhaseAngle]


def test_the_phase_of_a_tag_holds_still_and_differs_between_antennas() -> None:
    client = r420().expect(inventory(custom=(SELECTOR,)), ENABLE)
    phases = []
    for second, antenna in ((1, 1), (2, 1), (3, 2)):
        client.hears(read(second, antenna))
        phases.append(extra(client)[1])

    assert phases[0] == phases[1]
    assert phases[0] != phases[2]


def test_a_placed_tag_tells_its_own_tid() -> None:
    client = r420().expect(inventory(custom=(SELECTOR,)), ENABLE)
    client.session.inventory.place(SimTag(EPC, tid=bytes.fromhex("E2801105ABCD")))
    client.session.read_placed(at(1))

    assert extra(client)[0] == impinj.ImpinjSerializedTID(t_id=[0xE280, 0x1105, 0xABCD])


def test_the_reader_default_for_reports_keeps_the_fields() -> None:
    client = r420()
    report = params.ROReportSpec(
        ro_report_trigger=2,
        n=1,
        tag_report_content_selector=params.TagReportContentSelector(),
        custom=[SELECTOR],
    )
    client.expect(messages.SET_READER_CONFIG(ro_report_spec=report))
    (shown,) = client.send(messages.GET_READER_CONFIG(requested_data=4))

    assert shown.ro_report_spec == report


def test_settings_of_the_radio_are_taken() -> None:
    command = params.C1G2InventoryCommand(
        custom=[
            impinj.ImpinjInventorySearchMode(inventory_search_mode=2),
            impinj.ImpinjFixedFrequencyList(fixed_frequency_mode=2, channel_list=[1, 7]),
            impinj.ImpinjLowDutyCycle(
                low_duty_cycle_mode=1, empty_field_timeout=500, field_ping_interval=200
            ),
        ]
    )
    configuration = params.AntennaConfiguration(
        antenna_id=1, air_protocol_inventory_command_settings=[command]
    )

    r420().expect(inventory(aispec(configurations=(configuration,))))


def test_the_temperature_comes_where_it_is_asked_for() -> None:
    client = r420()
    (one,), (every,) = client.send(asked(2004)), client.send(asked(2000))

    assert one.custom == [impinj.ImpinjReaderTemperature(temperature=41)]
    assert every.custom == [
        impinj.ImpinjReaderTemperature(temperature=41),
        impinj.ImpinjLinkMonitorConfiguration(),
    ]


def test_the_detailed_version_comes_with_the_capabilities() -> None:
    wanted = impinj.ImpinjRequestedData(requested_data=1001)
    (said,) = r420().send(messages.GET_READER_CAPABILITIES(requested_data=1, custom=[wanted]))
    (version,) = said.custom

    assert (version.model_name, version.software_version) == ("Speedway R420", "5.14.0.240")


@pytest.mark.parametrize(("custom", "closed"), [((LINK_MONITOR,), True), ((), False)])
def test_only_a_link_monitor_closes_on_unanswered_keepalives(
    custom: tuple[object, ...], closed: bool
) -> None:
    client = r420().expect(config(*custom))
    keepalive = params.KeepaliveSpec(keepalive_trigger_type=1, periodic_trigger_value=1_000)
    client.expect(messages.SET_READER_CONFIG(keepalive_spec=keepalive))
    sent = sum(len(client.at(second).received()) for second in range(1, 10))

    assert (client.session.closing, sent) == (closed, 3 if closed else 9)
    assert client.session.last_error == ("3 KEEPALIVEs unanswered" if closed else None)


def test_a_link_monitor_without_a_threshold_is_refused() -> None:
    monitor = impinj.ImpinjLinkMonitorConfiguration(link_monitor_mode=1, link_down_threshold=0)

    assert r420().ask(config(monitor)) == [
        (101, "ImpinjLinkMonitorConfiguration's threshold 0: expected 1 or more")
    ]


def test_what_has_no_effect_is_kept_and_shown() -> None:
    buffer = impinj.ImpinjReportBufferConfiguration(report_buffer_mode=1)
    client = r420().expect(config(buffer))
    (shown,) = client.send(asked(2000))

    assert buffer in shown.custom
