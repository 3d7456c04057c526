"""Every event that we say is valid against GS1's JSON schema of EPCIS 2.0."""

import json
from collections.abc import Mapping

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.dock_door import DockDoor
from gateway.core.identify import Role, Thing
from gateway.core.judgement import Judged, Pass, Verdict
from gateway.core.visit import Visit
from gs1.epc.model import TagReason
from gs1.keys import Sgtin, is_serial
from tests.conformance.data import folder
from tests.unit.gateway.core.scenes import PLAN, START_US, line, run, seen, walk
from tests.unit.gateway.core.test_announce import CASES, PALLET, VOICE, announce
from wire import event
from wire.event import Event
from wire.reason import Reason

pytestmark = pytest.mark.conformance


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft7Validator:
    document = json.loads((folder() / "epcis" / "EPCIS-JSON-Schema.json").read_text())
    return jsonschema.Draft7Validator(document, format_checker=jsonschema.FormatChecker())


def assert_valid(schema: jsonschema.Draft7Validator, said: Event) -> None:
    numbered = said.model_copy(update={"epoch": "0190a0b0", "seq": 7})
    document = json.loads(json.dumps(event.as_document(numbered)))
    problems = [error.message for error in schema.iter_errors(document)]
    assert problems == []


def passes() -> Mapping[str, Pass]:
    """A pass for each kind of event."""

    def judged(what: Thing, verdict: Verdict, reason: Reason | None = None) -> Judged:
        visit = Visit(what, START_US, START_US)
        visit.add(seen(what), inner=True)
        return Judged(visit, verdict, reason)

    raw = Thing("urn:epc:raw:96.xE28011600000000000000000", Role.UNKNOWN, TagReason.SCHEME)
    mixed = Pass(
        "door-1",
        "unknown",
        0.5,
        0.1,
        3.0,
        "too_long",
        (
            judged(CASES[0], Verdict.UNCERTAIN, Reason.DWELLING),
            judged(raw, Verdict.UNCERTAIN, Reason.DWELLING),
        ),
    )
    load = [s for tag in (PALLET, *CASES) for s in walk(tag, line(-4, 4, 6))]
    loose = [s for tag in CASES for s in walk(tag, line(4, -4, 6))]
    return {
        "pallet": run(DockDoor(PLAN), load)[0],
        "cases": run(DockDoor(PLAN), loose)[0],
        "mixed": mixed,
    }


def test_the_schema_bites(schema: jsonschema.Draft7Validator) -> None:
    (said,) = announce(passes()["pallet"], VOICE)
    document = event.as_document(said)
    document["action"] = "SEE"

    assert not schema.is_valid(document)


def test_every_kind_of_event_is_valid(schema: jsonschema.Draft7Validator) -> None:
    said = [each for door_pass in passes().values() for each in announce(door_pass, VOICE)]

    assert {each.kind for each in said} == {"movement", "review", "exception"}
    assert {each.type for each in said} == {"AggregationEvent", "ObjectEvent"}
    for each in said:
        assert_valid(schema, each)


@given(st.text(min_size=1, max_size=20), st.integers(0, 2**40))
def test_whatever_serial_and_time_an_event_is_valid(
    schema: jsonschema.Draft7Validator, serial: str, at_us: int
) -> None:
    if not is_serial(serial):
        return
    what = Thing(Sgtin("09521141012345", serial).key, Role.ITEM)
    visit = Visit(what, at_us, at_us)
    visit.add(seen(what, at_s=(at_us - START_US) / 1e6), inner=True)
    door_pass = Pass("door-1", "in", 1.0, 1.5, 9.0, "silence", (Judged(visit, Verdict.MOVED),))
    for said in announce(door_pass, VOICE):
        assert_valid(schema, said)
