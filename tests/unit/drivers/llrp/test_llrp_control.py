"""What we send, read back by a library that others wrote; the ROSpec is in test_rospec.py."""

from llrpkit.protocol import decode_message

from drivers.llrp.protocol import control
from drivers.llrp.protocol.framing import Frame, encode_message
from drivers.llrp.protocol.rospec import AntennaPlan, RoSpecPlan

PLAN = RoSpecPlan((AntennaPlan(1, 81), AntennaPlan(4)), session=2, population=60)


def read(frame: Frame) -> str:
    return repr(decode_message(encode_message(frame)))


def test_messages_that_are_only_a_header() -> None:
    assert encode_message(control.get_rospecs()).hex() == "041a0000000a00000000"
    assert encode_message(control.keepalive_ack()).hex() == "04480000000a00000000"
    assert encode_message(control.close_connection()).hex() == "040e0000000a00000000"
    assert encode_message(control.enable_events_and_reports()).hex() == "04400000000a00000000"


def test_all_capabilities_are_asked_for() -> None:
    assert encode_message(control.get_reader_capabilities()).hex() == "04010000000b0000000000"


def test_a_config_has_keepalives_and_may_hold() -> None:
    said = read(control.set_reader_config(5000, hold=True))

    assert "reset_to_factory_default=False" in said
    assert "KeepaliveTriggerType.Periodic: 1>, periodic_trigger_value=5000)" in said
    assert "EventsAndReports(hold_events_and_reports_upon_reconnect=True)" in said
    assert "events_and_reports=None" in read(control.set_reader_config(5000, hold=False))


def test_a_rospec_is_named_by_its_plan_where_it_is_added_enabled_started_and_deleted() -> None:
    number = PLAN.rospec_id

    assert f"ADD_ROSPEC(ro_spec=ROSpec(ro_spec_id={number}, " in read(control.add_rospec(PLAN))
    assert f"ENABLE_ROSPEC(ro_spec_id={number})" in read(control.enable_rospec(number))
    assert f"START_ROSPEC(ro_spec_id={number})" in read(control.start_rospec(number))
    assert "DELETE_ROSPEC(ro_spec_id=77)" in read(control.delete_rospec(77))
