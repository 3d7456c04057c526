"""EDGE §7: a person with a scanner; what is done, where, by whom, how many of it, and back."""

import pytest

from drivers.base import LinkChange, NoRead, TagRead
from gateway.core.identify import Identifier
from gateway.core.read_point import Replays
from gateway.core.station import DIGITS_MAX, UNDO_MAX, Station, Status
from gateway.core.station_scan import Task
from tests.unit.gateway.core.stations import (
    BIN_7,
    BIN_8,
    CASE_CODE,
    DOCK,
    HALL,
    LOT_CODE,
    PALLET_CODE,
    START_US,
    STEPS,
    TEA,
    TEA_CODE,
    Hand,
    plan,
)
from wire.event import ObjectEvent, Quantity
from wire.reason import Reason

RECEIVE, SHIP, MOVE, COUNT = "$RP.RECEIVE", "$RP.SHIP", "$RP.MOVE", "$RP.COUNT"
UNDO, DONE, CANCEL, CLEAR = "$RP.UNDO", "$RP.DONE", "$RP.CANCEL", "$RP.QTY.CLEAR"
NO_TASK = "first scan what is done: RECEIVE, SHIP, MOVE or COUNT"


def where(event: ObjectEvent) -> tuple[str | None, str | None, str | None]:
    place = event.biz_location
    return event.biz_step, event.claimed_from, place.id if place else None


# -- tasks ----------------------------------------------------------------------------------------


def test_what_is_received_goes_to_the_station_s_place_or_to_the_one_that_was_scanned() -> None:
    hand = Hand()

    assert hand.light(RECEIVE) == ("accepted", "receive: scan the goods")
    assert where(hand.event(CASE_CODE)) == ("receiving", "supplier", HALL)
    assert hand.light("DOCK") == ("accepted", "receive at DOCK: scan the goods")
    assert where(hand.event(PALLET_CODE)) == ("receiving", "supplier", DOCK)


def test_what_is_shipped_leaves_the_station_s_place_or_the_one_that_was_scanned() -> None:
    hand = Hand()

    assert hand.light(SHIP) == ("accepted", "ship: scan the goods")
    assert where(hand.event(CASE_CODE)) == ("shipping", HALL, None)
    assert hand.light("BIN-7") == ("accepted", "ship from BIN-7: scan the goods")
    shipped = hand.event(CASE_CODE)
    assert where(shipped) == ("shipping", BIN_7, None)
    assert shipped.claimed_to == "transit"


def test_a_move_asks_from_where_and_to_where_before_goods_are_moved() -> None:
    hand = Hand()

    assert hand.light(MOVE) == ("accepted", "move: scan the place FROM")
    refused = hand.event(CASE_CODE)
    assert (refused.kind, refused.reasons) == ("exception", ("no_location",))
    assert hand.light("DOCK") == ("accepted", "move from DOCK: scan the place TO")
    assert hand.light("DOCK") == (
        "refused",
        "DOCK is the place FROM: scan another place TO",
    )
    assert hand.event(CASE_CODE).reasons == ("no_location",)
    assert hand.light("BIN-7") == ("accepted", "move from DOCK to BIN-7: scan the goods")
    assert where(hand.event(CASE_CODE)) == ("storing", DOCK, BIN_7)
    hand.scan("BIN-8")
    assert where(hand.event(CASE_CODE)) == ("storing", DOCK, BIN_8)
    assert hand.light(MOVE) == ("accepted", "move: scan the place FROM")


def test_what_is_counted_is_a_count_at_a_place_and_no_movement() -> None:
    hand = Hand()

    assert hand.light(COUNT) == ("accepted", "count: scan the place")
    assert hand.event(CASE_CODE).reasons == ("no_location",)
    assert hand.light("BIN-7") == ("accepted", "count at BIN-7: scan the goods")
    first, second = hand.event(CASE_CODE), hand.event(PALLET_CODE)
    assert (first.kind, where(first)) == ("count", ("cycle_counting", None, BIN_7))
    assert first.pass_id == second.pass_id is not None


def test_a_gln_on_a_wall_is_a_place_too() -> None:
    hand = Hand().say(COUNT)

    assert hand.light("4149521141123454254bin-7") == (
        "accepted",
        "count at (414) 9521141123454 (254) bin-7: scan the goods",
    )


def test_done_ends_a_task_and_cancel_what_was_half_said() -> None:
    hand = Hand().say(MOVE, "DOCK", "$RP.QTY.4")

    assert hand.light(CANCEL) == ("accepted", "move: scan the place FROM")
    assert hand.status == Status(Task.MOVE)
    assert hand.light(DONE) == ("accepted", "nothing is done now")
    assert hand.event(CASE_CODE).reasons == ("no_mode",)


