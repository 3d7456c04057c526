from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from gateway.core import announce as module
from gateway.core import telling
from gateway.core.announce import Ways
from gateway.core.dock_door import DockDoor
from gateway.core.identify import Role, Thing
from gateway.core.judgement import Judged, Pass, Verdict
from gateway.core.read_point import Step, Voice
from gateway.core.visit import Visit
from gs1.epc.model import TagReason
from tests.unit.gateway.core.scenes import INNER, PLAN, START_US, line, run, seen, thing, walk
from wire import event
from wire.event import AggregationEvent, Event, ObjectEvent, Place
from wire.reason import Reason

VOICE = Voice(
    gateway="dock-pi-1",
    zone=timezone(timedelta(hours=1)),
    read_point="urn:test:door-1",
    mode="live",
)
WAYS = Ways(
    inbound=Step("receiving", "urn:test:hall-1", "supplier", None),
    outbound=Step("shipping", None, None, "transit"),
)
PALLET = thing("pallet", Role.CONTAINER)
CASES = [thing(f"case-{n}") for n in range(1, 4)]


def announce(door_pass: Pass, voice: Voice) -> list[Event]:
    return module.announce(door_pass, voice, WAYS)


def passed(*things: Thing, way: tuple[float, float] = (-4, 4)) -> Pass:
    reads = [s for n, what in enumerate(things) for s in walk(what, line(*way, 6), n * 0.01)]
    (closed,) = run(DockDoor(PLAN), reads)
    return closed


def judged(what: Thing, verdict: Verdict, reason: Reason | None = None) -> Judged:
    visit = Visit(what, START_US, START_US)
    visit.add(seen(what), inner=True)
    return Judged(visit, verdict, reason)


def a_pass(*tags: Judged) -> Pass:
    return Pass("door-1", "in", 0.9, 1.2, 40.4, "silence", tags)


def test_a_pallet_with_its_cases_is_one_aggregation_event() -> None:
    (said,) = announce(passed(PALLET, *CASES), VOICE)

    assert isinstance(said, AggregationEvent)
    assert said.action == "OBSERVE"
    assert said.parent_id == PALLET.key
    assert said.child_epcs == tuple(case.key for case in CASES)
    assert (said.biz_step, said.disposition) == ("receiving", "in_progress")
    assert said.biz_location == Place(id="urn:test:hall-1")
    assert said.read_point == Place(id="urn:test:door-1")
    assert (said.kind, said.verdict, said.direction) == ("movement", "moved", "in")
    assert (said.claimed_from, said.claimed_to) == ("supplier", None)
    assert said.confidence == 1.0
    assert said.event_time.endswith("+01:00")
    assert said.event_us % 1000 == 0
    assert said.event_us == pytest.approx(START_US + 3_000_000, abs=500_000)


def test_outbound_says_what_going_out_means() -> None:
    (said,) = announce(passed(PALLET, *CASES, way=(4, -4)), VOICE)

    assert (said.biz_step, said.disposition) == ("shipping", "in_transit")
    assert said.biz_location is None
    assert (said.direction, said.claimed_to) == ("out", "transit")


@pytest.mark.parametrize(
    "things", [(PALLET,), tuple(CASES), (PALLET, thing("other", Role.CONTAINER), *CASES)]
)
def test_anything_but_one_pallet_with_contents_is_an_object_event(
    things: tuple[Thing, ...],
) -> None:
    (said,) = announce(passed(*things), VOICE)

    assert isinstance(said, ObjectEvent)
    assert set(said.epc_list) == {what.key for what in things}


def test_the_same_pass_gives_the_same_events() -> None:
    assert announce(passed(PALLET, *CASES), VOICE) == announce(passed(PALLET, *CASES), VOICE)


def test_an_event_of_a_pass_is_valid_on_the_wire() -> None:
    for said in announce(passed(PALLET, *CASES), VOICE):
        assert event.parse(event.as_document(said)) == said


def test_a_read_point_on_trial_asks_for_review_and_says_nothing_moved() -> None:
    (said,) = announce(passed(PALLET, *CASES), replace(VOICE, mode="trial"))

    assert isinstance(said, ObjectEvent)
    assert (said.kind, said.biz_step, said.disposition) == ("review", "inspecting", None)
    assert said.biz_location is None
    assert said.reasons == ("trial_mode",)
    assert set(said.epc_list) == {PALLET.key, *(case.key for case in CASES)}


