"""Inputs, outputs, antennas, and the events that a client asks for; clocks and power cuts."""

import pytest
from llrpkit.protocol import messages, params

from simulator.llrp.capabilities import Capabilities
from simulator.llrp.session import Counters
from simulator.llrp.wiring import OutputChange
from tests.unit.simulator.llrp.far_client import (
    ENABLE,
    UTC_US,
    FarClient,
    at,
    enable_inputs,
    event,
    inventory,
    notify,
    read,
    reader,
    running,
)

HOLD = messages.SET_READER_CONFIG(
    events_and_reports=params.EventsAndReports(hold_events_and_reports_upon_reconnect=True)
)
CONFIG = messages.GET_READER_CONFIG(requested_data=0)


def test_an_input_that_was_asked_for_is_told_when_it_changes() -> None:
    client = FarClient().connected().expect(notify(1), enable_inputs(2))
    for high in (True, True, False):
        client.session.set_input(2, at(1), high=high)

    assert client.events() == [
        event(gpi_event=params.GPIEvent(gpi_port_number=2, gpi_event=True)),
        event(gpi_event=params.GPIEvent(gpi_port_number=2, gpi_event=False)),
    ]


@pytest.mark.parametrize("asked", [(notify(1),), (enable_inputs(2),)], ids=["port off", "no event"])
def test_an_input_is_not_told_of_unless_port_and_event_are_enabled(
    asked: tuple[messages.SET_READER_CONFIG, ...],
) -> None:
    client = FarClient().connected().expect(*asked)
    client.session.set_input(2, at(1), high=True)

    assert client.events() == []


def test_an_input_may_be_switched_off_again() -> None:
    client = FarClient().connected().expect(notify(1), enable_inputs(1, 2))
    off = params.GPIPortCurrentState(gpi_port_num=2, config=False)
    client.expect(messages.SET_READER_CONFIG(gpi_port_current_states=[off]))
    client.session.set_input(2, at(1), high=True)
    client.session.set_input(1, at(1), high=True)

    assert client.events() == [event(gpi_event=params.GPIEvent(gpi_port_number=1, gpi_event=True))]


def test_the_levels_of_inputs_and_outputs_are_shown() -> None:
    client = FarClient().connected().expect(enable_inputs(1, 3))
    client.session.set_input(1, at(1), high=True)
    client.session.set_input(2, at(1), high=False)
    lights = [params.GPOWriteData(gpo_port_number=3, gpo_data=True)]
    client.expect(messages.SET_READER_CONFIG(gpo_write_datas=lights))
    (shown,) = client.send(CONFIG)

    assert shown.gpi_port_current_states == [
        params.GPIPortCurrentState(gpi_port_num=1, config=True, state=1),
        params.GPIPortCurrentState(gpi_port_num=2, config=False, state=0),
        params.GPIPortCurrentState(gpi_port_num=3, config=True, state=2),
        params.GPIPortCurrentState(gpi_port_num=4, config=False, state=2),
    ]
    assert [(each.gpo_port_number, each.gpo_data) for each in shown.gpo_write_datas] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
    ]
    one = messages.GET_READER_CONFIG(requested_data=9, gpi_port_num=2)
    (answer,) = client.send(one)
    assert answer.gpi_port_current_states == shown.gpi_port_current_states[1:2]


def test_what_is_plugged_in_is_no_configuration() -> None:
    client = FarClient().connected()
    (before,) = client.send(CONFIG)
    client.session.set_input(1, at(1), high=True)
    client.session.set_antenna(2, at(1), connected=False)
    (after,) = client.send(CONFIG)
    client.expect(enable_inputs(1))
    (enabled,) = client.send(CONFIG)

    assert before.llrp_configuration_state_value == after.llrp_configuration_state_value
    assert enabled.llrp_configuration_state_value != after.llrp_configuration_state_value


def test_a_port_that_is_not_there_is_refused() -> None:
    client = FarClient().connected()

    assert client.ask(
        enable_inputs(5), messages.GET_READER_CONFIG(requested_data=0, antenna_id=9)
    ) == [(101, "GPI 5: expected 1 to 4"), (101, "antenna 9: expected 1 to 4")]


def test_every_write_of_an_output_is_kept_in_order() -> None:
    client = FarClient().connected()
    for half_s, high in enumerate((True, False, True)):
        client.now = at(half_s / 2)
        lights = [params.GPOWriteData(gpo_port_number=1, gpo_data=high)]
        client.expect(messages.SET_READER_CONFIG(gpo_write_datas=lights))

    assert list(client.session.wiring.written) == [
        OutputChange(0, 1, True),
        OutputChange(500_000, 1, False),
        OutputChange(1_000_000, 1, True),
    ]