def test_what_is_scanned_while_nothing_is_done_moves_nothing() -> None:
    hand = Hand()

    assert hand.light(CASE_CODE) == ("refused", f"(01) 09521141012345 (21) 7: {NO_TASK}")
    assert hand.light("DOCK") == ("refused", NO_TASK)
    assert hand.light("$RP.QTY.1") == ("refused", NO_TASK)
    assert [each.kind for each in hand.events] == ["exception"]


@pytest.mark.parametrize(("after_s", "kind"), [(299.9, "movement"), (300.0, "exception")])
def test_a_task_is_over_when_nobody_scanned_for_a_while(after_s: float, kind: str) -> None:
    hand = Hand().say("$RP.OPERATOR.ben", RECEIVE)

    event = hand.event(CASE_CODE, after_s)

    assert event.kind == kind
    assert event.operator == ("ben" if kind == "movement" else None)
    assert hand.light(UNDO)[0] == ("accepted" if kind == "movement" else "refused")


def test_the_status_says_that_a_task_is_over_before_anybody_scans() -> None:
    hand = Hand().say("4711", MOVE, "DOCK", "BIN-7", "$RP.QTY.1", "$RP.QTY.2")

    assert hand.status == Status(Task.MOVE, "anna", "DOCK", "BIN-7", "12")
    assert hand.station.status(hand.now_us + 300_000_000) == Status()


# -- people ---------------------------------------------------------------------------------------


def test_a_badge_names_who_scans_until_another_comes() -> None:
    hand = Hand()

    assert hand.light("$RP.OPERATOR.ben") == ("accepted", "ben: nothing is done now")
    hand.scan(RECEIVE)
    assert hand.event(CASE_CODE).operator == "ben"
    assert hand.light("$RP.OPERATOR.ben") == ("accepted", "ben: receive: scan the goods")
    assert hand.light("4711") == ("accepted", "anna: nothing is done now")
    assert hand.light(UNDO) == ("refused", "nothing to take back")
    assert hand.event(CASE_CODE).operator == "anna"


# -- quantities -----------------------------------------------------------------------------------


def test_digits_are_the_quantity_of_the_next_class() -> None:
    hand = Hand().say(RECEIVE)

    assert hand.light("$RP.QTY.1") == ("accepted", "quantity 1")
    assert hand.light("$RP.QTY.2") == ("accepted", "quantity 12")
    said = hand.event(TEA_CODE)
    assert (said.epc_list, said.quantity_list) == ((), (Quantity(epc_class=TEA, quantity=12),))
    lot = hand.event(LOT_CODE)
    assert lot.quantity_list == (Quantity(epc_class=f"{TEA}/10/A-1", quantity=1),)


def test_a_thing_with_a_serial_has_no_quantity() -> None:
    hand = Hand().say(RECEIVE, "$RP.QTY.3")

    refused = hand.event(CASE_CODE)

    assert (refused.kind, refused.reasons, refused.epc_list) == (
        "exception",
        (Reason.QUANTITY_OF_ONE,),
        (f"{TEA}/21/7",),
    )
    assert hand.event(CASE_CODE).kind == "movement"  # The quantity went with the refused scan.


def test_a_quantity_of_none_is_refused() -> None:
    hand = Hand().say(RECEIVE, "$RP.QTY.0")

    assert hand.event(TEA_CODE).reasons == (Reason.QUANTITY_ZERO,)
    assert hand.say("$RP.QTY.0", "$RP.QTY.3").event(TEA_CODE).kind == "movement"


def test_a_quantity_can_be_cleared_and_is_no_bar_code() -> None:
    hand = Hand().say(RECEIVE, *["$RP.QTY.9"] * DIGITS_MAX)

    assert hand.status.quantity == "999999"
    assert hand.light("$RP.QTY.9") == ("refused", "expected at most 6 digits: no quantity")
    assert hand.status.quantity == ""
    hand.scan("$RP.QTY.9")
    assert hand.light(CLEAR) == ("accepted", "no quantity")
    assert hand.event(TEA_CODE).quantity_list == (Quantity(epc_class=TEA, quantity=1),)


# -- what cannot be booked ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("PART 12", ("code_plain",)),
        ("0109521141012346", ("code_refused",)),
        ("8004952114112345A", ("code_not_stock",)),
    ],
)
def test_what_is_no_stock_is_an_exception_and_takes_the_quantity_with_it(
    text: str, reasons: tuple[str, ...]
) -> None:
    hand = Hand().say(RECEIVE, "$RP.QTY.3")

    assert hand.event(text).reasons == reasons
    assert hand.status.quantity == ""
    assert hand.say(DONE).event(text).reasons == ("no_mode", *reasons)


def test_a_command_of_another_release_is_no_goods() -> None:
    hand = Hand().say(RECEIVE)

    assert hand.light("$RP.PACK") == ("refused", "'$RP.PACK': no command of this release")
    assert hand.events == []


