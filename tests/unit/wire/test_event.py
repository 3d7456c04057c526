from typing import Any

import pytest

from wire import event, json
from wire.event import AggregationEvent, ErrorDeclaration, ObjectEvent, Place, Quantity, Received
from wire.reason import Reason

CASE = "https://id.gs1.org/01/09521141012345/21/1"
PALLET = "https://id.gs1.org/00/195211411234567899"
EVENT_ID = "urn:uuid:0190a0b0-0000-8000-8000-000000000001"


def object_event(**said: Any) -> ObjectEvent:
    known: dict[str, Any] = {
        "event_id": EVENT_ID,
        "event_time": "2026-11-22T08:15:30.125+01:00",
        "event_time_zone_offset": "+01:00",
        "action": "OBSERVE",
        "gateway": "dock-pi-1",
        "epoch": "e1",
        "seq": 5,
        "kind": "movement",
        "epc_list": (CASE,),
    }
    return ObjectEvent(**(known | said))


def payload(**changed: Any) -> bytes:
    document = event.as_document(object_event())
    document = {key: value for key, value in (document | changed).items() if value is not None}
    return json.encode(document).encode()


def test_a_document_starts_with_what_it_is_and_omits_what_is_not_said() -> None:
    document = event.as_document(object_event(biz_step="receiving", read_point=Place(id=PALLET)))

    assert document == {
        "@context": event.CONTEXT,
        "type": "ObjectEvent",
        "eventID": EVENT_ID,
        "eventTime": "2026-11-22T08:15:30.125+01:00",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "readPoint": {"id": PALLET},
        "readpoint:v": 1,
        "readpoint:gateway": "dock-pi-1",
        "readpoint:epoch": "e1",
        "readpoint:seq": 5,
        "readpoint:kind": "movement",
        "epcList": [CASE],
    }
    assert list(document)[:2] == ["@context", "type"]


def test_an_event_comes_back_as_it_was() -> None:
    told = AggregationEvent(
        **object_event().model_dump(exclude={"type", "epc_list", "quantity_list"}),
        parent_id=PALLET,
        child_epcs=(CASE,),
        child_quantity_list=(
            Quantity(epc_class="https://id.gs1.org/01/09521141012345", quantity=3),
        ),
    )

    assert event.parse(event.as_document(told)) == told


def test_what_we_do_not_know_is_kept() -> None:
    parsed = event.parse(event.as_document(object_event()) | {"ilmd": {"x": 1}})

    assert parsed.model_extra == {"ilmd": {"x": 1}}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (
            {"type": "Event"},
            "Input tag 'Event' found using 'type' does not match any of the expected tags:"
            " 'ObjectEvent', 'AggregationEvent'",
        ),
        (
            {"eventTime": "yesterday"},
            "eventTime: 'yesterday': expected an ISO 8601 instant",
        ),
        (
            {"eventTimeZoneOffset": "Z"},
            "eventTimeZoneOffset: String should match pattern"
            " '^[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)$'",
        ),
        (
            {"eventID": "1"},
            "eventID: String should match pattern"
            " '^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'",
        ),
        ({"action": "SEE"}, "action: Input should be 'ADD', 'OBSERVE' or 'DELETE'"),
        ({"epcList": [CASE, CASE]}, "epcList: an EPC twice in one list"),
        (
            {"epcList": ["hello"]},
            r"epcList.0: String should match pattern"
            r" '^(https?://|urn:)[^\s\x00-\x1f\x7f\"<>\\^`{|}]+$'",
        ),
        (
            {"epcList": ["https://id.gs1.org/01/09521141012345"]},
            "epcList.0: https://id.gs1.org/01/09521141012345:"
            " a class key belongs in a quantity list",
        ),
        (
            {
                "quantityList": [
                    {"epcClass": "https://id.gs1.org/01/09521141012345", "quantity": -3}
                ]
            },
            "quantityList.0.quantity: Input should be greater than 0",
        ),
        (
            {
                "quantityList": [
                    {"epcClass": "https://id.gs1.org/01/09521141012345", "quantity": 10**9 + 1}
                ]
            },
            "quantityList.0.quantity: Input should be less than or equal to 1000000000",
        ),
        (
            {"readpoint:from": "a\x00b"},
            r"readpoint:from: String should match pattern '^[^\s\x00-\x1f\x7f\"<>]+$'",
        ),
        (
            {"readpoint:kind": "rumour"},
            "readpoint:kind: Input should be"
            " 'movement', 'count', 'scan', 'exception', 'review' or 'verdict'",
        ),
    ],
)
def test_an_invalid_event_says_where_and_what(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError) as refused:
        event.parse(event.as_document(object_event()) | changed)

    assert str(refused.value) == why


