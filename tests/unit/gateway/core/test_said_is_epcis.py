"""EDGE §7: what a gateway says has no fault by the rules of EPCIS and the CBV."""

from datetime import UTC

from gateway.core.commissioning import Bench, Wanted, commissioned
from gateway.core.identify import Role, Thing
from gateway.core.judgement import Verdict
from gs1.epc.model import TagReason
from gs1.epcis.judge import judge
from tests.unit.gateway.core.test_announce import (
    CASES,
    PALLET,
    VOICE,
    a_pass,
    announce,
    judged,
    passed,
)
from wire.event import as_document
from wire.reason import Reason


def test_movements_reviews_and_exceptions_are_faultless() -> None:
    raw = Thing("urn:epc:raw:16.xE280", Role.UNKNOWN, TagReason.SCHEME)
    mixed = a_pass(judged(CASES[0], Verdict.UNCERTAIN, Reason.DWELLING), judged(raw, Verdict.MOVED))
    said = [
        *announce(passed(PALLET, *CASES), VOICE),
        *announce(passed(*CASES, way=(4, -4)), VOICE),
        *announce(mixed, VOICE),
    ]

    assert [(each.kind, judge(as_document(each))) for each in said] == [
        ("movement", []),
        ("movement", []),
        ("review", []),
        ("exception", []),
    ]


def test_a_commissioned_tag_is_told_without_fault() -> None:
    key = "https://id.gs1.org/01/80614141123458/21/6789"
    bench = Bench("desk-gw", UTC, "urn:x:desk", "urn:x:hall", "desk-1:1")

    said = commissioned(Wanted(key, b"\x30"), bench, 1_763_800_000_123_456, None, "")

    assert judge(as_document(said)) == []
