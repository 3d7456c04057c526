"""What a box says on the wire."""

from dataclasses import replace
from datetime import timedelta, timezone

from gateway.core.box import Box
from gateway.core.box_codes import Code
from gateway.core.identify import Role, Thing
from gateway.core.judgement import Judged, Verdict
from gateway.core.read_point import Step, Voice
from gateway.core.tell_box import tell_box
from gateway.core.visit import Visit
from gs1.epc.model import TagReason
from gs1.epcis.judge import judge
from tests.unit.gateway.core.scenes import START_US, seen, thing
from wire.event import AggregationEvent, ObjectEvent, Place, as_document, parse
from wire.reason import Reason

VOICE = Voice("belt-pi-1", timezone(timedelta(hours=1)), "urn:test:belt-1", "live")
STEP = Step("picking", "urn:test:aisle-3", None, None)
SSCC = "https://id.gs1.org/00/195211411234567899"
WINDOW = (START_US, START_US + 800_000)
ITEM = thing("case-1")


def judged(what: Thing, verdict: Verdict, reason: Reason | None = None) -> Judged:
    visit = Visit(what, START_US, START_US)
    visit.add(seen(what, "tunnel:1", 1.9), inner=True)
    return Judged(visit, verdict, reason)


def a_box(*tags: Judged, codes: tuple[str, ...] = (), faults: tuple[Reason, ...] = ()) -> Box:
    scans = tuple(Code(START_US, key) for key in codes)
    at_us = START_US + 400_000
    return Box("belt-1", at_us, WINDOW, 1_500_000, 500_000, tags, scans, faults)


def test_what_is_on_a_box_moves_with_it() -> None:
    (said,) = tell_box(a_box(judged(ITEM, Verdict.MOVED)), VOICE, STEP)

    assert isinstance(said, ObjectEvent)
    assert (said.kind, said.biz_step, said.epc_list) == ("movement", "picking", (ITEM.key,))
    assert said.biz_location == Place(id="urn:test:aisle-3")
    assert said.window == ("2023-11-14T23:13:20.000+01:00", "2023-11-14T23:13:20.800+01:00")
    assert said.event_time == "2023-11-14T23:13:21.900+01:00"
    assert said.evidence == {
        "rule": "nearest_window",
        "offset_s": 1.5,
        "limit_s": 0.5,
        "spread_db": 0.0,
        "first": "2023-11-14T22:13:20.000+00:00",
        "last": "2023-11-14T22:13:21.900+00:00",
        "reads": 1,
        "antennas": {"tunnel:1": {"reads": 1, "peak_dbm": -60.0}},
    }
    assert (said.direction, said.confidence) == (None, None)


def test_every_event_of_a_box_is_valid_and_faultless() -> None:
    raw = Thing("urn:epc:raw:16.xE280", Role.UNKNOWN, TagReason.SCHEME)
    box = a_box(
        judged(ITEM, Verdict.MOVED),
        judged(thing("case-2"), Verdict.UNCERTAIN, Reason.EVIDENCE_UNCERTAIN),
        judged(raw, Verdict.MOVED),
        judged(thing("case-3"), Verdict.STRAY),
        codes=(SSCC,),
        faults=(Reason.NO_READ,),
    )
    said = tell_box(box, replace(VOICE, verdicts=True), STEP)

    kinds = ["movement", "review", "exception", "verdict", "verdict", "verdict", "exception"]
    assert [each.kind for each in said] == kinds
    assert [parse(as_document(each)) for each in said] == said
    assert [judge(as_document(each)) for each in said] == [[]] * 7
    assert len({each.event_id for each in said}) == 7
    assert len({each.pass_id for each in said}) == 1


def test_as_a_document_the_window_is_two_instants() -> None:
    (said,) = tell_box(a_box(judged(ITEM, Verdict.MOVED)), VOICE, STEP)

    assert as_document(said)["readpoint:window"] == [
        "2023-11-14T23:13:20.000+01:00",
        "2023-11-14T23:13:20.800+01:00",
    ]


def test_a_box_that_nothing_was_read_of_is_an_exception_without_tags() -> None:
    (said,) = tell_box(a_box(faults=(Reason.NO_READ,)), VOICE, STEP)

    assert isinstance(said, ObjectEvent)
    assert (said.kind, said.epc_list, said.reasons) == ("exception", (), ("no_read",))
    assert said.event_time == "2023-11-14T23:13:20.400+01:00"
    assert said.window is not None


def test_two_empty_boxes_are_told_apart() -> None:
    first = a_box(faults=(Reason.NO_READ,))
    second = replace(first, at_us=first.at_us + 1_000_000)

    ids = {tell_box(each, VOICE, STEP)[0].event_id for each in (first, second)}
    assert len(ids) == 2


def test_a_label_is_the_parent_of_the_tags_in_the_box() -> None:
    box = a_box(judged(ITEM, Verdict.MOVED), codes=(SSCC, "urn:readpoint:code:A"))
    (said,) = tell_box(box, VOICE, STEP)

    assert isinstance(said, AggregationEvent)
    assert (said.parent_id, said.child_epcs, said.action) == (SSCC, (ITEM.key,), "OBSERVE")
    assert said.evidence is not None
    assert said.evidence["barcodes"] == [SSCC, "urn:readpoint:code:A"]


def test_a_tag_of_the_label_is_not_a_second_parent() -> None:
    pallet = Thing(SSCC, Role.CONTAINER)
    tags = (judged(pallet, Verdict.MOVED), judged(ITEM, Verdict.MOVED))
    (said,) = tell_box(a_box(*tags, codes=(SSCC,)), VOICE, STEP)

    assert isinstance(said, AggregationEvent)
    assert (said.parent_id, said.child_epcs) == (SSCC, (ITEM.key,))


def test_on_trial_nothing_moves() -> None:
    (said,) = tell_box(a_box(judged(ITEM, Verdict.MOVED)), replace(VOICE, mode="trial"), STEP)

    assert (said.kind, said.reasons) == ("review", ("trial_mode",))


def test_what_has_no_box_has_no_window() -> None:
    lost = replace(a_box(judged(ITEM, Verdict.UNCERTAIN, Reason.NO_BOX)), window=None)
    (said,) = tell_box(lost, VOICE, STEP)

    assert (said.kind, said.window, said.reasons) == ("review", None, ("no_box",))