@pytest.mark.parametrize("character", ["\x00", "\x1f", "\x7f", " ", "\u2028"])
def test_an_epc_has_no_control_characters(character: str) -> None:
    with pytest.raises(ValueError, match=r"epcList\.0: String should match pattern"):
        event.parse(event.as_document(object_event()) | {"epcList": [f"urn:x:a{character}b"]})


def test_identity_leaves_out_where_and_when_it_was_told() -> None:
    told = event.receive(payload())
    again = event.receive(
        payload(**{"readpoint:epoch": "e2", "readpoint:seq": 9, "recordTime": "x"})
    )
    other = event.receive(payload(bizStep="shipping"))

    assert told.body_hash == again.body_hash != other.body_hash


def test_a_received_event_has_its_number_and_its_hash() -> None:
    received = event.receive(payload())

    assert received == Received("e1", 5, EVENT_ID, received.event, received.body_hash)
    assert received.event is not None
    assert received.event.event_us == 1_795_331_730_125_000
    assert len(received.body_hash) == 32


@pytest.mark.parametrize(
    ("data", "received"),
    [
        (b"junk", Received(reason=Reason.NOT_JSON, detail="Expecting value at character 0")),
        (
            payload(**{"readpoint:seq": True}),
            Received(reason=Reason.UNREADABLE, detail="readpoint:epoch and readpoint:seq"),
        ),
        (
            payload(**{"readpoint:seq": 0}),
            Received(reason=Reason.UNREADABLE, detail="readpoint:epoch and readpoint:seq"),
        ),
        (
            payload(**{"readpoint:epoch": "é"}),
            Received(reason=Reason.UNREADABLE, detail="readpoint:epoch and readpoint:seq"),
        ),
        (
            payload(**{"readpoint:v": 2}),
            Received(
                "e1",
                5,
                EVENT_ID,
                reason=Reason.UNSUPPORTED_VERSION,
                detail="readpoint:v 2: expected 1",
            ),
        ),
        (
            payload(eventID="mine", action="SEE"),
            Received(
                "e1",
                5,
                None,
                reason=Reason.INVALID_EVENT,
                detail="eventID: String should match pattern "
                "'^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'",
            ),
        ),
    ],
)
def test_a_bad_payload_is_numbered_wherever_its_number_can_be_read(
    data: bytes, received: Received
) -> None:
    assert event.receive(data) == received


# -- error declarations ----------------------------------------------------------------------------

DECLARED = "2026-11-22T09:00:00.000+01:00"


def declaration(**said: Any) -> ObjectEvent:
    known: dict[str, Any] = {
        "declaration_time": DECLARED,
        "reason": "did_not_occur",
        "epoch": "e1",
        "seq": 9,
        "actor": "anna",
    }
    return object_event(error_declaration=ErrorDeclaration(**(known | said)), operator="anna")


def test_an_error_declaration_repeats_its_event_and_has_a_number_of_its_own() -> None:
    document = event.as_document(declaration())

    assert document == event.as_document(object_event(operator="anna")) | {
        "errorDeclaration": {
            "declarationTime": DECLARED,
            "reason": "did_not_occur",
            "readpoint:epoch": "e1",
            "readpoint:seq": 9,
            "readpoint:actor": "anna",
        }
    }
    assert document["readpoint:operator"] == "anna"
    assert (object_event().declared_us, declaration().declared_us) == (0, 1_795_334_400_000_000)


def test_a_received_error_declaration_knows_what_it_takes_back() -> None:
    original = event.receive(json.encode(event.as_document(object_event(operator="anna"))).encode())

    received = event.receive(json.encode(event.as_document(declaration())).encode())
    again = event.receive(json.encode(event.as_document(declaration(seq=10))).encode())

    assert (original.seq, received.seq, again.seq) == (5, 9, 10)
    assert (original.erroneous_hash, received.erroneous_hash) == (b"", original.body_hash)
    assert received.event == declaration()
    assert received.body_hash == again.body_hash != original.body_hash


def test_an_error_declaration_without_a_number_of_its_own_is_under_its_event_s() -> None:
    document = event.as_document(declaration(epoch=None, seq=None))

    assert event.receive(json.encode(document).encode()).seq == 5


def test_an_error_declaration_that_is_none_says_where() -> None:
    received = event.receive(payload(errorDeclaration={"declarationTime": "noon"}))
    odd = event.receive(payload(errorDeclaration="oops"))

    assert (received.seq, received.reason) == (5, Reason.INVALID_EVENT)
    assert received.detail.startswith("errorDeclaration.declarationTime: ")
    assert (odd.seq, odd.reason) == (5, Reason.INVALID_EVENT)
