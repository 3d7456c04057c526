"""What crosses the wire comes back as it was; whatever anybody sends is read or refused."""

import contextlib
import json as reference
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wire import event, instant, json
from wire.event import AggregationEvent, ObjectEvent, Place, Quantity
from wire.messages import Ack, BadMessage, Birth, Device, Health, ReadPoint, Rejected, State
from wire.reason import Reason
from wire.topics import parse

words = st.text("abcdefghijklmnopqrstuvwxyz0123456789:-", min_size=1, max_size=20)
uris = words.map(lambda word: f"urn:test:{word}")
counts = st.integers(0, 2**53)
epochs = st.text("0123456789abcdef-", min_size=1, max_size=36)
instants = st.integers(0, 253_370_764_799_999).map(lambda at_ms: instant.to_text(at_ms * 1000))
event_ids = st.uuids().map(lambda value: f"urn:uuid:{value}")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside),
    max_leaves=20,
)

_common: dict[str, st.SearchStrategy[Any]] = {
    "event_id": event_ids,
    "event_time": instants,
    "event_time_zone_offset": st.just("+00:00"),
    "action": st.sampled_from(["ADD", "OBSERVE", "DELETE"]),
    "biz_step": st.none() | words,
    "disposition": st.none() | words,
    "read_point": st.none() | st.builds(Place, id=uris),
    "biz_location": st.none() | st.builds(Place, id=uris),
    "gateway": words,
    "epoch": epochs,
    "seq": st.integers(1, 2**63 - 1),
    "kind": st.sampled_from(["movement", "count", "scan", "exception", "review"]),
    "direction": st.none() | st.sampled_from(["in", "out", "unknown"]),
    "confidence": st.none() | st.integers(0, 100).map(lambda percent: percent / 100),
    "reasons": st.none() | st.lists(words, max_size=3).map(tuple),
    "evidence": st.none() | st.dictionaries(words, st.integers(-9, 9) | words, max_size=4),
}
_keys = st.lists(uris, max_size=6, unique=True).map(tuple)
_quantities = st.lists(
    st.tuples(uris, st.integers(1, 10**9)).map(
        lambda said: Quantity(epc_class=said[0], quantity=said[1])
    ),
    max_size=3,
).map(tuple)
_object = _common | {"epc_list": _keys, "quantity_list": st.none() | _quantities}
_aggregation = _common | {
    "parent_id": uris,
    "child_epcs": _keys,
    "child_quantity_list": st.none() | _quantities,
}
object_events = st.fixed_dictionaries(_object).map(lambda said: ObjectEvent(**said))
aggregation_events = st.fixed_dictionaries(_aggregation).map(lambda said: AggregationEvent(**said))


@given(object_events | aggregation_events)
def test_an_event_survives_the_wire(said: ObjectEvent | AggregationEvent) -> None:
    received = event.receive(json.encode(event.as_document(said)).encode())

    assert received.reason is None, received.detail
    assert received.event == said
    assert (received.epoch, received.seq, received.event_id) == (
        said.epoch,
        said.seq,
        said.event_id,
    )


@given(object_events, epochs, st.integers(1, 2**63 - 1))
def test_what_an_event_says_does_not_depend_on_its_number(
    said: ObjectEvent, epoch: str, seq: int
) -> None:
    again = said.model_copy(update={"epoch": epoch, "seq": seq})
    hashes = {
        event.receive(json.encode(event.as_document(each)).encode()).body_hash
        for each in (said, again)
    }

    assert len(hashes) == 1


@given(st.binary(max_size=200) | json_values.map(lambda value: reference.dumps(value).encode()))
def test_any_payload_is_read_or_refused(payload: bytes) -> None:
    received = event.receive(payload)

    assert (received.event is None) == (received.reason is not None)
    for kind in (Ack, Birth, Health, State):
        with contextlib.suppress(BadMessage):
            kind.from_payload(payload)


@given(object_events, st.data())
def test_a_spoilt_event_is_refused_with_its_number_or_unreadable(
    said: ObjectEvent, data: st.DataObject
) -> None:
    document = event.as_document(said)
    key = data.draw(st.sampled_from(sorted(document)))
    document[key] = data.draw(json_values)
    received = event.receive(reference.dumps(document).encode())

    if received.event is None:
        assert received.reason is not None
        readable = key not in ("readpoint:epoch", "readpoint:seq")
        if readable and received.reason is not Reason.NOT_JSON:
            assert (received.epoch, received.seq) == (said.epoch, said.seq)


@given(json_values)
def test_json_comes_back_as_it_was(value: json.JsonValue) -> None:
    assert json.decode(json.encode(value).encode()) == value


@given(st.decimals(-(10**12), 10**12, places=6))
def test_a_fraction_is_not_rounded(value: Decimal) -> None:
    text = f"{value:f}"
    if "." in text:
        assert json.decode(text.encode()) == value


@given(json_values)
def test_equal_documents_have_one_canonical_form(value: json.JsonValue) -> None:
    shuffled = reference.loads(reference.dumps(value, sort_keys=True))

    assert json.canonical(value) == json.canonical(shuffled)


@given(
    st.builds(
        Birth,
        boot=words,
        session=counts,
        software=words,
        config_hash=words,
        epoch=epochs,
        first_kept=st.integers(1, 9),
        made=counts,
        settled=counts,
        devices=st.lists(st.builds(Device, name=words, driver=words), max_size=2).map(tuple),
        read_points=st.lists(
            st.builds(ReadPoint, name=words, kind=words, mode=st.just("live"), read_point=uris),
            max_size=2,
        ).map(tuple),
    )
)
def test_a_birth_survives_the_wire(birth: Birth) -> None:
    assert Birth.from_payload(birth.to_payload()) == birth


@given(
    st.builds(
        Ack,
        ledger=words,
        incarnation=counts,
        n=counts,
        epoch=epochs,
        committed=counts,
        id=event_ids,
        rejected=st.lists(
            st.builds(Rejected, seq=st.integers(1, 9), reason=st.sampled_from(Reason)), max_size=3
        ).map(tuple),
        rejected_total=counts,
    )
)
def test_an_ack_survives_the_wire(ack: Ack) -> None:
    assert Ack.from_payload(ack.to_payload()) == ack


@given(st.text(max_size=80))
def test_any_topic_is_somebody_s_or_nobody_s(topic: str) -> None:
    found = parse(topic)

    assert found is None or found[0].topic(found[1]) == topic