def test_an_antenna_that_is_pulled_is_told_and_reads_nothing() -> None:
    client = running().expect(notify(8))
    for connected in (False, False, True):
        client.session.set_antenna(1, at(1), connected=connected)
        client.hears(read(antenna=1), read(antenna=2))
    told = client.received()

    assert [
        each.reader_event_notification_data.antenna_event
        for each in told
        if isinstance(each, messages.READER_EVENT_NOTIFICATION)
    ] == [
        params.AntennaEvent(event_type=0, antenna_id=1),
        params.AntennaEvent(event_type=1, antenna_id=1),
    ]
    assert [
        each.tag_report_datas[0].antenna_id.antenna_id
        for each in told
        if isinstance(each, messages.RO_ACCESS_REPORT)
    ] == [2, 2, 1, 2]


def test_a_pulled_antenna_shows_in_the_configuration() -> None:
    client = FarClient().connected()
    client.session.set_antenna(3, at(1), connected=False)
    (shown,) = client.send(messages.GET_READER_CONFIG(requested_data=2))

    assert [each.antenna_connected for each in shown.antenna_properties] == [
        True,
        True,
        False,
        True,
    ]


def test_an_exception_names_the_rospec_and_the_antenna() -> None:
    client = running().expect(notify(4))
    client.session.raise_exception("antenna 2 reflects", at(1), antenna=2)

    assert client.events() == [
        event(
            reader_exception_event=params.ReaderExceptionEvent(
                message="antenna 2 reflects",
                ro_spec_id=params.ROSpecID(ro_spec_id=1),
                antenna_id=params.AntennaID(antenna_id=2),
            )
        )
    ]


def test_events_that_nobody_asked_for_are_not_sent() -> None:
    client = running()
    client.session.raise_exception("hot", at(1))
    client.session.raise_buffer_warning(90, at(1))
    client.session.raise_buffer_overflow(at(1))
    client.session.set_antenna(1, at(1), connected=False)

    assert client.events() == []


def test_buffer_events_may_be_raised_by_hand() -> None:
    client = running().expect(notify(3))
    client.session.raise_buffer_warning(90, at(1))
    client.session.raise_buffer_overflow(at(1))

    assert client.events() == [
        event(
            report_buffer_level_warning_event=params.ReportBufferLevelWarningEvent(
                report_buffer_percentage_full=90
            )
        ),
        event(report_buffer_overflow_error_event=params.ReportBufferOverflowErrorEvent()),
    ]


def test_a_backlog_that_fills_warns_once_and_tells_when_it_drops() -> None:
    client = running(held_max=10).expect(notify(3))
    client.hears(*map(read, range(7)))
    assert len(client.received()) == 7
    client.hears(*map(read, range(12)))
    warning, overflow, *reports = client.received()

    assert (
        warning.reader_event_notification_data.report_buffer_level_warning_event
    ) == params.ReportBufferLevelWarningEvent(report_buffer_percentage_full=80)
    assert overflow.reader_event_notification_data.report_buffer_overflow_error_event is not None
    assert len(reports) == 10
    assert client.session.counters == Counters(sent=17, held=0, lost=2)
    client.hears(read())
    assert len(client.received()) == 1
    client.hears(*map(read, range(8)))
    assert len(client.received()) == 9  # it warns again, once there was room


def test_a_reader_without_utc_tells_the_time_since_it_was_switched_on() -> None:
    client = running(capabilities=Capabilities(has_utc=False)).expect(notify(1), enable_inputs(1))
    client.now = at(3)
    client.session.set_input(1, client.now, high=True)
    client.hears(read(2.5))
    told, report = client.received()
    (tag,) = report.tag_report_datas

    assert told.reader_event_notification_data.timestamp == params.Uptime(microseconds=3_000_000)
    assert (tag.first_seen_timestamp_uptime, tag.last_seen_timestamp_uptime) == (
        params.FirstSeenTimestampUptime(microseconds=2_500_000),
        params.LastSeenTimestampUptime(microseconds=2_500_000),
    )
    assert tag.first_seen_timestamp_utc is None


def test_a_power_cut_forgets_what_a_reader_was_told_and_restarts_its_clock() -> None:
    session = reader(Capabilities(has_utc=False))
    client = FarClient(session).connected().expect(inventory(), ENABLE, HOLD, notify(1))
    session.set_antenna(2, at(1), connected=False)
    session.disconnect()
    session.report([read(), read()], UTC_US, at(2))
    session.power_cycle(at(10))
    client.now = at(12)
    session.connect(client.now)
    (greeting,) = client.received()
    (shown,) = client.send(CONFIG)

    assert greeting.reader_event_notification_data.timestamp == params.Uptime(
        microseconds=2_000_000
    )
    assert client.send(messages.GET_ROSPECS())[0].ro_specs == []
    assert shown.events_and_reports == params.EventsAndReports()
    assert not any(
        state.notification_state
        for state in shown.reader_event_notification_spec.event_notification_states
    )
    assert shown.antenna_properties[1].antenna_connected is False  # a cable is no memory
    assert session.counters == Counters(sent=0, held=0, lost=2)


def test_a_clock_may_jump_between_two_reports() -> None:
    client = running()
    client.hears(read(1))
    client.session.clock_offset_us += 3_600_000_000
    client.hears(read(2))

    assert [tag.first_seen_timestamp_utc.microseconds - UTC_US for tag in client.tags()] == [
        1_000_000,
        3_602_000_000,
    ]
