"""When ROSpecs and AISpecs begin and end, what they may ask for, and which tags answer."""

import pytest
from llrpkit.protocol import BitStr, LLRPMessage, impinj, messages, params

from simulator.llrp.capabilities import Capabilities
from simulator.llrp.presets import IMPINJ_R420, ZEBRA_FX9600
from tests.unit.simulator.llrp.far_client import (
    ENABLE,
    EPC,
    UTC_US,
    FarClient,
    aispec,
    at,
    enable_inputs,
    event,
    gpi_trigger,
    inventory,
    notify,
    read,
    reader,
    running,
)

FIXED = Capabilities(hopping=False)
NULL = params.ROSpecStartTrigger()
OTHER = bytes.fromhex("E2000017010B016210001111")


def stop_after(ms: int) -> params.AISpecStopTrigger:
    return params.AISpecStopTrigger(ai_spec_stop_trigger_type=1, duration_trigger=ms)


def periodic(offset: int, period: int, utc_us: int | None = None) -> params.ROSpecStartTrigger:
    instant = None if utc_us is None else params.UTCTimestamp(microseconds=utc_us)
    return params.ROSpecStartTrigger(
        ro_spec_start_trigger_type=2,
        periodic_trigger_value=params.PeriodicTriggerValue(
            offset=offset, period=period, utc_timestamp=instant
        ),
    )


def for_ms(ms: int) -> params.ROSpecStopTrigger:
    return params.ROSpecStopTrigger(ro_spec_stop_trigger_type=1, duration_trigger_value=ms)


def observing(kind: int, *, n: int = 0, attempts: int = 0, t: int = 0, timeout: int = 0) -> object:
    return params.AISpecStopTrigger(
        ai_spec_stop_trigger_type=3,
        tag_observation_trigger=params.TagObservationTrigger(
            trigger_type=kind, number_of_tags=n, number_of_attempts=attempts, t=t, timeout=timeout
        ),
    )


def active_at(client: FarClient, *seconds: float) -> list[bool]:
    return [client.at(s).session.active for s in seconds]


def test_a_rospec_with_a_duration_ends_by_itself_and_says_so() -> None:
    client = FarClient().connected().expect(notify(2), inventory(stop=for_ms(1_500)), ENABLE)
    client.received()

    assert client.session.due_us == 1_500_000
    assert active_at(client, 1.4, 1.5, 9.0) == [True, False, False]
    assert client.events() == [
        event(ro_spec_event=params.ROSpecEvent(event_type=1, ro_spec_id=1, preempting_ro_spec_id=0))
    ]
    assert client.session.due_us is None


def test_a_periodic_rospec_starts_after_its_offset_and_then_each_period() -> None:
    client = FarClient().connected()
    client.expect(inventory(start=periodic(500, 2_000), stop=for_ms(1_000)), ENABLE)

    assert active_at(client, 0.4, 0.5, 1.5, 2.4, 2.5, 3.5) == [
        False,
        True,
        False,
        False,
        True,
        False,
    ]
    client.expect(messages.DISABLE_ROSPEC(ro_spec_id=1))
    assert client.session.due_us is None
    assert active_at(client, 4.5, 5.0) == [False, False]


def test_a_periodic_rospec_may_count_from_an_instant_and_start_once() -> None:
    client = FarClient().connected()
    client.expect(inventory(start=periodic(500, 0, UTC_US + 3_000_000), stop=for_ms(1)), ENABLE)

    assert active_at(client, 3.4, 3.5, 3.6, 9.0) == [False, True, False, False]


def test_what_was_missed_of_a_period_is_not_made_up_for() -> None:
    client = FarClient().connected()
    past = periodic(0, 1_000, UTC_US - 2_500_000)
    client.expect(inventory(start=past, stop=for_ms(1)), ENABLE)

    assert client.session.due_us == 500_000
    assert active_at(client, 0.5) == [True]
    client.at(7.2)
    assert client.at(7.3).session.due_us == 7_500_000


def test_an_input_starts_a_rospec_and_another_edge_ends_it() -> None:
    client = FarClient().connected().expect(enable_inputs(1))
    start = params.ROSpecStartTrigger(
        ro_spec_start_trigger_type=3, gpi_trigger_value=gpi_trigger(1)
    )
    stop = params.ROSpecStopTrigger(
        ro_spec_stop_trigger_type=2, gpi_trigger_value=gpi_trigger(1, 5_000, high=False)
    )
    client.expect(inventory(start=start, stop=stop), ENABLE)
    active = []
    for second, high in ((1, False), (2, True), (3, False), (4, True)):
        client.session.set_input(1, at(second), high=high)
        active.append(client.session.active)

    assert active == [False, True, False, True]
    assert active_at(client, 8.9, 9.0) == [True, False]  # its time limit


