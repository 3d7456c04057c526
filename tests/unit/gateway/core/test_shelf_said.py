"""What a shelf says, in EPCIS words."""

from dataclasses import replace
from datetime import UTC

import pytest

from gateway.core.identify import Role, Thing
from gateway.core.judgement import Judged, Verdict
from gateway.core.read_point import Step, Voice
from gateway.core.shelf import Change
from gateway.core.shelf_said import Steps, announce
from gateway.core.visit import Visit
from gs1.epc.model import TagReason
from tests.unit.gateway.core.scenes import START_US, seen, thing
from wire.event import ObjectEvent, Place
from wire.reason import Reason

VOICE = Voice("gw", UTC, "urn:test:rack-7", "live")
STEPS = Steps(
    Step("storing", None, "urn:test:hall", None),
    Step("picking", None, None, "urn:test:belt"),
    {"a": "urn:test:a", "b": "urn:test:b"},
)


def judged(what: Thing, verdict: Verdict = Verdict.MOVED, reason: Reason | None = None) -> Judged:
    visit = Visit(what, START_US, START_US)
    visit.add(seen(what), inner=True)
    return Judged(visit, verdict, reason)


ARRIVED = Change("rack-7", "arrived", None, "a", (judged(thing("x")), judged(thing("y"))))
DEPARTED = Change("rack-7", "departed", "a", None, (judged(thing("x")),))
MOVED = Change("rack-7", "moved", "a", "b", (judged(thing("x")),))


@pytest.mark.parametrize(
    ("change", "step", "place", "claims"),
    [
        (ARRIVED, "storing", "urn:test:a", ("urn:test:hall", "urn:test:a")),
        (DEPARTED, "picking", None, ("urn:test:a", "urn:test:belt")),
        (MOVED, "storing", "urn:test:b", ("urn:test:a", "urn:test:b")),
    ],
)
def test_a_change_is_one_movement_between_the_zones_places(
    change: Change, step: str, place: str | None, claims: tuple[str, str]
) -> None:
    (said,) = announce(change, VOICE, STEPS)

    assert isinstance(said, ObjectEvent)
    assert (said.kind, said.biz_step) == ("movement", step)
    assert said.biz_location == (None if place is None else Place(id=place))
    assert (said.claimed_from, said.claimed_to) == claims
    assert said.epc_list == tuple(tag.thing.key for tag in change.tags)
    assert said.evidence is not None
    assert said.evidence["change"] == change.what


def test_what_is_not_sure_and_what_a_shelf_on_trial_finds_is_for_a_person() -> None:
    doubted = replace(
        DEPARTED, tags=(judged(thing("x"), Verdict.UNCERTAIN, Reason.ANTENNA_SILENT),)
    )

    (review,) = announce(doubted, VOICE, STEPS)
    (trial,) = announce(ARRIVED, replace(VOICE, mode="trial"), STEPS)

    assert (review.kind, review.reasons, review.biz_step) == (
        "review",
        ("antenna_silent",),
        "inspecting",
    )
    assert (trial.kind, trial.reasons) == ("review", ("trial_mode",))


def test_a_tag_of_no_key_is_an_exception() -> None:
    raw = Thing("urn:epc:raw:96.x11", Role.UNKNOWN, TagReason.UNPROGRAMMED)
    (said,) = announce(replace(ARRIVED, tags=(judged(raw),)), VOICE, STEPS)

    assert (said.kind, said.reasons) == ("exception", ("tag_unprogrammed",))


def test_the_same_change_gives_the_same_event() -> None:
    assert announce(MOVED, VOICE, STEPS) == announce(MOVED, VOICE, STEPS)