def test_what_is_uncertain_is_one_review_with_its_reasons() -> None:
    said = announce(
        a_pass(
            judged(CASES[0], Verdict.MOVED),
            judged(CASES[1], Verdict.UNCERTAIN, Reason.EVIDENCE_UNCERTAIN),
            judged(CASES[2], Verdict.UNCERTAIN, Reason.DWELLING),
        ),
        VOICE,
    )

    assert [each.kind for each in said] == ["movement", "review"]
    review = said[1]
    assert isinstance(review, ObjectEvent)
    assert review.epc_list == (CASES[1].key, CASES[2].key)
    assert review.reasons == ("dwelling", "evidence_uncertain")
    assert review.pass_id == said[0].pass_id
    assert review.event_id != said[0].event_id


def test_an_unknown_tag_that_moved_is_an_exception() -> None:
    raw = Thing("urn:epc:raw:16.xE280", Role.UNKNOWN, TagReason.SCHEME)

    said = announce(a_pass(judged(raw, Verdict.MOVED), judged(CASES[0], Verdict.MOVED)), VOICE)

    assert [each.kind for each in said] == ["movement", "exception"]
    exception = said[1]
    assert isinstance(exception, ObjectEvent)
    assert exception.epc_list == ("urn:epc:raw:16.xE280",)
    assert exception.reasons == ("tag_scheme",)
    assert exception.biz_step is None


def test_of_strays_nothing_is_said() -> None:
    raw = Thing("urn:epc:raw:16.xE280", Role.UNKNOWN, TagReason.SCHEME)

    assert (
        announce(a_pass(judged(raw, Verdict.STRAY), judged(CASES[0], Verdict.STRAY)), VOICE) == []
    )


def test_asked_for_verdicts_each_tag_is_in_the_movement_or_in_one_verdict() -> None:
    raw = Thing("urn:epc:raw:16.xE280", Role.UNKNOWN, TagReason.SCHEME)
    door_pass = a_pass(
        judged(CASES[0], Verdict.MOVED),
        judged(raw, Verdict.MOVED),
        judged(CASES[1], Verdict.UNCERTAIN, Reason.DWELLING),
        judged(CASES[2], Verdict.STRAY),
    )

    plain = announce(door_pass, VOICE)
    said = announce(door_pass, replace(VOICE, verdicts=True))

    assert [each.kind for each in plain] == ["movement", "review", "exception"]
    assert said[:3] == plain
    assert [
        (each.kind, each.verdict, each.biz_step, each.reasons, each.epc_list)
        for each in said[3:]
        if isinstance(each, ObjectEvent)
    ] == [
        ("verdict", "moved", None, None, (raw.key,)),
        ("verdict", "stray", None, None, (CASES[2].key,)),
        ("verdict", "uncertain", None, (Reason.DWELLING,), (CASES[1].key,)),
    ]
    assert len({each.event_id for each in said}) == 6
    assert len({each.pass_id for each in said}) == 1


def test_a_pass_of_strays_alone_has_verdicts() -> None:
    (said,) = announce(a_pass(judged(CASES[0], Verdict.STRAY)), replace(VOICE, verdicts=True))

    assert (said.kind, said.verdict) == ("verdict", "stray")


def test_a_large_review_is_told_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event, "EPCS_MAX", 2)
    tags = [judged(thing(f"case-{n}"), Verdict.UNCERTAIN, Reason.TOO_MANY_TAGS) for n in range(5)]

    said = announce(a_pass(*tags), VOICE)

    assert [(each.part, each.parts) for each in said] == [(1, 3), (2, 3), (3, 3)]
    assert len({each.event_id for each in said}) == 3
    assert len({each.pass_id for each in said}) == 1


def test_a_review_is_split_by_size_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "KEYS_BYTES_MAX", 40)
    tags = [judged(thing(f"case-{n}"), Verdict.UNCERTAIN, Reason.TOO_MANY_TAGS) for n in range(5)]

    said = announce(a_pass(*tags), VOICE)

    assert [len(each.epc_list) for each in said if isinstance(each, ObjectEvent)] == [2, 2, 1]


def test_the_evidence_is_what_the_verdict_rests_on() -> None:
    (said,) = announce(passed(CASES[0]), VOICE)

    evidence = said.evidence
    assert evidence is not None
    assert evidence["rule"] == "power_centroid"
    assert evidence["ended"] == "silence"
    assert evidence["reads"] == 200
    assert evidence["first"] == "2023-11-14T22:13:20.000+00:00"
    assert evidence["last"] == "2023-11-14T22:13:25.970+00:00"
    antennas = evidence["antennas"]
    assert isinstance(antennas, dict)
    assert antennas[INNER[0]]["reads"] == 50
    assert -50 < antennas[INNER[0]]["peak_dbm"] < -35