def test_an_input_that_is_off_starts_nothing() -> None:
    client = FarClient().connected()
    start = params.ROSpecStartTrigger(
        ro_spec_start_trigger_type=3, gpi_trigger_value=gpi_trigger(1)
    )
    client.expect(inventory(start=start), ENABLE)
    client.session.set_input(1, at(1), high=True)

    assert not client.session.active


def test_aispecs_run_one_after_the_other_and_the_rospec_ends_with_the_last() -> None:
    specs = (aispec(1, stop=stop_after(1_000)), aispec(2, stop=stop_after(500)))
    client = FarClient().connected().expect(notify(2, 6), inventory(*specs), ENABLE)
    client.received()
    heard = []
    for second in (0.5, 1.2, 1.6):
        client.at(second).hears(read(second, 1), read(second, 2))
        heard.append([tag.antenna_id.antenna_id for tag in client.tags()])

    assert heard == [[1], [2], []]
    assert not client.session.active


def test_the_end_of_an_aispec_is_told_before_that_of_its_rospec() -> None:
    spec = aispec(stop=stop_after(1_000))
    client = FarClient().connected().expect(notify(2, 7), inventory(spec), ENABLE)
    client.received()
    client.at(1)

    assert client.events() == [
        event(ai_spec_event=params.AISpecEvent(event_type=0, ro_spec_id=1, spec_index=1)),
        event(
            ro_spec_event=params.ROSpecEvent(event_type=1, ro_spec_id=1, preempting_ro_spec_id=0)
        ),
    ]


def test_an_aispec_may_end_with_an_input() -> None:
    by_input = params.AISpecStopTrigger(
        ai_spec_stop_trigger_type=2, gpi_trigger_value=gpi_trigger(2)
    )
    client = FarClient().connected().expect(enable_inputs(2))
    client.expect(inventory(aispec(1, stop=by_input), aispec(2)), ENABLE)
    client.session.set_input(2, at(1), high=True)
    client.hears(read(1, 1), read(1, 2))

    assert [tag.antenna_id.antenna_id for tag in client.tags()] == [2]


def test_an_aispec_may_end_once_it_saw_enough_tags() -> None:
    client = running(aispec(stop=observing(0, n=2, timeout=10_000)))
    client.hears(read(), read())
    assert client.session.active  # one tag, twice
    client.hears(read(epc=OTHER))

    assert not client.session.active
    assert len(client.tags()) == 3


@pytest.mark.parametrize(
    ("trigger", "ends_s"),
    [
        (observing(0, n=9, timeout=4_000), 4.0),
        (observing(1, t=1_500, timeout=9_000), 2.5),
        (observing(2, attempts=3), 2.0),
    ],
)
def test_an_aispec_ends_without_new_tags(trigger: params.AISpecStopTrigger, ends_s: float) -> None:
    client = running(aispec(stop=trigger))
    for second in (0.5, 1.0, 2.0):
        client.now = at(second)
        client.hears(read(second, epc=OTHER if second == 1.0 else EPC))
        client.at(second)
    tenths = [tenth for tenth in range(20, 60) if not active_at(client, tenth / 10)[0]]

    assert tenths[0] == ends_s * 10


def test_a_report_may_wait_for_the_end_of_its_aispec() -> None:
    specs = (aispec(1, stop=stop_after(1_000)), aispec(1))
    client = FarClient().connected().expect(inventory(*specs, trigger=1, n=0), ENABLE)
    client.hears(read(), read())
    assert client.tags() == []
    client.at(1)

    assert len(client.tags()) == 2


def test_a_report_may_wait_until_it_is_asked_for() -> None:
    client = FarClient().connected().expect(inventory(trigger=0), ENABLE)
    client.hears(read(1), read(2))
    assert client.tags() == []
    (report,) = client.send(messages.GET_REPORT())

    assert len(report.tag_report_datas) == 2
    assert client.send(messages.GET_REPORT()) == [messages.RO_ACCESS_REPORT()]


