"""EDGE §7: what a station says, in the words of EPCIS."""

from gateway.core.read_point import Light
from gs1.epcis.judge import judge
from tests.unit.gateway.core.stations import (
    CASE_CODE,
    HALL,
    LOT_CODE,
    PALLET_CODE,
    TEA,
    TEA_CODE,
    Hand,
)
from wire import event
from wire.event import ErrorDeclaration, Place, Quantity


def test_a_movement_says_who_moved_what_from_where_to_where() -> None:
    hand = Hand().say("4711", "$RP.RECEIVE")

    movement, light = hand.scan(CASE_CODE)

    assert isinstance(movement, event.ObjectEvent)
    assert event.as_document(movement) == {
        "@context": event.CONTEXT,
        "type": "ObjectEvent",
        "eventID": "urn:uuid:019aaaac-31b8-8d96-a76f-a84d06ba790d",
        "eventTime": "2025-11-22T08:26:43.000+00:00",
        "eventTimeZoneOffset": "+00:00",
        "action": "OBSERVE",
        "bizStep": "receiving",
        "disposition": "in_progress",
        "readPoint": {"id": "urn:x:desk-1"},
        "bizLocation": {"id": HALL},
        "readpoint:v": 1,
        "readpoint:gateway": "desk-gw",
        "readpoint:kind": "movement",
        "readpoint:pass": movement.pass_id,
        "readpoint:verdict": "moved",
        "readpoint:evidence": {"rule": "scan", "scanner": "hand-1", "task": "receive"},
        "readpoint:from": "supplier",
        "readpoint:operator": "anna",
        "epcList": [f"{TEA}/21/7"],
    }
    assert light == Light("desk-1", "accepted", "receive (01) 09521141012345 (21) 7")


def test_on_trial_all_is_for_review_and_the_person_is_told() -> None:
    hand = Hand(mode="trial").say("$RP.RECEIVE", "$RP.QTY.2")

    review, light = hand.scan(TEA_CODE)

    assert isinstance(review, event.ObjectEvent)
    assert (review.kind, review.biz_step, review.reasons) == (
        "review",
        "inspecting",
        ("trial_mode",),
    )
    assert (review.biz_location, review.claimed_from, review.disposition) == (None, None, None)
    assert review.quantity_list == (Quantity(epc_class=TEA, quantity=2),)
    assert light == Light(
        "desk-1",
        "accepted",
        "receive 2 × (01) 09521141012345 (on trial, nothing is booked)",
    )
    assert hand.say("$RP.COUNT", "DOCK").event(CASE_CODE).kind == "review"


def test_what_is_taken_back_is_said_again_as_an_error() -> None:
    hand = Hand().say("4711", "$RP.RECEIVE")
    movement = hand.event(PALLET_CODE)

    taken_back = hand.event("$RP.UNDO")

    declared = ErrorDeclaration(
        declaration_time="2025-11-22T08:26:44.000+00:00", reason="did_not_occur", actor="anna"
    )
    assert taken_back == movement.model_copy(update={"error_declaration": declared})
    assert taken_back.biz_location == Place(id=HALL)


def test_an_exception_says_what_was_scanned_and_why_it_is_none() -> None:
    hand = Hand().say("$RP.RECEIVE")

    refused = hand.event("0109521141012346")

    assert (refused.kind, refused.biz_step, refused.biz_location) == ("exception", None, None)
    assert refused.quantity_list == (
        Quantity(epc_class="urn:readpoint:code:0109521141012346", quantity=1),
    )
    assert refused.evidence == {
        "rule": "scan",
        "scanner": "hand-1",
        "task": "receive",
        "text": "'0109521141012346'",
        "why": "AI 01 '09521141012346': expected check digit 5",
    }


def test_a_code_that_is_too_long_for_the_wire_is_told_in_short() -> None:
    refused = Hand().event("%" * 200)

    assert (refused.epc_list, refused.quantity_list) == ((), None)
    assert refused.evidence is not None
    assert refused.evidence["text"] == "'" + "%" * 48 + "...'"


def test_what_a_station_says_is_faultless() -> None:
    hand = Hand().say("4711", "$RP.RECEIVE", CASE_CODE, LOT_CODE, PALLET_CODE, "$RP.UNDO")
    hand.say("$RP.SHIP", CASE_CODE, "$RP.MOVE", "DOCK", CASE_CODE, "BIN-7", TEA_CODE)
    hand.say("$RP.COUNT", "DOCK", CASE_CODE, "PART 12", "8004952114112345A", "8003095211411234545")
    hand.say("%" * 200, "0109521141012346")

    assert [judge(event.as_document(each)) for each in hand.events] == [[]] * len(hand.events)
    assert {each.kind for each in hand.events} == {"movement", "count", "exception"}
