"""What we build, judge and hash of EPCIS, against GS1's schema and events that others wrote."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings

from gs1.epcis import cbv
from gs1.epcis.build import AggregationEvent, ObjectEvent
from gs1.epcis.event_hash import event_hash
from gs1.epcis.judge import FaultReason, judge
from gs1.epcis.shape import JsonObject
from tests.conformance.data import folder
from tests.property.epcis_events import events

pytestmark = pytest.mark.conformance


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft7Validator:
    document = json.loads((folder() / "epcis" / "EPCIS-JSON-Schema.json").read_text())
    return jsonschema.Draft7Validator(document, format_checker=jsonschema.FormatChecker())


def examples() -> list[Path]:
    found = sorted((folder() / "epcis" / "examples").glob("*.jsonld"))
    assert len(found) == 18
    return found


def test_the_examples_have_no_fault() -> None:
    for path in examples():
        (event,) = json.loads(path.read_text())["epcisBody"]["eventList"]
        assert (path.name, judge(event)) == (path.name, [])


def test_the_examples_have_the_hashes_that_they_came_with() -> None:
    expected = json.loads((folder() / "epcis" / "examples" / "event_hashes.json").read_text())
    found = {}
    for path in examples():
        document = json.loads(path.read_text())
        (event,) = document["epcisBody"]["eventList"]
        found[path.name] = event_hash(event, document["@context"])

    assert found == expected


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"bizStep": "foo"}, FaultReason.WORD),
        ({"epcList": ["hello"]}, FaultReason.EPC),
        ({"epcList": ["https://id.gs1.org/01/09521141123455/21/1"]}, FaultReason.EPC),
        ({"quantityList": [{"epcClass": "urn:x:c", "quantity": -3}]}, FaultReason.QUANTITY),
        ({"eventTimeZoneOffset": "+02:00"}, FaultReason.ZONE),
        ({"parentID": "urn:x:p"}, FaultReason.MEMBER),
    ],
)
def test_what_the_schema_lets_pass_is_a_fault(
    schema: jsonschema.Draft7Validator, members: JsonObject, reason: FaultReason
) -> None:
    event: JsonObject = {
        "@context": "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        "type": "ObjectEvent",
        "eventTime": "2026-11-22T08:15:30.125+01:00",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "epcList": [],
    }

    assert schema.is_valid(event | members)
    assert [fault.reason for fault in judge(event | members)] == [reason]


@settings(deadline=None, max_examples=60)
@given(events)
def test_what_is_built_is_valid(
    schema: jsonschema.Draft7Validator, event: ObjectEvent | AggregationEvent
) -> None:
    document = json.loads(json.dumps(event.document()))

    assert [error.message for error in schema.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("vocabulary", "definition"),
    [
        (cbv.BIZ_STEPS, "bizStep"),
        (cbv.DISPOSITIONS, "disposition"),
        (cbv.BIZ_TRANSACTIONS, "bizTransaction-type"),
        (cbv.SOURCE_DESTS, "source-dest-type"),
        (cbv.ERROR_REASONS, "error-reason"),
        (cbv.COMPONENTS, "component"),
    ],
)
def test_the_words_are_those_of_the_schema(
    schema: jsonschema.Draft7Validator, vocabulary: cbv.Vocabulary, definition: str
) -> None:
    assert isinstance(schema.schema, dict)
    (_, listed) = schema.schema["definitions"][definition]["anyOf"]

    assert vocabulary.words == set(listed["enum"])
