"""Whatever a client sends, the reader answers: a broken request is refused and costs no more."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from llrpkit.protocol import BitStr, LLRPMessage, messages, params

from drivers.llrp.protocol.framing import Frame
from drivers.llrp.protocol.tables import MessageType
from simulator.llrp.presets import IMPINJ_R420
from simulator.llrp.requests import receive
from simulator.llrp.tag import Field, SimTag
from tests.unit.simulator.llrp.far_client import (
    EPC,
    FarClient,
    aispec,
    at,
    enable_inputs,
    gpi_trigger,
    inventory,
    notify,
    read,
    reader,
)
from tests.unit.simulator.llrp.test_sim_llrp_access import access, locking, reading, writing
from tests.unit.simulator.llrp.test_sim_llrp_impinj import EXTENSIONS, LINK_MONITOR, SELECTOR

HEADER_BYTES = 10
MASK = params.C1G2TagInventoryMask(mb=1, pointer=32, tag_mask=BitStr.from_bytes(EPC))
FILTER = params.C1G2Filter(
    t=1,
    c1_g2_tag_inventory_mask=MASK,
    c1_g2_tag_inventory_state_unaware_filter_action=(
        params.C1G2TagInventoryStateUnawareFilterAction(action=0)
    ),
)
ANTENNA = params.AntennaConfiguration(
    antenna_id=1,
    rf_receiver=params.RFReceiver(receiver_sensitivity=1),
    rf_transmitter=params.RFTransmitter(hop_table_id=1, channel_index=1, transmit_power=81),
    air_protocol_inventory_command_settings=[
        params.C1G2InventoryCommand(
            c1_g2_filters=[FILTER],
            c1_g2_rf_control=params.C1G2RFControl(mode_index=2, tari=0),
            c1_g2_singulation_control=params.C1G2SingulationControl(session=2, tag_population=32),
        )
    ],
)
BY_INPUT = params.ROSpecStartTrigger(ro_spec_start_trigger_type=3, gpi_trigger_value=gpi_trigger(1))
BY_TAGS = params.AISpecStopTrigger(
    ai_spec_stop_trigger_type=3,
    tag_observation_trigger=params.TagObservationTrigger(trigger_type=1, t=100, timeout=1_000),
)
REQUESTS: list[LLRPMessage] = [
    inventory(aispec(1, stop=BY_TAGS, configurations=(ANTENNA,)), custom=(SELECTOR,)),
    inventory(start=BY_INPUT),
    access(reading(), writing(b"ab"), writing(b"cd", block=True)),
    access(locking(Field.USER)),
    notify(1, 8),
    enable_inputs(1),
    messages.SET_READER_CONFIG(antenna_configurations=[ANTENNA], custom=[LINK_MONITOR]),
    messages.GET_READER_CONFIG(requested_data=0),
    messages.ENABLE_ROSPEC(ro_spec_id=1),
    messages.ENABLE_ACCESSSPEC(access_spec_id=1),
    messages.GET_READER_CAPABILITIES(requested_data=0),
    EXTENSIONS,
]


@st.composite
def _broken(draw: st.DrawFn) -> tuple[int, bytes]:
    """A request in which a few bytes are others, or the end is missing."""
    request = draw(st.sampled_from(REQUESTS))
    body = bytearray(request.to_bytes()[HEADER_BYTES:])
    for _ in range(draw(st.integers(0, 4)) if body else 0):
        body[draw(st.integers(0, len(body) - 1))] = draw(st.integers(0, 255))
    return request.MESSAGE_TYPE, bytes(body[: draw(st.integers(0, len(body)))])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(_broken(), st.tuples(st.integers(0, 1023), st.binary(max_size=80)))))
@example([(MessageType.CUSTOM_MESSAGE, b"")])
def test_any_requests_leave_a_reader_that_answers(requests: list[tuple[int, bytes]]) -> None:
    client = FarClient(reader(IMPINJ_R420)).connected()
    client.session.inventory.place(SimTag(EPC, user=bytes(4)))
    client.send(EXTENSIONS)
    for place, (kind, body) in enumerate(requests):
        if kind == MessageType.CLOSE_CONNECTION:
            continue
        receive(client.session, Frame(kind, place, body), client.now)
        client.session.set_input(1, client.now, high=place % 2 == 0)
        client.session.read_placed(client.now)
        client.hears(read())
        client.now = at(place)
        client.session.tick(client.now)
        while client.session.take() is not None:
            pass
    if not client.session.closing:
        client.expect(messages.DELETE_ROSPEC(ro_spec_id=0))