def test_what_a_scanner_could_not_read_says_nothing() -> None:
    hand = Hand()

    assert hand.point.notice(0, NoRead("hand-1", START_US)) == []
    assert hand.station.changes() == {}


# -- back -----------------------------------------------------------------------------------------


def test_undo_takes_back_the_last_scan_and_then_the_one_before() -> None:
    hand = Hand().say("4711", RECEIVE)
    first = hand.event(CASE_CODE)
    hand.scan("PART 12")
    second = hand.event(PALLET_CODE)

    assert hand.light(UNDO) == ("accepted", "taken back: (00) 195211411234567899")
    assert hand.light(UNDO) == ("accepted", "taken back: (01) 09521141012345 (21) 7")
    assert hand.light(UNDO) == ("refused", "nothing to take back")
    *_, one, two = hand.events
    assert [each.error_declaration is not None for each in (one, two)] == [True, True]
    assert one.model_copy(update={"error_declaration": None}) == second
    assert two.model_copy(update={"error_declaration": None}) == first


def test_so_many_scans_can_be_taken_back_and_no_more() -> None:
    hand = Hand().say(RECEIVE, *[TEA_CODE] * (UNDO_MAX + 1))

    words = [hand.light(UNDO)[0] for _ in range(UNDO_MAX + 1)]

    assert words == ["accepted"] * UNDO_MAX + ["refused"]


# -- after a crash --------------------------------------------------------------------------------

A_MORNING = [
    "4711", RECEIVE, CASE_CODE, "$RP.QTY.4", TEA_CODE, "PART 1", MOVE, "DOCK", CASE_CODE, "BIN-7",
    PALLET_CODE, UNDO, UNDO, "$RP.OPERATOR.ben", SHIP, CASE_CODE, COUNT, "BIN-8", TEA_CODE, DONE,
]  # fmt: skip


@pytest.mark.parametrize("cut", range(len(A_MORNING) + 1))
def test_wherever_it_is_killed_the_same_is_said(cut: int) -> None:
    whole, killed = Hand().say(*A_MORNING), Hand().say(*A_MORNING[:cut])

    killed.restart()
    killed.say(*A_MORNING[cut:])

    assert killed.events == whole.events
    assert killed.status == whole.status
    assert len({(each.event_id, each.declared_us) for each in whole.events}) == len(whole.events)


def test_what_was_taken_before_the_crash_is_not_taken_again() -> None:
    hand = Hand().say(RECEIVE)
    number, at_us = hand.number, hand.now_us
    hand.scan(CASE_CODE)
    hand.restart()

    hand.number, hand.now_us = number, at_us
    assert hand.point.resume == number + 1
    assert hand.scan(CASE_CODE) == []


def test_a_memory_that_nobody_can_read_is_none() -> None:
    for memory in ({}, {"state": 7}, {"state": {"told_as": "live", "task": "dance"}}):
        station = Station(plan())
        station.recall(memory)  # type: ignore[arg-type]
        assert station.status(START_US) == Status()


def test_what_was_told_under_other_settings_cannot_be_repeated() -> None:
    hand = Hand(mode="trial").say(RECEIVE, CASE_CODE)
    hand.mode = "live"
    hand.restart()

    assert hand.status.task is Task.RECEIVE
    assert hand.light(UNDO) == ("refused", "nothing to take back")


# -- as a machine ---------------------------------------------------------------------------------


def test_it_hears_its_scanners_alone_and_replays_nothing() -> None:
    station = Station(plan())

    assert station.name == "desk-1"
    assert station.sources == station.devices == frozenset({"hand-1"})
    assert station.replays is Replays.NOTHING
    assert (station.is_open, station.blind_us, station.dropped) == (False, 0, 0)
    assert station.is_unsure_of("hand-1") is False
    sighting = Identifier(accept_raw=False).sighting(TagRead("dock-1", 1, b"\x30" * 12, 1, 1))
    assert list(station.observe(sighting)) == []
    assert list(station.link(LinkChange("hand-1", 1, up=True))) == []
    assert list(station.advance(5)) == list(station.advance(3)) == []
    assert (station.clock_us, station.since_us) == (5, 5)


def test_a_clock_that_is_set_does_not_end_a_task() -> None:
    hand = Hand().say(RECEIVE)
    hand.station.shift_time(3_600_000_000)
    assert hand.station.changes() != {}

    assert hand.event(CASE_CODE, after_s=3_601.0).kind == "movement"


def test_two_codes_of_one_instant_are_two_scans() -> None:
    hand = Hand().say(RECEIVE)

    first, second = hand.event(TEA_CODE), hand.event(TEA_CODE, after_s=0.0)

    assert first.event_id != second.event_id
    assert STEPS[Task.RECEIVE].biz_step == first.biz_step