def test_reports_that_nobody_asks_for_are_bounded_and_counted() -> None:
    client = FarClient().connected().expect(inventory(trigger=0), ENABLE)
    client.hears(*map(read, range(1_003)))

    assert client.session.counters.held == 1_000
    assert client.session.counters.lost == 3


def command(**what: object) -> params.AntennaConfiguration:
    return params.AntennaConfiguration(
        antenna_id=0,
        air_protocol_inventory_command_settings=[params.C1G2InventoryCommand(**what)],
    )


def select(data: bytes, *, pointer: int = 32, bank: int = 1, action: int = 0) -> params.C1G2Filter:
    return params.C1G2Filter(
        t=1,
        c1_g2_tag_inventory_mask=params.C1G2TagInventoryMask(
            mb=bank, pointer=pointer, tag_mask=BitStr(len(data) * 8, data)
        ),
        c1_g2_tag_inventory_state_unaware_filter_action=(
            params.C1G2TagInventoryStateUnawareFilterAction(action=action)
        ),
    )


@pytest.mark.parametrize(
    ("filters", "heard"),
    [
        ([], [EPC, OTHER]),
        ([select(EPC[:2])], [EPC]),
        ([select(EPC[:2], action=4)], [OTHER]),
        ([select(EPC[:2], action=1)], [EPC]),
        ([select(EPC[:2], action=3)], [OTHER]),
        ([select(EPC[:2], action=2)], [EPC]),
        ([select(EPC[:2], action=5)], [OTHER]),
        ([select(EPC[:2], action=1), select(OTHER[:2], action=1)], [EPC, OTHER]),
        ([select(EPC[1:2], pointer=40)], [EPC]),
        ([select(bytes(40))], []),
        ([select(bytes.fromhex("E280"), pointer=0, bank=2)], [EPC, OTHER]),
    ],
)
def test_tags_that_do_not_match_the_filters_are_not_read(
    filters: list[params.C1G2Filter], heard: list[bytes]
) -> None:
    client = running(aispec(configurations=(command(c1_g2_filters=filters),)))
    client.hears(read(epc=EPC), read(epc=OTHER))

    assert [tag.epc_parameter.epc for tag in client.tags()] == heard


def test_a_filter_may_hold_for_one_antenna() -> None:
    configuration = command(c1_g2_filters=[select(OTHER)])
    configuration.antenna_id = 2
    client = running(aispec(configurations=(configuration,)))
    client.hears(read(antenna=1), read(antenna=2))

    assert [tag.antenna_id.antenna_id for tag in client.tags()] == [1]


def control(mode: int, tari: int = 0) -> params.AntennaConfiguration:
    return command(c1_g2_rf_control=params.C1G2RFControl(mode_index=mode, tari=tari))


def transmit(power: int, hop_table: int = 1, channel: int = 1) -> params.AntennaConfiguration:
    return params.AntennaConfiguration(
        antenna_id=1,
        rf_transmitter=params.RFTransmitter(
            hop_table_id=hop_table, channel_index=channel, transmit_power=power
        ),
    )


# The same of another maker.
FOREIGN = type("Foreign", (impinj.ImpinjInventorySearchMode,), {"VENDOR_ID": 161})


@pytest.mark.parametrize(
    ("capabilities", "asked", "status"),
    [
        (IMPINJ_R420, control(1000), (0, "")),
        (
            IMPINJ_R420,
            control(5),
            (101, "ModeIndex 5: expected one of 0, 1, 2, 3, 4, 1000, 1002, 1003, 1004, 1005"),
        ),
        (
            IMPINJ_R420,
            control(0, 12_500),
            (101, "Tari 12500 ns in mode 0: expected 0 or 6250 to 6250 by 0"),
        ),
        (ZEBRA_FX9600, control(21, 14_600), (0, "")),
        (
            ZEBRA_FX9600,
            control(21, 15_000),
            (101, "Tari 15000 ns in mode 21: expected 0 or 12500 to 25000 by 2100"),
        ),
        (IMPINJ_R420, transmit(81), (0, "")),
        (IMPINJ_R420, transmit(82), (101, "power index 82: expected 1 to 81")),
        (IMPINJ_R420, transmit(0), (101, "power index 0: expected 1 to 81")),
        (IMPINJ_R420, transmit(1, hop_table=2), (101, "hop table 2: expected 1 to 1")),
        (IMPINJ_R420, transmit(1, channel=51), (101, "channel index 51: expected 0 to 50")),
        (
            Capabilities(hopping=False),
            transmit(1, channel=0),
            (101, "channel index 0: expected 1 to 50"),
        ),
        (
            IMPINJ_R420,
            params.AntennaConfiguration(
                antenna_id=1, rf_receiver=params.RFReceiver(receiver_sensitivity=43)
            ),
            (101, "receiver sensitivity 43: expected 1 to 42"),
        ),
        (
            IMPINJ_R420,
            command(c1_g2_filters=[select(EPC)] * 3),
            (100, "3 C1G2Filter: expected at most 2"),
        ),
        (
            IMPINJ_R420,
            command(c1_g2_filters=[select(EPC, bank=0)]),
            (101, "C1G2TagInventoryMask's MB 0: expected 1 to 3"),
        ),
        (
            IMPINJ_R420,
            command(custom=[FOREIGN()]),
            (100, "custom parameter 161/23 in C1G2InventoryCommand: not supported"),
        ),
        (
            IMPINJ_R420,
            command(custom=[impinj.ImpinjInventorySearchMode()]),
            (100, "custom parameter 25882/23 in C1G2InventoryCommand: not supported"),
        ),
    ],
)
def test_what_a_reader_cannot_do_is_refused_in_a_clear_sentence(
    capabilities: Capabilities, asked: params.AntennaConfiguration, status: tuple[int, str]
) -> None:
    client = FarClient(reader(capabilities)).connected()
    set_config = messages.SET_READER_CONFIG(antenna_configurations=[asked])

    assert client.ask(inventory(aispec(configurations=(asked,))), set_config) == [status, status]


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (
            inventory(start=params.ROSpecStartTrigger(ro_spec_start_trigger_type=2)),
            "0 PeriodicTriggerValue: expected 1",
        ),
        (
            inventory(start=params.ROSpecStartTrigger(ro_spec_start_trigger_type=3)),
            "0 GPITriggerValue: expected 1",
        ),
        (
            inventory(
                start=params.ROSpecStartTrigger(
                    ro_spec_start_trigger_type=3, gpi_trigger_value=gpi_trigger(5)
                )
            ),
            "GPITriggerValue's port 5: expected 1 to 4",
        ),
        (
            inventory(aispec(stop=observing(3))),
            "TagObservationTrigger 3: expected one of 0, 1, 2",
        ),
    ],
)
def test_a_trigger_without_its_value_is_refused(request_: LLRPMessage, why: str) -> None:
    ((_, said),) = FarClient().connected().ask(request_)

    assert said == why


def test_the_one_rospec_of_an_r420_leaves_no_room_for_another() -> None:
    client = FarClient(reader(IMPINJ_R420)).connected().expect(inventory())

    assert client.ask(inventory(number=2)) == [(101, "1 ROSpecs: this reader keeps no more")]
    assert client.ask(inventory(number=1)) == [(101, "ROSpec 1 exists: delete it first")]


def test_a_rospec_that_waits_starts_when_told_also_without_a_trigger() -> None:
    client = FarClient().connected().expect(inventory(start=NULL, stop=for_ms(100)), ENABLE)
    client.expect(messages.START_ROSPEC(ro_spec_id=1))

    assert active_at(client, 0.05, 0.1) == [True, False]
    client.expect(messages.START_ROSPEC(ro_spec_id=1))
    assert client.session.active


def test_a_mask_that_claims_more_bits_than_it_has_is_refused() -> None:
    configuration = command(c1_g2_filters=[select(EPC)])
    request = inventory(aispec(configurations=(configuration,))).to_bytes(message_id=1)
    bits, more = (96).to_bytes(2) + EPC, (97).to_bytes(2) + EPC
    assert request.count(bits) == 1
    client = FarClient().connected()
    client.hand_over(request.replace(bits, more))
    (answer,) = client.received()

    assert answer.llrp_status == params.LLRPStatus(
        status_code=100,
        error_description="C1G2TagInventoryMask of 12 bytes: expected 13 for 97 bits",
    )


def test_a_filter_action_that_there_is_not_is_refused() -> None:
    asked = command(c1_g2_filters=[select(EPC, action=6)])

    assert FarClient().connected().ask(inventory(aispec(configurations=(asked,)))) == [
        (101, "C1G2TagInventoryStateUnawareFilterAction 6: expected 0 to 5")
    ]
